import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from delivery.names import LONGEST, Names, file_names, safe
from delivery.program import Piece, Texts
from delivery.redbook import Frames

HARD = 'aé/\\:*?"<>|. \u0301\u202e\0😀CONul'
anything = st.text(max_size=200) | st.text(HARD, max_size=90)


def piece(number: int, title: str) -> Piece:
    return Piece(
        number=number, start=Frames(150), stop=Frames(900), texts=Texts(title=title)
    )


def named(pieces: list[Piece], suffix: str) -> Names:
    values = [{"track": each.number, "title": each.texts.title} for each in pieces]
    return file_names(values, suffix)


def file_name(piece: Piece, suffix: str) -> str:
    return named([piece], suffix).names[0]


@given(anything)
def test_a_safe_name_is_taken_by_every_system(text: str) -> None:
    name = safe(text)
    assert 0 < len(name.encode()) <= LONGEST
    assert unicodedata.is_normalized("NFC", name)
    assert re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name) is None
    assert not name.startswith((".", " "))
    assert not name.endswith((".", " "))
    assert safe(name) == name


@given(st.integers(0, 99), anything)
def test_a_file_name_begins_with_its_number(number: int, title: str) -> None:
    name = file_name(piece(number, title), "flac")
    assert name.startswith(f"{number:02}")
    assert name.endswith(".flac")
    assert len(name.encode()) <= LONGEST
    assert name == file_name(piece(number, title), ".flac")


@given(st.lists(st.tuples(st.integers(0, 3), anything), max_size=12))
def test_no_two_names_of_a_set_are_alike(songs: list[tuple[int, str]]) -> None:
    found = named([piece(*song) for song in songs], "mp3")
    assert len({name.casefold() for name in found.names}) == len(songs)
    assert all(len(name.encode()) <= LONGEST for name in found.names)


def test_letters_that_stay_are_no_news() -> None:
    found = named([piece(1, "Tränen & Ærø, 100 % (live)"), piece(2, "")], "flac")
    assert found.names == ("01 Tränen & Ærø, 100 % (live).flac", "02.flac")
    assert found.findings == ()


def test_every_letter_that_goes_is_told() -> None:
    songs = [piece(1, 'AC/DC: "Why?"'), piece(2, "Etc..."), piece(2, "ETC")]
    found = named(songs, "flac")
    assert found.names == ("01 AC-DC- 'Why_'.flac", "02 Etc.flac", "02 ETC (2).flac")
    assert [finding.rule for finding in found.findings] == ["FILE-NAME"] * 3
    assert "01 AC-DC-" in found.findings[0].message


def test_reserved_names_are_not_used() -> None:
    for text in ("con", "NUL.flac", "Com1", "lpt9.x.y", "AUX ", "conin$"):
        assert safe(text).startswith("_")
    assert safe("console") == "console"
    assert safe("...") == "_"
    assert safe(".hidden") == "_hidden"


def test_a_long_title_is_cut_between_letters() -> None:
    name = file_name(piece(1, "é" * 80), "flac")
    assert name == "01 " + "é" * 56 + ".flac"
    # a mark that has no letter of its own in NFC goes with the letter it stands on
    long = safe("x" * 118 + "q\u0301\u0301", 121)
    assert long == "x" * 118
