"""Songs that say nothing about a record: what is recognised, and what is not."""

import numpy as np
import pytest

from album.balance.hearing import voice
from album.balance.soundness import Unsound, judges
from dsp.meter import Meter

RATE = 44_100
COUNT = 30 * RATE
TIME = np.arange(COUNT) / RATE
FADE = np.minimum(1.0, np.minimum(TIME, TIME[::-1]) / 6.0)[:, np.newaxis]
SWELL = (0.3 + 0.7 * np.sin(TIME * 0.7) ** 2)[:, np.newaxis]


def coloured(slope_db_oct, seed=1):
    """Return noise whose spectrum falls by so much an octave, from 20 Hz on."""
    white = np.random.default_rng(seed).standard_normal((COUNT, 2))
    bins = np.fft.rfft(white, axis=0)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(COUNT, 1 / RATE), 20.0) / 20.0)
    bins *= 10.0 ** (-slope_db_oct * octaves / 20.0)[:, np.newaxis]
    noise = np.fft.irfft(bins, COUNT, axis=0)
    return 0.5 * noise / np.abs(noise).max()


def music():
    """Return chords that change every second or so, over a beat."""
    random = np.random.default_rng(5)
    sound = 0.02 * coloured(4.0) * np.exp(-((TIME * 1.9) % 1.0) * 8)[:, np.newaxis]
    for at in range(0, COUNT, RATE):
        time = TIME[: RATE + RATE // 4][: COUNT - at]
        for _ in range(5):
            tone = np.sin(2 * np.pi * random.uniform(80, 4000) * time)
            decay = np.exp(-time * random.uniform(1, 6)) * random.uniform(0.01, 0.08)
            sound[at : at + len(time)] += (tone * decay)[:, np.newaxis]
    return sound


def fault(audio, bits=None):
    if bits:
        audio = np.round(audio * 2 ** (bits - 1)) / 2 ** (bits - 1)
    meter = Meter(RATE, 2)
    meter.feed(audio)
    return voice(meter.finish()).unsound


@pytest.mark.parametrize("slope", [0.0, 3.0, 6.0])
@pytest.mark.parametrize("shape", [1.0, FADE, SWELL], ids=["steady", "faded", "swell"])
def test_noise_is_noise_whatever_its_colour_and_its_swells(slope, shape):
    assert "noise" in fault(coloured(slope) * shape).says


def test_a_few_seconds_tell_nothing_of_a_spectrum():
    short = coloured(3.0)[: 12 * RATE] * SWELL[: 12 * RATE]
    assert fault(short) is None


def test_music_is_sound():
    assert fault(music()) is None
    assert fault(music() * FADE) is None


@pytest.mark.parametrize("lowered_db", [0, -2, -4, -9, -20])
@pytest.mark.parametrize("bits", [None, 24, 16])
def test_what_was_clipped_is_told_after_it_was_lowered(lowered_db, bits):
    clipped = np.clip(20.0 * music(), -1.0, 1.0) * 10 ** (lowered_db / 20)
    assert "of its samples" in fault(clipped, bits).says


@pytest.mark.parametrize("seconds", [0.01, 1.0, 8.0])
def test_a_few_seconds_in_much_silence_are_a_few_seconds(seconds):
    long = np.zeros((COUNT, 2))
    some = music()[: round(seconds * RATE)]
    long[5 * RATE : 5 * RATE + len(some)] = some
    found = fault(long)
    assert "not silent" in found.says
    assert found.measured < found.limit


def test_who_judges():
    mild, grave = Unsound("noise", 0.3, 0.6, mild=True), Unsound("clipped", 1.0, 0.1)
    assert judges({"a": None, "b": mild, "c": grave}) == {"a"}
    assert judges({"b": mild, "c": grave}) == {"b"}
    assert judges({"c": grave, "d": grave}) == {"c", "d"}
    assert judges({}) == frozenset()
