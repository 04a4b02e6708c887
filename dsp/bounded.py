"""Gains that keep sums of them within bounds, as far as they can: a convex task.

What lies beyond a bound counts by its square, so that between two steps the task is
one of least squares over whatever lies beyond.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS = 60
_SMALLEST = 1e-3  # part of a step
_DONE = 1e-5


@dataclass(frozen=True)
class Aim:
    """Rows that are to lie within *bound*: *slopes* times the gains, from *at* on."""

    slopes: Floats
    at: Floats
    bound: Floats | float
    weight: float


def bounded(aims: Sequence[Aim], ridge: Floats, gains: Floats) -> Floats:
    """Return the gains of least cost, sought from *gains* on.

    The gains themselves cost what *ridge*, between two of them, says.
    """
    counts = [len(each.at) for each in aims]
    slopes = np.concatenate([each.slopes for each in aims])
    at = np.concatenate([each.at for each in aims])
    bound = np.concatenate([np.broadcast_to(each.bound, len(each.at)) for each in aims])
    weight = np.repeat([each.weight for each in aims], counts)
    regular = ridge + 1e-6 * np.eye(len(gains))

    def tried(gains: Floats) -> tuple[Floats, Floats, float]:
        values = at + slopes @ gains
        over = np.maximum(np.abs(values) - bound, 0.0)
        least = gains @ ridge @ gains
        return values, over, float(least + over @ (weight * over))

    values, over, now = tried(gains)
    for _ in range(_STEPS):
        out = over > 0.0
        chosen = slopes[out]
        weighted = chosen.T * weight[out]
        goal = np.copysign(bound[out], values[out]) - at[out]
        best = np.linalg.solve(regular + weighted @ chosen, weighted @ goal)
        if np.abs(best - gains).max() < _DONE:
            break
        # the whole step, or a part of it that does not make things worse
        step, start = 1.0, gains
        while True:
            gains = start + step * (best - start)
            values, over, cost = tried(gains)
            if cost <= now or step <= _SMALLEST:
                break
            step *= 0.5
        now = cost
    return gains
