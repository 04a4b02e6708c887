"""Plain PCM WAV: a header of 44 bytes, the samples, nothing else.

Distributors refuse files with further chunks, and readers of CUE images count on the
samples beginning at byte 44. Only above 4 GiB, where RIFF cannot say the length, the
header becomes RF64 (EBU Tech 3306) of 80 bytes. Reading goes through libsndfile, which
shares no code with the writer here.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import soundfile

from delivery.findings import reason, refuse
from delivery.program import Integers
from delivery.redbook import CHANNELS

BLOCK = 65_536
"""Samples per channel in the blocks that readers yield."""

_LARGEST = 2**32 - 1  # what the 32-bit lengths of RIFF can say
_UNTOLD = 2**32 - 1  # stands where ds64 has the length
_DEPTHS = {"PCM_16": 16, "PCM_24": 24}


def pack(block: Integers, bits: int) -> memoryview:
    """Return PCM as the bytes of a WAV: little-endian, 16 or 24 *bits*, interleaved.

    Raises ValueError for a value that does not fit.
    """
    if block.dtype.itemsize * 8 > bits and block.size:
        top, bottom = int(block.max()), int(block.min())
        if top >= 1 << (bits - 1) or bottom < -(1 << (bits - 1)):
            raise ValueError(f"values {bottom} … {top} do not fit {bits} bits")
    if bits == 16:
        return np.ascontiguousarray(block, "<i2").reshape(-1).view(np.uint8).data
    words = np.ascontiguousarray(block, "<i4").view(np.uint8).reshape(-1, 4)
    packed = np.empty((len(words), 3), np.uint8)
    for place in range(3):
        packed[:, place] = words[:, place]
    return packed.reshape(-1).data


def header(rate: int, bits: int, length: int, channels: int = CHANNELS) -> bytes:
    """Return all that stands before the samples of a WAV of *length* samples."""
    if bits not in (16, 24):
        raise ValueError(f"{bits} bits: a WAV of ours has 16 or 24")
    frame = channels * bits // 8
    size = length * frame
    # format tag 1: PCM; 0xFFFE (extensible) is refused by some shops
    form = struct.pack(
        "<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, rate * frame, frame, bits
    )
    riff = 4 + len(form) + 8 + size + size % 2
    if riff <= _LARGEST:
        start = struct.pack("<4sI4s", b"RIFF", riff, b"WAVE")
        return start + form + struct.pack("<4sI", b"data", size)
    start = struct.pack("<4sI4s", b"RF64", _UNTOLD, b"WAVE")
    sizes = struct.pack("<4sIQQQI", b"ds64", 28, riff + 36, size, length, 0)
    return start + sizes + form + struct.pack("<4sI", b"data", _UNTOLD)


class Writer:
    """A WAV being written, of a length told beforehand."""

    def __init__(
        self, path: Path, rate: int, bits: int, length: int, channels: int = CHANNELS
    ) -> None:
        """Open *path* and write the header for *length* samples per channel."""
        self._bits, self._channels, self._missing = bits, channels, length
        self._odd = length * channels * bits // 8 % 2
        self._hash = hashlib.sha256()
        start = header(rate, bits, length, channels)
        self._file = path.open("wb", buffering=0)
        self._file.write(start)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def append(self, block: Integers) -> None:
        """Write the next samples; raises ValueError beyond the length that was told."""
        if block.ndim != 2 or block.shape[1] != self._channels:
            raise ValueError(
                f"a block of shape {block.shape} has not {self._channels} channels"
            )
        self._missing -= len(block)
        if self._missing < 0:
            raise ValueError(f"{-self._missing} samples beyond the length of the WAV")
        packed = pack(block, self._bits)
        self._hash.update(packed)
        _write_all(self._file, packed)

    def finish(self) -> str:
        """Close the file; return the SHA-256 of the samples as they were in memory."""
        if self._missing:
            raise ValueError(f"{self._missing} samples short of the length of the WAV")
        if self._odd:
            self._file.write(b"\0")  # RIFF: chunks lie at even places
        self._file.close()
        return self._hash.hexdigest()


def write(
    path: Path,
    rate: int,
    bits: int,
    blocks: Iterable[Integers],
    length: int,
    channels: int = CHANNELS,
) -> str:
    """Write a WAV; return the SHA-256 of its samples, computed from memory.

    *length* is in samples per channel; raises ValueError where *blocks* hold another.
    """
    with Writer(path, rate, bits, length, channels) as wav:
        for block in blocks:
            wav.append(block)
        return wav.finish()


@dataclass(frozen=True, kw_only=True)
class PcmFile:
    """Integer PCM in a file, readable in order as often as wanted."""

    path: Path
    rate: int
    bits: int
    length: int
    channels: int

    def blocks(self) -> Iterator[Integers]:
        """Yield the samples; raises Refusal where the file ends early."""
        left = self.length
        dtype = "int16" if self.bits == 16 else "int32"
        with soundfile.SoundFile(self.path) as file:
            while left:
                block = _read(file, min(BLOCK, left), dtype)
                if not len(block):
                    raise refuse(
                        "FILE-READ",
                        f"{self.path.name!r} ends {left} samples short of its header",
                        measured=self.length - left,
                        limit=self.length,
                    )
                left -= len(block)
                if self.bits == 24:
                    block >>= 8  # libsndfile fills 32 bits from the left
                yield block


def open_pcm(path: Path) -> PcmFile:
    """Return the integer PCM of an audio file; raises Refusal for anything else."""
    try:
        with soundfile.SoundFile(path) as file:
            subtype, rate, channels = file.subtype, file.samplerate, file.channels
            length = file.frames
    except (soundfile.LibsndfileError, OSError) as fault:
        raise refuse(
            "FILE-READ", f"{path.name!r} cannot be read as audio: {reason(fault)}"
        ) from fault
    if subtype not in _DEPTHS:
        raise refuse(
            "FILE-READ",
            f"{path.name!r} holds {subtype}, not integers of 16 or 24 bits",
            help="export it again as 16-bit or 24-bit PCM",
        )
    return PcmFile(
        path=path, rate=rate, bits=_DEPTHS[subtype], length=length, channels=channels
    )


def _read(file: soundfile.SoundFile, count: int, dtype: str) -> Integers:
    """Return the next samples of *file*, none where it cannot be decoded further."""
    try:
        block: Integers = file.read(count, dtype=dtype, always_2d=True)
    except soundfile.LibsndfileError:
        return np.zeros((0, file.channels), dtype)
    return block


def _write_all(file: Any, packed: memoryview) -> None:
    """Write every byte; the system may take less than it is given."""
    while packed:
        packed = packed[file.write(packed) :]
