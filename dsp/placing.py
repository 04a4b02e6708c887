"""Stages of level and place that hold no filter: gain, balance, swap, polarity, delay.

What they leave alone stays as it is, bit for bit.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from dsp.level import gain
from dsp.oversampling import convolve, interpolator
from dsp.pieces import Pieces
from dsp.processor import Floats, Stream
from dsp.steps import Steps

Side = Literal["left", "right", "both"]

LONGEST_S = 1.0
"""Of a delay."""

_REACH = 48
"""Samples on each side that a delay between two samples looks at."""
_HOP = 1024


@dataclass(frozen=True, kw_only=True)
class Gain:
    """Level, *gain_db* louder."""

    gain_db: float

    def __post_init__(self) -> None:
        """Check the range."""
        _check_level("gain", self.gain_db, 120.0)

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return not self.gain_db

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream."""
        return _scaled(gain(self.gain_db), gain(self.gain_db))


@dataclass(frozen=True, kw_only=True)
class Balance:
    """One side *gain_db* louder against the other: half up here, half down there."""

    gain_db: float
    side: Literal["left", "right"] = "right"

    def __post_init__(self) -> None:
        """Check the range."""
        _check_level("balance", self.gain_db, 40.0)
        if self.side not in ("left", "right"):
            raise ValueError(f"{self.side!r} is no side; there are left and right")

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return not self.gain_db

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream."""
        half = self.gain_db / 2.0 if self.side == "right" else -self.gain_db / 2.0
        return _scaled(gain(-half), gain(half))


@dataclass(frozen=True, kw_only=True)
class Polarity:
    """The other polarity on one side or both."""

    channel: Side = "both"

    def __post_init__(self) -> None:
        """Check the side."""
        _check_side(self.channel)

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return False

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream."""
        return _scaled(
            1.0 if self.channel == "right" else -1.0,
            1.0 if self.channel == "left" else -1.0,
        )


@dataclass(frozen=True)
class Swap:
    """Left for right."""

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return False

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream."""
        return Steps(lambda block, _: np.ascontiguousarray(block[:, ::-1]))


@dataclass(frozen=True, kw_only=True)
class Delay:
    """A delay by *samples* and *ms*, of one side or both; whole or fractional.

    The sound keeps its length: it begins with silence, and its end is cut off.
    """

    samples: float = 0.0
    ms: float = 0.0
    channel: Side = "both"

    def __post_init__(self) -> None:
        """Check the ranges."""
        _check_side(self.channel)
        for value, unit in ((self.samples, "samples"), (self.ms, "ms")):
            if not (math.isfinite(value) and value >= 0.0):
                raise ValueError(
                    f"a delay of {value:g} {unit}: it takes 0 or more; "
                    "to bring one side forward, delay the other"
                )

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return not self.samples and not self.ms

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream; raises ValueError for a delay of more than a second."""
        delay = self.samples + self.ms * rate / 1000.0
        if delay > LONGEST_S * rate:
            raise ValueError(f"a delay of {delay / rate:g} s: the longest is 1 s")
        # a millionth of a sample is 20 ps: what ms as a decimal leaves over
        whole = round(delay) if abs(delay - round(delay)) < 1e-6 else math.floor(delay)
        between = delay - whole if delay > whole + 1e-6 else 0.0
        sides = [0, 1] if self.channel == "both" else [int(self.channel == "right")]
        line = _Line(whole, sides)
        return _Both(_Between(between, sides, start), line) if between else line


class _Line:
    """A delay by whole samples."""

    def __init__(self, samples: int, sides: list[int]) -> None:
        self._sides = sides
        self._kept = np.zeros((samples, len(sides)))

    def process(self, block: Floats) -> Floats:
        """Return *block* with its sides late."""
        made = block.copy()
        joined = np.concatenate([self._kept, block[:, self._sides]])
        made[:, self._sides] = joined[: len(block)]
        self._kept = joined[len(block) :]
        return made

    def finish(self) -> Floats:
        """Return nothing: what is still in the line lies beyond the end."""
        return np.zeros((0, 2))


class _Between(Pieces):
    """A delay by less than a sample, by a windowed sinc; the rest stays as it is."""

    def __init__(self, offset: float, sides: list[int], start: int) -> None:
        super().__init__(_HOP, 2 * _REACH - 1, _REACH - 1, start=start)
        self._sides = sides
        self._taps = interpolator(_REACH, 1.0 - offset)
        self._sums = np.zeros(2 * _HOP)

    def work(self, seen: Floats, at: int) -> Floats:
        """Return the point between each sample and the one before it."""
        convolve(seen.reshape(-1), self._taps, self._sums)
        made = seen[_REACH : _REACH + _HOP].copy()
        made[:, self._sides] = self._sums.reshape(-1, 2)[:, self._sides]
        return made


class _Both:
    """One stream behind the other."""

    def __init__(self, first: Stream, second: Stream) -> None:
        self._first, self._second = first, second

    def process(self, block: Floats) -> Floats:
        """Take the next *block*; return what is ready."""
        return self._second.process(self._first.process(block))

    def finish(self) -> Floats:
        """Return the rest."""
        return self._second.process(self._first.finish())


def _scaled(left: float, right: float) -> Stream:
    if left == right:
        return Steps(lambda block, _: block * left)

    def scaled(block: Floats, _: int) -> Floats:
        made = np.empty((len(block), 2))
        np.multiply(block[:, 0], left, out=made[:, 0])
        np.multiply(block[:, 1], right, out=made[:, 1])
        return made

    return Steps(scaled)


def _check_level(kind: str, db: float, most: float) -> None:
    if not abs(db) <= most:
        raise ValueError(f"{kind} takes up to ±{most:g} dB, not {db:g} dB")


def _check_side(side: str) -> None:
    if side not in get_args(Side):
        raise ValueError(f"{side!r} is no side; there are left, right and both")
