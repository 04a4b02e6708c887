"""Ogg pages (RFC 3533 §6): the serial number of a stream, made the same every time."""

import struct
import zlib
from pathlib import Path

SERIAL = 0x474C4153
"""What every stream of ours is numbered: a file holds one."""

_HEAD = struct.Struct("<4sBBqIIIB")
_SERIAL, _CHECK = 14, 22
_SWAPPED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def renumber(path: Path, serial: int = SERIAL) -> None:
    """Give the only stream of an Ogg file the number *serial*, page by page.

    Raises ValueError where the file holds something else.
    """
    with path.open("r+b") as file:
        first = None
        while head := file.read(_HEAD.size):
            at = file.tell() - len(head)
            if len(head) < _HEAD.size or head[:4] != b"OggS":
                raise ValueError(f"{path.name} has no Ogg page at byte {at}")
            had = head[_SERIAL : _SERIAL + 4]
            first = had if first is None else first
            if had != first:
                raise ValueError(f"{path.name} holds more than one stream")
            lacing = file.read(head[-1])
            page = bytearray(head + lacing + file.read(sum(lacing)))
            struct.pack_into("<I", page, _SERIAL, serial)
            struct.pack_into("<I", page, _CHECK, 0)
            struct.pack_into("<I", page, _CHECK, checksum(page))
            file.seek(at)
            file.write(page)


def checksum(page: bytes | bytearray) -> int:
    """Return the CRC-32 of Ogg: 0x04C11DB7, highest bit first, begun and ended plain.

    zlib's is the same with all bits turned round, begun and ended with ones.
    """
    mirrored = zlib.crc32(bytes(page).translate(_SWAPPED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
