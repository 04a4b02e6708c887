"""The likeness of two recordings, against the same said with numpy."""

import numpy as np
import pytest

from dsp.likeness import TAPS, likeness

TRIANGLE = np.array([1.0, 2.0, 1.0]) / 4.0


def smoothed(sound: np.ndarray) -> np.ndarray:
    for _ in range(4):
        sound = np.stack([np.convolve(each, TRIANGLE, "valid") for each in sound.T], 1)
    return sound


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [TAPS + 2, 100, 4_411])
def test_energies_are_those_of_the_smoothed_recordings(channels, frames):
    rng = np.random.default_rng(3)
    one, other = rng.standard_normal((2, frames, channels))
    a, b = smoothed(one), smoothed(other)
    wanted = [
        (a[1:-1] ** 2).sum(),
        ((b[1:-1] - a[1:-1]) ** 2).sum(),
        ((b[2:] - a[1:-1]) ** 2).sum(),
        ((b[:-2] - a[1:-1]) ** 2).sum(),
    ]
    assert likeness(one, other) == pytest.approx(wanted)


def test_the_top_of_the_spectrum_has_no_say():
    at = np.arange(4_800)
    bass = np.sin(2 * np.pi * 200 / 48_000 * at)[:, None]
    treble = 0.5 * np.sin(2 * np.pi * 19_500 / 48_000 * at)[:, None]
    signal, apart, _, _ = likeness(bass, bass + treble)
    assert 10 * np.log10(signal / apart) > 50


def test_one_sample_late_or_early_is_found():
    sound = np.random.default_rng(4).standard_normal((1_000, 2))
    _, apart, late, early = likeness(sound, np.roll(sound, 1, axis=0))
    assert late < 1e-12 < early
    assert apart > 1.0


@pytest.mark.parametrize("frames", [0, 1, TAPS + 1])
def test_too_few_samples_say_nothing(frames):
    sound = np.ones((frames, 2))
    assert likeness(sound, -sound) == (0.0, 0.0, 0.0, 0.0)
