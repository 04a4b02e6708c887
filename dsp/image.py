"""The stereo image: width, mono bass. The mid is never touched.

Both work on the side ``(L - R)/2`` and add to the left what they take from the right:
``L + R`` stays as it is up to one rounding, and a sound that is the same on both sides
passes bit for bit (``formats/dsp.md`` §1.4).
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact
from dsp.processor import Floats
from dsp.steps import Steps, check_range, sample, trapezoid

Slope = Literal[6, 12, 24]

GLIDE_S = 0.05
"""How long the width takes to arrive, and to go back."""

_BUTTERWORTH_Q = {12: (math.sqrt(0.5),), 24: (0.541196100146197, 1.306562964876377)}


@dataclass(frozen=True, kw_only=True)
class Width:
    """The side times *width*, above a frequency, from one time of the mix to another.

    Without times it holds for the whole sound. The glides lie within the times.
    """

    width: float
    above_hz: float = 0.0
    from_s: float | None = None
    to_s: float | None = None

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0.0 <= self.width <= 4.0:
            raise ValueError(f"width takes 0 to 400 %, not {100.0 * self.width:g} %")
        if self.above_hz < 0.0:
            raise ValueError(f"a frequency of {self.above_hz:g} Hz is none")
        if self.to_s is not None or self.from_s is not None:
            check_range("width", self.from_s or 0.0, _end(self.to_s))

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return self.width == 1.0

    def open(self, rate: int, *, start: int = 0) -> "Siding":
        """Begin a stream; raises ValueError for a frequency the rate cannot hold."""
        sections = np.zeros((0, 5))
        if self.above_hz:
            _check_frequency(self.above_hz, rate)
            sections = np.array([_highpass6(self.above_hz, rate)])
        return Siding(sections, self.width - 1.0, start, self._edges(rate))

    def _edges(self, rate: int) -> tuple[int, int, int, int] | None:
        if self.from_s is None and self.to_s is None:
            return None
        begin = sample(self.from_s or 0.0, rate)
        end = sample(_end(self.to_s), rate)
        glide = min(sample(GLIDE_S, rate), (end - begin) // 2)
        full = begin if self.from_s is None else begin + glide
        return begin, full, end if self.to_s is None else end - glide, end


@dataclass(frozen=True, kw_only=True)
class MonoBelow:
    """Take the side away below a frequency, by a high-pass of 6, 12 or 24 dB/oct."""

    frequency_hz: float
    slope_db_oct: Slope = 6

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 10.0 <= self.frequency_hz <= 2000.0:
            raise ValueError(
                f"mono works below 10 to 2000 Hz, not {self.frequency_hz:g} Hz"
            )
        if self.slope_db_oct not in get_args(Slope):
            raise ValueError(
                f"a slope of {self.slope_db_oct} dB/oct: there are 6, 12 and 24"
            )

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return False

    def open(self, rate: int, *, start: int = 0) -> "Siding":
        """Begin a stream; raises ValueError for a frequency the rate cannot hold."""
        _check_frequency(self.frequency_hz, rate)
        if self.slope_db_oct == 6:
            sections = [_highpass6(self.frequency_hz, rate)]
        else:
            sections = [
                _highpass12(self.frequency_hz, rate, q)
                for q in _BUTTERWORTH_Q[self.slope_db_oct]
            ]
        return Siding(np.array(sections), 1.0, start, None, instead=True)


class Siding(Steps):
    """A stage of the side at work."""

    def __init__(
        self,
        sections: Floats,
        amount: float,
        start: int,
        edges: tuple[int, int, int, int] | None,
        *,
        instead: bool = False,
    ) -> None:
        """Add *amount* times the filtered side to the side, or put it *instead*.

        Only between the *edges*, if there are any.
        """
        self._sections = sections
        self._state = np.zeros((len(sections), 2))
        self._amount = amount
        self._edges = edges
        self._straight = -1.0 if instead else 0.0
        self._same = np.zeros(0)  # the weights where they are always the same
        super().__init__(self._sided, start)

    def _sided(self, block: Floats, at: int) -> Floats:
        weights = self._weights(at, len(block))
        made = np.empty((len(block), 2))
        if not len(self._sections):
            _spread(block, weights, made)
            return made
        # each section makes the side anew from what the one before it left of it
        for section, state in zip(self._sections, self._state, strict=True):
            _side(block, section, self._straight, weights, state, made)
            block = made
        return made

    def _weights(self, at: int, count: int) -> NDArray[np.float64]:
        if self._edges is None:
            if len(self._same) < count:
                self._same = np.full(count, self._amount)
            return self._same[:count]
        return self._amount * trapezoid(at, count, self._edges)


def _end(to_s: float | None) -> float:
    # longer than any sound, and still a number of samples
    return 1e9 if to_s is None else to_s


def _check_frequency(frequency_hz: float, rate: int) -> None:
    if frequency_hz >= 0.45 * rate:
        raise ValueError(
            f"{frequency_hz:g} Hz lies too near half the rate of {rate} Hz"
        )


def _highpass6(frequency_hz: float, rate: int) -> tuple[float, ...]:
    """Return the high-pass of first order with the gain of the analog one.

    It has that gain towards 0 Hz and at half the rate, where a bilinear one is too
    high: ``|H|² = B p/(A0 (1 - p) + A1 p)`` with p = sin²(w/2).
    """
    w = 2.0 * math.pi * frequency_hz / rate
    ratio = math.sqrt(4.0 / w**2 + 4.0 / math.pi**2)
    pole = (1.0 - ratio) / (1.0 + ratio)
    level = (1.0 + pole) / w
    return (level, -level, 0.0, pole, 0.0)


def _highpass12(frequency_hz: float, rate: int, q: float) -> tuple[float, ...]:
    warped = math.tan(math.pi * frequency_hz / rate)
    over = 1.0 + warped / q + warped * warped
    return (
        1.0 / over,
        -2.0 / over,
        1.0 / over,
        2.0 * (warped * warped - 1.0) / over,
        (1.0 - warped / q + warped * warped) / over,
    )


@exact
def _spread(block: Floats, weights: Floats, made: Floats) -> None:
    """Add to the side *weights* times itself."""
    for at in range(len(block)):
        left, right = block[at, 0], block[at, 1]
        change = weights[at] * (0.5 * (left - right))
        made[at, 0] = left + change
        made[at, 1] = right - change


@exact
def _side(
    block: Floats,
    section: Floats,
    straight: float,
    weights: Floats,
    state: Floats,
    made: Floats,
) -> None:
    """Add to the side *weights* times (the filtered side + *straight* times it)."""
    b0, b1, b2, a1, a2 = section
    s1, s2 = state
    for at in range(len(block)):
        left, right = block[at, 0], block[at, 1]
        side = 0.5 * (left - right)
        high = b0 * side + s1
        s1 = b1 * side - a1 * high + s2
        s2 = b2 * side - a2 * high
        change = weights[at] * (high + straight * side)
        made[at, 0] = left + change
        made[at, 1] = right - change
    state[0], state[1] = s1, s2
