"""Tones on a page: how far songs lie off, as mixed and as delivered, in a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsp.thirds import nominal
from dsp.tonality import CENTRES, Floats, judged

WIDTH, HEIGHT = 300.0, 100.0
"""Of a picture, in its own units."""

SPANS_DB = (3.0, 6.0, 12.0)
"""What pictures may show, up and down; what is further off lies at their edge."""

MARKS_HZ = (100.0, 1000.0, 10_000.0)
"""Where the picture has its lines."""

_SEEN = CENTRES[judged()]


@dataclass(frozen=True, kw_only=True, eq=False)
class Toned:
    """A song's tone against its target, by third octave."""

    title: str
    words: str
    """What is done to it."""
    mixed: Floats
    """How far it lies off as its mix has it."""
    delivered: Floats
    """How far it lies off in what was delivered."""
    allowed: Floats
    """How far it may, to either side."""
    ranges: Sequence[tuple[float, float]]
    """How far it lies off in ranges: as mixed, as delivered; NaN of nothing."""

    @property
    def largest(self) -> float:
        """How far off the furthest of them is that has to be seen."""
        seen = np.array([self.mixed, self.delivered])[:, judged()]
        return float(np.abs(seen[np.isfinite(seen)]).max(initial=0.0))

    def band(self, span_db: float) -> str:
        """Return the points of an SVG polygon: what is allowed."""
        half = self.allowed[judged()]
        return f"{_points(half, span_db)} {_points(-half[::-1], span_db, back=True)}"

    def before(self, span_db: float) -> str:
        """Return the points of an SVG line: as mixed."""
        return _points(self.mixed[judged()], span_db)

    def after(self, span_db: float) -> str:
        """Return the points of an SVG line: as delivered."""
        return _points(self.delivered[judged()], span_db)


@dataclass(frozen=True, kw_only=True)
class Tones:
    """The tones of the songs, in targets that move them alike."""

    targets: Sequence[str]
    said: Sequence[str]
    """What is asked for."""
    ranges: Sequence[str]
    """The names of the ranges."""
    songs: Sequence[Toned]

    @property
    def marks(self) -> list[float]:
        """Where the lines of the pictures stand."""
        return [round(float(each), 1) for each in _across(np.array(MARKS_HZ))]

    @property
    def span_db(self) -> float:
        """What the pictures show, up and down: the same for all songs."""
        largest = max((song.largest for song in self.songs), default=0.0)
        return next((span for span in SPANS_DB if largest <= span), SPANS_DB[-1])

    @property
    def size(self) -> tuple[float, float]:
        """The width and height of the pictures."""
        return WIDTH, HEIGHT

    @property
    def legend(self) -> str:
        """What the pictures show."""
        lines = ", ".join(_hertz(each) for each in MARKS_HZ)
        reach = f"{_hertz(nominal(_SEEN[0]))} to {_hertz(nominal(_SEEN[-1]))}"
        return (
            "blue: as delivered; grey: as mixed; the band: what is allowed; from "
            f"{reach}, lines at {lines}; {self.span_db:g} dB up and down"
        )


def _points(values: Floats, span_db: float, *, back: bool = False) -> str:
    known, hertz = np.isfinite(values), _SEEN[::-1] if back else _SEEN
    heights = 0.5 * HEIGHT * (1.0 - np.clip(values[known] / span_db, -1.0, 1.0))
    places = zip(_across(hertz[known]), heights, strict=True)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _hertz(hertz: float) -> str:
    return f"{hertz / 1000:g} kHz" if hertz >= 1000 else f"{hertz:g} Hz"


def _across(hertz: Floats) -> Floats:
    low, high = np.log(_SEEN[0]), np.log(_SEEN[-1])
    return np.asarray(WIDTH * (np.log(hertz) - low) / (high - low))
