"""Fixtures of the ground floor: test signals after the documents, and a reading."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from dsp.figures import Figures, figures
from dsp.meter import Meter
from dsp.tally import Tally

Audio = NDArray[np.float64]
Tones = Callable[..., Audio]


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
