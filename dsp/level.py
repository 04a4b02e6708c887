"""Levels: gains in decibels and as factors."""

import math
from typing import overload


def gain(db: float) -> float:
    """Return the factor that raises an amplitude by *db* dB; 0 dB is exactly 1."""
    return math.pow(10.0, db / 20.0)


@overload
def rounded(value: float, places: int) -> float: ...
@overload
def rounded(value: float | None, places: int) -> float | None: ...
def rounded(value: float | None, places: int) -> float | None:
    """Return a figure for people; what has none keeps None, and no zero is negative."""
    return None if value is None else round(value, places) + 0.0


def decibels(linear: float) -> float | None:
    """Return an amplitude in dB re 1.0; silence has no level, so 0 gives None."""
    return 20.0 * math.log10(abs(linear)) if linear else None
