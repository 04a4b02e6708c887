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
@pytest.mark.parametrize("size", [TAPS + 2, 100, 4_411])
def test_energies_are_those_of_the_smoothed_recordings(channels, size):
    rng = np.random.default_rng(3)
    one, other = rng.standard_normal((2, 3 * size, channels))
    found = likeness(one, other, size)
    for row, at in enumerate(range(0, 3 * size, size)):
        a, b = smoothed(one[at : at + size]), smoothed(other[at : at + size])
        wanted = [
            (a[1:-1] ** 2).sum(),
            ((b[1:-1] - a[1:-1]) ** 2).sum(),
            ((b[2:] - a[1:-1]) ** 2).sum(),
            ((b[:-2] - a[1:-1]) ** 2).sum(),
            (a[1:-1] * b[1:-1]).sum(),
        ]
        assert found[row] == pytest.approx(wanted, rel=1e-5, abs=1e-4)


def test_what_is_left_of_a_stretch_has_a_row_of_its_own():
    sound = np.random.default_rng(5).standard_normal((1_234, 2)).astype(np.float32)
    found = likeness(sound, -sound, 1_000)
    assert len(found) == 2
    assert found[1] == pytest.approx(likeness(sound[1_000:], -sound[1_000:], 500)[0])


def test_an_error_far_below_the_sound_is_seen():
    """Singles keep a difference of -120 dB apart from none."""
    rng = np.random.default_rng(6)
    one = 0.5 * rng.standard_normal((4_800, 2))
    other = one + 1e-6 * rng.standard_normal(one.shape)
    signal, apart, *_ = likeness(one, other, 4_800)[0]
    assert 10 * np.log10(signal / apart) == pytest.approx(114, abs=1.0)
    assert likeness(one, one, 4_800)[0][1] == 0.0


def test_the_top_of_the_spectrum_has_no_say():
    at = np.arange(4_800)
    bass = np.sin(2 * np.pi * 200 / 48_000 * at)[:, None]
    treble = 0.5 * np.sin(2 * np.pi * 19_500 / 48_000 * at)[:, None]
    signal, apart, *_ = likeness(bass, bass + treble, 4_800)[0]
    assert 10 * np.log10(signal / apart) > 50


def test_one_sample_late_or_early_is_found():
    sound = np.random.default_rng(4).standard_normal((1_000, 2))
    _, apart, late, early, _ = likeness(sound, np.roll(sound, 1, axis=0), 1_000)[0]
    assert late < 1e-9 < early
    assert apart > 1.0


@pytest.mark.parametrize("frames", [1, TAPS + 1])
def test_too_few_samples_say_nothing(frames):
    sound = np.ones((frames, 2))
    assert not likeness(sound, -sound, 100).any()
    assert not len(likeness(sound[:0], sound[:0], 100))
