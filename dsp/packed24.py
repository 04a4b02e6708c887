"""Packed 24-bit integers, little-endian: as floats, and how far they reach.

Three words of 32 bits hold four integers, so all is read in words that the processor
knows; only what is left at the end is read in bytes.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact, kernel

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]

WIDTH = 3
"""Bytes of an integer."""

_8, _16, _24 = np.uint32(8), np.uint32(16), np.uint32(24)
_UPPER = np.uint32(0xFFFFFF00)
_STEP = 2.0**-31


def floats(raw: Bytes) -> NDArray[np.float64]:
    """Return the integers in *raw* with full scale 1.0; it begins at a whole word."""
    out = np.empty(len(raw) // WIDTH)
    _floats(raw, _words(raw), out)
    return out


def reach(raw: Bytes) -> tuple[float, float]:
    """Return the lowest and the highest of *raw*, which is not empty, likewise."""
    found = np.zeros(2, np.int32)
    _reach(raw, _words(raw), found)
    return float(found[0]) * _STEP, float(found[1]) * _STEP


def _words(raw: Bytes) -> Words:
    return raw[: len(raw) // (4 * WIDTH) * (4 * WIDTH)].view(np.uint32)


@exact
def _floats(raw: Bytes, words: Words, out: NDArray[np.float64]) -> None:
    for group in range(np.uint64(len(words) // 3)):
        three = words[np.uint64(3) * group : np.uint64(3) * group + np.uint64(3)]
        four = out[np.uint64(4) * group : np.uint64(4) * group + np.uint64(4)]
        one, two, last = three[0], three[1], three[2]
        four[0] = np.int32(one << _8) * _STEP
        four[1] = np.int32((two << _16) | ((one >> _24) << _8)) * _STEP
        four[2] = np.int32((last << _24) | ((two >> _16) << _8)) * _STEP
        four[3] = np.int32(last & _UPPER) * _STEP
    for at in range(len(words) // 3 * 4, len(out)):
        out[at] = _single(raw, at) * _STEP


@kernel
def _reach(raw: Bytes, words: Words, found: NDArray[np.int32]) -> None:
    low, high = _single(raw, 0), _single(raw, 0)
    for group in range(np.uint64(len(words) // 3)):
        three = words[np.uint64(3) * group : np.uint64(3) * group + np.uint64(3)]
        one, two, last = three[0], three[1], three[2]
        a = np.int32(one << _8)
        b = np.int32((two << _16) | ((one >> _24) << _8))
        c = np.int32((last << _24) | ((two >> _16) << _8))
        d = np.int32(last & _UPPER)
        low = min(low, min(min(a, b), min(c, d)))
        high = max(high, max(max(a, b), max(c, d)))
    for at in range(len(words) // 3 * 4, len(raw) // WIDTH):
        low, high = min(low, _single(raw, at)), max(high, _single(raw, at))
    found[0], found[1] = low, high


@exact
def _single(raw: Bytes, at: int) -> np.int32:
    """Return integer number *at*, filled from the left."""
    word = np.uint32(raw[WIDTH * at]) << _8
    word |= np.uint32(raw[WIDTH * at + 1]) << _16
    word |= np.uint32(raw[WIDTH * at + 2]) << _24
    return np.int32(word)
