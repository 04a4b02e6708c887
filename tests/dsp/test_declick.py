from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from dsp.declick import Declick, Declicking
from dsp.processor import Floats

RATE = 44_100


def through(
    sound: Floats, rate: int = RATE, sensitivity: float = 0.5
) -> tuple[Floats, Declicking]:
    stream = Declick(sensitivity=sensitivity).open(rate)
    return np.concatenate([stream.process(sound), stream.finish()]), stream


@cache
def music(rate: int, seconds: int = 6) -> Floats:
    """Return plucked strings, drums and a voice of pulses, with some air."""
    rng = np.random.default_rng(11)
    time = np.arange(seconds * rate) / rate
    sound = 2e-4 * rng.standard_normal((len(time), 2))
    for beat in np.arange(0.0, seconds, 0.25):
        since = np.clip(time - beat, 0.0, None)
        struck = (since > 0) * np.exp(-6 * since)
        for number in range(1, 9):
            wave = np.sin(2 * np.pi * 110 * (1 + beat % 1) * number * since)
            sound += (0.08 / number * struck * wave)[:, None]
    for beat in np.arange(0.1, seconds, 0.5):
        since = np.clip(time - beat, 0.0, None)
        drum = (since > 0) * np.exp(-25 * since) * rng.standard_normal(len(time))
        sound += 0.05 * np.convolve(drum, np.hanning(7) / 4, "same")[:, None]
    pulses = np.zeros(len(time))
    pulses[:: rate // 120] = 0.3
    ring = np.exp(-np.arange(rate // 100) / (rate * 0.002))
    voice = np.convolve(pulses, ring, "full")[: len(time)]
    sound[:, 0] += 0.2 * voice * (time > 2)
    return sound


def clicks(rate: int, count: int) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
    """Yield place, side and shape of *count* clicks of 1 to 20 samples."""
    rng = np.random.default_rng(12)
    for number in range(count):
        length = 1 + number % 20
        shape = rng.uniform(0.2, 0.8) * rng.choice([-1, 1])
        shapes = [np.ones(length), rng.choice([-1, 1], length)]
        yield (
            rate // 4 + number * rate // 8 + rng.integers(rate // 16),
            number % 2,
            (shape * shapes[number // 2 % 2]),
        )


@pytest.mark.slow
@pytest.mark.parametrize("rate", [RATE, 96_000])
def test_music_without_clicks_is_not_touched(rate: int) -> None:
    sound = music(rate)
    out, stream = through(sound, rate)
    assert np.array_equal(out, sound)
    assert stream.remarks == ("no click found",)


def test_attacks_pulses_and_noise_are_no_clicks() -> None:
    rng = np.random.default_rng(13)
    noise = 0.1 * rng.laplace(size=(RATE, 2))
    gated = noise * (np.arange(RATE) % 9_000 > 4_500)[:, None]
    saw = np.repeat((np.arange(RATE) * 55 / RATE % 1.0 - 0.5)[:, None], 2, axis=1)
    square = np.sign(np.sin(2 * np.pi * 60 * np.arange(RATE) / RATE))[:, None]
    for sound in (noise, gated, saw, np.repeat(square, 2, axis=1)):
        assert np.array_equal(through(sound)[0], sound)


@pytest.mark.slow
@pytest.mark.parametrize("rate", [RATE, 96_000])
def test_planted_clicks_are_mended(rate: int) -> None:
    sound = music(rate)
    damaged = sound.copy()
    planted = list(clicks(rate, 40))
    for place, side, shape in planted:
        damaged[place : place + len(shape), side] += shape
    out, stream = through(damaged, rate)
    left = [
        np.abs(out - sound)[place - 3 : place + len(shape) + 3, side].max()
        for place, side, shape in planted
    ]
    # best where the sound can be predicted, least in the noise of a drum
    assert 20 * np.log10(np.median(left)) < -40
    assert 20 * np.log10(np.max(left)) < -24
    # beyond the clicks and what adjoins them nothing is touched
    near = np.zeros(sound.shape, bool)
    for place, side, shape in planted:
        near[place - rate // 3_000 : place + len(shape) + rate // 3_000, side] = True
    assert np.array_equal(out[~near], damaged[~near])
    assert " clicks mended, " in stream.remarks[0]


def test_a_click_is_said_with_its_length_and_its_time() -> None:
    rng = np.random.default_rng(14)
    sound = np.repeat(1e-3 * rng.standard_normal((2 * RATE, 1)), 2, axis=1)
    sound[RATE + 4_410 : RATE + 4_415, 1] += 0.5
    stream = Declick().open(RATE, start=60 * RATE)
    stream.process(sound)
    stream.finish()
    assert stream.remarks == (
        "1 click mended, 7 samples in all; the longest 7 samples at 1:01.100",
    )


def test_what_is_longer_than_a_click_is_left_alone() -> None:
    sound = music(RATE).copy()
    sound[2 * RATE : 2 * RATE + 80] += 0.5
    assert np.array_equal(through(sound)[0], sound)


def test_more_sensitivity_finds_fainter_clicks() -> None:
    rng = np.random.default_rng(15)
    sound = np.repeat(1e-3 * rng.standard_normal((4 * RATE, 1)), 2, axis=1)
    places = np.arange(RATE // 4, 4 * RATE - RATE // 4, RATE // 8)
    sound[places, 0] += np.geomspace(0.002, 0.2, len(places))
    found = [
        int((through(sound, sensitivity=each)[0] != sound).sum())
        for each in (0.1, 0.5, 0.9)
    ]
    assert 0 < found[0] < found[1] < found[2]
