"""Pre-emphasis of 50/15 µs, put on and taken off.

Discs of the first years carry their treble up to 10 dB too loud, and a flag that tells
the player to turn it down again (``formats/redbook.md`` §7). The curve is that of the
analog network up to 20 kHz; what is taken off is exactly what was put on.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.biquads import Biquads
from dsp.decramp import Coefficients, sections
from dsp.processor import Stream
from dsp.prototypes import Prototype

Floats = NDArray[np.float64]

SLOW_S, FAST_S = 50e-6, 15e-6
"""The time constants: of the corner where the treble begins to rise, and to stop."""

SETTLED = 256
"""Samples after which nothing is left of what went before, at the rate of a disc."""

CURVE = Prototype(
    1.0 / (2.0 * math.pi * SLOW_S),
    (1.0, 1.0, 0.0),
    (1.0, (FAST_S / SLOW_S) ** 2, 0.0),
)
"""The power curve of pre-emphasis."""


@dataclass(frozen=True, kw_only=True)
class Preemphasis:
    """The treble raised as a disc with the flag needs it."""

    idle = False

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream at *rate*."""
        return Biquads(sections(CURVE, rate))


@dataclass(frozen=True, kw_only=True)
class Deemphasis:
    """The treble lowered as a player does where the flag is set."""

    idle = False

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream at *rate*."""
        return Biquads([_turned(each) for each in sections(CURVE, rate)])


def deemphasised(before: Floats, block: Floats, rate: int) -> Floats:
    """Return *block* de-emphasised; *before* are the ``SETTLED`` samples ahead of it.

    There may be fewer, where the sound begins.
    """
    stream = Deemphasis().open(rate)
    stream.process(before)
    return stream.process(block)


def _turned(section: Coefficients) -> Coefficients:
    """Return the inverse of a section of minimum phase."""
    b0, b1, b2, a1, a2 = section
    return 1.0 / b0, a1 / b0, a2 / b0, b1 / b0, b2 / b0
