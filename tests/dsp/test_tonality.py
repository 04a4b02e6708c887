"""Tone moves: small, bounded, without a change of loudness, and asked for once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.eq import Eq, magnitude_db
from dsp.ltas import weighting
from dsp.tonality import (
    BANDS,
    CENTRES,
    LEAST_DB,
    average,
    distance,
    half_width,
    judged,
    makeup,
    move,
    tone,
)

RATE = 48_000
MUSIC = -4.0 * np.log2(np.maximum(CENTRES, 100.0) / 100.0)
"""Third octaves that fall towards the treble, as music's do."""

PLANTS = [
    Eq(shape="tilt", frequency_hz=1000, gain_db=3),
    Eq(shape="tilt", frequency_hz=1000, gain_db=-3),
    Eq(shape="lowshelf", frequency_hz=120, gain_db=3),
    Eq(shape="lowshelf", frequency_hz=250, gain_db=-3),
    Eq(shape="highshelf", frequency_hz=3000, gain_db=3),
    Eq(shape="highshelf", frequency_hz=8000, gain_db=-2),
    Eq(shape="bell", frequency_hz=700, gain_db=2.5, q=0.6),
]


def rms(levels):
    """Return the size of third octaves from 31.5 Hz to 16 kHz, without their level."""
    inside = levels[2:30]
    return float(np.sqrt(np.mean(np.square(inside - inside.mean()))))


def smooth(seed):
    """Return a difference of tone as two mixes may have it."""
    random = np.random.default_rng(seed)
    at = np.linspace(0, np.pi, BANDS)
    parts = random.normal(size=5)
    return sum(part * np.cos(n * at) / n for n, part in enumerate(parts, 1)) * 1.5


@pytest.mark.parametrize(
    "plant", PLANTS, ids=lambda each: f"{each.shape}{each.gain_db}"
)
def test_most_of_a_planted_difference_is_taken_back(plant):
    planted = MUSIC + magnitude_db([plant], CENTRES)
    found = move(tone(planted) - tone(MUSIC), planted, RATE, amount=1.0, most_db=4.0)
    left = rms(planted + found.curve_db - MUSIC) / rms(planted - MUSIC)
    assert left < 0.3


@given(st.integers(0, 10_000), st.floats(0.05, 1.0), st.floats(0.5, 6.0))
@settings(deadline=None)
def test_no_band_goes_beyond_what_is_allowed(seed, amount, most):
    off = 3.0 * smooth(seed)
    found = move(off, MUSIC, RATE, amount=amount, most_db=most)
    assert all(abs(band.gain_db) <= most for band in found.bands)
    curve = magnitude_db(found.bands, np.geomspace(20, 20_000, 500))
    assert np.abs(curve).max() <= most + 0.05
    assert np.abs(curve + found.makeup_db).max() <= most + 0.05
    assert all(abs(band.gain_db) >= LEAST_DB / 2 for band in found.bands)


@given(st.integers(0, 10_000), st.floats(0.05, 1.0))
@settings(deadline=None)
def test_a_tone_that_was_moved_is_not_moved_again(seed, amount):
    planted = MUSIC + smooth(seed)
    off = tone(planted) - tone(MUSIC)
    first = move(off, planted, RATE, amount=amount, most_db=12.0)
    moved = planted + first.curve_db
    again = move(tone(moved) - tone(MUSIC), moved, RATE, amount=amount, most_db=12.0)
    assert np.abs(again.curve_db).max() <= 0.2


@given(st.integers(0, 10_000), st.floats(0.05, 1.0))
@settings(deadline=None)
def test_what_lies_in_the_band_is_left_alone(seed, amount):
    off = smooth(seed)
    off *= half_width(amount) / max(np.abs(off[judged()]).max(), 1e-9)
    assert move(off, MUSIC, RATE, amount=amount, most_db=6.0).bands == ()


@given(st.integers(0, 10_000))
@settings(deadline=None)
def test_the_k_weighted_level_stays(seed):
    found = move(smooth(seed), MUSIC, RATE, amount=1.0, most_db=6.0)
    weights = weighting(RATE)[:BANDS]
    before = weights @ 10 ** (MUSIC / 10)
    after = weights @ 10 ** ((MUSIC + found.curve_db + found.makeup_db) / 10)
    assert 10 * np.log10(after / before) == pytest.approx(0, abs=0.01)
    assert makeup(found.bands, MUSIC, RATE) == pytest.approx(found.makeup_db, abs=0.01)


def test_amount_0_moves_nothing():
    assert move(smooth(1), MUSIC, RATE, amount=0.0, most_db=6.0).bands == ()


@given(st.floats(-60, 20))
def test_a_tone_has_no_level(gain):
    assert tone(MUSIC + gain) == pytest.approx(tone(MUSIC), abs=1e-9)


def test_one_odd_song_moves_no_average():
    songs = [tone(MUSIC + smooth(seed) * 0.1) for seed in range(7)]
    odd = tone(MUSIC + 20.0 * smooth(99))
    shift = average([*songs, odd]) - average(songs)
    assert np.abs(shift).max() < 0.2


def test_what_a_rate_cannot_carry_is_no_difference():
    short = tone(MUSIC[:24])
    assert np.isnan(short[24:]).all()
    assert np.isfinite(average([short, tone(MUSIC)])).all()
    off = distance(short, tone(MUSIC))
    found = move(off, MUSIC[:24], 8000, amount=1.0, most_db=6.0)
    assert np.abs(found.curve_db[:20]).max() < 1.0
