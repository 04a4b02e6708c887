"""ALAC in an M4A, through FFmpeg's libraries."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from delivery import libav
from delivery.coding.flac import RATES
from delivery.coding.row import Coding, Encoded, Sound
from delivery.program import Integers
from delivery.wav import pack


def encode(path: Path, sound: Sound) -> Encoded:
    """Write ALAC of 16 or 24 bits."""
    digest = hashlib.sha256()

    def hashed() -> Iterator[Integers]:
        for block in sound.blocks:
            digest.update(pack(block, sound.bits))
            yield block

    length = libav.encode_alac(path, sound.rate, hashed(), sound.bits, sound.channels)
    return Encoded(length, digest.hexdigest())


@dataclass(frozen=True)
class _Stored:
    path: Path
    rate: int
    length: int
    bits: int

    def blocks(self) -> Iterator[Integers]:
        """Yield the samples."""
        scale = 2.0 ** (self.bits - 1)
        for block in libav.decode(self.path):
            yield np.asarray(block * scale, np.int32)


def stored(path: Path) -> _Stored:
    """Return the integers of an ALAC file; raises Refusal."""
    rate, length = libav.format_of(path)
    return _Stored(path, rate, length, libav.depth_of(path))


ALAC = Coding(
    name="alac",
    title="ALAC",
    suffix="m4a",
    container="m4a",
    rates=RATES,
    depths=(16, 24),
    encode=encode,
    decode=libav.decode,
    format_of=libav.format_of,
    stored=stored,
)
