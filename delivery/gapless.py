"""Where the music of a lossy file begins and ends: told so that joins stay whole.

A codec that transforms overlapping frames starts badly on a cut: its first frame sees
silence where the programme goes on. So files are encoded with some of the programme
before and after, and the file tells players to leave that away, in the place its format
has for the delay and the padding of an encoder.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from delivery.program import AnyFloats

_TAG = 4 + 4 + 4 + 4 + 100 + 4
"""Bytes of a Xing header before LAME's part: name, flags, counts, places, quality."""
_DELAYS, _CHECK = 21, 34
"""Where in LAME's part delay and padding stand, and the checksum of all before."""
AAC_FRAME = 1024
_MOST = 4095  # twelve bits each


@dataclass(frozen=True)
class Around:
    """How much of the programme comes with a piece of *length* samples, in samples.

    The audio that is encoded holds all of it; without a length, the piece is all.
    """

    before: int = 0
    length: int | None = None
    after: int = 0

    def nearest(
        self, blocks: Iterable[AnyFloats], before: int, after: int
    ) -> tuple[Iterator[AnyFloats], "Around"]:
        """Return *blocks* with no more around the piece than that, and what is left."""
        if self.length is None:
            return iter(blocks), self
        kept = Around(min(before, self.before), self.length, min(after, self.after))
        begin = self.before - kept.before
        end = self.before + self.length + kept.after
        return _between(blocks, begin, end), kept


def _between(blocks: Iterable[AnyFloats], begin: int, end: int) -> Iterator[AnyFloats]:
    at = 0
    for block in blocks:
        part = block[max(0, begin - at) : max(0, end - at)]
        at += len(block)
        if len(part):
            yield part


def trim_mp3(path: Path, before: int, after: int) -> None:
    """Make the LAME tag of an MP3 leave away so many samples more at both ends.

    Raises ValueError where the file has no such tag or no room for the numbers.
    """
    with path.open("r+b") as file:
        frame = bytearray(file.read(1024))
        at = frame.find(b"LAME", _TAG)
        if at < 0 or bytes(frame[at - _TAG :][:4]) not in (b"Xing", b"Info"):
            raise ValueError(f"{path.name} has no LAME tag")
        place = at + _DELAYS
        told = int.from_bytes(frame[place : place + 3], "big")
        delay, padding = (told >> 12) + before, (told & _MOST) + after
        if max(delay, padding) > _MOST:
            raise ValueError(f"a LAME tag tells no delay of {delay} and {padding}")
        frame[place : place + 3] = (delay << 12 | padding).to_bytes(3, "big")
        check = at + _CHECK
        frame[check : check + 2] = _crc16(frame[:check]).to_bytes(2, "big")
        file.seek(0)
        file.write(frame[: check + 2])


def trim_mp4(path: Path, before: int, length: int) -> None:
    """Make the edit list of an M4A begin *before* samples later and last *length*.

    The file's clock of lengths has to be its sample rate. Raises ValueError where the
    file is not built so.
    """
    with path.open("r+b") as file:
        content = bytearray(file.read())
        moov = _box(content, 0, len(content), b"moov")
        trak = _box(content, *moov, b"trak")
        edits = _box(content, *trak, b"edts")
        elst, _ = _box(content, *edits, b"elst")
        _, count, _, media = struct.unpack_from(">IIIi", content, elst)
        if count != 1:
            raise ValueError(f"{path.name} has {count} edits, not one")
        struct.pack_into(">Ii", content, elst + 8, length, media + before)
        for box, parent, place in ((b"mvhd", moov, 16), (b"tkhd", trak, 20)):
            begin, _ = _box(content, *parent, box)
            if content[begin]:
                raise ValueError(f"the {box.decode()} of {path.name} is of version 1")
            struct.pack_into(">I", content, begin + place, length)
        file.seek(0)
        file.write(content)


@dataclass(frozen=True)
class Told:
    """What an M4A tells of its sound, in samples."""

    delay: int
    length: int
    padding: int

    @property
    def smpb(self) -> str:
        """The text of iTunSMPB, which older players read instead of the edit list."""
        head = f" 00000000 {self.delay:08X} {self.padding:08X} {self.length:016X}"
        return head + " 00000000" * 8


def told_mp4(path: Path) -> Told | None:
    """Return what an M4A of AAC tells of itself; None for one of something else.

    Raises ValueError where the file is not built as ours are.
    """
    with path.open("rb") as file:
        content = bytearray(file.read())
    trak = _within(content, b"moov", b"trak")
    edits, _ = _box(content, *_box(content, *trak, b"edts"), b"elst")
    table = trak
    for box in (b"mdia", b"minf", b"stbl"):
        table = _box(content, *table, box)
    described, _ = _box(content, *table, b"stsd")
    if content[described + 12 : described + 16] != b"mp4a":
        return None
    _, _, length, delay = struct.unpack_from(">IIIi", content, edits)
    times, _ = _box(content, *table, b"stts")
    (count,) = struct.unpack_from(">I", content, times + 4)
    runs = struct.iter_unpack(">II", content[times + 8 : times + 8 + 8 * count])
    frames = sum(number for number, _ in runs)
    return Told(delay, length, frames * AAC_FRAME - delay - length)


def _within(content: bytearray, *names: bytes) -> tuple[int, int]:
    """Return where the inside of a box in boxes begins and ends."""
    place = 0, len(content)
    for name in names:
        place = _box(content, *place, name)
    return place


def _box(content: bytearray, begin: int, end: int, name: bytes) -> tuple[int, int]:
    """Return where the inside of the first box *name* begins and ends."""
    while begin + 8 <= end:
        size, kind = struct.unpack_from(">I4s", content, begin)
        if kind == name:
            return begin + 8, begin + size
        if size < 8:
            break
        begin += size
    raise ValueError(f"the file has no {name.decode()}")


def _crc16(content: bytes | bytearray) -> int:
    """Return the CRC-16 of 0x8005, reflected, that LAME's tag ends with."""
    crc = 0
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
