"""The de-esser: bursts by the set amount, everything else as it was."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dsp.deesser import Deesser, high_part
from dsp.processor import Lowering

Floats = NDArray[np.float64]
RATE = 44_100
BURSTS = np.arange(1.0, 9.0, 0.9)
"""Seconds at which an "s" begins."""


def worked(setting: Deesser, sound: Floats, *cuts: int, rate: int = RATE) -> Floats:
    stream = setting.open(rate)
    edges = [0, *sorted(min(cut, len(sound)) for cut in cuts), len(sound)]
    parts = [stream.process(sound[first:last]) for first, last in pairwise(edges)]
    return np.concatenate([*parts, stream.finish()])


def banded(noise: Floats, low: float, high: float, rate: int) -> Floats:
    spectrum = np.fft.rfft(noise, axis=0)
    hertz = np.fft.rfftfreq(len(noise), 1 / rate)
    spectrum[(hertz < low) | (hertz > high)] = 0
    out = np.fft.irfft(spectrum, len(noise), axis=0)
    return out / np.std(out)


def music(rate: int, seconds: float = 10.0) -> Floats:
    """Dark noise, which swells and falls: -20 dBFS, a vowel without an "s"."""
    random = np.random.default_rng(1)
    noise = random.standard_normal((round(rate * seconds), 2))
    spectrum = np.fft.rfft(noise, axis=0)
    hertz = np.fft.rfftfreq(len(noise), 1 / rate)
    spectrum /= np.maximum(hertz, 30.0)[:, np.newaxis] ** 1.2
    out = np.fft.irfft(spectrum, len(noise), axis=0)
    swell = 1 + 0.5 * np.sin(2 * np.pi * 0.7 * np.arange(len(out)) / rate)
    return 0.1 * out / np.std(out) * swell[:, np.newaxis]


def with_bursts(rate: int, length: float = 0.12, level: float = 0.2) -> Floats:
    sound = music(rate)
    random = np.random.default_rng(2)
    count = round(length * rate)
    edge = np.minimum(1, np.minimum(np.arange(count), np.arange(count)[::-1]) / 200)
    for seconds in BURSTS:
        noise = banded(random.standard_normal((count, 1)), 5000, 9000, rate)
        at = round(seconds * rate)
        sound[at : at + count] += level * noise * edge[:, np.newaxis]
    return sound


def above(sound: Floats, rate: int, hertz: float = 5000.0) -> Floats:
    spectrum = np.fft.rfft(sound, axis=0)
    spectrum[np.fft.rfftfreq(len(sound), 1 / rate) < hertz] = 0
    return np.fft.irfft(spectrum, len(sound), axis=0)


def change(out: Floats, sound: Floats) -> float:
    return 10 * np.log10(np.sum(out**2) / np.sum(sound**2))


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("mode", ["split", "wide"])
@pytest.mark.parametrize("most", [2.0, 6.0, 12.0])
def test_bursts_are_reduced_by_the_cap_and_the_rest_by_nothing(rate, mode, most):
    sound = with_bursts(rate)
    setting = Deesser(frequency_hz=6800, reduction_db=most, mode=mode)
    out = worked(setting, sound, rate=rate)
    rest = np.ones(len(sound), bool)
    for seconds in BURSTS:
        at, end = round(seconds * rate), round((seconds + 0.12) * rate)
        reduced = change(above(out[at:end], rate), above(sound[at:end], rate))
        assert reduced == pytest.approx(-most, abs=0.5)
        if mode == "split":
            below = out[at:end] - above(out[at:end], rate, 3000)
            low = sound[at:end] - above(sound[at:end], rate, 3000)
            assert change(below, low) == pytest.approx(0, abs=0.1)
        rest[at - rate // 50 : end + round(0.4 * rate)] = False
    assert np.array_equal(out[rest], sound[rest])


@pytest.mark.parametrize("length", [0.02, 0.05, 0.3])
def test_short_and_long_bursts_are_reduced_alike(length):
    sound = with_bursts(RATE, length)
    out = worked(Deesser(frequency_hz=6800, reduction_db=6), sound)
    for seconds in BURSTS:
        at, end = round(seconds * RATE), round((seconds + length) * RATE)
        reduced = change(above(out[at:end], RATE), above(sound[at:end], RATE))
        assert reduced == pytest.approx(-6, abs=0.5)


def test_the_level_of_the_sound_plays_no_part():
    sound = with_bursts(RATE)
    setting = Deesser(frequency_hz=6800, reduction_db=6)
    loud = worked(setting, sound)
    for gain in (1.0, 2.0**-8, 2.0**6):
        assert np.allclose(worked(setting, sound * gain) / gain, loud, atol=1e-12)


@pytest.mark.parametrize("begin", [0, RATE])
def test_a_steady_cymbal_is_left_alone(begin):
    random = np.random.default_rng(3)
    cymbal = 0.1 * banded(random.standard_normal((8 * RATE, 2)), 4000, 14_000, RATE)
    falling = cymbal * 10 ** (-8 / 20 * np.arange(len(cymbal)) / RATE)[:, np.newaxis]
    for sound in (cymbal, falling, cymbal + music(RATE, 8.0)):
        sound = np.concatenate((np.zeros((begin, 2)), sound))
        stream = Deesser(frequency_hz=6800, reduction_db=6).open(RATE)
        stream.process(sound)
        stream.finish()
        assert stream.lowered.deepest.min() > -1.0


def test_it_says_how_far_it_turned_down():
    sound = with_bursts(RATE)
    stream = Deesser(frequency_hz=6800, reduction_db=4, mode="wide").open(RATE)
    assert isinstance(stream, Lowering)
    blocks = [stream.process(sound[at : at + 9999]) for at in range(0, 441_000, 9999)]
    out = np.concatenate([*blocks, stream.finish()])
    lowered = stream.lowered
    assert lowered.hop == RATE // 10
    assert len(lowered.deepest) == 100
    gains = 20 * np.log10(np.abs(out / sound).min(axis=1)).reshape(100, -1)
    assert lowered.deepest == pytest.approx(gains.min(axis=1), abs=1e-4)


@pytest.mark.parametrize(
    "setting",
    [
        Deesser(frequency_hz=6800, reduction_db=6),
        Deesser(frequency_hz=6800, reduction_db=6, mode="wide", channel="mid"),
    ],
)
@given(length=st.integers(0, 60_000), cuts=st.lists(st.integers(0, 60_000), max_size=5))
@settings(max_examples=12, deadline=None)
def test_blocks_change_no_bit_and_no_length(setting, length, cuts):
    sound = with_bursts(RATE)[30_000 : 30_000 + length]
    kept = sound.copy()
    whole = worked(setting, sound)
    assert len(whole) == length
    assert np.array_equal(worked(setting, sound, *cuts), whole)
    assert np.array_equal(sound, kept)


@pytest.mark.parametrize("mode", ["split", "wide"])
def test_what_is_equal_in_both_channels_stays_equal(mode):
    sound = np.repeat(with_bursts(RATE)[:, :1], 2, axis=1)
    out = worked(Deesser(frequency_hz=6800, reduction_db=6, mode=mode), sound)
    assert not np.array_equal(out, sound)
    assert np.array_equal(out[:, 0], out[:, 1])


@pytest.mark.parametrize("rate", [16_000, 44_100, 192_000])
def test_the_split_has_its_slope_where_it_is_said(rate):
    taps = high_part(rate, 6800)
    assert np.allclose(taps, taps[::-1])
    power = np.abs(np.fft.rfft(taps, 1 << 17))
    hertz = np.fft.rfftfreq(1 << 17, 1 / rate)
    assert power[hertz < 0.51 * 6800].max() < 2e-3
    assert np.abs(power[hertz > 0.69 * 6800] - 1).max() < 2e-3


@pytest.mark.parametrize("size", [0.0, 5e-324, 1e-200, 1e150])
def test_no_size_of_sound_is_too_small_or_too_large(size):
    sound = np.random.default_rng(9).uniform(-1, 1, (9_000, 2)) * size
    out = worked(Deesser(frequency_hz=6800, reduction_db=6), sound)
    assert np.isfinite(out).all()


def test_idle_is_a_cap_of_0():
    assert Deesser(frequency_hz=6800, reduction_db=0).idle
    assert not Deesser(frequency_hz=6800, reduction_db=1).idle


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"frequency_hz": 500.0}, "frequency 500 Hz"),
        ({"reduction_db": 13.0}, "reduction 13 dB"),
        ({"reduction_db": -1.0}, "reduction -1 dB"),
        ({"release_ms": 10.0}, "release 10 ms"),
        ({"mode": "narrow"}, "no mode"),
        ({"channel": "back"}, "back"),
    ],
)
def test_settings_out_of_range_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        Deesser(**{"frequency_hz": 6800.0, "reduction_db": 6.0, **wrong})


def test_a_frequency_beyond_the_rate_is_refused_where_the_rate_is_known():
    with pytest.raises(ValueError, match="half the rate"):
        Deesser(frequency_hz=6800, reduction_db=6).open(8_000)
