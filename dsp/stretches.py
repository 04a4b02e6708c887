"""Stretches of samples that are asked for: from masks to absolute first and last.

What is decided by windows is decided alike whatever the blocks, where the blocks are
whole windows.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

Stretches = Sequence[tuple[int, int]]


def by_window(mask: Mask, window: int) -> Mask:
    """Return *mask* with every window that holds a true one wholly true."""
    if not len(mask):
        return mask
    held = np.logical_or.reduceat(mask, np.arange(0, len(mask), window))
    return np.repeat(held, window)[: len(mask)]


def within(stretches: Stretches, first: int, last: int) -> Mask:
    """Return which of the samples *first* to before *last* lie in *stretches*."""
    mask = np.zeros(last - first, bool)
    for begin, end in stretches:
        if begin < last and end > first:
            mask[max(0, begin - first) : end - first] = True
    return mask


def found(mask: Mask, at: int, before: Stretches) -> list[tuple[int, int]]:
    """Return the stretches that are true in *mask*, whose first sample is number *at*.

    One that goes on from the last of those *before* keeps its beginning.
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask, [0])))) + at
    stretches = [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]
    if stretches and before and before[-1][1] == stretches[0][0]:
        stretches[0] = before[-1][0], stretches[0][1]
    return stretches
