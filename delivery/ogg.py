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


def skip(path: Path, more: int) -> None:
    """Make players of an Opus file leave away *more* samples at 48 kHz at its start.

    The pre-skip stands in bytes 10 and 11 of the head (RFC 7845 §5.1). Raises
    ValueError where the file does not begin with one, or has no room for so many.
    """
    with path.open("r+b") as file:
        head = file.read(_HEAD.size)
        lacing = file.read(head[-1] if len(head) == _HEAD.size else 0)
        page = bytearray(head + lacing + file.read(sum(lacing)))
        at = _HEAD.size + len(lacing)
        if page[at : at + 8] != b"OpusHead":
            raise ValueError(f"{path.name} is no Opus file")
        (had,) = struct.unpack_from("<H", page, at + 10)
        if had + more > 0xFFFF:
            raise ValueError(f"an Opus head tells no pre-skip of {had + more}")
        struct.pack_into("<H", page, at + 10, had + more)
        struct.pack_into("<I", page, _CHECK, 0)
        struct.pack_into("<I", page, _CHECK, checksum(page))
        file.seek(0)
        file.write(page)


def checksum(page: bytes | bytearray) -> int:
    """Return the CRC-32 of Ogg: 0x04C11DB7, highest bit first, begun and ended plain.

    zlib's is the same with all bits turned round, begun and ended with ones.
    """
    mirrored = zlib.crc32(bytes(page).translate(_SWAPPED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
