import shutil
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery import toc, toc_read
from delivery.findings import Refusal
from delivery.program import Flag, Layout, Texts, Track

DISC = Layout(
    tracks=(
        Track(
            number=1, start=900, pause=0, isrc="GBXYZ2600001",
            texts=Texts(title='A "q" \\', performer="Nora"),
        ),
        Track(
            number=2, start=2400, pause=2250, indexes=(2700,),
            flags=frozenset({Flag.PRE, Flag.SCMS}), texts=Texts(title="Café"),
        ),
    ),
    leadout=4650,
    ean="5012345678900",
    catalogue="TWR012",
    genre="Rock Music (Indie)",
    texts=Texts(title="Night Ferry"),
)  # fmt: skip

SHEET = """\
CD_DA
CATALOG "5012345678900"

CD_TEXT {
  LANGUAGE_MAP {
    0 : EN
  }
  LANGUAGE 0 {
    TITLE "Night Ferry"
    PERFORMER ""
    DISC_ID "TWR012"
    GENRE { 0, 23, 73, 110, 100, 105, 101, 0 }
    UPC_EAN "5012345678900"
  }
}

// Track 1
TRACK AUDIO
ISRC "GBXYZ2600001"
CD_TEXT {
  LANGUAGE 0 {
    TITLE "A \\042q\\042 \\134"
    PERFORMER "Nora"
    ISRC "GBXYZ2600001"
  }
}
FILE "x.wav" 00:00:00 00:28:00
START 00:10:00

// Track 2
TRACK AUDIO // FLAGS SCMS
PRE_EMPHASIS
CD_TEXT {
  LANGUAGE 0 {
    TITLE "Caf\\351"
    PERFORMER ""
    ISRC ""
  }
}
FILE "x.wav" 00:28:00 00:32:00
START 00:02:00
INDEX 00:04:00
"""


def test_the_file_line_by_line():
    assert toc.sheet(DISC, "x") == SHEET


def test_what_is_written_reads_back_reduced(tmp_path, image):
    image(tmp_path / "x.wav", DISC)
    (said,) = toc.write(DISC, "x", tmp_path / "x.toc")
    assert (said.rule, said.place.track) == ("RB-FLAGS", 2)
    reading = toc_read.read(tmp_path / "x.toc")
    assert reading.layout == toc.reduced(DISC)
    assert (reading.kind, reading.sound.length) == ("toc", 4500 * 588)
    assert reading.sound.stretches[0].offset == 44
    assert reading.findings == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_layout_reads_back_reduced(data, layouts, image, tmp_path_factory):
    layout, folder = data.draw(layouts()), tmp_path_factory.mktemp("toc")
    image(folder / "x.wav", layout)
    toc.write(layout, "x", folder / "x.toc")
    reading = toc_read.read(folder / "x.toc")
    shutil.rmtree(folder)
    assert reading.layout == toc.reduced(layout)


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("TRACK AUDIO //", "TRACK MODE7 //"), 31, "MODE7"),
        (('FILE "x.wav" 00:28', 'FILE "y.wav" 00:28'), 40, "not beside"),
        (("00:32:00", "00:33:00"), 40, "more of"),
        (("INDEX 00:04:00", "INDEX 00:04:75"), 42, "00:04:75"),
        (("START 00:02:00", "START 00:52:00"), 31, "behind its end"),
        (('"Nora"', "Nora"), 23, "quotation marks"),
        (("PRE_EMPHASIS", "PREEMPHASIS"), 32, "not a statement"),
    ],
)
def test_a_fault_is_found_at_its_line(change, line, says, tmp_path, image):
    assert change[0] in SHEET
    image(tmp_path / "x.wav", DISC)
    (tmp_path / "x.toc").write_text(SHEET.replace(*change, 1), "ascii")
    findings = toc_read.read(tmp_path / "x.toc").findings
    assert line in [one.place.line for one in findings if says in one.message]


def test_silence_several_files_and_data_are_read(tmp_path, image):
    for name in ("1", "2"):
        image(tmp_path / f"{name}.wav", Layout(tracks=(), leadout=900))
    (tmp_path / "x.toc").write_text(
        "CD_ROM\n"
        'TRACK AUDIO\nSILENCE 0:1:0\nSTART\nFILE "1.wav" 0\n'
        'TRACK AUDIO\nPREGAP 0:2:0\nFILE "2.wav" 588 0:5:0\nINDEX 0:3:0\n'
        "TRACK MODE1\nZERO 1:0:0\n"
    )
    reading = toc_read.read(tmp_path / "x.toc")
    one, two, three = reading.layout.tracks
    assert (one.start, two.pause, two.start) == (150 + 75, 975, 1125)
    assert (two.indexes, three.start, three.data) == ((1350,), 1500, True)
    assert reading.layout.leadout == 1500 + 4500
    assert reading.sound.length == reading.layout.frames * 588
    assert [one.rule for one in reading.findings] == ["DISC-DATA"]


def test_texts_of_eight_languages_are_read(tmp_path):
    (tmp_path / "x.toc").write_text(
        "CD_TEXT { LANGUAGE_MAP { 0: 9 1: 105 }\n"
        'LANGUAGE 0 { TITLE "The Water" }\n'
        'LANGUAGE 1 { ENCODING_MS_JIS TITLE "湿った水" } }\n'
        'TRACK AUDIO CD_TEXT { LANGUAGE 1 { TITLE "熱波" } } SILENCE 1:0:0\n',
        "utf-8",
    )
    layout = toc_read.read(tmp_path / "x.toc").layout
    (other,) = layout.languages
    assert (layout.texts.title, layout.language) == ("The Water", 9)
    assert (other.code, other.charset, other.texts.title) == (105, 0x80, "湿った水")
    assert [(at, texts.title) for at, texts in other.tracks] == [(1, "熱波")]


def test_a_huge_sheet_of_braces_is_refused_at_once(tmp_path):
    (tmp_path / "x.toc").write_bytes(b"{" * ((4 << 20) - 1))
    started = time.process_time()
    with pytest.raises(Refusal, match=r"'\{'"):
        toc_read.read(tmp_path / "x.toc")
    assert time.process_time() - started < 0.5


def test_letters_outside_latin1_are_refused():
    disc = Layout(tracks=DISC.tracks, leadout=4650, texts=Texts(title="Łódź"))
    with pytest.raises(Refusal, match="Ł"):
        toc.sheet(disc, "x")


@settings(deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*SHEET.split(), *SHEET.splitlines()])).map("\n".join)
)
def test_any_text_is_a_disc_or_a_refusal(tmp_path_factory, image, text):
    folder = tmp_path_factory.mktemp("any")
    image(folder / "x.wav", DISC)
    (folder / "x.toc").write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        read = toc_read.read(folder / "x.toc").kind
    except Refusal as refusal:
        read = refusal.findings[0].place.file
    shutil.rmtree(folder)
    assert read in {"toc", "x.toc", "x.wav"}


def test_the_corpus_is_read_or_refused(shared, tmp_path):
    for path in sorted((shared / "samples/cue").glob("*.toc")):
        shutil.copy(path, tmp_path / "x.toc")
        reading = toc_read.read(tmp_path / "x.toc")  # audio of some is missing
        assert reading.layout.tracks
