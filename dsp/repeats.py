"""Passages that a recording has twice, sample for sample.

``dsp.sectors`` leaves anchors: places that their own samples choose, so the same
passage has the same anchors wherever it lies. Two that have the same print, one after
the other at the same distance, are a passage that is there twice.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]

_MOST_ALIKE = 8
"""Anchors of one print beyond which it is a tone or a loop, and no copy."""


@dataclass(frozen=True, order=True)
class Repeat:
    """A passage that is there twice; in samples."""

    start: int
    """Of the later one."""
    length: int
    first: int
    """Where the earlier one begins."""


def repeats(
    places: Counts, prints: NDArray[np.uint64], least: int, width: int
) -> list[Repeat]:
    """Return the passages of *least* samples or more that are there twice.

    *width* is what one anchor's print covers. What repeats within *least* samples is a
    tone, which is the same everywhere, and is left out.
    """
    order = np.lexsort((places, prints))
    alike = prints[order]
    edges = np.flatnonzero(np.concatenate(([True], alike[1:] != alike[:-1], [True])))
    lags: dict[int, list[int]] = {}
    for begin, end in pairwise(edges.tolist()):
        if not 2 <= end - begin <= _MOST_ALIKE:
            continue
        group = places[order[begin:end]]
        if np.diff(group).min() < least:
            continue
        for later in range(1, len(group)):
            lag = int(group[later] - group[later - 1])
            lags.setdefault(lag, []).append(int(group[later]))
    found: list[Repeat] = []
    for lag, laters in lags.items():
        found += _runs(sorted(laters), lag, places, least, width)
    return sorted(found)


def _runs(
    laters: list[int], lag: int, places: Counts, least: int, width: int
) -> list[Repeat]:
    """Return the stretches in which every anchor comes again *lag* later."""
    found, start, before = [], laters[0], laters[0]
    follows = dict(zip(places[:-1].tolist(), places[1:].tolist(), strict=True))
    for at in [*laters[1:], -1]:
        if at == follows.get(before):
            before = at
            continue
        if before + width - start >= least:
            found.append(Repeat(start=start, length=before + width - start,
                                first=start - lag))  # fmt: skip
        start = before = at
    return found
