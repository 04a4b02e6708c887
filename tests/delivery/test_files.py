import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from delivery import codecs, files, tags
from delivery.agreement import compare
from delivery.cover import Cover
from delivery.findings import Finding
from delivery.program import Piece, Release, Texts
from delivery.redbook import Frames
from delivery.wav import open_pcm, write

KINDS: tuple[Literal["flac", "mp3"], ...] = ("flac", "mp3")
SONG = Piece(
    number=1, start=Frames(150), stop=Frames(300), texts=Texts(title="Low Tide")
)
COVER = Cover(
    image=b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x02\x00\x03\x03" + bytes(90),
    mime="image/jpeg",
    width=3,
    height=2,
    depth=24,
)
TAGS = tags.for_piece(Release(artist="Nora Vale", title="Night Ferry"), SONG, 2)


def music(rate: int, seconds: float = 2.0) -> Any:
    time = np.arange(round(rate * seconds))[:, None] / rate
    tone = sum(np.sin(2 * np.pi * (110 * k + k) * time + k) / k for k in (1, 2, 5, 9))
    noise = np.random.default_rng(1).standard_normal((len(time), 2))
    return 0.2 * tone * (1 + 0.5 * np.cos(3 * time)) + noise * 0.002


def in_blocks(audio: Any) -> Callable[[], Iterator[Any]]:
    return lambda: (audio[at : at + 30_000] for at in range(0, len(audio), 30_000))


def integers(audio: Any) -> Any:
    return np.rint(audio * 2**23).astype(np.int32)


def rules(found: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in found]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rate", [44_100, 48_000, 88_200, 96_000, 176_400, 192_000])
def test_a_file_reads_back_clean(
    tmp_path: Path, kind: Literal["flac", "mp3"], rate: int
) -> None:
    path = tmp_path / f"01.{kind}"
    audio = in_blocks(integers(music(rate)))
    written = files.write_piece(kind, path, SONG, TAGS, COVER, audio, rate=rate)
    assert files.read_back(written) == ()
    file_rate = rate if kind == "flac" else codecs.mp3_rate(rate)
    assert codecs.format_of(path) == (file_rate, file_rate * 2)
    assert (written.rate, written.length) == (file_rate, file_rate * 2)


def test_the_digest_of_a_flac_is_that_of_the_wav(tmp_path: Path) -> None:
    audio = integers(music(48_000))
    written = files.write_piece(
        "flac", tmp_path / "a.flac", SONG, TAGS, None, in_blocks(audio), rate=48_000
    )
    assert written.sha256 == write(tmp_path / "a.wav", 48_000, 24, [audio], len(audio))
    assert (
        written.sha256
        == hashlib.sha256((tmp_path / "a.wav").read_bytes()[44:]).hexdigest()
    )


@pytest.mark.parametrize("rate", [88_200, 192_000])
def test_joined_mp3_pieces_have_no_seam_in_their_reference(
    tmp_path: Path, rate: int
) -> None:
    audio = music(rate, 4.0)
    half, around = len(audio) // 2, files.CONTEXT * rate // 75
    other = Piece(number=2, start=Frames(300), stop=Frames(450))
    first = files.write_piece(
        "mp3",
        tmp_path / "1.mp3",
        SONG,
        TAGS,
        None,
        in_blocks(audio[:half]),
        rate=rate,
        after=audio[half : half + around],
    )
    second = files.write_piece(
        "mp3",
        tmp_path / "2.mp3",
        other,
        TAGS,
        None,
        in_blocks(audio[half:]),
        rate=rate,
        before=audio[half - around : half],
    )
    parts = []
    for written in (first, second):
        assert written.reference is not None
        assert files.read_back(written) == ()
        parts += list(written.reference())
    joined = np.concatenate(parts)
    step = rate // first.rate
    ideal = audio[::step]
    middle = slice(first.length - 300, first.length + 300)
    assert len(joined) == len(ideal)
    assert np.abs(joined - ideal)[middle].max() < 0.02  # the noise above 20 kHz
    assert np.abs(np.diff(joined - ideal, axis=0))[middle].max() < 0.03


@pytest.mark.parametrize("kind", KINDS)
def test_other_audio_in_the_file_is_found(
    tmp_path: Path, kind: Literal["flac", "mp3"]
) -> None:
    audio = music(44_100)
    changed = audio.copy()
    changed[50_000:53_000] = 0.0
    path = tmp_path / f"a.{kind}"
    wrong = files.write_piece(
        kind, path, SONG, TAGS, None, in_blocks(integers(changed)), rate=44_100
    )
    spoilt = path.read_bytes()
    right = files.write_piece(
        kind, path, SONG, TAGS, None, in_blocks(integers(audio)), rate=44_100
    )
    assert files.read_back(right) == ()
    path.write_bytes(spoilt)
    assert rules(files.read_back(wrong)) == []
    assert rules(files.read_back(right)) == ["FILE-ROUND"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_length_is_found(tmp_path: Path, kind: Literal["flac", "mp3"]) -> None:
    audio = music(44_100)
    path = tmp_path / f"a.{kind}"
    written = files.write_piece(
        kind, path, SONG, TAGS, None, in_blocks(integers(audio)), rate=44_100
    )
    if kind == "flac":
        codecs.encode_flac(path, 44_100, [integers(audio[:-1])])
    else:
        codecs.encode_mp3(path, 44_100, [audio[:-1]])
    found = files.read_back(written)
    assert "CODEC-LEN" in rules(found)
    length = next(finding for finding in found if finding.rule == "CODEC-LEN")
    assert (length.measured, length.limit) == (88_199, 88_200)
    assert length.place.track == 1


@pytest.mark.parametrize("kind", KINDS)
def test_other_tags_and_another_cover_are_found(
    tmp_path: Path, kind: Literal["flac", "mp3"]
) -> None:
    path = tmp_path / f"a.{kind}"
    audio = in_blocks(integers(music(44_100)))
    written = files.write_piece(kind, path, SONG, TAGS, COVER, audio, rate=44_100)
    changed = tags.Tagging(title="Low Tid", artist=TAGS.artist, album=TAGS.album)
    tags.write_tags(path, kind, changed)
    found = files.read_back(written)
    assert set(rules(found)) == {"META-READBACK"}
    said = " ".join(finding.message for finding in found)
    assert "title that reads 'Low Tid', not 'Low Tide'" in said
    assert "a cover that reads back as another picture" in said


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_none_any_more_is_found(
    tmp_path: Path, kind: Literal["flac", "mp3"]
) -> None:
    path = tmp_path / f"a.{kind}"
    audio = in_blocks(integers(music(44_100)))
    written = files.write_piece(kind, path, SONG, TAGS, None, audio, rate=44_100)
    path.write_bytes(path.read_bytes()[:3_000])
    assert rules(files.read_back(written))
    path.unlink()
    assert set(rules(files.read_back(written))) == {"FILE-ROUND"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_piece_makes_the_same_bytes(
    tmp_path: Path, kind: Literal["flac", "mp3"]
) -> None:
    audio = integers(music(96_000))
    seen = set()
    for size in (10_000, 192_000):
        blocks = [audio[at : at + size] for at in range(0, len(audio), size)]
        path = tmp_path / f"{size}.{kind}"
        files.write_piece(
            kind, path, SONG, TAGS, COVER, lambda b=blocks: iter(b), rate=96_000
        )
        seen.add(path.read_bytes())
    assert len(seen) == 1


def test_audio_of_another_length_or_kind_is_refused(tmp_path: Path) -> None:
    short = in_blocks(integers(music(44_100))[:-1])
    floats, path = in_blocks(music(96_000)), tmp_path / "a"
    for kind in KINDS:
        with pytest.raises(ValueError, match="has 88199 samples, not 88200"):
            files.write_piece(kind, path, SONG, TAGS, None, short, rate=44_100)
    with pytest.raises(ValueError, match="takes integers"):
        files.write_piece("flac", path, SONG, TAGS, None, floats, rate=96_000)
    around = np.zeros((7, 2))
    with pytest.raises(ValueError, match="not whole CD frames"):
        files.write_piece(
            "mp3", path, SONG, TAGS, None, floats, rate=96_000, before=around
        )


def test_sixteen_bits_stay_sixteen(tmp_path: Path) -> None:
    audio = np.rint(music(44_100) * 2**15).astype(np.int16)
    written = files.write_piece(
        "flac",
        tmp_path / "a.flac",
        SONG,
        TAGS,
        None,
        in_blocks(audio),
        rate=44_100,
        bits=16,
    )
    assert files.read_back(written) == ()
    assert open_pcm(written.path).bits == 16


@pytest.mark.parametrize("colour", ["white", "blue", "clipped", "quiet", "silence"])
def test_an_mp3_of_the_worst_audio_still_agrees(tmp_path: Path, colour: str) -> None:
    noise = np.random.default_rng(3).standard_normal((132_300, 2))
    audio = {
        "white": noise * 0.2,
        "blue": np.diff(noise, axis=0, prepend=0) * 0.1,
        "clipped": np.sign(noise),
        "quiet": noise * 1e-4,
        "silence": noise * 0,
    }[colour]
    codecs.encode_mp3(tmp_path / "a.mp3", 44_100, [audio])
    assert compare([audio], codecs.decode(tmp_path / "a.mp3"), 44_100).good


def test_agreement_finds_a_shift_a_swap_and_another_song(tmp_path: Path) -> None:
    audio = music(44_100, 3.0)
    audio[:, 1] *= np.cos(np.arange(len(audio)) / 5_000)
    codecs.encode_mp3(tmp_path / "a.mp3", 44_100, [audio])
    decoded = np.concatenate(list(codecs.decode(tmp_path / "a.mp3")))
    assert compare([audio], [decoded], 44_100).good
    for lag in (1, -1):
        assert compare([audio], [np.roll(decoded, lag, axis=0)], 44_100).shifted
    for lag in (529, -576, 1_105):
        assert not compare([audio], [np.roll(decoded, lag, axis=0)], 44_100).good
    assert not compare([audio], [decoded[:, ::-1]], 44_100).good
    assert not compare([audio], [-decoded], 44_100).good
    gap = decoded.copy()
    gap[60_000:64_000] = 0
    found = compare([audio], [gap], 44_100)
    assert not found.good
    assert found.seconds in (1.3, 1.4)
