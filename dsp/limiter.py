"""The look-ahead limiter: no point of the wave passes the ceiling, between samples too.

The gain of every sample is known before it is due, the same for both channels, and 1
to the last bit where nothing passes the ceiling. Method and measurements:
``formats/dsp.md`` §1.9; presets: ``docs/reference/limiter.md``.
"""

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, Self, get_args

import numpy as np

from dsp.depth import Depth
from dsp.gainenvelope import Ballistics, GainEnvelope
from dsp.kernels import exact
from dsp.level import gain as ratio
from dsp.peakenvelope import PeakEnvelope, Singles
from dsp.processor import Floats, Lowered, twin

Character = Literal["transparent", "balanced", "loud"]

CHARACTERS = MappingProxyType(
    {
        "transparent": Ballistics(
            lookahead_ms=7.0,
            hold_ms=6.0,
            release_ms=40.0,
            slow_fall_ms=150.0,
            slow_rise_ms=600.0,
        ),
        "balanced": Ballistics(
            lookahead_ms=7.0,
            hold_ms=2.0,
            release_ms=5.0,
            slow_fall_ms=50.0,
            slow_rise_ms=150.0,
        ),
        "loud": Ballistics(
            lookahead_ms=7.5,
            hold_ms=0.0,
            release_ms=3.5,
            slow_fall_ms=math.inf,
            slow_rise_ms=0.0,
        ),
    }
)
"""How the gain of each preset moves."""

MARGIN_DB = 0.005
"""What passes the ceiling is brought this far below it: the detector's own error."""

_BELOW = ratio(-MARGIN_DB)
_EQUAL = 1.0 + 1e-6  # the heights are rounded to 24 bits: such a peak is the ceiling
_PIECE = 32_768  # samples at a time: the work stays in the processor's cache


@dataclass(frozen=True, kw_only=True)
class Limiter:
    """A true-peak limiter."""

    ceiling_dbtp: float
    """What no point of the wave passes, in dB of full scale."""
    character: Character = "transparent"
    drive_db: float = 0.0
    """Gain before the limiter."""
    extra: tuple[tuple[int, int, float], ...] = ()
    """Stretches where the ceiling lies lower: first sample, the one after the last, dB.

    Samples are those of the mix; where stretches overlap, the lowest counts.
    """

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not -30.0 <= self.ceiling_dbtp <= 0.0:
            raise ValueError(f"ceiling {self.ceiling_dbtp:g} dBTP is not -30 … 0")
        if self.character not in get_args(Character):
            known = ", ".join(get_args(Character))
            raise ValueError(f"no limiter is {self.character!r}; there are {known}")
        if not -48.0 <= self.drive_db <= 48.0:
            raise ValueError(f"drive {self.drive_db:g} dB is not -48 … 48")
        for first, last, lower in self.extra:
            if not (first < last and 0.0 <= lower <= 24.0):
                raise ValueError(
                    f"a ceiling {lower:g} dB lower from {first} to {last}: the stretch "
                    "is empty, or the depth not 0 … 24 dB"
                )

    @property
    def idle(self) -> bool:
        """A limiter is never left out: only the sound tells whether it acts."""
        return False

    def open(self, rate: int, *, start: int = 0) -> "LimiterStream":
        """Begin a stream at *rate* Hz whose first sample is number *start*."""
        return LimiterStream(self, rate, start)


class LimiterStream:
    """A limiter at work; holds back the samples it looks ahead."""

    def __init__(self, settings: Limiter, rate: int, start: int) -> None:
        """Begin with silence before the first sample."""
        moved = tuple((a - start, b - start, db) for a, b, db in settings.extra)
        settings = replace(settings, extra=moved)
        self._settings = settings
        self._drive = ratio(settings.drive_db)
        self._ceilings = _ceilings(settings)
        lowest = min(ceiling for _, ceiling in self._ceilings)
        self._peaks = PeakEnvelope(lowest, _PIECE)
        self._gain = GainEnvelope(CHARACTERS[settings.character], rate, _PIECE)
        self._behind = self._peaks.delay + self._gain.delay
        self._heard = 0  # samples that went in
        self._held = np.zeros((0, 2))
        self._gains = np.empty(_PIECE)
        self._depth = Depth(rate)

    def process(self, block: Floats) -> Floats:
        """Return what is due, which may be nothing."""
        given = max(0, self._heard - self._behind)
        out = np.empty((max(0, self._heard + len(block) - self._behind) - given, 2))
        done = 0
        for at in range(0, len(block), _PIECE):
            done += self._piece(block[at : at + _PIECE], out[done:])
        return out

    def finish(self) -> Floats:
        """Return what was held back."""
        return self.process(np.zeros((self._behind, 2)))

    def snapshot(self) -> Self:
        """Return the stream as it is now: both go on from here, by themselves."""
        return twin(
            self,
            _peaks=self._peaks.snapshot(),
            _gain=self._gain.snapshot(),
            _depth=self._depth.snapshot(),
            _gains=np.empty(_PIECE),
        )

    def stricter(self, first: int, last: int, lower_db: float) -> None:
        """Lay the ceiling lower by *lower_db* for the samples *first* to *last*.

        Samples are those of the stream, and still to come.
        """
        extra = (*self._settings.extra, (first, last, lower_db))
        self._settings = replace(self._settings, extra=extra)
        self._ceilings = _ceilings(self._settings)
        lowest = min(ceiling for _, ceiling in self._ceilings)
        self._peaks.ceiling = np.float32(lowest)

    @property
    def lowered(self) -> Lowered:
        """Return the deepest gain of each tenth of a second."""
        return self._depth.lowered

    def _piece(self, piece: Floats, out: Floats) -> int:
        """Take the next piece; put what is due into *out*, return how much that is."""
        count = len(piece)
        due = max(0, len(self._held) + count - self._behind)
        heights = self._peaks.heights(piece, self._drive)
        gains = self._gains[:count]
        self._wanted(heights, gains)
        self._heard += count
        _apply(self._held, piece, gains[count - due :], self._drive, out[:due])
        self._depth.take(gains[np.newaxis, count - due :])
        self._held = _last(self._held, piece, len(self._held) + count - due)
        return due

    def _wanted(self, heights: Singles, gains: Floats) -> None:
        """Fill *gains* under the ceiling that each sample has."""
        at = self._heard - self._peaks.delay  # the sample of the first height
        stop = at + len(heights)
        begin = 0
        for (_, ceiling), (until, _) in pairwise([*self._ceilings, (stop, 0.0)]):
            end = min(until, stop) - at
            if end > begin:
                self._gain.gains(
                    heights[begin:end],
                    ceiling * _EQUAL,
                    ceiling * _BELOW,
                    gains[begin:end],
                )
                begin = end


def _ceilings(settings: Limiter) -> list[tuple[int, float]]:
    """Return each ceiling and the sample of the stream that it begins with."""
    edges = {edge for first, last, _ in settings.extra for edge in (first, last)}
    found = [(-(1 << 62), ratio(settings.ceiling_dbtp))]
    for edge in sorted(edges):
        lower = max(
            (db for first, last, db in settings.extra if first <= edge < last),
            default=0.0,
        )
        found.append((edge, ratio(settings.ceiling_dbtp - lower)))
    return found


def _last(held: Floats, piece: Floats, count: int) -> Floats:
    """Return the last *count* samples of both."""
    if count <= len(piece):
        return piece[len(piece) - count :].copy()
    return np.concatenate((held[len(held) + len(piece) - count :], piece))


@exact
def _apply(
    held: Floats, piece: Floats, gains: Floats, drive: float, out: Floats
) -> None:
    """Turn *held* and then *piece* up by *drive*, and down by the gains, into *out*."""
    early = min(len(held), len(out))
    for at in range(early):
        out[at, 0] = held[at, 0] * drive * gains[at]
        out[at, 1] = held[at, 1] * drive * gains[at]
    late, rest, own = out[early:], piece[: len(out) - early], gains[early:]
    for at in range(len(rest)):
        late[at, 0] = rest[at, 0] * drive * own[at]
        late[at, 1] = rest[at, 1] * drive * own[at]
