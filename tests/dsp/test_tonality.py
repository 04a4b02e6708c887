"""Tones: spectra without their level, and what lies between two of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.tonality import BANDS, CENTRES, average, distance, judged, tone
from tests.dsp.tones import MUSIC, broad, details


@given(st.floats(-60, 20))
def test_a_tone_has_no_level(gain):
    assert tone(MUSIC + gain) == pytest.approx(tone(MUSIC), abs=1e-9)


def test_one_odd_song_moves_no_average():
    songs = [tone(MUSIC + broad(seed) * 0.1) for seed in range(7)]
    odd = tone(MUSIC + 20.0 * broad(99))
    shift = average([*songs, odd]) - average(songs)
    assert np.abs(shift).max() < 0.2


def test_details_are_smoothed_away():
    left = [
        distance(tone(MUSIC + details(seed, 1.0)), tone(MUSIC))[judged()]
        for seed in range(50)
    ]
    assert 0.4 < np.std(left) < 0.65


@pytest.mark.parametrize("seed", range(20))
def test_what_is_broad_stays(seed):
    shape = broad(seed) - broad(seed)[(CENTRES >= 90) & (CENTRES <= 9000)].mean()
    off = distance(tone(MUSIC + broad(seed)), tone(MUSIC))
    assert off[8:24] == pytest.approx(shape[8:24], abs=0.15 * np.ptp(shape))


def test_what_a_coder_cut_off_is_not_heard_below():
    cut = MUSIC.copy()
    cut[CENTRES > 15_000] -= 45.0
    off = distance(tone(cut), tone(MUSIC))
    assert np.abs(off[judged()]).max() < 1e-9


def test_a_band_that_only_one_of_two_has_is_no_difference():
    thin = MUSIC.copy()
    thin[:5] = -200.0
    off = distance(tone(thin), tone(MUSIC))
    assert np.isnan(off[:5]).all()
    assert np.ptp(off[5:]) < 1e-9


def test_what_a_rate_cannot_carry_is_not_known():
    short = tone(MUSIC[:24])
    assert np.isnan(short[24:]).all()
    assert np.isfinite(average([short, tone(MUSIC)])).all()
    assert len(distance(short, tone(MUSIC))) == BANDS
