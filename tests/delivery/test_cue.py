import re
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery import cue, cue_read
from delivery.findings import Refusal, Severity
from delivery.program import Flag, Layout, Release, Texts, Track

DISC = Layout(
    tracks=(
        Track(
            number=1, start=900, pause=0, isrc="GBXYZ2600001",
            texts=Texts(title='The "Low" Tide', performer="Nora Vale"),
        ),
        Track(
            number=2, start=2400, pause=2250, indexes=(2700,),
            flags=frozenset({Flag.PRE, Flag.DCP}), texts=Texts(title="Café"),
        ),
    ),
    leadout=4650,
    ean="5012345678900",
    genre="Rock",
    texts=Texts(title="Night Ferry", performer="Nora Vale", composer="I. Marsh"),
)  # fmt: skip

SHEET = """\
REM GENRE "Rock"
REM DATE "2026-10-03"
CATALOG 5012345678900
TITLE "Night Ferry"
PERFORMER "Nora Vale"
FILE "Nora_Vale.wav" WAVE
  TRACK 01 AUDIO
    TITLE "The 'Low' Tide"
    PERFORMER "Nora Vale"
    ISRC GBXYZ2600001
    INDEX 00 00:00:00
    INDEX 01 00:10:00
  TRACK 02 AUDIO
    TITLE "Café"
    FLAGS PRE DCP
    INDEX 00 00:28:00
    INDEX 01 00:30:00
    INDEX 02 00:34:00
"""


def test_the_sheet_line_by_line():
    assert cue.sheet(DISC, "Nora_Vale", Release(date="2026-10-03")) == SHEET


def test_the_sheet_is_utf8_without_a_mark_and_ends_its_last_line(tmp_path):
    cue.write(DISC, "x", tmp_path / "x.cue")
    raw = (tmp_path / "x.cue").read_bytes()
    assert raw.startswith(b"REM GENRE")
    assert raw.endswith(b"INDEX 02 00:34:00\n")
    assert b"\r" not in raw
    assert "Café".encode() in raw


def test_every_changed_text_is_told():
    texts = Texts(title="é" * 50, performer="AC\\DC")
    track = Track(number=1, start=150, pause=0, texts=texts)
    disc = Layout(tracks=(track,), leadout=900, texts=Texts(message="Hi", arranger="X"))
    found = cue.losses(disc)
    assert [one.rule for one in found] == ["CUE-LOSS", "CUE-LOSS", "CUE-LOSS"]
    assert (found[0].measured, found[0].limit, found[0].place.track) == (100, 80, 1)
    assert "of track 1 as AC/DC, for AC\\DC" in found[1].message
    assert "arranger, message" in found[2].message
    assert len(cue.reduced(disc).tracks[0].texts.title.encode()) == 80
    assert cue.losses(cue.reduced(disc)) == ()


def test_what_is_written_reads_back_reduced(tmp_path, image):
    image(tmp_path / "x.wav", DISC)
    said = cue.write(DISC, "x", tmp_path / "x.cue", Release(date="2026"))
    reading = cue_read.read(tmp_path / "x.cue")
    assert reading.layout == cue.reduced(DISC)
    assert [one.rule for one in said] == ["CUE-LOSS", "CUE-LOSS", "CUE-INDEX"]
    (stretch,) = reading.sound.stretches
    assert (stretch.name, stretch.offset, stretch.length) == ("x.wav", 44, 4500 * 588)
    assert (reading.kind, reading.path) == ("cue", tmp_path / "x.cue")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_layout_reads_back_reduced(data, layouts, image, tmp_path_factory):
    layout, folder = data.draw(layouts()), tmp_path_factory.mktemp("cue")
    image(folder / "x.wav", layout)
    cue.write(layout, "x", folder / "x.cue")
    reading = cue_read.read(folder / "x.cue")
    shutil.rmtree(folder)
    assert reading.layout == cue.reduced(layout)
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("INDEX 02", "INDEX 03"), 18, "INDEX 03 stands where 02 is due"),
        (("00:34:00", "00:34:75"), 18, "00:34:75"),
        (("TRACK 02 AUDIO", "TRACK 03 AUDIO"), 13, "where 02 is due"),
        (("TRACK 02 AUDIO", "TRACK 02 MODEX"), 13, "unknown mode"),
        (("FLAGS PRE", "FLAGS PRF"), 15, "'PRF'"),
        (("    ISRC", '    FILE "b.wav" WAVE\n    ISRC'), 10, "between TRACK 01 and"),
        (("    ISRC", "    PREGAP x\n    ISRC"), 10, "'x' is not a time"),
        (('"Café"', '"Café'), 14, "not closed"),
        (('"Café"', "Two Words"), 14, "takes one value"),
        (("00:30:00", "00:27:00"), 17, "lies before"),
        (("CATALOG", "CATALOGUE"), 3, "'CATALOGUE'"),
        (("CATALOG 5", "CATALOG 5\nCATALOG 5"), 4, "twice"),
        (("CATALOG 5", "CATALOG "), 3, "13 digits"),
        (("ISRC GB", "ISRC 1-GB"), 10, "ISRC"),
        (("INDEX 01 00:10", "INDEX 00:10"), 12, "a number and a time"),
    ],
)
def test_a_fault_is_found_at_its_line(change, line, says):
    assert change[0] in SHEET
    sheet = cue_read.parse(SHEET.replace(*change, 1), "x.cue")
    places = [(one.place.file, one.place.line) for one in sheet.findings
              if re.search(says, one.message)]  # fmt: skip
    assert places == [("x.cue", line)]


def test_a_sheet_with_a_mark_carriage_returns_and_small_letters_is_read():
    text = SHEET.replace("\n", "\r\n").replace("TITLE", "title")
    sheet = cue_read.parse(text)
    assert sheet.texts["title"] == "Night Ferry"
    assert sheet.date == "2026-10-03"
    assert [one.severity.value for one in sheet.findings] == ["note"]


@pytest.mark.parametrize(
    "encoding", ["latin-1", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "cp1252"]
)
def test_every_encoding_is_read_and_told(tmp_path, image, encoding):
    image(tmp_path / "Nora_Vale.wav", DISC)
    (tmp_path / "x.cue").write_text(SHEET, encoding)
    reading = cue_read.read(tmp_path / "x.cue")
    assert reading.layout == cue.reduced(DISC)
    assert [one.rule for one in reading.findings] == ["CUE-SYNTAX"]


def test_japanese_of_windows_is_read(tmp_path, image):
    image(tmp_path / "Nora_Vale.wav", DISC)
    text = SHEET.replace("Café", "さくらのうた")
    (tmp_path / "x.cue").write_bytes(text.encode("cp932"))
    assert (
        cue_read.read(tmp_path / "x.cue").layout.tracks[1].texts.title == "さくらのうた"
    )


def test_a_missing_image_leaves_the_marks_and_a_short_one_is_told(tmp_path, image):
    (tmp_path / "x.cue").write_text(SHEET, "utf-8")
    reading = cue_read.read(tmp_path / "x.cue")
    assert [one.rule for one in reading.findings] == ["SHEET-FILE"]
    assert reading.findings[0].place.line == 6
    assert (reading.whole, reading.ends) == (False, False)
    assert reading.layout.tracks == cue.reduced(DISC).tracks
    assert reading.sheet[2] == ("Nora_Vale.wav", {0: 2100, 1: 2250, 2: 2550})
    image(tmp_path / "Nora_Vale.wav", Layout(tracks=(), leadout=2000))
    (found,) = cue_read.read(tmp_path / "x.cue").findings
    assert (found.rule, found.place.line) == ("RB-ORDER", 18)
    with pytest.raises(Refusal, match="cannot be read"):
        cue_read.read(tmp_path / "y.cue")


def test_raw_images_are_read_in_both_orders(tmp_path):
    raw = np.arange(4500 * 588 * 2, dtype="<i4").astype("<i2")
    for kind, order in (("BINARY", "<i2"), ("MOTOROLA", ">i2")):
        text = SHEET.replace("Nora_Vale.wav", "x.bin").replace("WAVE", kind)
        (tmp_path / "x.cue").write_text(text, "utf-8")
        raw.astype(order).tofile(tmp_path / "x.bin")
        sound = cue_read.read(tmp_path / "x.cue").sound
        assert sound.length == 4500 * 588
        heard = np.concatenate(list(sound.blocks())).reshape(-1)
        assert (heard == raw).all()
        assert sound.read(1000, 2).reshape(-1).tolist() == raw[2000:2004].tolist()


FORMS = {
    "gaps prepended": """FILE "1.wav" WAVE
TRACK 01 AUDIO
INDEX 01 00:00:00
FILE "2.wav" WAVE
TRACK 02 AUDIO
INDEX 00 00:00:00
INDEX 01 00:02:00
""",
    "gaps appended": """FILE "1.wav" WAVE
TRACK 01 AUDIO
INDEX 01 00:00:00
TRACK 02 AUDIO
INDEX 00 00:08:00
FILE "2.wav" WAVE
INDEX 01 00:00:00
""",
    "gaps left out": """FILE "1.wav" WAVE
TRACK 01 AUDIO
INDEX 01 00:00:00
FILE "2.wav" WAVE
TRACK 02 AUDIO
PREGAP 00:02:00
INDEX 01 00:00:00
""",
    "no gaps": """FILE "1.wav" WAVE
TRACK 01 AUDIO
INDEX 01 00:00:00
POSTGAP 00:02:00
FILE "2.wav" WAVE
TRACK 02 AUDIO
INDEX 01 00:00:00
""",
}
MARKS = {
    "gaps prepended": (150 + 750, 150 + 900, 150 + 1500),
    "gaps appended": (150 + 600, 150 + 750, 150 + 1500),
    "gaps left out": (150 + 750, 150 + 900, 150 + 1650),
    "no gaps": (None, 150 + 900, 150 + 1650),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_four_forms_of_gaps(form, tmp_path, image):
    for name in ("1", "2"):
        image(tmp_path / f"{name}.wav", Layout(tracks=(), leadout=900))
    (tmp_path / "x.cue").write_text(FORMS[form])
    reading = cue_read.read(tmp_path / "x.cue")
    second = reading.layout.tracks[1]
    assert (second.pause, second.start, reading.layout.leadout) == MARKS[form]
    assert reading.sound.length == reading.layout.frames * 588
    assert reading.dialect.endswith(form)
    assert all(one.severity is not Severity.ERROR for one in reading.findings)


@given(st.text() | st.lists(st.sampled_from(SHEET.splitlines())).map("\n".join))
def test_any_text_is_a_sheet_or_a_refusal(text):
    try:
        sheet = cue_read.parse(text)
    except Refusal as refusal:
        found = refusal.findings[0].place.file
    else:
        found = sheet.entries and "sheet"
    assert found == "sheet"


def test_the_corpus_is_read_or_refused(shared, tmp_path):
    for path in sorted((shared / "samples/cue").glob("*.cue")):
        shutil.copy(path, tmp_path / "x.cue")
        try:
            findings = cue_read.read(tmp_path / "x.cue").findings
        except Refusal as refusal:
            findings = refusal.findings
        assert all(one.place.file for one in findings)
