"""The gains of a record: what they follow, and what never moves them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from album.balance.levels import Aim, Heard, balance

LEVELS = st.floats(-40, -5)
RECORDS = st.lists(LEVELS, min_size=1, max_size=20).map(
    lambda levels: {
        f"song-{at}": Heard(level=level, true_peak=level + 12)
        for at, level in enumerate(levels)
    }
)


def after(songs, found):
    return {
        name: song.level + found.gains[name].total
        for name, song in songs.items()
        if song.level is not None
    }


@given(RECORDS)
def test_amount_1_makes_all_songs_as_loud_as_the_typical_one(songs):
    found = balance(songs, Aim(amount=1.0))
    assert all(
        level == pytest.approx(found.typical) for level in after(songs, found).values()
    )


@given(RECORDS, st.floats(0, 1))
def test_the_rest_of_the_amount_is_left_of_every_difference(songs, amount):
    found = balance(songs, Aim(amount=amount))
    for name, level in after(songs, found).items():
        left = (songs[name].level - found.typical) * (1 - amount)
        assert level - found.typical == pytest.approx(left, abs=1e-9)


@given(RECORDS, st.floats(0, 1), LEVELS)
def test_a_target_moves_all_songs_alike(songs, amount, target):
    own = balance(songs, Aim(amount=amount))
    moved = balance(songs, Aim(amount=amount, target=target))
    for name in songs:
        by = moved.gains[name].total - own.gains[name].total
        assert by == pytest.approx(target - own.typical, abs=1e-9)


@given(RECORDS, st.floats(-10, 10))
def test_mixes_that_come_louder_end_where_they_did(songs, louder):
    raised = {
        name: replace(song, level=song.level + louder) for name, song in songs.items()
    }
    aim = Aim(amount=0.8, target=-11.0)
    ends, before = (
        after(raised, balance(raised, aim)),
        after(songs, balance(songs, aim)),
    )
    assert all(ends[name] == pytest.approx(before[name], abs=1e-9) for name in songs)


@given(RECORDS)
def test_a_balanced_record_is_left_alone(songs):
    found = balance(songs, Aim(amount=1.0, target=-12.0))
    levels = after(songs, found)
    again = {name: replace(songs[name], level=levels[name]) for name in songs}
    moves = balance(again, Aim(amount=1.0, target=-12.0)).gains.values()
    assert all(abs(move.total) < 1e-9 for move in moves)


@given(RECORDS, st.floats(0, 1), st.floats(-6, 6))
def test_intent_counts_in_full_and_moves_nobody_else(songs, amount, intent):
    name = next(iter(songs))
    for meant in ({"offset": intent}, {"own_gain": intent}):
        told = {**songs, name: replace(songs[name], **meant)}
        plain, found = (balance(each, Aim(amount=amount)) for each in (songs, told))
        for other in songs:
            by = found.gains[other].total - plain.gains[other].total
            assert by == pytest.approx(intent if other == name else 0.0, abs=1e-9)


FAULTY = {
    "silent": Heard(level=None, true_peak=None, sound=False),
    "clipped": Heard(level=-2.0, true_peak=1.0, sound=False),
    "jingle": Heard(level=-35.0, true_peak=-1.0, sound=False),
}


@given(RECORDS, st.sampled_from([None, -14.0, -9.0]), st.sampled_from([None, -1.0]))
def test_the_faults_of_songs_move_no_other(songs, target, ceiling):
    aim = Aim(amount=0.8, target=target, ceiling=ceiling)
    alone = balance(songs, aim).gains
    among = balance({**songs, **FAULTY}, aim).gains
    assert all(among[name] == alone[name] for name in songs)


@given(RECORDS, st.floats(0, 1), st.sampled_from([None, -14.0, -6.0]))
def test_without_a_limiter_nothing_passes_the_ceiling(songs, amount, target):
    songs = {**songs, **FAULTY}
    found = balance(songs, Aim(amount=amount, target=target, ceiling=-1.0))
    for name, song in songs.items():
        if song.true_peak is not None:
            assert song.true_peak + found.gains[name].total <= -1.0 + 1e-9


@given(RECORDS, st.floats(0, 1))
def test_a_recording_is_held_back_as_one(songs, amount):
    clipped = Heard(level=-12.0, true_peak=3.0, sound=False, recording="live")
    parts = {"live": replace(clipped, true_peak=-2.0, sound=True), "more": clipped}
    found = balance({**songs, **parts}, Aim(amount=amount, target=-14.0, ceiling=-1.0))
    gains = found.gains
    assert gains["live"].total == gains["more"].total
    assert 3.0 + gains["more"].total <= -1.0 + 1e-9
    without = {**songs, "live": parts["live"]}
    alone = balance(without, Aim(amount=amount, target=-14.0, ceiling=-1.0)).gains
    assert all(gains[name] == alone[name] for name in songs)


def test_a_recording_judges_once_by_its_first_sound_part():
    part = Heard(level=-10.0, true_peak=-1.0, recording="a")
    songs = {
        "a": replace(part, sound=False),
        "b": part,
        "c": part,
        "d": Heard(level=-20.0, true_peak=-3.0),
    }
    found = balance(songs, Aim(amount=1.0))
    assert found.judges == ("b", "d")
    assert found.typical == pytest.approx(-15.0)


def test_the_record_is_lowered_as_a_whole():
    songs = {
        "quiet": Heard(level=-20.0, true_peak=-3.0),
        "loud": Heard(level=-10.0, true_peak=-1.0),
        "middle": Heard(level=-15.0, true_peak=-5.0),
    }
    found = balance(songs, Aim(amount=1.0, ceiling=-1.0))
    assert found.lowered == pytest.approx(3.0)
    assert found.target == pytest.approx(-18.0)
    assert {name: gain.total for name, gain in found.gains.items()} == pytest.approx(
        {"quiet": 2.0, "loud": -8.0, "middle": -3.0}
    )


def test_a_record_of_nothing_keeps_its_own_gains():
    songs = {"silence": Heard(level=None, true_peak=None, own_gain=-1.0, sound=False)}
    found = balance(songs, Aim(amount=1.0, target=-11.0))
    assert found.typical is None
    assert found.gains["silence"].total == -1.0


def test_where_no_song_is_sound_those_there_are_make_the_record():
    songs = {"noise": replace(FAULTY["clipped"]), "jingle": FAULTY["jingle"]}
    assert balance(songs, Aim(amount=1.0)).typical == pytest.approx(-18.5)
