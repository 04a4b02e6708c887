import contextlib
import shutil
import subprocess
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery import libav, replaygain, tags, wav
from delivery.cover import Cover
from delivery.findings import Refusal
from delivery.program import Piece, Release, Texts
from delivery.redbook import Frames
from delivery.replaygain import Heard
from delivery.tagging import LEVELS, TEXTS
from tests.delivery import codings as codecs

KINDS = tuple(tags.CONTAINERS)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
dates = st.dates().map(str)
roles = st.sampled_from(
    ["producer", "mastered_by", "mixed by", "mix", "engineer", "Guitar", "strings 1"]
)
numbers = {name: st.integers(0, 999) for name in ("track", "tracks", "disc", "discs")}
taggings = st.builds(
    tags.Tagging,
    **{row.name: texts for row in TEXTS if row.name not in ("date", "advisory")},
    **numbers,
    advisory=st.sampled_from(["", "0", "1", "2"]),
    levels=st.dictionaries(
        st.sampled_from(LEVELS), st.from_regex(r"[-0-9A-F. ]+dB", fullmatch=True)
    ),
    date=st.one_of(
        st.just(""), dates, dates.map(lambda day: day[:4]), dates.map(lambda d: d[:7])
    ),
    credits=st.dictionaries(roles, texts),
)
covers = st.none() | st.builds(
    Cover,
    image=st.just(b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x02\x00\x03\x03" + bytes(9_000)),
    mime=st.just("image/jpeg"),
    width=st.just(3),
    height=st.just(2),
    depth=st.just(24),
)

STARTS = [
    b"",
    b"fLaC",
    b"OggS" + bytes(24) + b"OpusHead",
    b"RIFF\x40\0\0\0WAVE",
    b"RIFF\x40\0\0\0WAVEfmt \x10\0\0\0",
    b"FORM\0\0\0\x40AIFF",
    b"\0\0\0\x18ftypM4A ",
    b"ID3\x04\0\0\0\0\x01\0",
    b"ID3\x03\0\0\0\0\x01\0APIC",
]

FULL = tags.Tagging(
    title="Glass",
    artist="Nora Vale",
    album_artist="Nora Vale",
    album="Night Ferry EP",
    track=2,
    tracks=5,
    date="2026-10-03",
    genre="Rock",
    label="Tideway Records",
    catalogue="TWR012",
    ean="5012345678900",
    isrc="GBXYZ2600002",
    c_line="2026 Nora Vale",
    p_line="2026 Tideway Records",
    composer="N. Vale",
    songwriter="I. Marsh",
    arranger="A. Lind",
    credits={"producer": "I. Marsh", "mixed_by": "K. Ødegård", "mastered_by": "A. L."},
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("empty")
    silence = np.zeros((4_410, 2), np.int32)
    codecs.encode_flac(folder / "a.flac", 44_100, [silence])
    codecs.encode_mp3(folder / "a.mp3", 44_100, [np.zeros((4_410, 2))])
    libav.encode_alac(folder / "a.m4a", 44_100, [silence], 24, 2)
    libav.encode_opus(folder / "a.opus", [np.zeros((4_410, 2))], 96, 2)
    wav.write(folder / "a.wav", 44_100, 24, [silence], 4_410)
    soundfile.write(folder / "a.ogg", silence, 44_100, format="OGG", subtype="VORBIS")
    soundfile.write(folder / "a.aiff", silence, 44_100, subtype="PCM_24")
    return {
        kind: (folder / f"a.{row.suffix}").read_bytes()
        for kind, row in tags.CONTAINERS.items()
    }


def tagged(
    folder: Path,
    kind: str,
    empty: dict[str, bytes],
    tagging: tags.Tagging,
    cover: Any = None,
    policy: tags.Policy = "full",
) -> Path:
    path = folder / f"a.{tags.CONTAINERS[kind].suffix}"
    path.write_bytes(empty[kind])
    tags.write_tags(path, kind, tagging, cover, policy)
    return path


@pytest.mark.parametrize("policy", ["full", "minimal", "none"])
@pytest.mark.parametrize("kind", KINDS)
@given(tagging=taggings, cover=covers)
@settings(max_examples=12, deadline=None)
def test_what_is_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    empty: dict[str, bytes],
    kind: str,
    policy: tags.Policy,
    tagging: tags.Tagging,
    cover: Cover | None,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = tagged(folder, kind, empty, tagging, cover, policy)
    assert (tags.read_tags(path), tags.read_cover(path)) == tags.expected(
        kind, tagging, cover, policy
    )
    # again over other tags: nothing of them stays, and the bytes are the same
    first = path.read_bytes()
    assert tagged(folder, kind, empty, tagging, cover, policy).read_bytes() == first
    again = tagged(folder, kind, empty, FULL, cover)
    tags.write_tags(again, kind, tagging, cover, policy)
    assert tags.read_tags(again) == tags.expected(kind, tagging, cover, policy)[0]
    # where the pages of an Ogg were cut before, they may be cut again
    same = again.read_bytes() == first
    assert same or kind in ("ogg", "opus")


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if tags.CONTAINERS[kind].level]
)
@given(tagging=taggings, cover=covers)
@settings(max_examples=6, deadline=None)
def test_levels_come_into_a_tagged_file_without_moving_its_audio(
    tmp_path_factory: pytest.TempPathFactory,
    empty: dict[str, bytes],
    kind: str,
    tagging: tags.Tagging,
    cover: Cover | None,
) -> None:
    plain = replace(tagging, levels={})
    path = tagged(tmp_path_factory.getbasetemp(), kind, empty, plain, cover)
    before = path.read_bytes()
    level = Heard(integrated=-31.25, true_peak=-10.1)
    levels = replaygain.tags(kind, level, level)
    tags.write_levels(path, kind, levels)
    after = path.read_bytes()
    assert len(after) == len(before)
    assert tags.read_tags(path) == replace(plain, levels=levels)
    assert tags.read_cover(path) == cover
    same = sum(one == other for one, other in zip(before, after, strict=True))
    assert len(before) - same < 4096


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("genre", ["17", "(17)", "\n", "Rock"])
def test_a_genre_stays_what_it_is(
    tmp_path: Path, empty: dict[str, bytes], kind: str, genre: str
) -> None:
    path = tagged(tmp_path, kind, empty, replace(FULL, genre=genre))
    assert tags.read_tags(path).genre == genre


@pytest.mark.parametrize("kind", KINDS)
def test_tags_leave_the_audio_alone(
    tmp_path: Path, empty: dict[str, bytes], kind: str
) -> None:
    cover = Cover(
        image=b"\xff\xd8\xff\xc0\x00\x11\x08\x0b\xb8\x0b\xb8\x03" + bytes(5_000_000),
        mime="image/jpeg",
        width=3_000,
        height=3_000,
        depth=24,
    )
    path = tagged(tmp_path, kind, empty, FULL, cover)
    read = libav if kind in ("m4a", "opus") else codecs
    rate, length = read.format_of(path)
    assert sum(len(block) for block in read.decode(path)) == length
    assert length == 4_410
    assert rate == (48_000 if kind == "opus" else 44_100)


def test_flac_names_no_library_and_has_a_picture(
    tmp_path: Path, empty: dict[str, bytes]
) -> None:
    cover = Cover(image=b"x" * 50, mime="image/png", width=7, height=9, depth=24)
    path = tagged(tmp_path, "flac", empty, FULL, cover)
    assert b"libFLAC" not in path.read_bytes()
    if not shutil.which("metaflac"):
        pytest.skip("metaflac is not installed")
    listed = subprocess.run(
        ["metaflac", "--list", "--no-utf8-convert", path],
        capture_output=True,
        check=True,
    ).stdout.decode()
    for line in (
        "vendor string: Glassmaster",
        "type: 3 (Cover (front))",
        "width: 7",
        "height: 9",
        "depth: 24",
        "TITLE=Glass",
        "TRACKNUMBER=2",
        "TRACKTOTAL=5",
        "CATALOGNUMBER=TWR012",
        "MIXER=K. Ødegård",
        "MASTERED_BY=A. L.",
        "PHONOGRAPHIC_COPYRIGHT=2026 Tideway Records",
    ):
        assert line in listed


def test_mp3_has_id3_version_4_only(tmp_path: Path, empty: dict[str, bytes]) -> None:
    path = tagged(tmp_path, "mp3", {"mp3": empty["mp3"] + b"TAG" + bytes(125)}, FULL)
    data = path.read_bytes()
    assert data.startswith(b"ID3\x04\x00")
    assert b"TAG" not in data[-128:]
    assert b"mastered_by" in data
    if not shutil.which("ffprobe"):
        pytest.skip("ffprobe is not installed")
    shown = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format_tags", path],
        capture_output=True,
        check=True,
    ).stdout.decode()
    for line in ("TAG:title=Glass", "TAG:track=2/5", "TAG:publisher=Tideway Records"):
        assert line in shown


def test_the_piece_goes_before_the_release() -> None:
    release = Release(
        artist="Nora Vale",
        title="Night Ferry EP",
        date="2026",
        credits={"produced_by": "I. Marsh", "engineer": "E.", "songwriter": "N. Vale"},
    )
    piece = Piece(
        number=3,
        start=Frames(150),
        stop=Frames(900),
        isrc="GBXYZ2600003",
        texts=Texts(title="Harbour", performer="Guest", composer="C."),
        credits={"producer": "Somebody Else"},
    )
    found = tags.for_piece(release, piece, 5)
    assert (found.title, found.artist, found.album_artist) == (
        "Harbour",
        "Guest",
        "Nora Vale",
    )
    assert (found.track, found.tracks, found.isrc) == (3, 5, "GBXYZ2600003")
    assert (found.composer, found.songwriter) == ("C.", "N. Vale")
    assert found.credits == {"engineer": "E.", "producer": "Somebody Else"}
    alone = tags.for_piece(release, replace(piece, texts=Texts()), 5)
    assert (alone.title, alone.artist) == ("", "Nora Vale")


def test_two_words_for_one_role_keep_both_names() -> None:
    found = tags.Tagging(credits={"mix": "A", "mixed by": "B"})
    assert found.credits == {"mixer": "A, B"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"title": "a\0b"}, "title 'a\\\\x00b' holds a character"),
        ({"artist": "\ud800"}, "artist .* holds a character"),
        ({"date": "3.10.2026"}, r"date '3\.10\.2026' is not a year"),
        ({"credits": {"title": "x"}}, "cannot name the role 'title'"),
        ({"credits": {"künstler": "x"}}, "cannot name the role 'künstler'"),
        ({"credits": {"a=b": "x"}}, "cannot name the role 'a=b'"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_no_tag_can_hold_is_refused_untouched(
    tmp_path: Path,
    empty: dict[str, bytes],
    kind: str,
    changed: dict[str, Any],
    message: str,
) -> None:
    path = tmp_path / f"a.{tags.CONTAINERS[kind].suffix}"
    with pytest.raises(Refusal, match=message):
        tagged(tmp_path, kind, empty, replace(FULL, **changed))
    assert path.read_bytes() == empty[kind]


@given(rest=st.binary(max_size=300), start=st.sampled_from(STARTS))
@settings(max_examples=100, deadline=None)
def test_any_bytes_read_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, rest: bytes, start: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(start + rest)
    for reader in (tags.read_tags, tags.read_cover, tags.read_broadcast):
        with contextlib.suppress(Refusal):
            reader(path)


def test_every_field_has_a_tag() -> None:
    assert {part.name for part in fields(tags.Tagging)} == {
        *(row.name for row in TEXTS),
        *numbers,
        "credits",
        "levels",
    }
