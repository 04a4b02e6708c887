"""What is foretold of a song behind an equaliser is what is measured behind it."""

import numpy as np
import pytest

from dsp.eq import Eq, cascade
from dsp.figures import figures
from dsp.foretold import foretellable, foretold, peaked, stretches
from dsp.ltas import loud_levels
from dsp.meter import Meter
from dsp.tally import STEPS

RATE = 24_000
MOVES = {
    "a shelf below": [Eq(shape="lowshelf", frequency_hz=90, gain_db=3)],
    "a shelf above": [Eq(shape="highshelf", frequency_hz=6000, gain_db=-3)],
    "bells": [
        Eq(shape="bell", frequency_hz=180, gain_db=-2.5, q=0.8),
        Eq(shape="bell", frequency_hz=1000, gain_db=1.5, q=0.8),
        Eq(shape="bell", frequency_hz=5500, gain_db=2, q=0.8),
    ],
}


def metered(audio, rate=RATE):
    meter = Meter(rate, 2)
    meter.feed(audio)
    return meter.finish()


def song(seconds=130.0, rate=RATE):
    """Return passages of bass and of treble, quiet and loud ones, with drums."""
    random = np.random.default_rng(3)
    count = round(seconds * rate)
    time = np.arange(count) / rate
    white = random.standard_normal((count, 2))
    dark = cascade(rate, [Eq(shape="tilt", frequency_hz=800, gain_db=-15)])
    bass = np.sin(2 * np.pi * 55 * time) * (np.exp(-(time % 0.5) * 9))
    loud = np.where(time % 40 > 18, 1.0, 0.3)
    bright = 0.3 + 0.7 * (time % 26 > 13)
    mixed = dark.process(white) * (0.03 * bright)[:, np.newaxis]
    return (mixed + 0.25 * bass[:, np.newaxis]) * loud[:, np.newaxis]


@pytest.fixture(scope="module")
def mix():
    return song()


@pytest.mark.parametrize("bands", MOVES.values(), ids=MOVES)
def test_loudness_and_spectrum_are_those_of_the_moved_song(mix, bands):
    moved = cascade(RATE, bands).process(mix) * 10 ** (-0.5 / 20)
    told, found = foretold(metered(mix), bands, -0.5), metered(moved)
    one, other = figures(told), figures(found)
    assert one.loudness.integrated == pytest.approx(other.loudness.integrated, abs=0.03)
    assert one.loud_part == pytest.approx(other.loud_part, abs=0.08)
    assert one.loudness.range == pytest.approx(other.loudness.range, abs=0.3)
    levels = loud_levels(told.bands, RATE) - loud_levels(found.bands, RATE)
    assert np.abs(levels[1:-2]).max() < 0.2


@pytest.mark.parametrize("bands", MOVES.values(), ids=MOVES)
def test_no_peak_stands_higher_than_is_thought_possible(mix, bands):
    moved = cascade(RATE, bands).process(mix) * 10 ** (-0.5 / 20)
    likely = peaked(metered(mix), bands, -0.5)
    assert (metered(moved).step_peaks.max(axis=1) <= likely).all()
    # and few steps have to be heard to find the highest
    assert np.mean(likely > np.abs(moved).max()) < 0.7


def test_nothing_moved_is_nothing_changed(mix):
    tally = metered(mix)
    told = foretold(tally, [Eq(shape="bell", frequency_hz=1000, gain_db=0, q=1)], 0.0)
    np.testing.assert_allclose(told.energies, tally.energies)
    np.testing.assert_allclose(told.bands, tally.bands)


def test_short_songs_and_large_moves_are_heard_instead(mix):
    tally, short = metered(mix), metered(mix[: 60 * RATE])
    small = [Eq(shape="bell", frequency_hz=1000, gain_db=2, q=1)]
    large = [Eq(shape="bell", frequency_hz=1000, gain_db=6, q=1)]
    assert foretellable(tally, small, 0.0)
    assert not foretellable(short, small, 0.0)
    assert not foretellable(tally, large, 0.0)


def test_silence_is_foretold_as_silence():
    told = foretold(metered(np.zeros((130 * RATE, 2))), MOVES["bells"], 1.0)
    assert figures(told).loud_part is None


def test_steps_are_heard_in_stretches_that_hold_them():
    steps = np.array([50, 3, 4, 90])
    found = stretches(steps, 44_100)
    assert len(found) == 3
    for step in steps:
        begin, end = step * 44_100 / STEPS, (step + 1) * 44_100 / STEPS
        assert any(one <= begin and end <= other for one, other in found)
