"""The settings of a curve whose largest error is the least.

Norms of rising degree approach the largest error, each begun where the one before it
ended. Steps are Levenberg's and Marquardt's: what makes it worse is not done, but tried
again with more caution.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NORMS = (2, 4, 8, 16, 32, 64)
_STEPS = 12  # of each norm, at most
_CAUTION, _LEAST, _MOST = 1e-3, 1e-12, 1e3
_GAIN = 0.98  # a step that leaves more than this of the norm is the last one
_FAR = 1e4  # of the largest error; more would not fit a float in the highest norm


def least_largest(
    errors: Callable[[Floats], Floats],
    slopes: Callable[[Floats], Floats],
    start: Floats,
    enough: float,
) -> tuple[Floats, float]:
    """Return the best settings found, and their largest error.

    *slopes* are those of the errors by the settings, (errors, settings). Settings that
    are out of bounds have infinite errors; then the start is kept as it is.
    """
    best, now = start, start
    found = errors(start)
    least = float(np.abs(found).max())
    if not np.isfinite(least):
        return best, least
    for norm in _NORMS:
        caution = _CAUTION
        for _ in range(_STEPS):
            if least <= enough or caution > _MOST:
                break
            then = now - _step(slopes(now), found, norm, caution)
            tried = errors(then)
            gain = _ratio(tried, found, norm)
            if not gain < 1.0:
                caution *= 30.0
                continue
            now, found = then, tried
            caution = max(_LEAST, 0.1 * caution)
            largest = float(np.abs(found).max())
            if largest < least:
                best, least = now, largest
            if gain > _GAIN:
                break
    return best, least


def _step(slopes: Floats, errors: Floats, norm: int, caution: float) -> Floats:
    """Return the step of one norm, in units in which all settings weigh the same."""
    size = np.abs(errors)
    weights = (size / size.max()) ** (norm - 2)
    weighted = slopes * weights[:, np.newaxis]
    scale = np.sqrt(np.einsum("ij,ij->j", slopes, weighted)) + 1e-300
    square = slopes.T @ weighted / np.outer(scale, scale)
    square[np.diag_indices_from(square)] += caution
    solved = np.linalg.solve(square, errors @ weighted / scale) / scale
    return np.asarray(solved / max(1, norm - 1))


def _ratio(tried: Floats, found: Floats, norm: int) -> float:
    """Return what is left of the norm of the errors."""
    largest = np.abs(found).max()
    before, after = (
        np.sum(np.minimum(np.abs(each) / largest, _FAR) ** norm)
        for each in (found, tried)
    )
    return float(after / before)
