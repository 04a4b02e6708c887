"""The audio of a disc as it lies in files: stretches laid end to end.

A ``Sound`` is a ``Pcm`` (16 bit, 44.1 kHz, stereo) with random access, whatever lies
behind it: raw images of either byte order, WAV, FLAC and others through libsndfile,
files of a folder or members of a zip, and silence that a sheet asks for. It decodes
in blocks; nothing is held.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal

import numpy as np

from delivery.fileset import Fileset, reading
from delivery.findings import Place, refuse
from delivery.program import Integers
from delivery.redbook import BITS, CHANNELS, RATE

BYTES_PER_SAMPLE = CHANNELS * BITS // 8
BLOCK = 1 << 17
"""Samples per channel in the blocks that are yielded."""

Coding = Literal["little", "big", "decoded"]


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A run of samples of one file, or of silence where there is no file."""

    length: int
    """Samples per channel."""
    files: Fileset | None = None
    name: str = ""
    offset: int = 0
    """The byte of the first sample in raw PCM; in a decoded file the sample."""
    coding: Coding = "little"

    def cut(self, start: int, stop: int) -> "Stretch":
        """Return the samples from *start* to before *stop*."""
        step = 1 if self.coding == "decoded" else BYTES_PER_SAMPLE
        offset = self.offset + start * step if self.files else 0
        return replace(self, offset=offset, length=stop - start)

    def blocks(self) -> Iterator[Integers]:
        """Yield the samples; raises Refusal where the file ends early."""
        if self.files is None:
            yield from _silence(self.length)
        elif self.coding == "decoded":
            yield from self._decoded()
        else:
            with reading(self.name), self.files.open(self.name) as file:
                yield from self._raw(file)

    def _raw(self, file: BinaryIO) -> Iterator[Integers]:
        file.seek(self.offset)
        left = self.length
        dtype = "<i2" if self.coding == "little" else ">i2"
        while left:
            wanted = min(left, BLOCK) * BYTES_PER_SAMPLE
            packed = file.read(wanted)
            if len(packed) < wanted:
                raise self._short(left - len(packed) // BYTES_PER_SAMPLE)
            block = np.frombuffer(packed, dtype).reshape(-1, CHANNELS)
            left -= len(block)
            yield block if self.coding == "little" else block.astype("<i2")

    def _decoded(self) -> Iterator[Integers]:
        import soundfile

        assert self.files is not None
        left = self.length
        with reading(self.name), self.files.open(self.name) as raw:
            try:
                with soundfile.SoundFile(raw) as file:
                    if self.offset:
                        file.seek(self.offset)
                    while left:
                        block: Integers = file.read(
                            min(left, BLOCK), dtype="int16", always_2d=True
                        )
                        if not len(block):
                            raise self._short(left)
                        left -= len(block)
                        yield block
            except soundfile.LibsndfileError as bad:
                says = f"{self.name!r} cannot be decoded: {bad.error_string}"
                raise refuse("FILE-READ", says, place=Place(file=self.name)) from bad

    def _short(self, left: int) -> Exception:
        says = f"{self.name!r} ends {left:,} samples early"
        return refuse("FILE-READ", says, place=Place(file=self.name))


@dataclass(frozen=True, kw_only=True)
class Sound:
    """Stretches of audio, end to end; a ``Pcm``."""

    stretches: tuple[Stretch, ...] = ()

    @property
    def rate(self) -> int:
        """Samples per second."""
        return RATE

    @property
    def bits(self) -> int:
        """The depth of the integers."""
        return BITS

    @property
    def length(self) -> int:
        """Samples per channel."""
        return sum(each.length for each in self.stretches)

    def blocks(self) -> Iterator[Integers]:
        """Yield everything, in blocks of at most ``BLOCK`` samples.

        Raises Refusal where a file ends early or cannot be decoded.
        """
        for each in self.stretches:
            yield from each.blocks()

    def cut(self, start: int, stop: int) -> "Sound":
        """Return the samples from *start* to before *stop*, where there are any."""
        kept, at = [], 0
        for each in self.stretches:
            first, last = max(start - at, 0), min(stop - at, each.length)
            if first < last:
                kept.append(each.cut(first, last))
            at += each.length
        return Sound(stretches=tuple(kept))

    def read(self, start: int, count: int) -> Integers:
        """Return *count* samples from *start*, fewer at the end; for short looks."""
        blocks = list(self.cut(start, start + count).blocks())
        return np.concatenate(blocks) if blocks else np.zeros((0, CHANNELS), "<i2")

    def padded(self, length: int) -> "Sound":
        """Return it with silence behind, or cut, to *length* samples."""
        missing = length - self.length
        if missing <= 0:
            return self.cut(0, length)
        return Sound(stretches=(*self.stretches, Stretch(length=missing)))

    def __add__(self, other: "Sound") -> "Sound":
        """Return both, one after the other."""
        return Sound(stretches=(*self.stretches, *other.stretches))


def silence(length: int) -> Sound:
    """Return *length* samples of digital silence."""
    return Sound(stretches=(Stretch(length=length),) if length > 0 else ())


def _silence(length: int) -> Iterator[Integers]:
    zeros = np.zeros((min(length, BLOCK), CHANNELS), "<i2")
    while length > 0:
        yield zeros[:length]
        length -= len(zeros[:length])
