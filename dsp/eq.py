"""The equaliser: bells, shelves, passes, tilts and notches, in minimum or linear phase.

Up to 20 kHz the magnitudes are those of the analog prototypes; how near they come is
said in ``docs/reference/processors/eq.md``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dsp.channels import Channel, check_channel, on
from dsp.decramp import check_corner, sections
from dsp.linearphase import LinearPhase, taps
from dsp.processor import Stream
from dsp.prototypes import (
    OCTAVE_DB,
    SHAPES,
    Floats,
    Prototype,
    Shape,
    bell,
    highpass,
    highshelf,
    lowpass,
    lowshelf,
    notch,
    power,
    tilt,
)

Phase = Literal["minimum", "linear"]

MOST_DB = 36.0
LOWEST_HZ = 5.0
QS = (0.1, 100.0)
STEEPEST = 48

DEFAULT_Q = {
    "bell": 1.0,
    "lowshelf": math.sqrt(0.5),
    "highshelf": math.sqrt(0.5),
    "notch": 30.0,
}
DEFAULT_SLOPE = 12

_PASSES = ("highpass", "lowpass")


@dataclass(frozen=True, kw_only=True)
class Eq:
    """One band of an equaliser."""

    shape: Shape
    frequency_hz: float
    """The middle of a bell or notch, the pivot of a tilt, else the corner."""
    gain_db: float = 0.0
    """Of bells and shelves; the rise of a tilt from the low to the high end."""
    q: float | None = None
    """None for the shape's own; of a pass only where it falls by 12 dB an octave."""
    slope_db_oct: int | None = None
    """Of a pass: 6, 12 … 48; None for 12."""
    phase: Phase = "minimum"
    channel: Channel = "stereo"

    def __post_init__(self) -> None:
        """Refuse what makes no filter; raises ValueError."""
        if self.shape not in SHAPES:
            raise ValueError(f"eq {self.shape!r} is none of {', '.join(SHAPES)}")
        if self.phase not in ("minimum", "linear"):
            raise ValueError(f"phase {self.phase!r} is neither minimum nor linear")
        if self.shape == "notch" and self.phase == "linear":
            raise ValueError("a notch has no linear phase: it would ring before")
        check_channel(self.channel)
        if not LOWEST_HZ <= self.frequency_hz < math.inf:
            raise ValueError(
                f"frequency {self.frequency_hz:g} Hz: an eq works from "
                f"{LOWEST_HZ:g} Hz up"
            )
        if not abs(self.gain_db) <= MOST_DB:
            raise ValueError(
                f"gain {self.gain_db:g} dB: an eq changes at most {MOST_DB:g} dB"
            )
        if self.gain_db and self.shape in (*_PASSES, "notch"):
            raise ValueError(f"a {self.shape} takes no gain")
        self._check_q()
        self._check_slope()

    @property
    def idle(self) -> bool:
        """Whether the gain of what has one is 0 dB."""
        return not self.gain_db and self.shape not in (*_PASSES, "notch")

    @property
    def prototypes(self) -> tuple[Prototype, ...]:
        """The analog sections that this band is held to."""
        hertz, gain = self.frequency_hz, self.gain_db
        if self.shape in _PASSES:
            order = int(self.slope_db_oct or DEFAULT_SLOPE) // OCTAVE_DB
            build = highpass if self.shape == "highpass" else lowpass
            return build(hertz, order, self.q)
        if self.shape == "tilt":
            return (tilt(hertz, gain),)
        q = self.q or DEFAULT_Q[self.shape]
        if self.shape == "notch":
            return (notch(hertz, q),)
        curves = {"bell": bell, "lowshelf": lowshelf, "highshelf": highshelf}
        return (curves[self.shape](hertz, gain, q),)

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream; raises ValueError where *rate* cannot carry the frequency."""
        return cascade(rate, [self])

    def _check_q(self) -> None:
        if self.q is None:
            return
        if self.shape == "tilt":
            raise ValueError("a tilt takes no Q")
        if not QS[0] <= self.q <= QS[1]:
            raise ValueError(f"Q {self.q:g}: an eq takes {QS[0]:g} to {QS[1]:g}")
        if self.shape in _PASSES and self.slope_db_oct not in (None, DEFAULT_SLOPE):
            raise ValueError(
                f"a {self.shape} takes a Q at {DEFAULT_SLOPE} dB/oct only, "
                "other slopes are Butterworth's"
            )

    def _check_slope(self) -> None:
        slope = self.slope_db_oct
        if slope is None:
            return
        if self.shape not in _PASSES:
            raise ValueError(f"a {self.shape} takes no slope")
        if slope not in range(OCTAVE_DB, STEEPEST + 1, OCTAVE_DB):
            raise ValueError(
                f"slope {slope:g} dB/oct: use {OCTAVE_DB}, {2 * OCTAVE_DB} … {STEEPEST}"
            )


def magnitude_db(bands: Sequence[Eq], hertz: Floats) -> Floats:
    """Return what *bands* are meant to do at *hertz*, in dB."""
    every = tuple(section for band in bands for section in band.prototypes)
    with np.errstate(divide="ignore"):
        return np.asarray(10.0 * np.log10(power(every, hertz)))


def joinable(one: Eq, other: Eq) -> bool:
    """Return whether two neighbours may run as one stream."""
    return (one.phase, one.channel) == (other.phase, other.channel)


def cascade(rate: int, bands: Sequence[Eq]) -> Stream:
    """Begin the stream of neighbours of one phase and channel, in one pass.

    Of minimum phase, the bits are those of one stream after the other, but for what mid
    and side lose by being taken apart again and again. Of linear phase, the bands
    become one filter. Raises ValueError where *rate* cannot carry a frequency.
    """
    first = bands[0]
    assert all(joinable(first, band) for band in bands), "bands that are no neighbours"
    every = tuple(section for band in bands for section in band.prototypes)
    for section in every:
        check_corner(section.frequency_hz, rate)
    if first.phase == "linear":
        found = taps(lambda hertz: np.sqrt(power(every, hertz)), rate)
        return on(first.channel, LinearPhase(found))
    from dsp.biquads import Biquads  # a curve can be had without what makes sound

    digital = [each for section in every for each in sections(section, rate)]
    return on(first.channel, Biquads(digital))
