"""Flat tops: what was clipped, at full scale or before it was lowered."""

import numpy as np
import pytest

from dsp.meter import Meter
from dsp.survey import FLAT, SAMPLES

RATE = 44_100


def counted(audio, block):
    """Return the columns of clipping of a sound that is fed in blocks."""
    meter = Meter(RATE, audio.shape[1])
    for at in range(0, len(audio), block):
        meter.feed(audio[at : at + block])
    return meter.finish().clipping


def music(seconds=6.0, seed=1):
    """Return noise that swells."""
    random = np.random.default_rng(seed)
    swell = 1 + 0.8 * np.sin(np.linspace(0, 9 * np.pi, int(RATE * seconds)))
    noise = np.cumsum(random.normal(size=(int(RATE * seconds), 2)), axis=0)
    noise -= np.convolve(noise[:, 0], np.ones(200) / 200, "same")[:, None]
    return 0.2 * noise / np.abs(noise).max() * swell[:, None]


def runs_of_three(audio):
    """Return how many samples lie in runs of three at the highest level."""
    total = 0
    for channel in audio.astype(np.float32).T:
        at_top = np.abs(channel) == np.abs(channel).max()
        edges = np.flatnonzero(np.diff(np.concatenate([[0], at_top, [0]])))
        lengths = edges[1::2] - edges[::2]
        total = max(total, int(lengths[lengths >= 3].sum()))
    return total


@pytest.mark.parametrize("level", [0.07, 0.355, 0.71, 0.9, 0.999, 1.0])
@pytest.mark.parametrize("block", [997, 44_100, 10**6])
def test_flat_tops_are_counted_at_any_level(level, block):
    clipped = np.clip(12.0 * music(), -1, 1) * level
    clipped = np.round(clipped * 2**23) / 2**23
    table = counted(clipped, block)
    assert table[:, FLAT].max() == runs_of_three(clipped) > 1000
    assert (table[:, SAMPLES].max() > 0) == (level == 1.0)


@pytest.mark.parametrize("audio", [music() * 4, np.clip(12.0 * music(), -1, 1) * 0.06])
def test_music_and_what_is_far_below_full_scale_have_none(audio):
    assert counted(audio, 10**6)[:, FLAT].max() == 0


def test_a_higher_peak_later_begins_anew():
    clipped = np.clip(12.0 * music(), -1, 1) * 0.8
    clipped[-1000] = 0.95
    assert counted(clipped, 5000)[0, FLAT] == 0
