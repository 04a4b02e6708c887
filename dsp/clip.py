"""Clipping at sixteen times the rate, bit-transparent where nothing is clipped.

Only what is cut off is made at the high rate, filtered and added to the sound as it
was: where no knee was passed within reach of the filters, exactly nothing is added.

The filter on the way down takes the harmonics beyond half the rate away, and with them
the corners of what was cut: the result can pass the ceiling again, by a dB or two
where much is cut. How far it did is said; a limiter behind it holds the peak.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from dsp.curves import cut, round_off
from dsp.level import decibels, gain
from dsp.oversampling import Oversampler, latency, norm
from dsp.pieces import Pieces
from dsp.processor import Floats

Shape = Literal["soft", "hard"]

FACTOR = 16
KNEE_DB = 3.0
"""How far beneath the ceiling the soft shape begins to bend."""

_HOP = 1024
_HEARD = 1e-4
"""A change of a sample that is counted: -80 dBFS. Filters ring on far below that."""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A clipper at *ceiling_db* dBFS, with a corner ("hard") or a bend ("soft")."""

    ceiling_db: float
    shape: Shape = "soft"

    def __post_init__(self) -> None:
        """Check the range."""
        if not -40.0 <= self.ceiling_db <= 0.0:
            raise ValueError(
                f"clip works between -40 and 0 dBFS, not at {self.ceiling_db:g} dB"
            )
        if self.shape not in get_args(Shape):
            raise ValueError(f"{self.shape!r} is no shape; there are soft and hard")

    @property
    def idle(self) -> bool:
        """Whether nothing would change: what is loud enough is always clipped."""
        return False

    def open(self, rate: int, *, start: int = 0) -> "Clipping":
        """Begin a stream."""
        return Clipping(self, start)


class Clipping(Pieces):
    """A clipper at work."""

    def __init__(self, settings: Clip, start: int) -> None:
        """Begin with sample *start*."""
        # a whole piece is kept from before, so that a rested filter can be set going
        # again by it; twice the latency is as far as up and down together reach
        assert 2 * latency(FACTOR) < _HOP
        super().__init__(_HOP, _HOP, latency(FACTOR), start=start)
        self._ceiling = gain(settings.ceiling_db)
        self._hard = settings.shape == "hard"
        self._knee = gain(settings.ceiling_db - (0.0 if self._hard else KNEE_DB))
        self._safe = self._knee / norm(FACTOR) * (1.0 - 1e-9)
        self._oversampler = Oversampler(FACTOR, _HOP)
        self._rested = False
        self._touched = 0
        self._highest = 0.0

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return how much was clipped, and how far the ceiling was passed again."""
        if not self._touched:
            return ("nothing reached the knee",)
        told = (f"{self._touched} samples changed",)
        if self._highest <= self._ceiling:
            return told
        over = decibels(self._highest / self._ceiling) or 0.0
        return (
            *told,
            f"the filter's ringing passes the ceiling by up to {over:.2f} dB: "
            "a limiter behind holds it",
        )

    def work(self, seen: Floats, at: int) -> Floats:
        """Add what is cut off, where anything is."""
        late = latency(FACTOR)
        straight = seen[_HOP - late : 2 * _HOP - late]
        if max(seen.max(), -seen.min()) <= self._safe:
            self._rested = True
            return straight.copy()
        if self._rested:
            self._oversampler.clear()
            self._change(seen[:_HOP])
            self._rested = False
        change = self._change(seen[_HOP:])
        touched = int(np.count_nonzero(np.abs(change).max(axis=1) > _HEARD))
        made: Floats = straight + change
        if touched:
            self._touched += touched
            self._highest = max(self._highest, float(made.max()), float(-made.min()))
        return made

    def _change(self, block: Floats) -> Floats:
        fine = self._oversampler.up(block)
        if self._hard:
            cut(fine, self._ceiling)
        else:
            round_off(fine, self._ceiling, self._knee)
        return self._oversampler.down(fine)
