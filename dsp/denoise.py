"""Steady noise turned down a little: a spectral gate that knows the noise alone.

The noise is learned from a range that holds nothing else. Where a part of the spectrum
is not clearly above it, it is turned down by at most 12 dB. Powers are smoothed over
neighbouring frequencies and over time before anything is decided, and the gain runs in
between without a step: what is left is the same noise, softer.

What is turned down is worked out and taken from the sound: where the gate is open, the
sound passes as it is.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact
from dsp.pieces import Pieces
from dsp.processor import Floats, Stream
from dsp.steps import check_range, sample

MOST_DB = 12.0
"""Of reduction: beyond that a gate is heard as such."""
SHORTEST_S = 0.2
"""Of the range of noise."""
LONGEST_S = 20.0
"""Of what is learned from a longer one."""

_WINDOW_S = 0.0465
_OVERLAP = 4
_BATCH = 8
"""Spectra that are made at a time."""
_CLOSED_DB, _OPEN_DB = 5.0, 12.0
"""Above the noise: up to where the gate is closed, and from where it is open."""
_RISE_S, _FALL_S = 0.015, 0.06
_NEIGHBOURS = np.array([1.0, 2.0, 3.0, 4.0, 3.0, 2.0, 1.0]) / 16.0


@dataclass(frozen=True, kw_only=True)
class Denoise:
    """Turn down by *reduction_db* what is not above the noise between two times."""

    reduction_db: float
    from_s: float
    to_s: float

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_range("denoise", self.from_s, self.to_s)
        if not 0.0 <= self.reduction_db <= MOST_DB:
            raise ValueError(
                f"denoise takes 0 to {MOST_DB:g} dB, not {self.reduction_db:g} dB: "
                "what a gate takes away beyond that is missed"
            )
        if self.to_s - self.from_s < SHORTEST_S:
            raise ValueError(
                f"denoise learns from {SHORTEST_S:g} s of noise or more, "
                f"not from {self.to_s - self.from_s:g} s"
            )

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return not self.reduction_db

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Refuse: noise that has not been heard is not known."""
        raise ValueError("denoise has to hear its noise before it can begin")

    def learned(
        self, rate: int, sound: Callable[[], Iterator[Floats]], *, start: int = 0
    ) -> "Gate":
        """Return the gate for the noise of *sound*.

        Raises ValueError where the range lies outside of the sound, or is silent.
        """
        first = max(sample(self.from_s, rate) - start, 0)
        last = min(sample(self.to_s, rate) - start, first + sample(LONGEST_S, rate))
        noise = _part(sound(), first, last)
        length = _length(rate)
        if len(noise) < 2 * length:
            raise ValueError(
                f"denoise from {self.from_s:g} s to {self.to_s:g} s: "
                "the range lies outside of the sound"
            )
        step = length // _OVERLAP
        window = _window(length)
        power = np.zeros(length // 2 + 1)
        spectra = (len(noise) - length) // step + 1
        for number in range(spectra):
            seen = noise[number * step : number * step + length]
            power += _power(_spectra(seen[None], window))[0]
        profile = _smoothed(power[None] / spectra)[0]
        if not profile.any():
            raise ValueError(
                f"denoise from {self.from_s:g} s to {self.to_s:g} s: "
                "the range is silent, so there is no noise to learn"
            )
        return Gate(self.reduction_db, tuple(profile))


@dataclass(frozen=True)
class Gate:
    """A spectral gate with the power of the noise in each part of the spectrum."""

    reduction_db: float
    profile: tuple[float, ...]

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return not self.reduction_db

    def open(self, rate: int, *, start: int = 0) -> "Gating":
        """Begin a stream at the rate that was learned at."""
        return Gating(self, rate, start)


class Gating(Pieces):
    """A spectral gate at work."""

    def __init__(self, settings: Gate, rate: int, start: int) -> None:
        """Begin with sample *start*, which tells where the spectra lie."""
        length = _length(rate)
        self._step = length // _OVERLAP
        late = length - self._step
        super().__init__(_BATCH * self._step, late, late, start=start)
        self._window = _window(length)
        self._noise = np.array(settings.profile) + 1e-300
        self._reduction = settings.reduction_db
        self._level = np.zeros(length // 2 + 1)
        self._removed = np.zeros((late + _BATCH * self._step, 2))
        self._rise = 1.0 - np.exp(-self._step / (rate * _RISE_S))
        self._fall = 1.0 - np.exp(-self._step / (rate * _FALL_S))
        self._turned, self._spectra = 0.0, 0

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return how much was turned down."""
        mean = self._turned / max(self._spectra, 1)
        return (f"{mean:.1f} dB less on average over time and frequency",)

    def work(self, seen: Floats, at: int) -> Floats:
        """Take from the sound what the gate turns down."""
        length = len(self._window)
        frames = np.stack(
            [
                seen[number * self._step : number * self._step + length]
                for number in range(_BATCH)
            ]
        )
        spectra = _spectra(frames, self._window)
        above = _smoothed(_power(spectra)) / self._noise
        _settle(above, self._level, self._rise, self._fall)
        less = 1.0 - self._gains(above)
        taken = np.fft.irfft(spectra * less[:, None, :], length, axis=2)
        for number in range(_BATCH):
            place = number * self._step
            part = taken[number].T * (self._window * (2.0 / _OVERLAP))[:, None]
            self._removed[place : place + length] += part
        hop = _BATCH * self._step
        made: Floats = seen[:hop] - self._removed[:hop]
        self._removed[:-hop] = self._removed[hop:].copy()
        self._removed[-hop:] = 0.0
        return made

    def _gains(self, above: Floats) -> Floats:
        """Return the gain for powers as multiples of the noise."""
        place = (10.0 * np.log10(above + 1e-300) - _CLOSED_DB) / (_OPEN_DB - _CLOSED_DB)
        place = np.clip(place, 0.0, 1.0)
        turned = self._reduction * (1.0 - place * place * (3.0 - 2.0 * place))
        self._turned += float(turned.mean()) * len(above)
        self._spectra += len(above)
        gains: Floats = np.power(10.0, -turned / 20.0)
        return gains


def _length(rate: int) -> int:
    """Return the length of a spectrum's window: a power of two."""
    return 1 << round(math.log2(_WINDOW_S * rate))


def _window(length: int) -> Floats:
    # applied on the way in and on the way out: its squares sum to 2 at every sample
    window: Floats = np.sin(np.pi * (np.arange(length) + 0.5) / length)
    return window


def _spectra(frames: Floats, window: Floats) -> NDArray[np.complex128]:
    """Return the spectra of frames ``(number, samples, 2)`` as (number, 2, bins)."""
    sides = np.ascontiguousarray(frames.transpose(0, 2, 1)) * window
    return np.fft.rfft(sides, axis=2)


def _power(spectra: NDArray[np.complex128]) -> Floats:
    """Return the power of both sides together."""
    squares: Floats = np.square(spectra.real) + np.square(spectra.imag)
    return squares[:, 0] + squares[:, 1]


def _smoothed(power: Floats) -> Floats:
    """Return the power averaged over neighbouring parts of the spectrum."""
    reach = len(_NEIGHBOURS) // 2
    wide = np.pad(power, ((0, 0), (reach, reach)), mode="reflect")
    bins = power.shape[1]
    made = np.zeros_like(power)
    for tap, weight in enumerate(_NEIGHBOURS):
        made += weight * wide[:, tap : tap + bins]
    return made


def _part(blocks: Iterator[Floats], first: int, last: int) -> Floats:
    """Return samples *first* … *last* of a sound."""
    parts = [np.zeros((0, 2))]
    at = 0
    for block in blocks:
        parts.append(block[max(first - at, 0) : max(last - at, 0)])
        at += len(block)
        if at >= last:
            break
    return np.concatenate(parts)


@exact
def _settle(above: Floats, level: Floats, rise: float, fall: float) -> None:
    """Let *level* follow each spectrum of *above*, and put it in its place."""
    for number in range(len(above)):
        for at in range(len(level)):
            more = above[number, at] - level[at]
            level[at] += (rise if more > 0.0 else fall) * more
            above[number, at] = level[at]
