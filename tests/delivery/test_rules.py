from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.findings import Severity
from delivery.program import Flag, Layout, Texts, Track
from delivery.redbook import from_msf
from delivery.rules import RULES, check
from delivery.specs import plant

GENERIC = plant("generic")


def track(number, start, **parts):
    pause = 0 if number == 1 else None
    return Track(**{"number": number, "start": start, "pause": pause, **parts})


def disc(*tracks, leadout=30_000, **parts):
    return Layout(tracks=tracks, leadout=leadout, **parts)


GOOD = disc(track(1, 150, isrc="GBXYZ2600001"), track(2, 9000, isrc="GBXYZ2600002"))


def titled(title):
    named = Texts(title=title)
    return disc(track(1, 150, texts=named), texts=Texts(title="Disc"))


FAULTS = [
    ("RB-COUNT", disc(), None),
    ("RB-COUNT", disc(track(1, 150), track(3, 900)), 3),
    ("RB-SHORT", disc(track(1, 150), track(2, 449)), 1),
    ("RB-SHORT", disc(track(1, 150), track(2, 700, pause=449)), 1),
    ("RB-SHORT", disc(track(1, 150), leadout=449), 1),
    ("RB-LENGTH", disc(track(1, 150), leadout=from_msf("80:00:00")), None),
    ("RB-START", disc(track(1, 149)), 1),
    ("RB-START", disc(track(1, 150, pause=None)), 1),
    ("RB-ORDER", disc(track(1, 150), track(2, 9000, indexes=(8000,))), 2),
    ("RB-ORDER", disc(track(1, 5000), track(2, 900)), 2),
    ("RB-ORDER", disc(track(1, 150, indexes=(900,)), track(2, 900)), 2),
    ("RB-ORDER", disc(track(1, 30_000)), None),
    ("RB-SAMEIDX", disc(track(1, 150), track(2, 900, pause=900)), 2),
    ("RB-SAMEIDX", disc(track(1, 150, indexes=(150,))), 1),
    ("RB-SAMEIDX", disc(track(1, 150, indexes=tuple(range(151, 250)))), 1),
    (
        "RB-EMPHASIS",
        disc(track(1, 150), track(2, 9000, flags=frozenset({Flag.PRE}))),
        2,
    ),
    ("RB-FLAGS", disc(track(1, 150, flags=frozenset({Flag.DCP, Flag.SCMS}))), 1),
    ("ISRC-FORMAT", disc(track(1, 150, isrc="GB-XYZ-26-00001")), 1),
    ("ISRC-FORMAT", disc(track(1, 150, isrc="GBXYZ26O0001")), 1),
    ("ISRC-DUP", disc(*(track(n, 9000 * n, isrc="GBXYZ2600001") for n in (1, 2))), 2),
    ("ISRC-MISSING", disc(track(1, 150, isrc="GBXYZ2600001"), track(2, 9000)), 2),
    ("EAN-LEN", disc(track(1, 150), ean="036000241457"), None),
    ("EAN-LEN", disc(track(1, 150), ean="0" * 13), None),
    ("EAN-CHECK", disc(track(1, 150), ean="4006381333932"), None),
    ("TXT-LATIN1", titled("Łódź"), 1),
    ("TXT-LATIN1", disc(track(1, 150), catalogue="É1"), None),
    ("TXT-LONG", titled("x" * 161), 1),
    ("TXT-LONG", disc(track(1, 150), catalogue="x" * 49), None),
    ("TXT-PARTIAL", disc(track(1, 150, texts=Texts(title="x")), track(2, 9000)), 2),
    ("TXT-PARTIAL", disc(track(1, 150, texts=Texts(performer="x"))), None),
]


@pytest.mark.parametrize(("rule", "layout", "at"), FAULTS)
def test_the_fault_is_found_by_its_rule_at_its_track(rule, layout, at):
    found = [one for one in check(layout, GENERIC) if one.rule == rule]
    assert found
    assert at in [one.place.track for one in found]


def test_every_rule_has_a_fault_and_a_page():
    tried = {rule for rule, _, _ in FAULTS} | {"TXT-SIZE"}
    assert {rule.id for rule in RULES} == tried
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        lines = rule.page.splitlines()
        assert lines[0].endswith(".")
        assert len(lines) > 2
        assert rule.line[0].islower() or rule.line.startswith(("1", "DCP", "CD"))


@pytest.mark.parametrize(("rule", "layout", "_"), FAULTS)
def test_no_finding_is_heavier_than_its_rule_says(rule, layout, _):
    weights = list(Severity)
    stated = {one.id: weights.index(one.severity) for one in RULES}
    for one in check(layout, GENERIC):
        heavier = one.rule == "TXT-LONG" and one.limit == 48
        assert heavier or weights.index(one.severity) >= stated[one.rule]


def test_a_good_disc_has_no_finding():
    assert check(GOOD, GENERIC) == ()


@given(data=st.data())
def test_whole_discs_have_no_error(data, layouts):
    layout = data.draw(layouts())
    errors = [x for x in check(layout, GENERIC) if x.severity is Severity.ERROR]
    assert errors == []


def test_a_track_of_exactly_four_seconds_is_long_enough():
    layout = disc(track(1, 150), track(2, 450), leadout=750)
    assert "RB-SHORT" not in [one.rule for one in check(layout, GENERIC)]


def test_letters_are_named_with_place_and_way_out():
    (found,) = check(titled("Łódź"), GENERIC)
    assert "'Ł' (letter 1), 'ź' (letter 4)" in found.message
    assert found.measured == ["Ł", "ź"]
    assert '[deliver.cd.text] fallback = "ascii"' in found.help
    assert "cd_title" in found.help


def test_length_is_told_with_limit_and_source():
    (found,) = check(replace(GOOD, leadout=from_msf("78:30:00")), GENERIC)
    assert (found.rule, found.severity) == ("RB-LENGTH", Severity.WARNING)
    assert (found.measured, found.limit) == ("78:30:00", "78:00:00")
    assert "read 2025-11" in found.source


def test_the_packs_of_all_texts_are_counted():
    tracks = (
        track(n, 1000 * n, texts=Texts(title=f"{n:03}" * 12)) for n in range(1, 100)
    )
    layout = disc(*tracks, leadout=200_000, texts=Texts(title="Disc"))
    (found,) = check(layout, GENERIC)
    assert (found.rule, found.limit) == ("TXT-SIZE", 252)
    assert found.measured > 252
