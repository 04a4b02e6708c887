"""Where one recording lies in another, and what is left when the two are subtracted.

The response from the one to the other is found by dividing their spectra, added up over
the whole sound: its peak is the offset, the peak's sign the polarity. An equaliser or a
compressor in between bends the response, and leaves its peak where it is.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]

FLOOR = 1e-6
"""Power below the loudest band, from where on a spectrum says nothing of the other."""

_SMOOTH = 129
"""Bins over which the spectrum that divides is averaged."""

_NEAR = 32
"""Samples on each side of a peak from which its place between samples is found."""

_STEPS = 64
"""Places between two samples that are looked at."""


@dataclass(frozen=True)
class Offset:
    """Where the peak of a response lies."""

    samples: int
    remainder: float
    """How much further it lies, in parts of a sample."""
    inverted: bool
    clarity: float
    """How far the peak stands above the rest of the response, as a ratio."""


class Aligner:
    """Two recordings being compared, a stretch after the other."""

    def __init__(self, rate: int, reach: int) -> None:
        """Look for offsets up to *reach* samples on either side."""
        self.reach = reach
        self._size = 1 << math.ceil(math.log2(max(8 * rate, 3 * reach)))
        self._cross: Complex = np.zeros(self._size, np.complex128)
        self._power: Floats = np.zeros(self._size)

    @property
    def stretch(self) -> int:
        """Samples of the first recording in a stretch."""
        return self._size - 2 * self.reach

    def add(self, one: Floats, other: Floats) -> Offset | None:
        """Hear a stretch of *one*, and *other* from *reach* before to *reach* after.

        Returns the offset of this stretch alone.
        """
        first = np.fft.fft(_complex(one), self._size)
        second = np.fft.fft(_complex(other), self._size)
        cross = np.conj(first) * second
        power = first.real**2 + first.imag**2
        self._cross += cross
        self._power += power
        return self._peak(cross, power)

    def offset(self) -> Offset | None:
        """Return by how much the other is late; None where all was silence."""
        return self._peak(self._cross, self._power)

    def _peak(self, cross: Complex, power: Floats) -> Offset | None:
        if not power.any() or not cross.any():
            return None
        half = _SMOOTH // 2
        ends = np.concatenate((power[-half:], power, power[:half]))
        sums = np.concatenate(([0.0], np.cumsum(ends)))
        smooth = (sums[_SMOOTH:] - sums[:-_SMOOTH]) / _SMOOTH
        response = np.fft.ifft(cross / (smooth + FLOOR * smooth.max())).real
        response = response[: 2 * self.reach + 1]
        peak = int(np.abs(response).argmax())
        rest = math.sqrt(float(np.mean(response**2)))
        return Offset(
            samples=peak - self.reach,
            remainder=_between(response, peak),
            inverted=bool(response[peak] < 0),
            clarity=float(abs(response[peak])) / rest if rest else 0.0,
        )


def _complex(sound: Floats) -> Complex:
    """Return both channels as one: the products of left and right then stay apart."""
    return np.asarray(sound[:, 0] + 1j * sound[:, 1])


def _between(response: Floats, peak: int) -> float:
    """Return how far from sample *peak* the crest of the wave lies."""
    first, last = max(0, peak - _NEAR), min(len(response), peak + _NEAR + 1)
    at = np.arange(first, last) - peak
    places = np.linspace(-0.5, 0.5, _STEPS + 1)
    weights = np.sinc(places[:, np.newaxis] - at) * np.cos(
        np.pi * np.clip((places[:, np.newaxis] - at) / (2 * _NEAR + 2), -0.5, 0.5)
    )
    wave = weights @ response[first:last]
    return float(places[np.abs(wave).argmax()])


@dataclass(frozen=True)
class Difference:
    """What is left of the second recording when the first is taken away."""

    gain_db: float
    """How much louder the second is, where the two agree best."""
    residual_db: float
    """Of the first, after that gain; −∞ is never reached."""
    bands: tuple[tuple[float, float], ...]
    """Centres of octaves in Hz, and the residual in each that has sound."""
    alike: float
    """Their correlation, −1 to 1."""
    crossed: float
    """Their correlation with left and right of the second exchanged."""


_OCTAVES = (63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0)
_WINDOW = 1 << 14
_SILENT = 1e-9
"""Power of a band, beside that of all, in which there is nothing to compare."""


class Null:
    """Two aligned recordings being subtracted, a block after the other."""

    def __init__(self, rate: int) -> None:
        """Begin; blocks of both are of the same length."""
        self._rate = rate
        count = _WINDOW // 2 + 1
        self._one, self._other = np.zeros(count), np.zeros(count)
        self._cross: Complex = np.zeros(count, np.complex128)
        self._crossed = 0.0
        self._rest = np.zeros((2, 0, 2))

    def add(self, one: Floats, other: Floats) -> None:
        """Hear a block of each."""
        self._crossed += float((one * other[:, ::-1]).sum())
        both = np.concatenate((self._rest, np.stack((one, other))), axis=1)
        whole = both.shape[1] // _WINDOW * _WINDOW
        self._rest = both[:, whole:]
        if whole:
            self._hear(both[:, :whole])

    def _hear(self, both: Floats) -> None:
        spectra = np.fft.rfft(both.reshape(2, -1, _WINDOW, 2), axis=2)
        one, other = spectra
        self._one += (np.abs(one) ** 2).sum(axis=(0, 2))
        self._other += (np.abs(other) ** 2).sum(axis=(0, 2))
        self._cross += (np.conj(one) * other).sum(axis=(0, 2))

    def difference(self) -> Difference:
        """Return how the two differ."""
        missing = -self._rest.shape[1] % _WINDOW
        if self._rest.shape[1]:
            self._hear(np.pad(self._rest, ((0, 0), (0, missing), (0, 0))))
            self._rest = self._rest[:, :0]
        both = np.full(len(self._one), 2.0)  # of the frequencies below zero too
        both[[0, -1]] = 1.0
        first = float((self._one * both).sum())
        second = float((self._other * both).sum())
        shared = float((self._cross.real * both).sum())
        scale = math.sqrt(first * second) or 1.0
        gain = shared / first if first else 0.0
        left = self._other / (gain * gain or 1.0)
        left = np.maximum(
            left + self._one - 2.0 * self._cross.real / (gain or 1.0), 0.0
        )
        hertz = np.arange(len(left)) * self._rate / _WINDOW
        bands = []
        for centre in _OCTAVES:
            inside = (hertz >= centre / math.sqrt(2)) & (hertz < centre * math.sqrt(2))
            power = float(self._one[inside].sum())
            if power > _SILENT * first:
                bands.append((centre, _ratio_db(float(left[inside].sum()), power)))
        return Difference(
            gain_db=_ratio_db(gain * gain, 1.0),
            residual_db=_ratio_db(float((left * both).sum()), first),
            bands=tuple(bands),
            alike=shared / scale,
            crossed=self._crossed * _WINDOW / scale,
        )


def _ratio_db(power: float, reference: float) -> float:
    """Return a ratio of powers in dB, at least −200."""
    if power <= 0.0 or reference <= 0.0:
        return -200.0
    return max(-200.0, 10.0 * math.log10(power / reference))
