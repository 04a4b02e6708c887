"""A named range taken out: silence in its place, or what its surroundings predict."""

from dataclasses import dataclass

import numpy as np

from dsp.autoregression import filled
from dsp.processor import Floats
from dsp.steps import Steps, check_range, sample, trapezoid

EDGE_S = 0.005
"""How long a mute takes to fall silent, before its range, and to come back after."""

LONGEST_S = 0.05
"""Of a repair: beyond that nothing can be known of what was there."""

_AROUND_S = 0.1
"""How much is listened to on each side of a repair."""
_MEMORY_S = 0.023
"""How far back the prediction of a repair looks."""
_MOST = 2_400
"""Samples that it looks at, at the most: the time it takes grows with their square."""


@dataclass(frozen=True, kw_only=True)
class Mute:
    """Silence between two times of the mix, with edges of 5 ms outside of them."""

    from_s: float
    to_s: float

    def __post_init__(self) -> None:
        """Check the range."""
        check_range("mute", self.from_s, self.to_s)

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return False

    def open(self, rate: int, *, start: int = 0) -> Steps:
        """Begin a stream whose first sample is number *start* of the mix."""
        first, last = sample(self.from_s, rate), sample(self.to_s, rate)
        edge = sample(EDGE_S, rate)
        edges = (first - edge, first, last, last + edge)

        def muted(block: Floats, at: int) -> Floats:
            if at + len(block) <= edges[0] or edges[3] <= at:
                return block
            made: Floats = block * (1.0 - trapezoid(at, len(block), edges))[:, None]
            return made

        return Steps(muted, start)


@dataclass(frozen=True, kw_only=True)
class Repair:
    """Make up to 50 ms anew from what is before and after; the rest stays as it is."""

    from_s: float
    to_s: float

    def __post_init__(self) -> None:
        """Check the range."""
        check_range("repair", self.from_s, self.to_s)
        if self.to_s - self.from_s > LONGEST_S * (1.0 + 1e-9):
            raise ValueError(
                f"a repair of {1000.0 * (self.to_s - self.from_s):.1f} ms: the longest "
                "is 50 ms; mute the range, or cut it out"
            )

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return False

    def open(self, rate: int, *, start: int = 0) -> "Repairing":
        """Begin a stream whose first sample is number *start* of the mix."""
        around = sample(_AROUND_S, rate)
        first = sample(self.from_s, rate) - start
        last = max(sample(self.to_s, rate) - start, first + 1)
        order = min(sample(_MEMORY_S, rate), _MOST)
        return Repairing(first, last, around, order)


class Repairing:
    """A repair at work: it holds back from the range on until enough is known."""

    def __init__(self, first: int, last: int, around: int, order: int) -> None:
        """Repair samples *first* … *last* of the stream."""
        self._first, self._last = max(first, 0), last
        self._around, self._order = around, order
        self._at = 0
        self._before = np.zeros((0, 2))
        self._held: list[Floats] | None = None
        self._done = last <= 0

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return whether the range was met."""
        if self._done:
            return ()
        return ("the range lies outside of the sound: nothing was changed",)

    def process(self, block: Floats) -> Floats:
        """Take the next *block*; return what is ready."""
        if self._done:
            return block
        if self._held is None:
            if self._at + len(block) <= self._first:
                self._at += len(block)
                joined = np.concatenate([self._before, block[-self._around :]])
                self._before = joined[-self._around :]
                return block
            self._held = []
        self._held.append(block.copy())
        self._at += len(block)
        if self._at < self._last + self._around:
            return np.zeros((0, 2))
        return self._mended(self._held)

    def finish(self) -> Floats:
        """Return the rest."""
        return np.zeros((0, 2)) if self._held is None else self._mended(self._held)

    def _mended(self, held: list[Floats]) -> Floats:
        made = np.concatenate(held)
        first = self._first - (self._at - len(made))
        self._held, self._done = None, True
        # what is listened to, whatever the blocks: the same samples on both sides
        known = np.concatenate([self._before, made])
        place = first + len(self._before)
        begin = max(place - self._around, 0)
        last = min(place + self._last - self._first, len(known))
        end = min(last + self._around, len(known))
        for side in range(2):
            part = np.ascontiguousarray(known[begin:end, side])
            new = filled(part, place - begin, last - begin, self._order)
            made[first : first + last - place, side] = new
        return made
