"""The dated rows: every one typed, dated and sourced; a user's own rows over them."""

import re

import pytest

from delivery import players, receivers, specs
from delivery.book import Length, RowError, builtin
from delivery.findings import Refusal
from delivery.receivers import Broadcaster, Cassette, CoverSpec, Cutter, Service
from delivery.specsheet import entries

OWN = {"source": "the plant, by mail", "read": "2026-05"}
SIDE = {"size": 7, "rpm": 45, "good": "3:30", "longest": "4:00"}
ROWS = entries(builtin())


@pytest.mark.parametrize("entry", ROWS, ids=lambda each: f"{each.group}/{each.name}")
def test_every_row_says_where_it_is_from_and_when_it_was_read(entry):
    assert entry.title
    assert entry.sources
    assert all(entry.sources)
    for day in entry.dates:
        assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", day)


def test_every_row_fits_its_kind():
    receivers.check(builtin())
    assert set(builtin().groups) == set(receivers.groups())


def test_sides_grow_from_good_to_what_nobody_cuts():
    for cutter in receivers.rows(Cutter).values():
        for side in cutter.sides:
            assert 0 < side.good <= side.longest <= (side.ceiling or side.longest)
            assert side.rpm in (33, 45)
            lengths = [cut.length for cut in side.levels]
            assert lengths == sorted(lengths)
            levels = [cut.level_db for cut in side.levels]
            assert levels == sorted(levels, reverse=True)


def test_well_known_figures():
    assert receivers.row(Broadcaster, "ebu-r128").target_lufs == -23.0
    side = receivers.row(Cutter, "generic").side(12, 33)
    assert side is not None
    assert (side.good, side.longest) == (19 * 60 + 30, 23 * 60)
    assert receivers.row(Cutter, "generic").side(11, 33) is None
    assert receivers.row(CoverSpec, "stores").smallest_px == 3000
    assert receivers.row(Service, "spotify").format_tag == 1
    assert receivers.row(Cassette, "monotype").longest == 1800
    with pytest.raises(Refusal, match="'spotfy' is not known"):
        receivers.row(Service, "spotfy")


def test_own_rows_change_keys_and_add_rows():
    book = builtin().over(
        {
            "players": {"spotify": {"target": -13, **OWN}},
            "vinyl": {
                "ours": {
                    "title": "Ours",
                    "sides": [
                        {"size": 7, "rpm": 45, "good": "3:30", "longest": "4:00"}
                    ],
                    **OWN,
                }
            },
        }
    )
    receivers.check(book)
    assert players.players(book)["spotify"].target == -13.0
    assert players.players(book)["spotify"].album == "album"
    assert players.players()["spotify"].target == -14.0
    [side] = receivers.row(Cutter, "ours", book).sides
    assert side.good == Length(210)
    assert {entry.name for entry in entries(book) if entry.own} == {"spotify", "ours"}
    assert [entry.name for entry in entries(book, since="2026-01-01")] == [
        "spotify",
        "ours",
    ]


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ({"player": {}}, "player is no group"),
        ({"players": 3}, "players has to be a table"),
        ({"players": {"x": 3}}, "players.x cannot be a row"),
        ({"plants": {"ceiling": {}}}, "plants.ceiling cannot be a row"),
        ({"players": {"spotify": {"target": -13.0}}}, "has no source of its own"),
        ({"players": {"x": OWN}}, "players.x has no title"),
        ({"players": {"spotify": {"target": True, **OWN}}}, "has to be a number"),
        ({"players": {"spotify": {"album": "x", **OWN}}}, "album has to be 'album' or"),
        ({"players": {"spotify": {"tarjet": 1, **OWN}}}, "tarjet is no key"),
        ({"players": {"spotify": {**OWN, "read": "May"}}}, "a month or a day"),
        ({"services": {"spotify": {"bits": 16, **OWN}}}, "bits has to be a list"),
        ({"services": {"spotify": {"bits": [1.5], **OWN}}}, "bits.0 has to be a whole"),
        ({"cassettes": {"generic": {"good": "30", **OWN}}}, "minutes and seconds"),
        ({"plants": {"x": {"title": "X"}}}, "plants.x has no over"),
        (
            {"plants": {"x": {"title": "X", "over": [
                {"time": "1", "severity": "note", "says": "", **OWN}]}}},
            "plants.x.over.0.time",
        ),
        (
            {"plants": {"x": {"title": "X", "over": [
                {"time": "70:00:00", "severity": "bad", "says": "", **OWN}]}}},
            "severity has to be",
        ),
    ],
)  # fmt: skip
def test_rows_that_do_not_fit_are_refused_by_name(own, says):
    with pytest.raises(RowError, match=re.escape(says)):
        receivers.check(builtin().over(own))


def test_rows_are_found_by_group_and_by_name():
    assert {entry.group for entry in entries(builtin(), "vinyl")} == {"vinyl"}
    assert {entry.group for entry in entries(builtin(), "spotify")} >= {
        "players",
        "services",
        "covers",
    }
    assert len(entries(builtin(), "players/spotify")) == 1
    with pytest.raises(Refusal, match="no row and no group is called 'viny'") as caught:
        entries(builtin(), "viny")
    assert "'vinyl'" in str(caught.value.findings[0].help)


def test_limits_of_own_plants_hold():
    own = {"title": "P", "over": [{"time": "60:00:00", "severity": "error",
           "says": "too long", **OWN}]}  # fmt: skip
    book = builtin().over({"plants": {"p": own}})
    limit = specs.plant("p", book).over(60 * 60 * 75 + 1)
    assert limit is not None
    assert limit.says == "too long"
