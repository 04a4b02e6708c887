"""Label copy in every build, the DDEX draft on request, stores' remarks on the plan."""

import csv
import json
from xml.etree import ElementTree as Tree

import pytest

from album.prepare import prepare

MORE = """
[deliver.ddex]
sender_dpid = "PADPIDA2014120301A"
recipient = "Store"
recipient_dpid = "PADPIDA2014120302B"
"""


@pytest.fixture
def album(tmp_path, music):
    import soundfile

    (tmp_path / "mixes").mkdir()
    for number in (1, 2):
        path = tmp_path / "mixes" / f"{number}.wav"
        soundfile.write(path, music(5.3, seed=number), 44_100, subtype="PCM_24")

    def write(more: str = MORE, title: str = "Glass (Explicit)"):
        path = tmp_path / "album.toml"
        path.write_text(
            f"""
[album]
artist = "Nora Vale"
title = "=NIGHT FERRY"
date = "2026-10-03"
label = "Tideway"
ean = "5012345678900"
genre = "Rock"
p_line = "2026 Tideway"
c_line = "2026 Nora Vale"

[[song]]
title = "Low Tide"
mix = "mixes/1.wav"
isrc = "GBXYZ2600001"
advisory = "explicit"

[[song]]
title = "{title}"
version = "Live"
mix = "mixes/2.wav"
isrc = "GBXYZ2600002"
{more}""",
            encoding="utf-8",
        )
        return path

    return write


def test_a_build_leaves_label_copy_and_draft(album, make):
    built = make(album())
    report = built.out / "report"
    with (report / "labelcopy.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["title"] for row in rows] == ["Low Tide", "Glass (Explicit)"]
    assert rows[1]["version"] == "Live"
    assert rows[0]["release_title"] == "'=NIGHT FERRY"
    document = json.loads((report / "labelcopy.json").read_text(encoding="utf-8"))
    assert document["release"]["title"] == "=NIGHT FERRY"
    assert "Low Tide" in (report / "labelcopy.html").read_text(encoding="utf-8")
    [draft] = (built.out / "ddex").iterdir()
    assert draft.name.endswith("-draft.xml")
    root = Tree.fromstring(draft.read_bytes())
    assert root.findtext("ReleaseList/Release/ReleaseId/ICPN") == "5012345678900"
    assert built.proofs["ddex"]["XML"].isrcs == 2
    assert not [each for each in built.findings if each.rule == "DDEX"]
    before = draft.read_bytes()
    assert [path.read_bytes() for path in (make(album()).out / "ddex").iterdir()] == [
        before
    ]


def test_stores_are_heard_only_where_the_album_goes_to_them(album):
    asked = "[deliver.streaming]\n"
    found = [each for each in prepare(album(asked)).findings if "META" in each.rule]
    rules = ["META-TITLE", "META-INCOMPLETE", "META-TITLE"]
    assert [each.rule for each in found] == rules
    places = {(each.place.song, each.place.line) for each in found}
    assert (None, 4) in places
    assert ("glass-explicit", 19) in places
    assert not [
        each
        for each in prepare(album("[deliver.cd]\n")).findings
        if "META" in each.rule
    ]


def test_own_words_for_titles_count(album):
    path = album("[deliver.streaming]\n", title="Glass")
    own = path.parent / "glassmaster-specs.toml"
    own.write_text(
        '[titles.glass]\ntitle = "t"\nkind = "words"\nwords = ["glass"]\n'
        'where = "anywhere"\nsays = "x"\nway_out = "y"\n'
        'source = "me"\nread = "2026-05"\n'
    )
    prepared = prepare(path)
    assert [each.rule for each in prepared.findings if "SPECS" in each.rule] == [
        "SPECS"
    ]
    assert own in prepared.album.files
