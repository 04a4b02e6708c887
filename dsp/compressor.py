"""A compressor: feed-forward, in decibels, its times exact.

Giannoulis, Massberg and Reiss, JAES 60(6), 2012, with the smoothing after the gain
computer; ``formats/dsp.md`` §1.5. Below the knee the gain is exactly 1.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from dsp import channels
from dsp.butterworth import below_half, highpass
from dsp.channels import Channel
from dsp.compressorkernel import CHUNK, ROOM, STATE, apply, reduce
from dsp.depth import Depth
from dsp.level import gain
from dsp.processor import Floats, Lowered, Stream

Detector = Literal["rms", "peak"]
DETECTORS: tuple[str, ...] = get_args(Detector)

MEAN_MS = 5.0
"""Of the RMS detector: two means of half of it in series."""

RISE_MS, FALL_MS = 3.7, 6.5
"""By which that mean comes late where a level steps to 12 dB over the threshold, and
back: what attack and release are made shorter by, so that in all they are as set."""

SLOW_MS = 1500.0
"""Of the average reduction down to which an automatic release is fast."""

_BLOCK = 65_536  # frames at a time: gains and sound stay in the cache


@dataclass(frozen=True, kw_only=True)
class Compressor:
    """The settings of a compressor; what each does is on its page in the reference."""

    ratio: float
    """dB in for each dB out above the knee, 1 … infinity."""
    threshold_db: float
    attack_ms: float = 10.0
    release_ms: float = 150.0
    """With *auto_release*: of what lies above the average reduction."""
    knee_db: float = 6.0
    detector: Detector = "rms"
    lookahead_ms: float = 0.0
    auto_release: bool = False
    sidechain_highpass_hz: float = 0.0
    """0: no filter."""
    mix: float = 1.0
    makeup_db: float = 0.0
    """Of the compressed part, before the mix."""
    link: float = 1.0
    """1: both channels get the same gain, 0: each its own."""
    channel: Channel = "stereo"

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name, low, high, unit in _RANGES:
            value = getattr(self, name)
            if not low <= value <= high:
                by = 100.0 if unit == "%" else 1.0
                what = name.removesuffix("_" + unit.lower()).replace("_", " ")
                bounds = f"does not lie between {by * low:g} and {by * high:g}"
                said = (f"{what} {by * value:g}", unit, bounds, unit)
                raise ValueError(" ".join(filter(None, said)))
        if 0.0 < self.sidechain_highpass_hz < 1.0:
            raise ValueError(
                f"a side-chain high-pass of {self.sidechain_highpass_hz:g} Hz is none: "
                "it begins at 1 Hz, and 0 leaves it out"
            )
        if self.detector not in DETECTORS:
            raise ValueError(
                f"{self.detector!r} is no detector; there are {', '.join(DETECTORS)}"
            )
        channels.check_channel(self.channel)

    @property
    def idle(self) -> bool:
        """Whether nothing would change, whatever the sound."""
        return self.mix == 0.0 or (self.ratio == 1.0 and self.makeup_db == 0.0)

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream at *rate* Hz."""
        if self.sidechain_highpass_hz:
            below_half(rate, self.sidechain_highpass_hz)
        return channels.on(self.channel, _Compression(self, rate))


_RANGES = (
    ("ratio", 1.0, math.inf, ""),
    ("threshold_db", -120.0, 20.0, "dB"),
    ("attack_ms", 0.0, 1000.0, "ms"),
    ("release_ms", 1.0, 10_000.0, "ms"),
    ("knee_db", 0.0, 60.0, "dB"),
    ("lookahead_ms", 0.0, 100.0, "ms"),
    ("sidechain_highpass_hz", 0.0, 20_000.0, "Hz"),
    ("mix", 0.0, 1.0, "%"),
    ("makeup_db", -60.0, 60.0, "dB"),
    ("link", 0.0, 1.0, "%"),
)


class _Compression:
    """A compressor at work."""

    def __init__(self, settings: Compressor, rate: int) -> None:
        high_hz = settings.sidechain_highpass_hz
        self._taps = highpass(rate, high_hz) if high_hz else np.zeros(5)
        attack_ms, release_ms = settings.attack_ms, settings.release_ms
        if settings.detector == "rms":
            attack_ms = max(attack_ms - RISE_MS, attack_ms / 4)
            release_ms = max(release_ms - FALL_MS, release_ms / 2)
        self._mean = _step(rate, MEAN_MS / 2 if settings.detector == "rms" else 0.0)
        self._curve = (settings.threshold_db, settings.knee_db)
        self._slope = 1.0 - 1.0 / settings.ratio
        settle_ms = min(attack_ms, release_ms / 4)
        self._times = np.array(
            [
                _step(rate, attack_ms),
                _step(rate, settle_ms),
                _step(rate, release(release_ms, settle_ms)),
                _step(rate, SLOW_MS) if settings.auto_release else 0.0,
            ]
        )
        self._link = settings.link
        self._lanes = 1 if settings.link == 1.0 else 2
        self._dry = 1.0 - settings.mix
        self._wet = settings.mix * gain(settings.makeup_db)
        self._mix = settings.mix
        self._ahead = round(settings.lookahead_ms * rate / 1000)
        self._state = np.zeros(STATE)
        self._room = np.empty((ROOM, CHUNK))
        self._held = np.zeros((0, 2))
        self._skip = self._ahead  # gains that belong to no sample
        self._depth = Depth(rate)

    def process(self, block: Floats) -> Floats:
        gains = self._gains(block)
        if not self._ahead:
            return self._applied(block, gains)
        skipped = min(self._skip, len(block))
        self._skip -= skipped
        sound = np.concatenate((self._held, block))
        ready = len(block) - skipped
        self._held = sound[ready:]
        return self._applied(sound[:ready], gains[:, skipped:])

    def finish(self) -> Floats:
        rest, self._held = self._held, np.zeros((0, 2))
        gains = self._gains(np.zeros((self._ahead, 2)))
        return self._applied(rest, gains[:, self._ahead - len(rest) :])

    @property
    def lowered(self) -> Lowered:
        return self._depth.lowered

    def _gains(self, block: Floats) -> Floats:
        """Return the gains that the next *block* asks for, a row a lane."""
        gains = np.empty((self._lanes, len(block)))
        for at in range(0, len(block), _BLOCK):
            reduce(
                block[at : at + _BLOCK],
                self._taps,
                self._mean,
                *self._curve,
                self._slope,
                self._times,
                self._link,
                self._state,
                self._room,
                gains[:, at : at + _BLOCK],
            )
        return gains

    def _applied(self, sound: Floats, gains: Floats) -> Floats:
        out = np.empty_like(sound)
        for at in range(0, len(sound), _BLOCK):
            part = gains[:, at : at + _BLOCK]
            apply(
                sound[at : at + _BLOCK],
                part,
                self._dry,
                self._wet,
                out[at : at + _BLOCK],
            )
            self._depth.take(part if self._mix == 1.0 else self._dry + self._mix * part)
        return out


def release(wanted_ms: float, settle_ms: float) -> float:
    """Return the time constant that, smoothed by *settle_ms*, makes *wanted_ms*.

    Two exponentials in series pass 63 % later than either: the first is made shorter by
    what the second adds.
    """
    if not settle_ms:
        return wanted_ms
    low, high = 0.5 * wanted_ms, wanted_ms
    for _ in range(60):
        middle = 0.5 * (low + high)
        left = (
            middle * math.exp(-wanted_ms / middle)
            - settle_ms * math.exp(-wanted_ms / settle_ms)
        ) / (middle - settle_ms)
        low, high = (middle, high) if left < math.exp(-1.0) else (low, middle)
    return low


def _step(rate: int, milliseconds: float) -> float:
    """Return the coefficient of an exponential that passes 63 % in *milliseconds*."""
    return -math.expm1(-1000.0 / (milliseconds * rate)) if milliseconds else 1.0
