"""The loud part: what it follows, and what leaves it where it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.loudness import OFFSET
from dsp.loudpart import loud_part, typical

RATE = 48_000
TICK = RATE / 100


def energies(*passages: tuple[float, float]) -> np.ndarray:
    """Return ticks of passages of so many seconds at so many LUFS."""
    parts = [
        np.full(round(seconds * 100), TICK * 10 ** ((level - OFFSET) / 10))
        for seconds, level in passages
    ]
    return np.concatenate(parts)


SONG = (15, -22.0), (30, -12.0), (15, -22.0), (30, -12.0)


def test_a_steady_song_is_as_loud_as_it_is():
    assert loud_part(energies((60, -14.0)), RATE) == pytest.approx(-14.0, abs=1e-9)


def test_the_chorus_is_the_loud_part():
    # windows that are half verse, half chorus belong to it, and lie up to 3 LU lower
    assert loud_part(energies(*SONG), RATE) == pytest.approx(-12.0, abs=0.15)


@pytest.mark.parametrize("seconds", [10, 60, 240])
@pytest.mark.parametrize("level", [-100.0, -40.0, -18.0])
def test_quiet_beginnings_ends_and_gaps_do_not_move_it(seconds, level):
    alone = loud_part(energies(*SONG), RATE)
    quiet = (seconds, level)
    for song in ((quiet, *SONG), (*SONG, quiet), (*SONG, quiet, *SONG)):
        assert loud_part(energies(*song), RATE) == pytest.approx(alone, abs=0.15)


@pytest.mark.parametrize("silence", [0.5, 1.8, 30.0])
def test_silence_behind_a_loud_end_is_no_part_of_it(silence):
    rising = energies((15, -24.0), (6, -20.0), (3, -14.0))
    gap = np.zeros(round(silence * 100))
    alone = loud_part(rising, RATE)
    assert loud_part(np.concatenate([rising, gap]), RATE) == pytest.approx(alone)
    assert loud_part(np.concatenate([gap, rising]), RATE) == pytest.approx(alone)


def test_one_accent_does_not_move_it():
    alone = loud_part(energies(*SONG), RATE)
    accent = *SONG, (1, -5.0), *SONG
    assert loud_part(energies(*accent), RATE) == pytest.approx(alone, abs=0.25)


@given(st.floats(-30, 20))
def test_it_moves_as_the_gain_does(gain_db):
    base = energies(*SONG)
    louder = loud_part(base * 10 ** (gain_db / 10), RATE)
    assert louder == pytest.approx(loud_part(base, RATE) + gain_db, abs=1e-9)


@pytest.mark.parametrize("seconds", [0.0, 0.39])
def test_silence_and_less_than_a_block_have_none(seconds):
    assert loud_part(energies((seconds, -10.0)), RATE) is None
    assert loud_part(np.zeros(1000), RATE) is None


@pytest.mark.parametrize("seconds", [0.4, 2.9, 3.0, 3.5, 8.0])
def test_a_short_song_has_one(seconds):
    level = loud_part(energies((seconds, -10.0)), RATE)
    assert level == pytest.approx(-10.0, abs=1e-9)


def test_the_typical_song_of_a_record_is_its_median_and_silence_is_none_of_it():
    songs = [energies((30, level)) for level in (-9.0, -12.0, -30.0)]
    songs.append(np.zeros(3000))
    assert typical(songs, [RATE] * 4) == pytest.approx(-12.0, abs=1e-9)
    assert typical([np.zeros(3000)], [RATE]) is None
