"""Streams that hold nothing back, and where a time of the mix lies in a block."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dsp.fades import rise
from dsp.processor import Floats


class Steps:
    """A stream that works on each block by itself, knowing its place in the mix."""

    def __init__(self, step: Callable[[Floats, int], Floats], start: int = 0) -> None:
        """Call *step* with each block and the number of its first sample."""
        self._step = step
        self._at = start

    def process(self, block: Floats) -> Floats:
        """Return *block* as the step makes it."""
        at = self._at
        self._at += len(block)
        return self._step(block, at)

    def finish(self) -> Floats:
        """Return nothing: nothing was held back."""
        return np.zeros((0, 2))


def sample(seconds: float, rate: int) -> int:
    """Return the sample nearest to a time of the mix."""
    return round(seconds * rate)


def trapezoid(
    at: int, count: int, edges: tuple[int, int, int, int]
) -> NDArray[np.float64]:
    """Return the weights of *count* samples from number *at* on.

    They are 0 up to the first of the *edges*, 1 from the second to the third, 0 from
    the fourth on, and rounded steps between.
    """
    begin, full, leave, end = edges
    if full <= at and at + count <= leave:
        return np.ones(count)
    if at + count <= begin or end <= at:
        return np.zeros(count)
    place = np.arange(at, at + count)
    up = (place - begin + 0.5) / max(full - begin, 1)
    down = (end - place - 0.5) / max(end - leave, 1)
    weights = rise("s-curve", np.minimum(up, down))
    weights[(place >= full) & (place < leave)] = 1.0
    weights[(place < begin) | (place >= end)] = 0.0
    return weights


def check_range(kind: str, from_s: float, to_s: float) -> None:
    """Raise ValueError for a range that is none."""
    if from_s < 0.0 or to_s <= from_s:
        raise ValueError(
            f"{kind} from {from_s:g} s to {to_s:g} s: "
            "a range begins at 0 or later, and ends after it began"
        )
