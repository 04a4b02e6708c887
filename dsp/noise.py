"""Triangular noise that is counted, not run: the value of any place, at once.

splitmix64 (Steele, Lea and Flood, OOPSLA 2014) makes one word of each place. Its two
halves are two independent uniform values, and their sum is a triangle of ±1.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact

_STEP = np.uint64(0x9E37_79B9_7F4A_7C15)
_MIX = np.uint64(0xBF58_476D_1CE4_E5B9)
_STIR = np.uint64(0x94D0_49BB_1331_11EB)
_27, _30, _31, _32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)
_HALF = np.uint64(0xFFFF_FFFF)


def tpdf(seed: int, start: int, count: int, channels: int) -> NDArray[np.float64]:
    """Return triangular dither in LSB, within ±1, for *count* samples from *start*.

    *seed* is 0 … 2**64 - 1.
    """
    out = np.empty(count * channels)
    _fill(np.uint64(seed), np.uint64(start * channels), out)
    return out.reshape(count, channels)


@exact
def triangle(key: np.uint64, count: np.uint64) -> float:
    """Return the dither of value number *count*: two uniform halves of one word."""
    word = key + (count + np.uint64(1)) * _STEP
    word = (word ^ (word >> _30)) * _MIX
    word = (word ^ (word >> _27)) * _STIR
    word = word ^ (word >> _31)
    both = np.int64(word >> _32) + np.int64(word & _HALF)
    return both * 2.0**-32 + (2.0**-32 - 1.0)


@exact
def _fill(seed: np.uint64, count: np.uint64, out: NDArray[np.float64]) -> None:
    """Fill *out* with the dither of the values from number *count*."""
    key = key_of(seed)
    for at in range(len(out)):
        out[at] = triangle(key, count + np.uint64(at))


@exact
def key_of(seed: np.uint64) -> np.uint64:
    """Return where a seed begins: neighbours far apart."""
    word = (seed ^ (seed >> _30)) * _MIX
    word = (word ^ (word >> _27)) * _STIR
    return word ^ (word >> _31)
