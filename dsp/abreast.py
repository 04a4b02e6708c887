"""Streams side by side that hold back differently: what all of them have given."""

from collections.abc import Sequence

import numpy as np

from dsp.processor import Floats


class Abreast:
    """As many sounds of the same beginning, each coming as it comes."""

    def __init__(self, count: int) -> None:
        """Wait for *count* sounds."""
        self._waiting: list[list[Floats]] = [[] for _ in range(count)]

    def give(self, parts: Sequence[Floats]) -> list[Floats]:
        """Take the next of each sound; return as much of all as there is of each."""
        for waiting, part in zip(self._waiting, parts, strict=True):
            if len(part):
                waiting.append(part)
        count = min(sum(map(len, waiting)) for waiting in self._waiting)
        return [_first(waiting, count) for waiting in self._waiting]


def _first(waiting: list[Floats], count: int) -> Floats:
    """Take the first *count* samples out of *waiting*."""
    if not count:
        return np.zeros((0, 2))
    sound = waiting[0] if len(waiting) == 1 else np.concatenate(waiting)
    waiting[:] = [sound[count:]] if count < len(sound) else []
    return sound[:count]
