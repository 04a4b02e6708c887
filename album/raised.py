"""A song brought to a loudness: its gain, its limiter, and what it measures then."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from album.depth import BLANK_FRAMES, Depth
from album.mastertape import Cuttable
from album.work import Work
from delivery.pieces import span
from delivery.program import Floats, Integers, Piece
from delivery.redbook import FRAMES_PER_SECOND
from dsp.figures import Figures, figures
from dsp.level import decibels, gain
from dsp.limiter import Limiter
from dsp.loudness import Loudness, measured
from dsp.meter import Meter

_NOTHING = Loudness(
    integrated=None, range=None, max_momentary=None, max_short_term=None
)


@dataclass(frozen=True)
class Measured:
    """What a meter found."""

    loudness: Loudness
    true_peak_dbtp: float | None
    figures: Figures | None = None


@dataclass(frozen=True)
class Sound:
    """The sound of one file before its gain."""

    work: Work
    source: Cuttable
    piece: Piece

    def blocks(self) -> Iterator[Floats]:
        """Yield it, full scale 1.0."""
        start, stop = span(self.piece, self.source.rate)
        step = self.work.settings.block
        for at in range(start, stop, step):
            yield self.source.read(at, min(at + step, stop))

    def raised(self, gain_db: float, ceiling_dbtp: float | None) -> Iterator[Integers]:
        """Yield it as integers, *gain_db* louder, limited where there is a ceiling."""
        target, rate = self.work.deliverable, self.source.rate
        frame = rate // FRAMES_PER_SECOND
        depth = Depth(
            target.bits,
            rate,
            seed=self.work.disc.timeline.number * 256 + self.piece.number,
            shape=target.dither,
            window=frame,
            look=True,
            blank_every=BLANK_FRAMES * frame if target.auto_blank else 0,
        )
        level = gain(gain_db)
        if ceiling_dbtp is None:
            for block in self.blocks():
                yield depth.process(block * level)
            yield depth.finish()
            return
        limiter = Limiter(ceiling_dbtp=ceiling_dbtp, drive_db=gain_db).open(rate)
        for block in self.blocks():
            yield depth.process(limiter.process(block))
        yield depth.process(limiter.finish())
        yield depth.finish()


class Raised:
    """The sound of one file at a level, measured as it goes by."""

    def __init__(self, sound: Sound, gain_db: float, limit_dbtp: float | None) -> None:
        """Raise *sound* by *gain_db*, held below *limit_dbtp* where there is one."""
        self._sound, self._gain_db, self._limit = sound, gain_db, limit_dbtp
        self._meter = Meter(sound.source.rate, 2)
        self.measured = Measured(_NOTHING, None)

    def blocks(self) -> Iterator[Integers]:
        """Yield the integers; then the figures are known."""
        scale = 2.0 ** (1 - self._sound.work.deliverable.bits)
        for block in self._sound.raised(self._gain_db, self._limit):
            self._meter.feed(np.multiply(block, scale, dtype=np.float64))
            yield block
        self.measured = measured_by(self._meter)


def heard(blocks: Iterator[Floats], rate: int) -> Measured:
    """Return what *blocks* measure."""
    meter = Meter(rate, 2)
    for block in blocks:
        meter.feed(block)
    return measured_by(meter)


def measured_by(meter: Meter) -> Measured:
    """Return what *meter* has measured."""
    tally = meter.finish()
    return Measured(
        measured([tally.energies], [tally.rate]),
        decibels(float(tally.true_peaks.max(initial=0.0))),
        figures(tally),
    )
