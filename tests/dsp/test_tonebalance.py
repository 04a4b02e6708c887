"""The tone of a record: against itself, and as a whole against references."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.eq import Eq, magnitude_db
from dsp.tonality import BANDS, CENTRES, average, distance, smoothed, tone
from dsp.tonebalance import Spectrum, balanced_tones
from tests.dsp.tones import MUSIC, RATE, details, rms

BRIGHT = magnitude_db([Eq(shape="highshelf", frequency_hz=3000, gain_db=3)], CENTRES)
BASS = magnitude_db([Eq(shape="lowshelf", frequency_hz=150, gain_db=3)], CENTRES)


def record(seed, natural=0.1):
    """Return seven songs that belong together."""
    return [MUSIC + details(9 * seed + at, natural) for at in range(7)]


def balanced(songs, references=(), most=4.5):
    return balanced_tones(
        [Spectrum(each, RATE) for each in songs], references, amount=1.0, most_db=most
    )


def behind(songs, found):
    return [
        song + each.move.curve_db + each.move.makeup_db
        for song, each in zip(songs, found.songs, strict=True)
    ]


@given(st.integers(0, 1000))
@settings(deadline=None, max_examples=30)
def test_a_record_is_moved_as_a_whole_towards_references(seed):
    songs = record(seed)
    references = [each + BRIGHT for each in record(seed + 5000)[:3]]
    found = balanced(songs, references)
    assert len({each.move.bands for each in found.songs}) == 1
    after = behind(songs, found)
    assert rms(np.mean(after, axis=0) - np.mean(references, axis=0)) < 0.4 * rms(BRIGHT)
    assert all(not each.move.bands for each in balanced(after, references).songs)


@given(st.integers(0, 1000))
@settings(deadline=None, max_examples=30)
def test_what_stands_out_of_the_record_is_brought_in_besides(seed):
    songs = record(seed, 0.05)
    songs[3] = songs[3] + BASS
    references = [each + BRIGHT for each in record(seed + 5000, 0.05)[:3]]
    found = balanced(songs, references)
    others = [each.move.bands for at, each in enumerate(found.songs) if at != 3]
    assert len(set(others)) == 1
    left = behind(songs, found)
    assert rms(left[3] - np.mean(left, axis=0)) < 0.45 * rms(BASS)
    assert np.abs(found.songs[3].move.curve_db).max() <= 4.5


def test_songs_that_are_no_measure_move_no_other():
    songs = record(1)
    odd = Spectrum(MUSIC + 3.0 * BRIGHT, RATE, sound=False)
    own = balanced(songs)
    more = balanced_tones(
        [odd, *(Spectrum(each, RATE) for each in songs)], amount=1.0, most_db=4.5
    )
    assert [each.move for each in more.songs[1:]] == [each.move for each in own.songs]


def test_the_order_of_songs_and_their_levels_change_nothing():
    songs = record(2)
    songs[1] = songs[1] + BASS
    own = balanced(songs)
    turned = balanced([each - 7.0 for each in reversed(songs)])
    for one, other in zip(own.songs, reversed(turned.songs), strict=True):
        assert one.move == other.move
        assert one.off_db == pytest.approx(other.off_db)


@pytest.mark.parametrize("count", [0, 1])
def test_a_song_alone_is_held_to_nothing(count):
    found = balanced([MUSIC + BASS] * count)
    assert len(found.songs) == count
    assert all(not each.move.bands for each in found.songs)


def test_without_songs_nothing_is_known_of_a_record():
    found = balanced([], record(3)[:2])
    assert np.isnan(found.own).all()
    assert found.whole is None


@pytest.mark.parametrize("references", [0, 3])
def test_songs_are_told_against_what_they_are_brought_to(references):
    songs = record(4, 0.05)
    songs[2] = songs[2] + BASS
    found = balanced(songs, [each + BRIGHT for each in record(9, 0.05)[:references]])
    after = [tone(each) for each in behind(songs, found)]
    aim = average([each for at, each in enumerate(after) if at != 2])
    for song, each in zip(songs, found.songs, strict=True):
        assert each.off_db == pytest.approx(distance(tone(song), aim), abs=0.15)


@given(st.integers(0, 10_000), st.sampled_from([0.2, 0.6, 1.2, 2.5]))
@settings(deadline=None, max_examples=60)
def test_no_song_is_woken_by_the_moves_of_others(seed, natural):
    random = np.random.default_rng(seed)
    songs = [
        each + smoothed(random.normal(0.0, 2.0 * natural, BANDS))
        for each in record(seed, natural)
    ]
    for at in random.permutation(7)[:3]:
        songs[at] = songs[at] + random.choice([BRIGHT, -BRIGHT, BASS, -BASS])
    found = balanced(songs)
    again = balanced(behind(songs, found))
    for first, second in zip(found.songs, again.songs, strict=True):
        if not first.move.held:
            assert np.abs(second.move.curve_db).max() <= 0.2


def test_what_is_kept_wakes_nobody():
    songs = record(2)
    songs[1] = songs[1] + BASS
    spectra = [Spectrum(each, RATE, kept=at == 1) for at, each in enumerate(songs)]
    kept = balanced_tones(spectra, amount=1.0, most_db=4.5)
    assert kept.songs[1].move.bands
    assert kept.own == pytest.approx(balanced(songs).own)


def test_references_that_are_out_of_reach_move_nothing():
    songs = record(3)
    far = [each + 6.0 * BASS - 5.0 * BRIGHT for each in songs[:2]]
    found = balanced(songs, far)
    assert found.whole.move.held == "bound"
    assert all(not each.move.bands for each in found.songs)
    assert found.whole.move.left_db > 5.0
