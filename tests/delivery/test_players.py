"""What music services do to songs: the examples of their own pages, and their laws."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.players import Level, alone, in_album, players

LEVELS = st.builds(Level, integrated=st.floats(-40, -3), true_peak=st.floats(-20, 2))
PLAYERS = st.sampled_from(list(players().values()))


def test_the_example_of_spotify():
    # support.spotify.com: -20 LUFS with a true peak of -5 dBTP is raised to -16 LUFS
    play = alone(players()["spotify"], Level(integrated=-20.0, true_peak=-5.0))
    assert play.integrated == pytest.approx(-16.0)
    assert play.gain == pytest.approx(4.0)


def test_spotify_loud_raises_and_limits():
    song = Level(integrated=-16.0, true_peak=-2.0)
    play = alone(players()["spotify-loud"], song)
    assert play.integrated == pytest.approx(-11.0)
    assert play.limited == pytest.approx(4.0)


@given(PLAYERS, LEVELS)
def test_what_is_too_loud_comes_out_at_the_target(player, song):
    play = alone(player, song)
    if song.integrated >= player.target:
        assert play.integrated == pytest.approx(player.target)
        assert play.limited == 0


@given(PLAYERS, LEVELS)
def test_nothing_is_raised_beyond_what_a_player_says(player, song):
    play = alone(player, song)
    assert play.integrated <= max(player.target, song.integrated) + 1e-9
    if play.gain > 0 and player.raises == "headroom":
        assert song.true_peak + play.gain <= player.ceiling + 1e-9
    if player.raises == "no":
        assert play.gain <= 0


@given(PLAYERS, LEVELS, st.lists(LEVELS, min_size=1, max_size=12))
def test_an_album_keeps_its_songs_apart_where_it_is_played_as_one(player, album, songs):
    plays = in_album(player, album, songs)
    if player.album != "song":
        assert len({play.gain for play in plays}) == 1
    else:
        assert plays == [alone(player, song) for song in songs]


def test_every_row_is_dated_and_has_a_source():
    for player in players().values():
        assert re.fullmatch(r"20\d\d-\d\d", player.read)
        assert player.source
        assert player.confidence in ("high", "medium", "low")
