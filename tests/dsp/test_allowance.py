"""What a tone may be off by: the amount, and what its details tell of its nature."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.allowance import NARROWEST_DB, allowance, half_width, unlikeness
from dsp.eq import magnitude_db
from dsp.tonality import CENTRES
from dsp.tonefit import CHOICE
from tests.dsp.tones import MUSIC, broad, details


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 3))
def test_a_larger_amount_and_a_smaller_difference_allow_less(one, other, unlike_db):
    low, high = sorted((one, other))
    assert np.all(
        allowance(high, unlike_db).half_db <= allowance(low, unlike_db).half_db
    )
    assert np.all(allowance(one, unlike_db).half_db >= half_width(one) - 1e-12)


def test_songs_whose_details_are_the_same_are_held_to_the_amount_alone():
    alike = unlikeness(MUSIC, [MUSIC + 3.0, MUSIC - 6.0])
    assert alike == pytest.approx(0, abs=1e-9)
    assert allowance(1.0, alike).half_db == pytest.approx(NARROWEST_DB)


def test_a_song_alone_has_nothing_to_differ_from():
    assert unlikeness(MUSIC, []) == 0.0


@given(st.integers(0, 1000), st.floats(0.1, 3.0))
@settings(deadline=None)
def test_what_details_differ_by_is_found(seed, size):
    others = [MUSIC + details(seed + at, size) for at in range(1, 8)]
    found = unlikeness(MUSIC + details(seed, size), others)
    assert found == pytest.approx(0.75 * size, rel=0.5)


@given(st.integers(0, 1000), st.sampled_from(CHOICE), st.floats(-4.5, 4.5))
@settings(deadline=None)
def test_a_move_changes_nothing_of_what_is_allowed(seed, band, gain):
    others = [MUSIC + details(seed + at, 0.7) for at in range(1, 6)]
    song = MUSIC + details(seed, 0.7)
    moved = song + magnitude_db([replace(band, gain_db=gain)], CENTRES)
    assert unlikeness(moved, others) == pytest.approx(
        unlikeness(song, others), abs=0.12
    )


@given(st.integers(0, 1000))
def test_what_is_broad_is_no_detail(seed):
    assert unlikeness(MUSIC + broad(seed), [MUSIC]) < 0.25


def test_one_other_song_that_is_odd_does_not_decide():
    others = [MUSIC + details(at, 0.2) for at in range(6)]
    before = unlikeness(MUSIC, others)
    assert unlikeness(MUSIC, [*others, MUSIC + details(9, 9.0)]) < 1.3 * before


def test_a_hum_is_no_nature():
    others = [MUSIC + details(at, 0.2) for at in range(6)]
    hum = MUSIC.copy()
    hum[4] += 20.0
    assert unlikeness(hum, others) < 0.6
