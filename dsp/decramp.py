"""Digital filters that keep the shape of their analog prototype up to 20 kHz.

The bilinear transform squeezes the frequencies below half the rate, and the curves with
them. Here the power curve itself is fitted. That of a digital section is a ratio of
two parabolas in p = sin²(ω/2), and any two parabolas that are positive from p = 0 to 1
belong to a section that is stable and of minimum phase (``formats/dsp.md`` §1.2). The
fit begins with the prototype on a bent axis and goes to the least largest error in
decibels. What one section cannot follow, two do.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray

from dsp.leasterror import least_largest
from dsp.prototypes import Parabola, Prototype

Floats = NDArray[np.float64]

Coefficients = tuple[float, float, float, float, float]
"""b0, b1, b2, a1 and a2 of a section whose a0 is 1."""

HIGHEST = 0.49
"""The highest corner, as a part of the rate."""

CLOSE_DB = 0.017
"""Error up to 20 kHz with which one section is enough."""

_CLOSER_DB = 0.006  # with which two are
_SMALL_DB = 1e-4  # below which nothing is to be gained
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 20_000.0
_USABLE = 20_000.0 / 44_100.0  # what is fitted of rates below 44.1 kHz
_BEYOND = 0.03  # what errors count above that
_POINTS = 150
_DB = 10.0 / math.log(10.0)


@dataclass(frozen=True)
class _Curve:
    """Powers: *fixed* times *above* over *below*, polynomials in t = p / *unit*."""

    unit: float
    """The corner's p, so that the corner is at t = 1."""
    fixed: Floats
    """A double zero at 0 or at the corner; else 1."""
    above: Floats
    below: Floats

    @property
    def held(self) -> int:
        """Coefficients of *above* that keep their value, from the constant on.

        The level of the lows is kept, which is nothing to fit by for a high-pass.
        """
        return 0 if len(self.fixed) > 1 and not self.fixed[0] else 1


def check_corner(hertz: float, rate: int) -> None:
    """Raise ValueError, with a sentence for the user, for what *rate* cannot carry."""
    if hertz > HIGHEST * rate:
        raise ValueError(
            f"frequency {hertz:g} Hz is too high for a rate of {rate} Hz, "
            f"which carries up to {HIGHEST * rate:g} Hz"
        )


@lru_cache(maxsize=1024)
def sections(prototype: Prototype, rate: int) -> tuple[Coefficients, ...]:
    """Return the one or two sections that do at *rate* what *prototype* does.

    Raises ValueError for a corner that the rate cannot carry.
    """
    check_corner(prototype.frequency_hz, rate)
    curve, error = _fitted(prototype, rate, 2, _SMALL_DB)
    if error > CLOSE_DB:
        closer, least = _fitted(prototype, rate, 4, _CLOSER_DB)
        if least < error:
            curve = closer
    return _realized(curve)


def _fitted(
    prototype: Prototype, rate: int, order: int, enough: float
) -> tuple[_Curve, float]:
    """Return the curve of *order* nearest to the prototype, and its largest error."""
    start = _start(prototype, rate, order)
    hertz, weights = _grid(prototype.frequency_hz, rate)
    t = np.square(np.sin(np.pi / rate * hertz)) / start.unit
    wanted = np.log(prototype.power(hertz) / polynomial.polyval(t, start.fixed))
    up = t[:, np.newaxis] ** np.arange(len(start.above))
    down = t[:, np.newaxis] ** np.arange(len(start.below))
    held, split = start.held, len(start.above) - start.held

    def curve(free: Floats) -> _Curve:
        above = np.concatenate((start.above[:held], free[:split]))
        below = np.concatenate((start.below[:1], free[split:]))
        return replace(start, above=above, below=below)

    def errors(free: Floats) -> Floats:
        tried = curve(free)
        above, below = up @ tried.above, down @ tried.below
        if not (above.min() > 0.0 and below.min() > 0.0):
            return np.full(len(t), np.inf)
        return np.asarray(weights * (np.log(above / below) - wanted))

    def slopes(free: Floats) -> Floats:
        tried = curve(free)
        above, below = up @ tried.above, down @ tried.below
        rising = up[:, held:] / above[:, np.newaxis]
        falling = -down[:, 1:] / below[:, np.newaxis]
        return np.hstack((rising, falling)) * weights[:, np.newaxis]

    begin = np.concatenate((start.above[held:], start.below[1:]))
    best, error = least_largest(errors, slopes, begin, enough)
    return curve(best), error


def _grid(corner: float, rate: int) -> tuple[Floats, Floats]:
    """Return frequencies, close at the corner and the top, and weights in decibels."""
    top = min(_HIGHEST_HZ, _USABLE * rate)
    near = corner * np.linspace(0.8, 1.25, 30)
    heard = np.concatenate(
        (
            np.geomspace(_LOWEST_HZ, top, _POINTS),
            top * np.sin(np.linspace(0.0, np.pi / 2.0, _POINTS)[1:-1]),
            near[(near > _LOWEST_HZ) & (near < top) & (near != corner)],
        )
    )
    beyond = np.linspace(top, rate / 2.0, 20)[1:]
    weights = np.full(len(heard) + len(beyond), _DB)
    weights[len(heard) :] *= _BEYOND
    return np.concatenate((heard, beyond)), weights


def _start(prototype: Prototype, rate: int, order: int) -> _Curve:
    """Return the prototype over an axis bent so that corner and top are in place.

    For an *order* of two x is k t / (1 - c t), for four (k t + q t²) / (1 - c t).
    """
    top = min(_HIGHEST_HZ, _USABLE * rate)
    corner = prototype.frequency_hz
    unit = math.sin(math.pi * corner / rate) ** 2
    if order == 2:
        hertz = np.array([top if corner < 0.9 * top else 0.7 * top])
    else:
        hertz = top * np.linspace(0.05, 1.0, 40)
    x = np.square(hertz / corner)
    t = np.square(np.sin(np.pi / rate * hertz)) / unit
    columns = np.stack((t * (x - 1.0), t * (t - 1.0)), axis=1)[:, : order // 2]
    c, q = [*np.linalg.lstsq(columns / x[:, None], (x - t) / x, rcond=None)[0], 0.0][:2]
    bent, over = np.array([1.0 - c - q, q])[: order // 2], np.array([1.0, -c])
    below = _bend(prototype.below, bent, over)
    if prototype.above[:2] == (0.0, 0.0):
        fixed, above = np.array([0.0, 0.0, 1.0]), polynomial.polymul(bent, bent)
    elif prototype.above == (1.0, -2.0, 1.0):
        rest = np.array([1.0, q])[: order // 2]
        fixed, above = np.array([1.0, -2.0, 1.0]), polynomial.polymul(rest, rest)
    else:
        fixed, above = np.ones(1), _bend(prototype.above, bent, over)
    return _Curve(unit, fixed, above / below[0], below / below[0])


def _bend(of: Parabola, bent: Floats, over: Floats) -> Floats:
    """Return a parabola in x = t * *bent* / *over*, times *over* squared."""
    x = np.concatenate(([0.0], bent))
    terms = (
        polynomial.polymul(over, over),
        polynomial.polymul(x, over),
        polynomial.polymul(x, x),
    )
    out = np.zeros(2 * len(x) - 1)
    for factor, term in zip(of, terms, strict=True):
        out[: len(term)] += factor * term
    return out


def _realized(curve: _Curve) -> tuple[Coefficients, ...]:
    """Return the sections that have the powers of *curve*."""
    middle = 0.5 / curve.unit  # where a quarter of the rate is
    zeros = _parabolas(curve.above, middle)
    if len(curve.fixed) > 1:
        zeros.insert(0, curve.fixed / polynomial.polyval(middle, curve.fixed))
    poles = _parabolas(curve.below, middle)
    power = polynomial.polyval(middle, polynomial.polymul(curve.fixed, curve.above))
    power /= polynomial.polyval(middle, curve.below)
    found: list[Coefficients] = []
    for up, down in zip_longest(zeros, poles, fillvalue=np.ones(1)):
        b, a = _minimum_phase(up, curve.unit), _minimum_phase(down, curve.unit)
        gain = (1.0 if found else math.sqrt(power)) / a[0]
        found.append((gain * b[0], gain * b[1], gain * b[2], a[1] / a[0], a[2] / a[0]))
    return tuple(found)


def _parabolas(whole: Floats, middle: float) -> list[Floats]:
    """Return the parabolas whose product is *whole*, but for a factor.

    Each is 1 at *middle*, and as positive as the whole.
    """
    if len(whole) <= 3:
        return [whole / polynomial.polyval(middle, whole)] if len(whole) > 1 else []
    roots = polynomial.polyroots(whole)
    upper = roots[roots.imag > 0.0]
    pairs = [np.array([root, root.conjugate()]) for root in upper]
    alone = np.sort(roots[roots.imag == 0.0].real)
    pairs += [alone[at : at + 2] for at in range(0, len(alone), 2)]
    factors = [polynomial.polyfromroots(pair).real for pair in pairs]
    return [factor / polynomial.polyval(middle, factor) for factor in factors]


def _minimum_phase(powers: Floats, unit: float) -> tuple[float, float, float]:
    """Return the second-order polynomial in 1/z that has *powers*, a parabola in t."""
    c0, c1, c2 = (float(c) for c in np.concatenate((powers, np.zeros(2)))[:3])
    low = math.sqrt(max(0.0, c0))
    high = math.sqrt(max(0.0, c0 + (c1 + c2 / unit) / unit))
    bend = -0.25 * c2 / unit**2
    half = 0.5 * (low + high)
    first = 0.5 * (half + math.sqrt(max(0.0, half * half + bend)))
    return first, 0.5 * (low - high), -0.25 * bend / first
