import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery import cue
from delivery.findings import Refusal
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
    reading = cue.read(tmp_path / "x.cue")
    assert reading.layout == cue.reduced(DISC)
    assert [one.rule for one in said] == ["CUE-LOSS", "CUE-LOSS", "CUE-INDEX"]
    assert (reading.offset, reading.length) == (44, 4500 * 588)
    assert (reading.kind, reading.audio) == ("cue", tmp_path / "x.wav")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_layout_reads_back_reduced(data, layouts, image, tmp_path_factory):
    layout, folder = data.draw(layouts()), tmp_path_factory.mktemp("cue")
    image(folder / "x.wav", layout)
    cue.write(layout, "x", folder / "x.cue")
    reading = cue.read(folder / "x.cue")
    shutil.rmtree(folder)
    assert reading.layout == cue.reduced(layout)
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("INDEX 02", "INDEX 03"), 18, "INDEX 03 stands where 02 is due"),
        (("00:34:00", "00:34:75"), 18, "00:34:75"),
        (("TRACK 02 AUDIO", "TRACK 03 AUDIO"), 13, "where 02 is due"),
        (("TRACK 02 AUDIO", "TRACK 02 MODE1/2352"), 13, "only AUDIO"),
        (("FLAGS PRE", "FLAGS PRF"), 15, "'PRF'"),
        (
            ("    INDEX 00 00:28", "    PREGAP 00:02:00\n    INDEX 00 00:28"),
            16,
            "PREGAP",
        ),
        (("    ISRC", '    FILE "b.wav" WAVE\n    ISRC'), 10, "second FILE"),
        (('"Nora_Vale.wav"', '"../x.wav"'), 6, "not beside"),
        (('"Café"', '"Café'), 14, "not closed"),
        (('"Café"', "Two Words"), 14, "takes one value"),
        (("00:30:00", "00:27:00"), 13, "lies before"),
        (("CATALOG", "CATALOGUE"), 3, "'CATALOGUE'"),
    ],
)
def test_a_fault_is_refused_at_its_line(change, line, says):
    assert change[0] in SHEET
    with pytest.raises(Refusal, match=says) as refusal:
        cue.parse(SHEET.replace(*change, 1), "x.cue")
    place = refusal.value.findings[0].place
    assert (place.file, place.line) == ("x.cue", line)


def test_a_sheet_with_a_mark_carriage_returns_and_small_letters_is_read():
    text = SHEET.replace("\n", "\r\n").replace("TITLE", "title")
    sheet = cue.parse(text)
    assert sheet.layout(4500).texts.title == "Night Ferry"
    assert sheet.date == "2026-10-03"


def test_latin1_and_a_byte_order_mark_are_read(tmp_path, image):
    image(tmp_path / "Nora_Vale.wav", DISC)
    for encoding in ("latin-1", "utf-8-sig"):
        (tmp_path / "x.cue").write_text(SHEET, encoding)
        assert cue.read(tmp_path / "x.cue").layout == cue.reduced(DISC)


def test_a_missing_image_and_a_short_one_are_refused(tmp_path, image):
    (tmp_path / "x.cue").write_text(SHEET, "utf-8")
    with pytest.raises(Refusal, match="not beside it"):
        cue.read(tmp_path / "x.cue")
    image(tmp_path / "Nora_Vale.wav", Layout(tracks=(), leadout=2000))
    with pytest.raises(Refusal, match="after the audio's end"):
        cue.read(tmp_path / "x.cue")
    with pytest.raises(Refusal, match="cannot be read"):
        cue.read(tmp_path / "y.cue")


def test_raw_images_are_read(tmp_path):
    for kind, big in (("BINARY", False), ("MOTOROLA", True)):
        text = SHEET.replace("Nora_Vale.wav", "x.bin").replace("WAVE", kind)
        (tmp_path / "x.cue").write_text(text, "utf-8")
        (tmp_path / "x.bin").write_bytes(bytes(4500 * 2352))
        reading = cue.read(tmp_path / "x.cue")
        assert (reading.offset, reading.length) == (0, 4500 * 588)
        assert reading.big_endian is big


@given(st.text() | st.lists(st.sampled_from(SHEET.splitlines())).map("\n".join))
def test_any_text_is_a_sheet_or_a_refusal(text):
    try:
        sheet = cue.parse(text)
    except Refusal as refusal:
        found = refusal.findings[0].place.file
    else:
        found = sheet.layout(4500) and "sheet"
    assert found == "sheet"


def test_the_corpus_is_read_or_refused(shared, tmp_path):
    for path in sorted((shared / "samples/cue").glob("*.cue")):
        shutil.copy(path, tmp_path / "x.cue")
        with pytest.raises(Refusal):
            cue.read(tmp_path / "x.cue")  # there is no audio beside any of them
