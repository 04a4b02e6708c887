from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from album.discs import resolve
from album.order import KEYWORDS, Setting, in_file_order, read
from album.running import Crossfade, RoomTone, Segue, Silence, Spacing
from album.spans import NO_PLACES
from album.times import Time, parse
from delivery.findings import any_error

GAP = parse("2s")
SONGS = {"a": None, "b": 120.0, "c": None, "ghost": None}


def resolved(*items, **more):
    setting = Setting(songs=SONGS, gap=GAP, tail=parse("2s"), places=NO_PLACES, **more)
    return resolve(read(items, setting))


def joins(*items, **more):
    discs, findings = resolved(*items, **more)
    assert not any_error(findings)
    return [entry.join for disc in discs for entry in disc.entries]


def rules(*items, **more):
    _, findings = resolved(*items, **more)
    return [finding.rule for finding in findings if finding.rule != "SEQ-UNUSED"]


def test_the_gap_holds_where_nothing_is_written():
    assert joins("a", "b", "gap 1.6s", "c") == [
        None,
        Spacing((Silence(GAP),)),
        Spacing((Silence(Time(seconds=Fraction(8, 5))),)),
    ]


def test_spacings_at_one_boundary_add_up_in_their_order(tmp_path):
    room = tmp_path / "room.wav"
    join = joins("a", "silence 1s", "roomtone 3s", "gap 2s", "b", roomtone=room)[1]
    assert join == Spacing(
        (Silence(parse("1s")), RoomTone(parse("3s"), room), Silence(parse("2s")))
    )


def test_segue_and_crossfade_join_without_a_gap():
    assert joins("a", "segue", "b", "xfade 6s", "c")[1:] == [
        Segue(),
        Crossfade(parse("6s"), "equal-power"),
    ]
    assert joins("a", "xfade 6s s-curve", "b")[1] == Crossfade(parse("6s"), "s-curve")
    assert joins("b", "xfade 4 beats exp", "a")[1] == Crossfade(parse("4 beats"), "exp")


def test_room_tone_may_name_its_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("my room.wav").touch()
    join = joins("b", "roomtone 4 beats my room.wav", "a")[1]
    assert join == Spacing((RoomTone(parse("4 beats"), Path("my room.wav")),))
    assert rules("b", "roomtone 1s none.wav", "a") == ["FILE-MISSING"]
    assert rules("b", "roomtone 1s", "a") == ["SEQ-ROOMTONE"]


def test_discs_have_openings_and_closings():
    discs, findings = resolved(
        "silence 1s", "a", "silence 3s", "disc 2", "silence 4s", "b", "+ghost", "c"
    )
    assert not findings
    assert [disc.number for disc in discs] == [1, 2]
    assert discs[0].opening == (Silence(parse("1s")),)
    assert discs[0].closing == (Silence(parse("3s")),)
    assert discs[1].opening == (Silence(parse("4s")),)
    assert [entry.hidden for entry in discs[1].entries] == [False, True, False]
    assert [entry.join is None for entry in discs[1].entries] == [True, False, False]


def test_file_order_leaves_the_song_before_track_1_out():
    setting = Setting(SONGS, GAP, GAP, NO_PLACES, pregap="ghost")
    discs, findings = resolve(in_file_order(setting))
    assert [entry.song for entry in discs[0].entries] == ["a", "b", "c"]
    assert not findings


def test_a_song_left_out_is_a_warning():
    discs, findings = resolved("a", "b", "ghost")
    assert discs
    assert [finding.rule for finding in findings] == ["SEQ-UNUSED"]
    assert not any_error(findings)


@pytest.mark.parametrize(
    ("items", "rule"),
    [
        (["a", "d"], "SEQ-UNKNOWN"),
        (["a", "+goast"], "SEQ-UNKNOWN"),
        (["a", ""], "SEQ-UNKNOWN"),
        (["a", "gap2s", "b"], "SEQ-UNKNOWN"),
        (["a", "b", "a"], "SEQ-TWICE"),
        (["a", "gap 1s", "gap 2s", "b"], "SEQ-GAPTWICE"),
        (["a", "segue", "gap 2s", "b"], "SEQ-GAPTWICE"),
        (["a", "silence 2s", "xfade 1s", "b"], "SEQ-GAPTWICE"),
        (["a", "segue", "segue", "b"], "SEQ-GAPTWICE"),
        (["gap 1s", "a"], "SEQ-EDGE"),
        (["a", "segue"], "SEQ-EDGE"),
        (["a", "gap 1s", "disc", "b"], "SEQ-EDGE"),
        (["a", "disc", "xfade 2s", "b"], "SEQ-EDGE"),
        (["+a", "b"], "SEQ-HIDDEN"),
        (["a", "disc", "+b"], "SEQ-HIDDEN"),
        (["disc", "a"], "SEQ-DISC"),
        (["disc 2", "a"], "SEQ-DISC"),
        (["a", "disc 3", "b"], "SEQ-DISC"),
        (["a", "disc two", "b"], "SEQ-DISC"),
        (["a", "disc", "disc", "b"], "SEQ-DISC"),
        (["a", "disc"], "SEQ-DISC"),
        ([], "SEQ-EMPTY"),
        (["silence 2s"], "SEQ-EMPTY"),
        (["a", "gap", "b"], "UNIT"),
        (["a", "gap 2", "b"], "UNIT"),
        (["a", "xfade 6s equal", "b"], "UNIT"),
        (["a", "gap 4 beats", "b"], "UNIT"),
        (["silence 4 beats", "a"], "UNIT"),
        (["a", "xfade 0s", "b"], "SEQ-ITEM"),
        (["a", "segue now", "b"], "SEQ-ITEM"),
    ],
)
def test_a_wrong_order_breaks_one_rule(items, rule):
    assert rules(*items) == [rule]


def test_near_names_are_suggested():
    _, findings = resolved("a", "+goast")
    assert findings[0].help == 'did you mean "ghost"?'
    _, findings = resolved("a", "gap2s", "b")
    assert findings[0].help == 'did you mean "gap 2s"?'
    _, findings = resolved("a", "gpa 2s", "b")
    assert findings[0].help == 'did you mean "gap …"?'


def test_the_song_before_track_1_is_not_ordered():
    assert rules("a", "ghost", pregap="ghost") == ["SEQ-TWICE"]
    assert rules("a", "b", "c", pregap="ghost") == []


ITEMS = (
    *("a", "b", "c", "+a", "+b", "d", "", "gap 2s", "silence 1s", "roomtone 2s"),
    *("segue", "xfade 2s", "xfade 2s exp", "disc", "disc 2", "gap 4 beats"),
    *KEYWORDS,
)
WORDS = st.sampled_from(ITEMS)


@settings(max_examples=100)
@given(st.lists(st.one_of(WORDS, st.text(max_size=8)), max_size=8))
def test_any_order_gives_discs_or_errors(items):
    discs, findings = resolved(*items)
    if any_error(findings):
        return
    assert discs
    for disc in discs:
        assert disc.entries
        assert disc.entries[0].join is None
        assert not disc.entries[0].hidden
        assert all(entry.join for entry in disc.entries[1:])
