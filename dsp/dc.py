"""DC: the mean of the whole sound, taken from each side (``formats/dsp.md`` §1.1)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from dsp.kernels import exact
from dsp.level import decibels
from dsp.processor import Floats, Stream
from dsp.steps import Steps

LEAST = 1e-7
"""A mean of less than -140 dBFS is none."""


@dataclass(frozen=True)
class Dc:
    """Take the mean away, which needs the whole sound to be heard before."""

    @property
    def idle(self) -> bool:
        """Whether nothing would change: that is not known before."""
        return False

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Refuse: what has not been heard has no mean."""
        raise ValueError("dc has to hear the whole sound before it can begin")

    def learned(
        self, rate: int, sound: Callable[[], Iterator[Floats]], *, start: int = 0
    ) -> "Offset":
        """Return the stage that takes away the mean of *sound*."""
        sums = np.zeros((2, 2))
        samples = 0
        for block in sound():
            _sum(block, sums)
            samples += len(block)
        left, right = sums.sum(axis=1) / max(samples, 1)
        if max(abs(left), abs(right)) < LEAST:
            return Offset(left=0.0, right=0.0)
        return Offset(left=float(left), right=float(right))


@dataclass(frozen=True, kw_only=True)
class Offset:
    """A constant for each side, which is taken away."""

    left: float
    right: float

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return not self.left and not self.right

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return how much it is."""
        if self.idle:
            return ("no DC found",)
        return tuple(
            f"DC of {level:.1f} dBFS taken from the {side}"
            for side, value in (("left", self.left), ("right", self.right))
            if (level := decibels(value)) is not None
        )

    def open(self, rate: int, *, start: int = 0) -> "Offsetting":
        """Begin a stream."""
        return Offsetting(self)


class Offsetting(Steps):
    """An offset at work."""

    def __init__(self, settings: Offset) -> None:
        """Begin a stream."""
        means = np.array([settings.left, settings.right])
        super().__init__(lambda block, _: np.subtract(block, means))
        self.remarks = settings.remarks


@exact
def _sum(block: Floats, sums: Floats) -> None:
    """Add *block* to the sums of each side and to what they lose by rounding."""
    # after Neumaier: exact enough for any length, and in the order of the samples
    for side in range(2):
        total, lost = sums[side, 0], sums[side, 1]
        for at in range(len(block)):
            x = block[at, side]
            more = total + x
            if abs(total) >= abs(x):
                lost += (total - more) + x
            else:
                lost += (x - more) + total
            total = more
        sums[side, 0], sums[side, 1] = total, lost
