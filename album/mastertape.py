"""The master tape: a programme's master as integers, cut anywhere, as often as wanted.

Files that are laid end to end have to be one programme, so what is done to the whole of
it is done once, and the files are cut from that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from album.mastering import Master, Over
from album.render import Programme, Settings
from delivery.program import Floats, Integers

BITS = 24


class Stretch(Protocol):
    """A stretch of a master."""

    overs: list[Over]
    """What passed full scale, when it has been played."""

    def blocks(self) -> Iterator[Integers]:
        """Yield the stretch in order."""


class Cuttable(Protocol):
    """A master that can be played from any sample to any other."""

    @property
    def rate(self) -> int:
        """Samples per second."""

    @property
    def length(self) -> int:
        """Samples per channel."""

    def cut(self, start: int, stop: int, settings: Settings) -> Stretch:
        """Return samples *start* to *stop*."""

    def read(self, start: int, stop: int) -> Floats:
        """Return samples *start* to *stop*, full scale 1.0."""


class Unmastered:
    """A programme to which nothing is done as a whole, cut where it is asked for."""

    def __init__(self, programme: Programme) -> None:
        """Cut *programme*."""
        self._programme = programme
        self.rate = programme.rate
        self.length = programme.length

    def cut(self, start: int, stop: int, settings: Settings) -> Stretch:
        """Return the stretch, its depth cut as that of the whole would be."""
        return Master(
            self._programme, settings, self.rate, BITS, start=start, stop=stop
        )

    def read(self, start: int, stop: int) -> Floats:
        """Return the programme as it is before its depth is cut."""
        return self._programme.read(start, stop)


class MasterTape:
    """A master on disk."""

    def __init__(
        self, path: Path, master: Master, advance: Callable[[int], None]
    ) -> None:
        """Make *master*, as the file *path*; *advance* is told the samples made."""
        self._path = path
        self.rate = master.rate
        self.length = master.length
        with path.open("wb") as file:
            for block in master.blocks():
                file.write(np.ascontiguousarray(block, dtype="<i4").data)
                advance(len(block))

    def cut(self, start: int, stop: int, settings: Settings) -> Stretch:
        """Return a stretch of the tape."""
        return _Cut(self, start, stop, settings.block)

    def integers(self, start: int, stop: int) -> Integers:
        """Return samples *start* to *stop*."""
        count = (stop - start) * 2
        found = np.fromfile(self._path, dtype="<i4", count=count, offset=start * 8)
        return found.reshape(-1, 2)

    def read(self, start: int, stop: int) -> Floats:
        """Return samples *start* to *stop*, full scale 1.0."""
        scale = 2.0 ** (1 - BITS)
        return np.multiply(self.integers(start, stop), scale, dtype=np.float64)


@dataclass
class _Cut:
    tape: MasterTape
    start: int
    stop: int
    block: int
    overs: list[Over] = field(default_factory=list)

    def blocks(self) -> Iterator[Integers]:
        for at in range(self.start, self.stop, self.block):
            yield self.tape.integers(at, min(at + self.block, self.stop))
