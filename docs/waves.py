"""Pictures of stages that are seen best in the wave: both sides before and after."""

import numpy as np

from docs.graph import Graph, Line, even_axis
from docs.probing import RATE, Floats, decibels, sine, through

_SECONDS = 0.02


def _sides() -> Floats:
    """Return a tone on the left, and a lower, quieter one on the right."""
    time = np.arange(RATE) / RATE
    left = 0.8 * np.sin(2 * np.pi * 200 * time)
    return np.column_stack([left, 0.4 * np.sin(2 * np.pi * 100 * time)])


def _drawn(waves: list[tuple[str, Floats]], across: str = "ms") -> Graph:
    near = np.arange(0, int(_SECONDS * RATE), 4)
    curves = [
        Line(name, list(near / RATE * 1000), list(wave[near])) for name, wave in waves
    ]
    axis = even_axis(across, 0, _SECONDS * 1000, 2)
    return Graph(axis, even_axis("level", -1, 1, 0.5), curves)


def _both(line: str) -> Graph:
    """Draw both sides, without the stage for the first half."""
    made, half = through(line, _sides()), int(_SECONDS * RATE / 2)
    made[:half] = _sides()[:half]
    waves = [("left", made[:, 0]), ("right", made[:, 1])]
    return _drawn(waves, f"ms; {line} from the middle on")


def swap() -> Graph:
    """Draw both sides."""
    return _both("swap")


def polarity() -> Graph:
    """Draw both sides."""
    return _both("polarity left")


def balance() -> Graph:
    """Draw both sides, far more than one would ask for."""
    return _both("balance 6dB right")


def dc() -> Graph:
    """Draw a tone with an offset."""
    shifted = _sides() * 0.5 + 0.3
    made = through("dc", shifted)
    return _drawn([("with an offset", shifted[:, 0]), ("dc", made[:, 0])])


def gain() -> Graph:
    """Draw the level that comes out over the level that goes in."""
    levels = np.arange(-60.0, 1.0, 5.0)
    curves = []
    for line in ("gain 6dB", "gain -6dB"):
        made = [through(line, sine(997, 0.1, float(level))) for level in levels]
        tops = decibels(np.array([np.abs(wave).max() for wave in made]))
        curves.append(Line(line, list(levels), list(tops)))
    across = even_axis("in, dBFS", -60, 0, 10)
    return Graph(across, even_axis("out, dBFS", -70, 10, 10), curves)
