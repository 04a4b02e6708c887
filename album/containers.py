"""Chunked audio containers: whether the audio that a header promises is really there.

Decoders read what is left of a cut-off file without a word; a master made from half a
song must not happen, so the promise is read here and compared with the file's size.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

UNKNOWN = (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
"""Sizes that a program writes when it streams and never comes back to the header."""

_WAVE64_DATA = bytes.fromhex("64617461f3acd3118cd100c04f8edb8a")
_MOST_CHUNKS = 10_000


@dataclass(frozen=True)
class Promise:
    """The bytes of audio a header promises, None where it leaves that open."""

    promised: int | None
    present: int
    at: int = 0
    """The byte at which the audio begins."""


def promise(path: Path) -> Promise | None:
    """Return what the container's header promises, None for other kinds of file.

    Reads WAV, RF64, BW64, Wave64, AIFF and CAF. A container without an audio chunk
    promises nothing and has nothing: ``Promise(None, 0)``.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(16)
        if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
            chunks = _riff(file, size, "little")
        elif head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
            chunks = _riff(file, size, "big")
        elif head[:4] == b"riff":
            chunks = _wave64(file, size)
        elif head[:4] == b"caff":
            chunks = _caf(file, size)
        else:
            return None
        for length, at in chunks:
            present = max(0, size - at)
            return Promise(None if length in UNKNOWN else length, present, at)
    return Promise(None, 0)


def wave_format(path: Path) -> bytes:
    """Return the format chunk of a WAV, RF64 or BW64 file; of other kinds nothing."""
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:] != b"WAVE":
            return b""
        at = 12
        for _ in range(_MOST_CHUNKS):
            file.seek(at)
            head = file.read(8)
            length = int.from_bytes(head[4:], "little")
            if head[:4] == b"fmt ":
                return file.read(min(length, 64))
            if len(head) < 8 or head[:4] == b"data":
                break
            at += 8 + length + length % 2
    return b""


def _riff(file: BinaryIO, size: int, order: str) -> Iterator[tuple[int, int]]:
    """Yield length and place of the audio chunk of RIFF (little) or IFF (big)."""
    at, long_data = 12, None
    for _ in range(_MOST_CHUNKS):
        if at >= size:  # a length may be beyond what can be sought
            return
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        little = order == "little"
        length = int.from_bytes(head[4:], "little" if little else "big")
        if head[:4] == b"ds64":
            long_data = int.from_bytes(file.read(16)[8:16], "little")
        if head[:4] in (b"data", b"SSND"):
            if length == 0xFFFFFFFF and long_data is not None:
                length = long_data
            yield length, at + 8
        at += 8 + length + length % 2


def _wave64(file: BinaryIO, size: int) -> Iterator[tuple[int, int]]:
    """Yield length and place of the audio chunk of Sony Wave64."""
    at = 40
    for _ in range(_MOST_CHUNKS):
        if at >= size:  # a length may be beyond what can be sought
            return
        file.seek(at)
        head = file.read(24)
        if len(head) < 24:
            return
        length = int.from_bytes(head[16:], "little")
        if head[:16] == _WAVE64_DATA:
            yield max(0, length - 24), at + 24
        at += max(24, length + -length % 8)


def _caf(file: BinaryIO, size: int) -> Iterator[tuple[int, int]]:
    """Yield length and place of the audio chunk of Core Audio Format."""
    at = 8
    for _ in range(_MOST_CHUNKS):
        if at >= size:  # a length may be beyond what can be sought
            return
        file.seek(at)
        head = file.read(12)
        if len(head) < 12:
            return
        length = int.from_bytes(head[4:], "big")
        if head[:4] == b"data":
            yield length, at + 12
        if length in UNKNOWN:
            return
        at += 12 + length
