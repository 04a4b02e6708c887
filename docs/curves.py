"""The pictures of the reference: every processor measured, as it runs in a build.

``python -m docs.curves`` draws them, ``--check`` only says which are stale. A new
picture is a function in ``docs.spectra``, ``docs.levels`` or ``docs.waves`` and a row
in ``PICTURES``.
"""

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from docs import levels, spectra, waves
from docs.graph import Graph, svg

REFERENCE = Path(__file__).resolve().parent / "reference"
ABOUT = 0.3
"""How far a line may lie from the drawn one, in points, and be no other: rounding."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


PICTURES: dict[str, Callable[[], Graph]] = {
    "processors/eq": spectra.eq,
    "processors/eq-phase": spectra.phases,
    "processors/comp": levels.comp,
    "processors/comp-times": levels.comp_times,
    "processors/multiband": spectra.multiband,
    "processors/deess": spectra.deess,
    "processors/ride": levels.ride,
    "processors/tape": levels.tape,
    "processors/saturate": levels.saturate,
    "processors/clip": levels.clip,
    "processors/width": spectra.width,
    "processors/mono": spectra.mono,
    "processors/delay": spectra.delay,
    "processors/deemphasis": spectra.deemphasis,
    "processors/gain": waves.gain,
    "processors/balance": waves.balance,
    "processors/swap": waves.swap,
    "processors/polarity": waves.polarity,
    "processors/dc": waves.dc,
    "processors/declick": levels.declick,
    "processors/dehum": spectra.dehum,
    "processors/denoise": levels.denoise,
    "processors/mute": levels.mute,
    "processors/repair": levels.repair,
    "processors/match": spectra.match,
    "limiter": levels.limiter,
}
"""By the file's name under ``docs/reference``, without its ending."""


def main(arguments: list[str]) -> int:
    """Draw the pictures, or with ``--check`` compare them; return the exit code."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m docs.curves [--check]\n")
        return 2
    if arguments:
        gone = stale(PICTURES)
        if gone:
            sys.stderr.write(f"stale: {', '.join(gone)}; run python -m docs.curves\n")
        return 1 if gone else 0
    for name, draw in PICTURES.items():
        drawn = svg(draw())
        path = REFERENCE / f"{name}.svg"
        path.write_text(drawn, encoding="utf-8", newline="\n")
    return 0


def stale(names: Iterable[str]) -> list[str]:
    """Return which of *names* would be drawn otherwise than they are there."""
    found = []
    for name in names:
        path = REFERENCE / f"{name}.svg"
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        if not alike(there, svg(PICTURES[name]())):
            found.append(name)
    return found


def alike(one: str, other: str) -> bool:
    """Return whether two pictures are the same to the eye."""
    if _NUMBER.sub("", one) != _NUMBER.sub("", other):
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(abs(float(a) - float(b)) <= ABOUT for a, b in pairs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
