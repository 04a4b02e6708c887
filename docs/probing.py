"""Stages of the chain language, measured: responses, curves, harmonics, gains in time.

A stage is given as its line. What is measured is the stage as a build runs it.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from album.chain import read_line
from dsp.processor import Learner, Processor, run

RATE = 44_100
BLOCK = 1 << 13
_LENGTH = 1 << 17
_POINTS = 240

Floats = NDArray[np.float64]


def both(wave: Floats) -> Floats:
    """Return *wave* on left and right."""
    return np.column_stack([wave, wave])


def through(line: str, sound: Floats) -> Floats:
    """Return *sound* as the stage of *line* makes it; raises BadStage."""
    return processed(read_line(line).stage.processor, sound)


def processed(processor: Processor | Learner, sound: Floats) -> Floats:
    """Return *sound* as *processor* makes it."""

    def heard() -> Iterator[Floats]:
        for at in range(0, len(sound), BLOCK):
            yield sound[at : at + BLOCK]

    if isinstance(processor, Learner):
        processor = processor.learned(RATE, heard)
    return np.concatenate(list(run(processor.open(RATE), heard())))


def response(
    line: str, low: float = 20, high: float = 20_000, *, side: bool = False
) -> tuple[Floats, Floats]:
    """Return frequencies, and what the stage does there to mid or side, in dB."""
    sound = np.zeros((_LENGTH, 2))
    sound[_LENGTH // 2] = (0.5, -0.5 if side else 0.5)
    made = through(line, sound)
    wave = made[:, 0] - made[:, 1] if side else made[:, 0] + made[:, 1]
    return transfer(wave, low, high)


def transfer(wave: Floats, low: float, high: float) -> tuple[Floats, Floats]:
    """Return frequencies and levels of an impulse response."""
    step = RATE / len(wave)
    bins = np.unique(np.round(np.geomspace(low, high, _POINTS) / step).astype(int))
    return bins * step, decibels(np.abs(np.fft.rfft(wave)[bins]))


def decibels(values: Floats) -> Floats:
    """Return *values* in dB, silence as -200."""
    return np.asarray(20 * np.log10(np.maximum(np.abs(values), 1e-10)))


def sine(hertz: float, seconds: float, level_db: float = 0.0) -> Floats:
    """Return a sine of that peak level on both sides."""
    time = np.arange(round(seconds * RATE)) / RATE
    return both(10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * time))


def harmonic(line: str, order: int, levels_db: Floats) -> Floats:
    """Return a harmonic of 997 Hz re the tone, in dB, at each of *levels_db*."""
    found = []
    window = np.blackman(RATE)
    for level in levels_db:
        made = through(line, sine(997, 1.0, float(level)))[:, 0]
        lines = np.abs(np.fft.rfft(made * window))
        found.append(lines[997 * order] / lines[997])
    return decibels(np.array(found))


def noise(seconds: float, seed: int = 1) -> Floats:
    """Return the same noise of standard deviation 1 every time, ``(samples,)``."""
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE))
