import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery import toc
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
TRACK AUDIO
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
    reading = toc.read(tmp_path / "x.toc")
    assert reading.layout == toc.reduced(DISC)
    assert (reading.kind, reading.offset, reading.length) == ("toc", 44, 4500 * 588)
    assert reading.findings == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_layout_reads_back_reduced(data, layouts, image, tmp_path_factory):
    layout, folder = data.draw(layouts()), tmp_path_factory.mktemp("toc")
    image(folder / "x.wav", layout)
    toc.write(layout, "x", folder / "x.toc")
    reading = toc.read(folder / "x.toc")
    shutil.rmtree(folder)
    assert reading.layout == toc.reduced(layout)


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("CD_DA", "CD_ROM"), 1, "CD_ROM"),
        (("PRE_EMPHASIS", "SILENCE 00:01:00"), 32, "SILENCE"),
        (("TRACK AUDIO\nPRE", "TRACK MODE1\nPRE"), 31, "MODE1"),
        (('FILE "x.wav" 00:28:00', 'FILE "x.wav" 00:29:00'), 31, "does not begin"),
        (('FILE "x.wav" 00:28', 'FILE "y.wav" 00:28'), 40, "one image"),
        (('FILE "x.wav" 00:28', 'FILE "../x.wav" 00:28'), 40, "not beside"),
        (("00:32:00", "00:33:00"), 42, "longer"),
        (("INDEX 00:04:00", "INDEX 00:04:75"), 42, "00:04:75"),
        (('"Nora"', "Nora"), 23, "quotation marks"),
    ],
)
def test_a_fault_is_refused_at_its_line(change, line, says, tmp_path, image):
    assert change[0] in SHEET
    image(tmp_path / "x.wav", DISC)
    (tmp_path / "x.toc").write_text(SHEET.replace(*change, 1), "ascii")
    with pytest.raises(Refusal, match=says) as refusal:
        toc.read(tmp_path / "x.toc")
    assert refusal.value.findings[0].place.line == line


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
        read = toc.read(folder / "x.toc").kind
    except Refusal as refusal:
        read = refusal.findings[0].place.file
    shutil.rmtree(folder)
    assert read in {"toc", "x.toc", "x.wav"}


def test_the_corpus_is_read_or_refused(shared, tmp_path):
    for path in sorted((shared / "samples/cue").glob("*.toc")):
        shutil.copy(path, tmp_path / "x.toc")
        with pytest.raises(Refusal):
            toc.read(tmp_path / "x.toc")  # there is no audio beside any of them
