"""Samples between known ones, by the linear prediction of what surrounds them.

A model of the surroundings (Burg's method) predicts each sample from those before it.
The missing samples are those that leave the least error of prediction in all places
they touch: least-squares interpolation after Janssen, Veldhuis and Vries (1986), a
symmetric Toeplitz system that Levinson's recursion solves.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact

Samples = NDArray[np.float64]

_FLOOR = 1e-9
"""Of a spectrum, re. its power. Without it the empty treble of a sound that was once
coded with loss would ask for a precision of the system that no number has."""


def filled(samples: Samples, first: int, last: int, order: int) -> Samples:
    """Return *samples* ``first … last`` of one channel anew, from those around them.

    The prediction looks at *order* samples, fewer where less is known.
    """
    before, after = samples[:first], samples[last:]
    order = min(order, max(len(before), len(after)) // 3)
    if order < 1 or not (before.any() or after.any()):
        return np.zeros(last - first)
    predictor = burg(before, after, order)
    return _between(samples, first, last, predictor)


def burg(before: Samples, after: Samples, order: int) -> Samples:
    """Return the prediction-error filter 1, a1 … of two stretches of one sound.

    They are taken as if white noise 90 dB below them were added.
    """
    forward = np.concatenate([before, after])
    noise = _FLOOR * float(np.mean(np.square(forward))) + 1e-300
    return _burg(forward, forward.copy(), len(before), order, noise)


def residuals(samples: Samples, predictor: Samples) -> tuple[Samples, Samples]:
    """Return the errors of prediction from the past and from the future.

    Those of the first and of the last samples, which lack either, are 0.
    """
    order = len(predictor) - 1
    forward, backward = np.zeros((2, len(samples)))
    _errors(samples, predictor, forward[order:])
    _errors(samples, predictor[::-1].copy(), backward[: len(samples) - order])
    return forward, backward


def _between(samples: Samples, first: int, last: int, predictor: Samples) -> Samples:
    order = len(predictor) - 1
    count = last - first
    products = np.correlate(predictor, predictor, "full")[order:]
    around = np.zeros(count + 2 * order)
    begin, end = max(first - order, 0), min(last + order, len(samples))
    around[begin - first + order : end - first + order] = samples[begin:end]
    around[order : order + count] = 0.0
    wanted = -np.convolve(around, np.concatenate([products[:0:-1], products]), "valid")
    row = np.zeros(count)
    row[: min(count, order + 1)] = products[:count]
    return _solved(row, wanted)


@exact
def _burg(
    forward: Samples, backward: Samples, seam: int, order: int, noise: float
) -> Samples:
    """Return the predictor; both arrays are the samples, and are worked on."""
    predictor = np.zeros(order + 1)
    predictor[0] = 1.0
    mirrored = np.zeros(order + 1)
    length = len(forward)
    for stage in range(1, order + 1):
        above, below = 0.0, 0.0
        count = 0
        for begin, end in ((0, seam), (seam, length)):
            ahead = forward[min(begin + stage, end) : end]
            behind = backward[min(begin + stage, end) - 1 : end - 1]
            count += len(ahead)
            for at in range(len(ahead)):
                above += ahead[at] * behind[at]
                below += ahead[at] * ahead[at] + behind[at] * behind[at]
        # what white noise would add, passed through the predictor so far
        for tap in range(stage):
            below += 2.0 * count * noise * predictor[tap] * predictor[tap]
        for tap in range(1, stage):
            above += count * noise * predictor[tap] * predictor[stage - tap]
        mirror = -2.0 * above / below
        for at in range(stage + 1):
            mirrored[at] = predictor[stage - at]
        for at in range(stage + 1):
            predictor[at] += mirror * mirrored[at]
        for begin, end in ((0, seam), (seam, length)):
            for at in range(end - 1, min(begin + stage, end) - 1, -1):
                ahead_one, behind_one = forward[at], backward[at - 1]
                forward[at] = ahead_one + mirror * behind_one
                backward[at] = behind_one + mirror * ahead_one
    return predictor


@exact
def _errors(samples: Samples, predictor: Samples, errors: Samples) -> None:
    """Write to each of *errors* the filter's answer that ends *order* samples on."""
    order = len(predictor) - 1
    for tap in range(order + 1):
        weight = predictor[tap]
        part = samples[order - tap :]
        for at in range(len(errors)):
            errors[at] = errors[at] + weight * part[at]


@exact
def _solved(row: Samples, wanted: Samples) -> Samples:
    """Solve a symmetric Toeplitz system by Levinson's recursion."""
    count = len(row)
    found = np.zeros(count)
    ahead = np.zeros(count)
    turned = np.zeros(count)
    ahead[0] = 1.0
    error = row[0]
    found[0] = wanted[0] / error
    for size in range(1, count):
        above, lacking = 0.0, wanted[size]
        for at in range(size):
            above += row[size - at] * ahead[at]
            lacking -= row[size - at] * found[at]
        mirror = -above / error
        for at in range(size + 1):
            turned[at] = ahead[size - at]
        for at in range(size + 1):
            ahead[at] += mirror * turned[at]
        error *= 1.0 - mirror * mirror
        if error <= 0.0:
            break
        step = lacking / error
        for at in range(size + 1):
            found[at] += step * ahead[size - at]
    return found
