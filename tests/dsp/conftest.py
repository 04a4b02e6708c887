"""Fixtures of the ground floor: test signals after the documents, and a reading."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from dsp.figures import Figures, figures
from dsp.meter import Meter
from dsp.tally import Tally

Audio = NDArray[np.float64]
Tones = Callable[..., Audio]


SHELF_HZ, SHELF_DB, SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
SHELF_SLOPE = 0.4996667741545416
HIGHPASS_HZ, HIGHPASS_Q = 38.13547087602444, 0.5003270373238773


def coefficients(rate: int):
    """Return b0 b1 b2 a1 a2 of the shelf, then a1 a2 of the high-pass, in float64."""
    warped = math.tan(math.pi * SHELF_HZ / rate)
    high = math.pow(10.0, SHELF_DB / 20.0)
    band = math.pow(high, SHELF_SLOPE)
    over = 1.0 + warped / SHELF_Q + warped * warped
    shelf = (
        high + band * warped / SHELF_Q + warped * warped,
        2.0 * (warped * warped - high),
        high - band * warped / SHELF_Q + warped * warped,
        2.0 * (warped * warped - 1.0),
        1.0 - warped / SHELF_Q + warped * warped,
    )
    highpass = highpass_at(rate)
    level = treble(highpass) / treble(highpass_at(48_000))
    numerator = [value / over * level for value in shelf[:3]]
    return np.array([*numerator, *(value / over for value in shelf[3:]), *highpass])


def highpass_at(rate: int) -> tuple[float, float]:
    warped = math.tan(math.pi * HIGHPASS_HZ / rate)
    over = 1.0 + warped / HIGHPASS_Q + warped * warped
    return (
        2.0 * (warped * warped - 1.0) / over,
        (1.0 - warped / HIGHPASS_Q + warped * warped) / over,
    )


def treble(highpass: tuple[float, float]) -> float:
    """Return the inverse of the gain at the Nyquist frequency, times 4."""
    return 1.0 - highpass[0] + highpass[1]


def heard(audio: Audio, rate: int) -> Tally:
    meter = Meter(rate, audio.shape[1])
    meter.feed(audio)
    return meter.finish()


@pytest.fixture(scope="session")
def tally() -> Callable[[Audio, int], Tally]:
    """Measure audio in one piece."""
    return heard


@pytest.fixture(scope="session")
def read() -> Callable[[Audio, int], Figures]:
    """Measure audio in one piece and work out the figures."""
    return lambda audio, rate: figures(heard(audio, rate))


@pytest.fixture(scope="session")
def tones() -> Tones:
    """A sine of continuous phase: (level in dBFS or None for silence, seconds) …"""

    def make(
        parts: Sequence[tuple[float | None, float]],
        rate: int = 48_000,
        channels: int = 2,
        hertz: float = 1000.0,
    ) -> Audio:
        gains = np.concatenate(
            [
                np.full(
                    round(seconds * rate), 0.0 if level is None else 10 ** (level / 20)
                )
                for level, seconds in parts
            ]
        )
        wave = gains * np.sin(2 * np.pi * hertz * np.arange(len(gains)) / rate)
        return np.repeat(wave[:, np.newaxis], channels, axis=1)

    return make


@pytest.fixture(scope="session")
def k_filters():
    """K-weighting at a rate as plain coefficients."""
    return coefficients
