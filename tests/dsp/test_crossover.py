"""Crossovers: slopes measured, sums flat, blocks without trace."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dsp.abreast import Abreast
from dsp.butterworth import allpass, highpass, lowpass
from dsp.crossover import split

Floats = NDArray[np.float64]
CORNERS = [(80.0,), (120.0, 3000.0), (120.0, 1000.0, 3500.0), (60.0, 250.0, 1e3, 3.8e3)]


def bands(corners, phase: str, sound: Floats, *cuts: int, rate: int = 44_100) -> Floats:
    stream = split(corners, rate, phase)
    edges = [0, *sorted(min(cut, len(sound)) for cut in cuts), len(sound)]
    parts = [stream.process(sound[first:last]) for first, last in pairwise(edges)]
    return np.concatenate([*parts, stream.finish()], axis=1)


def click(rate: int) -> Floats:
    sound = np.zeros((4 * rate, 2))
    sound[2 * rate] = 1.0
    return sound


def level(wave: Floats) -> Floats:
    return 20 * np.log10(np.abs(np.fft.rfft(wave)) + 1e-12)


@pytest.mark.parametrize("phase", ["minimum", "linear"])
@pytest.mark.parametrize("corners", CORNERS)
@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000])
def test_the_sum_of_the_bands_is_flat(rate, corners, phase):
    found = bands(corners, phase, click(rate), rate=rate).sum(axis=0)
    heard = level(found[:, 0])[4 * 10 :]
    assert np.abs(heard).max() < 1e-9


@pytest.mark.parametrize("corners", CORNERS)
def test_the_sum_of_linear_bands_is_the_sound(corners):
    sound = np.random.default_rng(1).uniform(-1, 1, (30_000, 2))
    found = bands(corners, "linear", sound).sum(axis=0)
    assert np.abs(found - sound).max() < 1e-15


@pytest.mark.parametrize("phase", ["minimum", "linear"])
@pytest.mark.parametrize("rate", [44_100, 96_000])
@pytest.mark.parametrize("corner", [60.0, 1000.0, 5000.0])
def test_slopes_are_those_of_linkwitz_and_riley(corner, rate, phase):
    low, high = bands((corner,), phase, click(rate), rate=rate)
    hertz = np.arange(len(click(rate)) // 2 + 1) / 4
    for octaves, within in ((-1, 0.1), (0, 0.02), (1, 0.1)):
        at = round(corner * 2.0**octaves * 4)
        ratio = hertz[at] / corner
        if phase == "minimum":  # which leans towards half the rate
            ratio = np.tan(np.pi * hertz[at] / rate) / np.tan(np.pi * corner / rate)
        power = ratio**4
        lower = -20 * np.log10(1 + power)
        assert level(low[:, 0])[at] == pytest.approx(lower, abs=within)
        upper = -20 * np.log10(1 + 1 / power)
        assert level(high[:, 0])[at] == pytest.approx(upper, abs=within)


def test_bands_of_minimum_phase_stay_in_phase_with_one_another():
    for found in pairwise(bands((120, 3000), "minimum", click(44_100))):
        one, other = (np.fft.rfft(band[:, 0]) for band in found)
        loud = (np.abs(one) > 1e-4) & (np.abs(other) > 1e-4)
        assert np.abs(np.angle(one[loud] / other[loud])).max() < 1e-6


@pytest.mark.parametrize("phase", ["minimum", "linear"])
@given(
    length=st.integers(0, 30_000),
    cuts=st.lists(st.integers(0, 30_000), max_size=5),
    corners=st.sampled_from(CORNERS),
)
@settings(max_examples=15, deadline=None)
def test_blocks_change_no_bit_and_no_length(phase, length, cuts, corners):
    one = np.random.default_rng(2).uniform(-1, 1, (length, 1))
    sound = np.repeat(one, 2, axis=1)
    whole = bands(corners, phase, sound)
    assert whole.shape == (len(corners) + 1, length, 2)
    assert np.array_equal(bands(corners, phase, sound, *cuts), whole)
    assert np.array_equal(whole[..., 0], whole[..., 1])
    assert np.array_equal(sound, np.repeat(one, 2, axis=1))


@pytest.mark.parametrize(
    ("corners", "said"),
    [
        ((), "one corner"),
        ((10.0,), "below the lowest"),
        ((float("nan"),), "below the lowest"),
        ((300.0, 200.0), "does not lie above"),
        ((300.0, 300.0), "does not lie above"),
        ((300.0, 30_000.0), "half the rate"),
    ],
)
def test_corners_that_make_no_crossover_are_refused(corners, said):
    with pytest.raises(ValueError, match=said):
        split(corners, 44_100)


@pytest.mark.parametrize("rate", [8_000, 44_100, 384_000])
@pytest.mark.parametrize("hertz", [1.0, 30.0, 1000.0, 3900.0])
def test_sections_are_those_of_scipy(rate, hertz):
    signal = pytest.importorskip("scipy.signal")
    for ours, kind in ((highpass, "highpass"), (lowpass, "lowpass")):
        b, a = signal.butter(2, hertz, kind, fs=rate)
        wanted = [*b, *a[1:]]
        assert ours(rate, hertz) == pytest.approx(wanted, rel=1e-6, abs=1e-15)
    found = allpass(rate, hertz)
    at = np.exp(2j * np.pi * np.linspace(0, 0.5, 99))
    top = found[0] + found[1] * at + found[2] * at**2
    assert np.abs(np.abs(top / (1 + found[3] * at + found[4] * at**2)) - 1).max() < 1e-6


def test_sounds_abreast_wait_for_the_last():
    both = Abreast(2)
    one, other = np.arange(8.0).reshape(4, 2), np.ones((4, 2))
    assert [len(part) for part in both.give([one, other[:0]])] == [0, 0]
    first = both.give([one[:0], other[:3]])
    rest = both.give([one[:0], other[3:]])
    assert np.array_equal(np.concatenate([first[0], rest[0]]), one)
    assert np.array_equal(np.concatenate([first[1], rest[1]]), other)
