"""The analog filters that an equaliser is held to, as power curves.

With x the square of frequency over corner, the power of a filter of second order is a
ratio of two parabolas in x. Bells and shelves are those of the Audio EQ Cookbook
(w3.org/TR/audio-eq-cookbook), high- and low-passes are Butterworth's.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Shape = Literal[
    "bell", "lowshelf", "highshelf", "highpass", "lowpass", "tilt", "notch"
]  # fmt: skip
SHAPES: tuple[str, ...] = get_args(Shape)

Parabola = tuple[float, float, float]
"""c0, c1 and c2 of c0 + c1 x + c2 x²."""

OCTAVE_DB = 6
"""What each order of a high- or low-pass falls in an octave, by name."""


@dataclass(frozen=True)
class Prototype:
    """One analog section: its power is *above* over *below*, in x."""

    frequency_hz: float
    above: Parabola
    below: Parabola

    def power(self, hertz: Floats) -> Floats:
        """Return the squares of the magnitudes at *hertz*."""
        x = np.square(hertz / self.frequency_hz)
        return parabola(self.above, x) / parabola(self.below, x)


def parabola(of: Parabola, x: Floats) -> Floats:
    """Return the values of a parabola at *x*."""
    return of[0] + x * (of[1] + x * of[2])


def power(sections: tuple[Prototype, ...], hertz: Floats) -> Floats:
    """Return the squares of the magnitudes of *sections* in a row."""
    out = np.ones(np.shape(hertz))
    for section in sections:
        out = out * section.power(hertz)
    return out


def bell(frequency_hz: float, gain_db: float, q: float) -> Prototype:
    """Return a bell, whose inverse is that of the opposite gain."""
    root = 10.0 ** (gain_db / 40.0)
    return Prototype(
        frequency_hz,
        _squared(1.0, root / q, 1.0),
        _squared(1.0, 1.0 / (root * q), 1.0),
    )


def lowshelf(frequency_hz: float, gain_db: float, q: float) -> Prototype:
    """Return a shelf of the lows; half of its decibels are left at the corner."""
    root = 10.0 ** (gain_db / 40.0)
    slope = math.sqrt(root) / q
    c0, c1, c2 = _squared(1.0, slope, root)
    scale = root * root
    return Prototype(
        frequency_hz,
        (scale * c0, scale * c1, scale * c2),
        _squared(root, slope, 1.0),
    )


def highshelf(frequency_hz: float, gain_db: float, q: float) -> Prototype:
    """Return a shelf of the highs: the mirror image of that of the lows."""
    low = lowshelf(frequency_hz, gain_db, q)
    a0, a1, a2 = low.above
    b0, b1, b2 = low.below
    return Prototype(frequency_hz, (a2, a1, a0), (b2, b1, b0))


def tilt(frequency_hz: float, gain_db: float) -> Prototype:
    """Return a straight slope of first order, of 0 dB at its pivot.

    It rises by *gain_db* from the low end to the high end: half of it is taken from the
    lows and half given to the highs.
    """
    rise = 10.0 ** (gain_db / 20.0)
    return Prototype(frequency_hz, (1.0, rise, 0.0), (rise, 1.0, 0.0))


def notch(frequency_hz: float, q: float) -> Prototype:
    """Return a filter that lets nothing through at its frequency."""
    return Prototype(frequency_hz, _squared(1.0, 0.0, 1.0), _squared(1.0, 1.0 / q, 1.0))


def lowpass(frequency_hz: float, order: int, q: float | None) -> tuple[Prototype, ...]:
    """Return a Butterworth low-pass; of order two, *q* may be another than its own."""
    if order == 2 and q is not None:
        return (Prototype(frequency_hz, (1.0, 0.0, 0.0), _squared(1.0, 1.0 / q, 1.0)),)
    sections = [
        Prototype(frequency_hz, (1.0, 0.0, 0.0), _squared(1.0, damping, 1.0))
        for damping in _dampings(order)
    ]
    if order % 2:
        sections.append(Prototype(frequency_hz, (1.0, 0.0, 0.0), (1.0, 1.0, 0.0)))
    return tuple(sections)


def highpass(frequency_hz: float, order: int, q: float | None) -> tuple[Prototype, ...]:
    """Return a Butterworth high-pass: the mirror image of the low-pass."""
    return tuple(
        Prototype(
            frequency_hz,
            (0.0, 0.0, 1.0) if section.below[2] else (0.0, 1.0, 0.0),
            section.below,
        )
        for section in lowpass(frequency_hz, order, q)
    )


def _dampings(order: int) -> list[float]:
    """Return 1/Q of the pairs of poles, which stand evenly on a circle."""
    return [
        2.0 * math.sin(math.pi * (2 * pair + 1) / (2 * order))
        for pair in range(order // 2)
    ]


def _squared(c2: float, c1: float, c0: float) -> Parabola:
    """Return the power of c2 s² + c1 s + c0 on the frequency axis, in x."""
    return c0 * c0, c1 * c1 - 2.0 * c0 * c2, c2 * c2
