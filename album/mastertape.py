"""The master tape: a programme's master, cut anywhere, as often as wanted.

Files that are laid end to end have to be one programme, so what is done to the whole of
it is done once, and the files are cut from that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from album.mastering import Master, Over
from album.render import Programme, Settings
from delivery.program import Floats
from dsp.level import decibels
from dsp.peakwatch import PeakWatch
from dsp.resample import converted, converted_length


class Stretch(Protocol):
    """A stretch of a master."""

    overs: list[Over]
    """What passed full scale, when it has been played."""

    def blocks(self) -> Iterator[NDArray[Any]]:
        """Yield the stretch in order: integers, or floats of full scale 1.0."""


class Cuttable(Protocol):
    """A master that can be played from any sample to any other."""

    @property
    def rate(self) -> int:
        """Samples per second."""

    @property
    def length(self) -> int:
        """Samples per channel."""

    @property
    def bits(self) -> int:
        """The depth of its integers."""

    def cut(self, start: int, stop: int, settings: Settings) -> Stretch:
        """Return samples *start* to *stop*."""

    def read(self, start: int, stop: int) -> Floats:
        """Return samples *start* to *stop*, full scale 1.0."""


class Unmastered:
    """A programme to which nothing is done as a whole, cut where it is asked for."""

    def __init__(self, programme: Programme, bits: int) -> None:
        """Cut *programme*."""
        self._programme = programme
        self.rate = programme.rate
        self.length = programme.length
        self.bits = bits

    def cut(self, start: int, stop: int, settings: Settings) -> Stretch:
        """Return the stretch, its depth cut as that of the whole would be."""
        return Master(
            self._programme, settings, self.rate, self.bits, start=start, stop=stop
        )

    def read(self, start: int, stop: int) -> Floats:
        """Return the programme as it is before its depth is cut."""
        return self._programme.read(start, stop)


class MasterTape:
    """A master on disk, as integers."""

    def __init__(
        self, path: Path, master: Master, advance: Callable[[int], None]
    ) -> None:
        """Make *master*, as the file *path*; *advance* is told the samples made."""
        self._path = path
        self.rate = master.rate
        self.length = master.length
        self.bits = master.bits
        watch = PeakWatch(2, np.inf)
        scale = np.float32(2.0 ** (1 - self.bits))
        with path.open("wb") as file:
            for block in master.blocks():
                file.write(np.ascontiguousarray(block, dtype="<i4").data)
                watch.feed(np.multiply(block, scale, dtype=np.float32))
                advance(len(block))
        watch.finish()
        self.true_peak_dbtp = decibels(watch.highest.height)

    def cut(self, start: int, stop: int, settings: Settings) -> Stretch:
        """Return a stretch of the tape."""
        return _Cut(self, start, stop, settings.block)

    def stored(self, start: int, stop: int) -> NDArray[Any]:
        """Return samples *start* to *stop* as integers."""
        return _stored(self._path, "<i4", start, stop)

    def read(self, start: int, stop: int) -> Floats:
        """Return samples *start* to *stop*, full scale 1.0."""
        scale = 2.0 ** (1 - self.bits)
        found: Floats = self.stored(start, stop) * np.float64(scale)
        return found


class ConvertedTape:
    """A master at another rate, as floats on disk: what lossy codings are made from."""

    def __init__(
        self,
        path: Path,
        master: Cuttable,
        rate: int,
        settings: Settings,
        advance: Callable[[int], None],
    ) -> None:
        """Convert *master* as one stream, as the file *path*."""
        self._path = path
        self.rate = rate
        self.length = converted_length(master.length, master.rate, rate)
        self.bits = master.bits
        whole = master.cut(0, master.length, settings)
        scale = 2.0 ** (1 - master.bits)

        def given() -> Iterator[Floats]:
            for block in whole.blocks():
                yield np.multiply(block, scale, dtype=np.float64)
                advance(len(block))

        with path.open("wb") as file:
            for block in converted(
                given(), master.rate, rate, master.length, self.length
            ):
                file.write(np.ascontiguousarray(block, dtype="<f4").data)
        self.overs = whole.overs

    def cut(self, start: int, stop: int, settings: Settings) -> Stretch:
        """Return a stretch of the tape."""
        return _Cut(self, start, stop, settings.block)

    def stored(self, start: int, stop: int) -> NDArray[Any]:
        """Return samples *start* to *stop* as single floats."""
        return _stored(self._path, "<f4", start, stop)

    def read(self, start: int, stop: int) -> Floats:
        """Return samples *start* to *stop*, full scale 1.0."""
        found: Floats = self.stored(start, stop).astype(np.float64)
        return found


def _stored(path: Path, kind: str, start: int, stop: int) -> NDArray[Any]:
    count = (stop - start) * 2
    found = np.fromfile(path, dtype=kind, count=count, offset=start * 8)
    return found.reshape(-1, 2)


@dataclass
class _Cut:
    tape: MasterTape | ConvertedTape
    start: int
    stop: int
    block: int
    overs: list[Over] = field(default_factory=list)

    def blocks(self) -> Iterator[NDArray[Any]]:
        for at in range(self.start, self.stop, self.block):
            yield self.tape.stored(at, min(at + self.block, self.stop))
