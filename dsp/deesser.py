"""A de-esser: bursts of sibilance turned down by a set amount, all else left alone.

What lies above the split is taken out by a symmetric filter and added back with the
gain lowered: where nothing is lowered every bit passes, and nothing turns in phase.
Source: ``formats/dsp.md`` §1.7.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from dsp import channels
from dsp.butterworth import below_half
from dsp.channels import Channel
from dsp.depth import Depth
from dsp.kernels import exact
from dsp.processor import Floats, Lowered, Stream
from dsp.sibilance import Detector, step

Mode = Literal["split", "wide"]
MODES: tuple[str, ...] = get_args(Mode)

SPLIT = 0.6
"""Of the frequency: the middle of the slope above which is turned down."""

_SLOPE = 0.16  # of the frequency: how wide the slope is
_STOP_DB = 60.0  # down which the split is at both ends of its slope


@dataclass(frozen=True, kw_only=True)
class Deesser:
    """The settings of a de-esser; what each does is on its page in the reference."""

    frequency_hz: float
    """The middle of the sibilance."""
    reduction_db: float
    """The most that is taken away, 0 … 12."""
    mode: Mode = "split"
    threshold_db: float = -8.0
    """Of the band re all above 500 Hz: where reduction begins."""
    release_ms: float = 60.0
    channel: Channel = "stereo"

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name, low, high, unit in _RANGES:
            if not low <= getattr(self, name) <= high:
                raise ValueError(
                    f"{name.rpartition('_')[0]} {getattr(self, name):g} {unit} does "
                    f"not lie between {low:g} and {high:g}"
                )
        if self.mode not in MODES:
            raise ValueError(f"{self.mode!r} is no mode; there are {', '.join(MODES)}")
        channels.check_channel(self.channel)

    @property
    def idle(self) -> bool:
        """Whether nothing may be taken away."""
        return self.reduction_db == 0.0

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream at *rate* Hz."""
        below_half(rate, self.frequency_hz)
        return channels.on(self.channel, _Deessing(self, rate))


_RANGES = (
    ("frequency_hz", 2000.0, 16_000.0, "Hz"),
    ("reduction_db", 0.0, 12.0, "dB"),
    ("threshold_db", -40.0, 0.0, "dB"),
    ("release_ms", 40.0, 80.0, "ms"),
)


class _Deessing:
    """A de-esser at work: a step at a time, each a ramp between two gains."""

    def __init__(self, settings: Deesser, rate: int) -> None:
        self._hop = step(rate)
        self._detector = Detector(
            rate,
            settings.frequency_hz,
            threshold_db=settings.threshold_db,
            most_db=settings.reduction_db,
            release_ms=settings.release_ms,
        )
        if settings.mode == "split":
            self._taps = high_part(rate, settings.frequency_hz)
        else:
            self._taps = np.ones(1)
        self._half = len(self._taps) // 2
        self._last = 0.0  # reduction of the step before, dB
        self._gain = np.ones(1)  # at the end of the step before
        # from `_half` before the next sample that is due, with zeros before the first
        self._sound = [np.zeros((self._half, 2))]
        self._due = 0
        self._depth = Depth(rate)

    def process(self, block: Floats) -> Floats:
        self._sound.append(block.copy())
        self._due += len(block)
        return self._lowered(self._detector.take(block))

    def finish(self) -> Floats:
        due = self._due
        self._sound.append(np.zeros((self._hop + self._half, 2)))
        return self._lowered(self._detector.finish())[:due]

    @property
    def lowered(self) -> Lowered:
        return self._depth.lowered

    def _lowered(self, reductions: Floats) -> Floats:
        """Return the samples of the next steps, turned down by *reductions* in dB."""
        if not len(reductions):
            return np.zeros((0, 2))
        before = np.concatenate(([self._last], reductions[:-1]))
        ends = np.power(10.0, (before + reductions) / -40)
        gains = np.concatenate((self._gain, ends))
        self._last, self._gain = float(reductions[-1]), gains[-1:]
        length = len(reductions) * self._hop
        out = np.empty((length, 2))
        given = np.empty((1, length))
        sound = np.concatenate(self._sound)
        _lower(sound, gains, self._hop, self._taps, out, given)
        self._sound = [sound[length:].copy()]
        self._due -= length
        self._depth.take(given[:, : length + min(0, self._due)])
        return out


def high_part(rate: int, frequency_hz: float) -> Floats:
    """Return the symmetric filter of what lies above the split; Kaiser's design."""
    width = _SLOPE * frequency_hz / rate
    half = 4 * math.ceil((_STOP_DB - 8.0) / (2.285 * 2.0 * math.pi * width) / 8)
    at = np.arange(-half, half + 1)
    corner = 2.0 * SPLIT * frequency_hz / rate
    taps = np.sinc(corner * at) * np.kaiser(2 * half + 1, 0.1102 * (_STOP_DB - 8.7))
    taps /= -taps.sum()
    taps[half] += 1.0
    high: Floats = taps
    return high


@exact
def _lower(
    sound: Floats, gains: Floats, hop: int, taps: Floats, out: Floats, given: Floats
) -> None:
    """Write *sound*, what *taps* let through at the ramps between *gains*.

    *sound* begins half of the taps before *out*. A step at full level is left out of
    the filter, which would have added exactly nothing.
    """
    half = len(taps) // 2
    part = np.empty(2 * hop)
    for k in range(len(gains) - 1):
        first, last = gains[k], gains[k + 1]
        at = k * hop
        here = sound[at + half : at + half + hop]
        done = out[at : at + hop]
        least = given[0, at : at + hop]
        if first == 1.0 and last == 1.0:
            done[:] = here
            least[:] = 1.0
            continue
        _high(sound[at : at + hop + 2 * half], taps, part)
        for i in range(hop):
            gain = first + (last - first) * (i / hop)
            least[i] = gain
            done[i, 0] = here[i, 0] + (gain - 1.0) * part[2 * i]
            done[i, 1] = here[i, 1] + (gain - 1.0) * part[2 * i + 1]


@exact
def _high(sound: Floats, taps: Floats, out: Floats) -> None:
    """Write what *taps*, one more than a multiple of eight, let through."""
    flat = sound.reshape(-1)
    count = len(out)
    weight = taps[0]
    for i in range(count):
        out[i] = weight * flat[i]
    for tap in range(1, len(taps), 8):
        h = taps[tap : tap + 8]
        h0, h1, h2, h3, h4, h5, h6, h7 = h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]
        x = flat[2 * tap : 2 * tap + count + 14]
        for i in range(count):
            total = out[i] + h0 * x[i]
            total = total + h1 * x[i + 2]
            total = total + h2 * x[i + 4]
            total = total + h3 * x[i + 6]
            total = total + h4 * x[i + 8]
            total = total + h5 * x[i + 10]
            total = total + h6 * x[i + 12]
            out[i] = total + h7 * x[i + 14]
