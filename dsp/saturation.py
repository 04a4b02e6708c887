"""Tape and saturation: a hyperbolic tangent at eight times the rate, gain-matched.

Only what the curve changes is made at the high rate, filtered and added to the input,
which passes as it is: quiet sound is not altered, at any frequency.

A curve makes loud sound softer. So that its colour can be judged and not its level,
both stages hear the whole sound beforehand and give back what it loses: the change of
the K-weighted power (``formats/dsp.md`` §1.8).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from dsp.curves import bend
from dsp.kernels import exact
from dsp.level import gain
from dsp.loudchange import Power, makeup_db
from dsp.oversampling import Oversampler, latency
from dsp.pieces import Pieces
from dsp.processor import Floats

Harmonics = Literal["odd", "even"]

FACTOR = 8
TAPE_DRIVE = 3.0
"""Drive of `Tape` at its full amount: a factor before the curve."""
SATURATE_DRIVE = 4.0

_HOP = 1024
_EMPHASIS_HZ, _EMPHASIS_DB = 200.0, -4.0
"""Tape: the lows lean on the curve less, so that a kick does not bend the voice."""
_BIAS = 0.35
"""Even harmonics: how far from its middle the curve is used, re. the full drive."""
_SETTLE_HZ = 5.0
"""Even harmonics: a high-pass takes the DC from what the curve added."""


@dataclass(frozen=True, kw_only=True)
class Tape:
    """Tape-like saturation: odd harmonics, fewer from the lows, *amount* 0 … 1."""

    amount: float

    def __post_init__(self) -> None:
        """Check the range."""
        _check("tape", self.amount)

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return not self.amount

    def open(self, rate: int, *, start: int = 0) -> "Saturating":
        """Begin a stream at *rate* Hz that does not give back what is lost."""
        return self._coloured(rate).open(rate, start=start)

    def learned(
        self, rate: int, sound: Callable[[], Iterator[Floats]], *, start: int = 0
    ) -> "Coloured":
        """Return the stage with the gain that keeps *sound* as loud as it is."""
        return _matched(self._coloured(rate), rate, sound)

    def _coloured(self, rate: int) -> "Coloured":
        before, after = _emphasis(rate)
        return Coloured(TAPE_DRIVE * self.amount, 0.0, before, after)


@dataclass(frozen=True, kw_only=True)
class Saturate:
    """Saturation of the whole band alike, *amount* 0 … 1.

    The *curve* is the same on both sides ("odd" harmonics) or leans to one ("even").
    """

    amount: float
    curve: Harmonics = "odd"

    def __post_init__(self) -> None:
        """Check the range."""
        _check("saturate", self.amount)
        if self.curve not in get_args(Harmonics):
            raise ValueError(f"{self.curve!r} is no curve; there are odd and even")

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return not self.amount

    def open(self, rate: int, *, start: int = 0) -> "Saturating":
        """Begin a stream at *rate* Hz that does not give back what is lost."""
        return self._coloured(rate).open(rate, start=start)

    def learned(
        self, rate: int, sound: Callable[[], Iterator[Floats]], *, start: int = 0
    ) -> "Coloured":
        """Return the stage with the gain that keeps *sound* as loud as it is."""
        return _matched(self._coloured(rate), rate, sound)

    def _coloured(self, rate: int) -> "Coloured":
        drive = SATURATE_DRIVE * self.amount
        if self.curve == "odd":
            return Coloured(drive, 0.0, _FLAT, _FLAT)
        return Coloured(drive, _BIAS * drive**0.5, _FLAT, _settling(rate))


Section = tuple[float, float, float]
"""b0, b1 and a1 of a filter of first order."""

_FLAT: Section = (1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Coloured:
    """A saturation with all its numbers, at one rate."""

    drive: float
    bias: float
    before: Section
    """Heard by the curve."""
    after: Section
    """Heard of what the curve changed."""
    makeup_db: float = 0.0

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return not self.drive

    def open(self, rate: int, *, start: int = 0) -> "Saturating":
        """Begin a stream; *rate* is the one the filters were made for."""
        return Saturating(self, start)


class Saturating(Pieces):
    """A saturation at work."""

    def __init__(self, settings: Coloured, start: int) -> None:
        """Begin with sample *start*."""
        late = latency(FACTOR)
        super().__init__(_HOP, late, late, start=start)
        self._settings = settings
        self._gain = gain(settings.makeup_db)
        self._oversampler = Oversampler(FACTOR, _HOP)
        self._before = _Filter(settings.before)
        self._after = _Filter(settings.after)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return what was given back."""
        return (f"{self._settings.makeup_db:+.2f} dB keep the loudness as it was",)

    def work(self, seen: Floats, at: int) -> Floats:
        """Add what the curve changes, filtered, to the sound as it was."""
        fine = self._oversampler.up(self._before.filtered(seen[-_HOP:]))
        bend(fine, self._settings.drive, self._settings.bias)
        change = self._after.filtered(self._oversampler.down(fine))
        made: Floats = (seen[:_HOP] + change) * self._gain
        return made


class _Filter:
    """A filter of first order at work on both channels."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self._state = np.zeros(2)

    def filtered(self, block: Floats) -> Floats:
        """Return *block* filtered; the same array where the filter is flat."""
        if self._section == _FLAT:
            return np.ascontiguousarray(block)
        made = np.empty_like(block)
        _filter(block, *self._section, self._state, made)
        return made


def _check(name: str, amount: float) -> None:
    if not 0.0 <= amount <= 1.0:
        raise ValueError(f"{name} takes 0 to 100 %, not {100.0 * amount:g} %")


def _emphasis(rate: int) -> tuple[Section, Section]:
    """Return the low shelf before the curve, and what undoes it behind."""
    warped = math.tan(math.pi * _EMPHASIS_HZ / rate)
    spread = gain(_EMPHASIS_DB / 2.0)
    top, foot = warped * spread, warped / spread
    return (
        ((1.0 + top) / (1.0 + foot), (top - 1.0) / (1.0 + foot), _pole(foot)),
        ((1.0 + foot) / (1.0 + top), (foot - 1.0) / (1.0 + top), _pole(top)),
    )


def _settling(rate: int) -> Section:
    warped = math.tan(math.pi * _SETTLE_HZ / rate)
    return (1.0 / (1.0 + warped), -1.0 / (1.0 + warped), _pole(warped))


def _pole(warped: float) -> float:
    return (warped - 1.0) / (warped + 1.0)


def _matched(
    settings: Coloured, rate: int, sound: Callable[[], Iterator[Floats]]
) -> Coloured:
    """Return *settings* with the gain that keeps *sound* as loud as it is."""
    if settings.idle:
        return settings
    power, coloured = Power(rate), Power(rate)
    stream = settings.open(rate)
    for block in sound():
        power.feed(block)
        coloured.feed(stream.process(block))
    coloured.feed(stream.finish())
    return replace(settings, makeup_db=makeup_db(power, coloured))


@exact
def _filter(
    block: Floats, b0: float, b1: float, a1: float, state: Floats, made: Floats
) -> None:
    """Filter both channels with one section of first order."""
    left, right = state
    for at in range(len(block)):
        x, y = block[at, 0], block[at, 1]
        made[at, 0] = b0 * x + left
        made[at, 1] = b0 * y + right
        left = b1 * x - a1 * made[at, 0]
        right = b1 * y - a1 * made[at, 1]
    state[0], state[1] = left, right
