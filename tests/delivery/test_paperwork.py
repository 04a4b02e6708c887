"""Label copy and the DDEX draft: complete, escaped, and the same every time."""

import csv
import io
import json
import re
from dataclasses import replace
from xml.etree import ElementTree as Tree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery import ddex, ddexrules, labelcopy
from delivery.findings import Refusal, Severity
from delivery.program import Piece, Release, Texts
from delivery.redbook import Frames

EVIL = '=HYPERLINK("x") <script>alert(1)</script> & ]]>'
RELEASE = Release(
    artist="Nora Vale",
    title="Night Ferry EP",
    date="2026-10-03",
    genre="Rock",
    label="Tideway Records",
    catalogue="TWR012",
    ean="5012345678900",
    p_line="2026 Tideway Records",
    c_line="2026 Nora Vale",
    credits={"mastered_by": "A. Lindqvist"},
)
PARTIES = ddex.Parties(
    sender="Tideway",
    sender_dpid="PADPIDA2014120301A",
    recipient="Store",
    recipient_dpid="PADPIDA2014120302B",
)


def piece(number: int, start: int, stop: int, **more) -> Piece:
    texts = Texts(title=more.pop("title", f"Song {number}"), composer="N. Vale")
    code = f"GBXYZ26000{number:02}"
    return Piece(
        number=number,
        start=Frames(start),
        stop=Frames(stop),
        **{"isrc": code, "texts": texts, **more},
    )


PIECES = (
    piece(1, 150, 150 + 75 * 61 + 37),
    piece(2, 4762, 4762 + 75 * 200 + 38, version="Live", advisory="explicit"),
)
PAPER = labelcopy.sheet([(RELEASE, PIECES)])


def test_lengths_are_to_the_nearest_second_a_half_up():
    assert [line.length for line in PAPER.lines] == ["1:01", "3:21"]
    assert labelcopy.clock(0) == "0:00"
    assert labelcopy.clock(75 * 3600) == "60:00"
    assert ddex.duration(75 * 61 + 37) == "PT1M01S"
    assert ddex.duration(75 * 3725) == "PT1H2M05S"


def test_all_forms_say_the_same():
    rows = list(csv.DictReader(io.StringIO(labelcopy.as_csv(PAPER))))
    document = json.loads(labelcopy.as_json(PAPER))
    page = labelcopy.as_html(PAPER)
    assert len(rows) == len(document["tracks"]) == 2
    for row, track in zip(rows, document["tracks"], strict=True):
        for key, value in track.items():
            assert row[key] == str(value)
        assert row["release_ean"] == document["release"]["ean"] == "5012345678900"
        for text in (track["title"], track["isrc"], track["length"]):
            assert text in page
    assert "mastered by: A. Lindqvist" in page
    assert "Song 2 (Live)" in re.sub(r"\s+", " ", page)
    assert "[explicit]" in page
    for fact in ("TWR012", "2026 Nora Vale", "2026 Tideway Records", "4:22"):
        assert fact in page


def test_discs_are_told_apart():
    second = replace(RELEASE, disc=2, discs=2)
    paper = labelcopy.sheet([(RELEASE, PIECES), (second, PIECES[:1])])
    assert [line.disc for line in paper.lines] == [1, 1, 2]
    assert "<th>disc</th>" in labelcopy.as_html(paper)
    content = ddex.message(paper, PARTIES)
    assert not list(ddexrules.check(content, paper))
    [whole] = Tree.fromstring(content).findall("ReleaseList/Release/ResourceGroup")
    groups = whole.findall("ResourceGroup")
    assert {each.get("ResourceGroupType") for each in groups} == {"Component"}
    assert [len(each.findall("ResourceGroupContentItem")) for each in groups] == [2, 1]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
@settings(max_examples=60)
def test_no_cell_is_a_formula_and_no_text_is_markup(text):
    paper = labelcopy.sheet([(replace(RELEASE, label=text), PIECES)])
    for row in csv.reader(io.StringIO(labelcopy.as_csv(paper), newline="")):
        assert not any(
            cell.lstrip(" ").startswith(("=", "+", "-", "@")) for cell in row
        )


def test_evil_texts_do_no_harm():
    paper = labelcopy.sheet(
        [(replace(RELEASE, title=EVIL), (piece(1, 150, 900, title=EVIL),))]
    )
    page = labelcopy.as_html(paper)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    content = ddex.message(paper, PARTIES)
    assert b"<script>" not in content
    assert not list(ddexrules.check(content, paper))
    with pytest.raises(Refusal, match="a letter that XML cannot"):
        ddex.message(replace(paper, title="a\x01b"), PARTIES)


def test_a_complete_draft_lacks_nothing():
    content = ddex.message(PAPER, PARTIES)
    assert list(ddexrules.check(content, PAPER)) == []
    root = Tree.fromstring(content)
    assert root.tag == "{http://ddex.net/xml/ern/43}NewReleaseMessage"
    assert b"DRAFT" in content
    assert root.findtext("MessageHeader/MessageControlType") == "TestMessage"
    assert [each.text for each in root.iter("ISRC")][:2] == [
        "GBXYZ2600001",
        "GBXYZ2600002",
    ]
    second = root.findall("ResourceList/SoundRecording")[1]
    assert second.findtext("ParentalWarningType") == "Explicit"
    assert second.findtext("DisplayTitleText") == "Song 2 (Live)"
    assert second.findtext("SoundRecordingEdition/PLine/Year") == "2026"


def test_the_cover_is_a_resource_of_its_own():
    cover = ddex.Artwork(file="c.jpg", kind="JPEG", width=3000, height=3000)
    content = ddex.message(PAPER, PARTIES, cover)
    assert list(ddexrules.check(content, PAPER)) == []
    root = Tree.fromstring(content)
    assert [each.tag for each in root.find("ResourceList")][-1] == "Image"
    assert root.findtext("ResourceList/Image/Type") == "FrontCoverImage"
    linked = root.find("ReleaseList/Release/ResourceGroup")[-1]
    assert linked.get("LinkDescription") == "CoverArt"
    assert linked.text == root.findtext("ResourceList/Image/ResourceReference") == "A3"


@pytest.mark.parametrize(
    ("advisories", "said"),
    [
        (("explicit", ""), "Explicit"),
        (("clean", ""), "NoAdviceAvailable"),
        (("clean", "not-explicit"), "ExplicitContentEdited"),
        (("not-explicit", "not-explicit"), "NotExplicit"),
    ],
)
def test_a_release_warns_of_its_gravest_song(advisories, said):
    pieces = [
        replace(each, advisory=advisory)
        for each, advisory in zip(PIECES, advisories, strict=True)
    ]
    root = Tree.fromstring(ddex.message(labelcopy.sheet([(RELEASE, pieces)]), PARTIES))
    assert root.findtext("ReleaseList/Release/ParentalWarningType") == said


def test_a_draft_is_the_same_every_time_and_its_id_comes_from_its_content():
    one, other = (ddex.message(PAPER, PARTIES) for _ in range(2))
    assert one == other
    changed = ddex.message(replace(PAPER, genre="Pop"), PARTIES)
    ids = {
        Tree.fromstring(each).findtext("MessageHeader/MessageId")
        for each in (one, changed)
    }
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("changed", "parties", "path", "way"),
    [
        ({"ean": ""}, {}, "ReleaseId/ICPN", "ean of [album]"),
        ({"date": "2026"}, {}, "MessageCreatedDateTime", "date of [album]"),
        ({"p_line": ""}, {}, "PLine/PLineText", "p_line of [album]"),
        ({"p_line": "Tideway"}, {}, "PLine/Year", "p_line"),
        ({"genre": ""}, {}, "Genre/GenreText", "genre of [album]"),
        ({}, {"sender_dpid": ""}, "MessageSender/PartyId", "sender_dpid"),
        ({}, {"recipient": ""}, "MessageRecipient/PartyName", "recipient of"),
    ],
)
def test_what_is_missing_is_said_with_its_key(changed, parties, path, way):
    paper = replace(PAPER, **changed)
    found = list(
        ddexrules.check(ddex.message(paper, replace(PARTIES, **parties)), paper)
    )
    assert all(each.severity is Severity.WARNING for each in found)
    [hit] = [each for each in found if path in each.message]
    assert way in (hit.help or "")


def test_missing_codes_are_counted():
    paper = labelcopy.sheet([(RELEASE, (replace(PIECES[0], isrc=""), PIECES[1]))])
    found = list(ddexrules.check(ddex.message(paper, PARTIES), paper))
    assert [each.measured for each in found] == [1]
    assert "ISRC" in found[0].message


def test_damage_is_found():
    content = ddex.message(PAPER, PARTIES)

    def errors(damaged: bytes) -> list[str]:
        found = ddexrules.check(damaged, PAPER)
        return [each.message for each in found if each.severity is Severity.ERROR]

    assert "cannot be read back" in errors(content[:-40])[0]
    assert "begins with" in errors(b"<a/>")[0]
    assert (
        "leads nowhere"
        in errors(
            content.replace(
                b"<ReleaseResourceReference>A2", b"<ReleaseResourceReference>A9"
            )
        )[0]
    )
    assert "other recordings" in errors(content.replace(b"PT3M21S", b"PT3M20S"))[0]
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert "definitions of its own" in errors(bomb)[0]
