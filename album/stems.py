"""Stems: the recordings that a song is the sum of, in 64 bits.

A song from stems is read like one from a mix: what follows knows no difference.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

import numpy as np

from album.rack import Stage, fitted, through
from album.reel import Reel
from album.source import Part, Reader, Source
from delivery.program import Floats
from dsp.level import gain

BLOCK = 1 << 16
"""Samples that are summed at a time."""


class AnyReader(Protocol):
    """Random access to the samples of a recording."""

    def read(self, start: int, stop: int) -> Floats:
        """Return samples *start* to *stop* as stereo."""

    def close(self) -> None:
        """Close every file that was opened."""


class _Sum:
    """Random access to the sum of stems that no chain works on."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self._readers = [(Reader(part.source), gain(part.gain_db)) for part in parts]

    def read(self, start: int, stop: int) -> Floats:
        total = np.zeros((stop - start, 2))
        for each, level in self._readers:
            total += each.read(start, stop) * level
        return total

    def close(self) -> None:
        for each, _ in self._readers:
            each.close()


def reader(source: Source) -> AnyReader:
    """Return what reads *source*: a file, or the sum of its stems."""
    return _Sum(source.parts) if source.parts else Reader(source)


def open_source(
    source: Source,
    chains: Mapping[str, tuple[Stage, ...]],
    begin: int,
    end: int,
    lesson: tuple[int, int] | None = None,
) -> Iterator[Floats]:
    """Yield samples *begin* to *end* of *source*, every stem through its chain.

    What has to learn hears the samples of *lesson*, or the same.
    """
    if not any(chains.values()):
        yield from _plain(source, begin, end)
        return
    reels = []
    for part in source.parts:
        rate, stages = part.source.rate, chains.get(part.name, ())
        first, last = lesson or (begin, end)

        def sound(
            part: Part = part, first: int = first, last: int = last
        ) -> Iterator[Floats]:
            return _plain(part.source, first, last)

        ready = fitted(stages, rate, sound, first)
        played = through(ready, rate, _plain(part.source, begin, end), begin)
        reels.append((Reel(played), gain(part.gain_db)))
    try:
        for at in range(begin, end, BLOCK):
            count = min(BLOCK, end - at)
            total = np.zeros((count, 2))
            for reel, level in reels:
                total += reel.take(count) * level
            yield total
    finally:
        for reel, _ in reels:
            reel.close()


def _plain(source: Source, begin: int, end: int) -> Iterator[Floats]:
    opened = reader(source)
    try:
        for at in range(begin, end, BLOCK):
            yield opened.read(at, min(at + BLOCK, end))
    finally:
        opened.close()
