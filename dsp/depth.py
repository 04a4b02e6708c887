"""How far a stage turns the level down: the least gain of each 100 ms."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import kernel
from dsp.processor import Floats, Lowered, twin


def hop(rate: int) -> int:
    """Return the samples in a step of 100 ms at *rate* Hz."""
    return max(1, round(rate / 10))


class Depth:
    """The least gain of every step of a sound, from its first sample on."""

    def __init__(self, rate: int) -> None:
        """Begin at the first sample of a sound at *rate* Hz."""
        self._hop = hop(rate)
        self._within = 0  # samples of the last step that have been seen
        self._least: list[float] = []

    def snapshot(self) -> Self:
        """Return the steps so far; both go on from here, by themselves."""
        return twin(self, _least=self._least.copy())

    def take(self, gains: Floats) -> None:
        """Take the gains of the next samples, of shape ``(lanes, samples)``."""
        count = gains.shape[1]
        if not count:
            return
        first = min(self._hop - self._within, count)
        least = np.empty(1 - (first - count) // self._hop)
        # the bits of what is not negative are in the order of the values
        _least(gains.view(np.int64), first, self._hop, least.view(np.int64))
        steps = least.tolist()
        if self._within:
            self._least[-1] = min(self._least[-1], steps.pop(0))
        self._least += steps
        self._within = (self._within + count) % self._hop

    @property
    def lowered(self) -> Lowered:
        """Return the steps so far; a gain above 1 counts as 1."""
        gains = np.clip(np.array(self._least), 1e-30, 1.0)
        return Lowered(hop=self._hop, deepest=decibels(gains))


def deepest(rate: int, several: Sequence[Lowered]) -> Lowered:
    """Return the deepest of each step of stages side by side at *rate* Hz."""
    count = max((len(each.deepest) for each in several), default=0)
    out = np.zeros(count, np.float32)
    for each in several:
        here = out[: len(each.deepest)]
        np.minimum(here, each.deepest, out=here)
    return Lowered(hop=hop(rate), deepest=out)


def decibels(gains: Floats) -> NDArray[np.float32]:
    """Return *gains*, all above 0, in dB."""
    levels: NDArray[np.float32] = (20.0 * np.log10(gains)).astype(np.float32)
    return levels


@kernel
def _least(
    bits: NDArray[np.int64], first: int, hop: int, least: NDArray[np.int64]
) -> None:
    """Write the least of the *first* values of all lanes, then of each *hop*."""
    for step in range(len(least)):
        begin = 0 if step == 0 else first + (step - 1) * hop
        end = min(first + step * hop, bits.shape[1])
        found = bits[0, begin]
        for lane in range(len(bits)):
            row = bits[lane, begin:end]
            for at in range(len(row)):
                found = min(found, row[at])
        least[step] = found
