import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from delivery import files, readback, tags
from delivery.agreement import compare
from delivery.coding.table import CODINGS, form
from delivery.cover import Cover
from delivery.files import Said
from delivery.findings import Finding
from delivery.program import Piece, Release, Texts
from delivery.redbook import Frames
from delivery.wav import open_pcm, write
from tests.delivery import codings as codecs

KINDS = ("flac", "mp3")
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


def write_piece(kind: str, path: Path, piece: Piece, *rest: Any, **more: Any) -> Any:
    tagging, cover, audio = rest
    said = Said(tagging=tagging, cover=cover)
    return files.write_piece(form(kind), path, piece, said, audio, **more)


def read_back(written: Any) -> tuple[Finding, ...]:
    return readback.read_back(written).findings


def rules(found: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in found]


@pytest.mark.parametrize(
    ("name", "rate"),
    [(name, rate) for name, coding in CODINGS.items() for rate in coding.rates],
)
def test_a_file_reads_back_clean(tmp_path: Path, name: str, rate: int) -> None:
    path = tmp_path / f"01.{CODINGS[name].suffix}"
    audio = in_blocks(integers(music(rate)))
    written = write_piece(name, path, SONG, TAGS, COVER, audio, rate=rate)
    found = readback.read_back(written)
    assert found.findings == ()
    assert (found.decoded is None) == CODINGS[name].lossless
    assert CODINGS[name].format_of(path) == (rate, rate * 2)


def test_the_digest_of_a_flac_is_that_of_the_wav(tmp_path: Path) -> None:
    audio = integers(music(48_000))
    written = write_piece(
        "flac", tmp_path / "a.flac", SONG, TAGS, None, in_blocks(audio), rate=48_000
    )
    assert written.sha256 == write(tmp_path / "a.wav", 48_000, 24, [audio], len(audio))
    assert (
        written.sha256
        == hashlib.sha256((tmp_path / "a.wav").read_bytes()[44:]).hexdigest()
    )


@pytest.mark.parametrize("name", ["mp3 320", "aac 256", "opus 160", "vorbis q6"])
def test_pieces_laid_end_to_end_are_the_programme_without_a_click(
    tmp_path: Path, name: str
) -> None:
    rate = 48_000
    audio = music(rate, 4.0)
    half, around = len(audio) // 2, files.CONTEXT * rate // 75
    other = Piece(number=2, start=Frames(300), stop=Frames(450))
    decoded = []
    for piece, part, more in (
        (SONG, audio[:half], {"after": audio[half : half + around]}),
        (other, audio[half:], {"before": audio[half - around : half]}),
    ):
        path = tmp_path / f"{piece.number}"
        written = write_piece(
            name, path, piece, TAGS, None, in_blocks(part), rate=rate, **more
        )
        assert read_back(written) == ()
        decoded += list(form(name).coding.decode(path))
    joined = np.concatenate(decoded)
    assert len(joined) == len(audio)
    error = np.sqrt(((joined - audio) ** 2).mean(axis=1))
    inside = error[8_192 : half - 8_192]
    usual = np.percentile(
        np.sqrt((inside[: len(inside) // 512 * 512].reshape(-1, 512) ** 2).mean(1)), 95
    )
    for side in (error[half - 512 : half], error[half : half + 512]):
        assert np.sqrt((side**2).mean()) < usual * 10 ** (5 / 20)


@pytest.mark.parametrize("kind", KINDS)
def test_other_audio_in_the_file_is_found(tmp_path: Path, kind: str) -> None:
    audio = music(44_100)
    changed = audio.copy()
    changed[50_000:53_000] = 0.0
    path = tmp_path / f"a.{kind}"
    wrong = write_piece(
        kind, path, SONG, TAGS, None, in_blocks(integers(changed)), rate=44_100
    )
    spoilt = path.read_bytes()
    right = write_piece(
        kind, path, SONG, TAGS, None, in_blocks(integers(audio)), rate=44_100
    )
    assert read_back(right) == ()
    path.write_bytes(spoilt)
    assert rules(read_back(wrong)) == []
    assert rules(read_back(right)) == ["FILE-ROUND"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_length_is_found(tmp_path: Path, kind: str) -> None:
    audio = music(44_100)
    path = tmp_path / f"a.{kind}"
    written = write_piece(
        kind, path, SONG, TAGS, None, in_blocks(integers(audio)), rate=44_100
    )
    if kind == "flac":
        codecs.encode_flac(path, 44_100, [integers(audio[:-1])])
    else:
        codecs.encode_mp3(path, 44_100, [audio[:-1]])
    found = read_back(written)
    assert "CODEC-LEN" in rules(found)
    length = next(finding for finding in found if finding.rule == "CODEC-LEN")
    assert (length.measured, length.limit) == (88_199, 88_200)
    assert length.place.track == 1


@pytest.mark.parametrize("kind", KINDS)
def test_other_tags_and_another_cover_are_found(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    audio = in_blocks(integers(music(44_100)))
    written = write_piece(kind, path, SONG, TAGS, COVER, audio, rate=44_100)
    changed = tags.Tagging(title="Low Tid", artist=TAGS.artist, album=TAGS.album)
    tags.write_tags(path, kind, changed)
    found = read_back(written)
    assert set(rules(found)) == {"META-READBACK"}
    said = " ".join(finding.message for finding in found)
    assert "title that reads 'Low Tid', not 'Low Tide'" in said
    assert "a cover that reads back as another picture" in said


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_none_any_more_is_found(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    audio = in_blocks(integers(music(44_100)))
    written = write_piece(kind, path, SONG, TAGS, None, audio, rate=44_100)
    path.write_bytes(path.read_bytes()[:3_000])
    assert rules(read_back(written))
    path.unlink()
    assert set(rules(read_back(written))) == {"FILE-ROUND"}


@pytest.mark.parametrize("name", CODINGS)
def test_the_same_piece_makes_the_same_bytes(tmp_path: Path, name: str) -> None:
    audio = integers(music(48_000))
    seen = set()
    for size in (10_000, 96_000):
        blocks = [audio[at : at + size] for at in range(0, len(audio), size)]
        path = tmp_path / f"{size}.{CODINGS[name].suffix}"
        write_piece(
            name, path, SONG, TAGS, COVER, lambda b=blocks: iter(b), rate=48_000
        )
        seen.add(path.read_bytes())
    assert len(seen) == 1


def test_audio_of_another_length_or_kind_is_refused(tmp_path: Path) -> None:
    short = in_blocks(integers(music(44_100))[:-1])
    floats, path = in_blocks(music(96_000)), tmp_path / "a"
    for kind in KINDS:
        with pytest.raises(ValueError, match="has 88199 samples, not 88200"):
            write_piece(kind, path, SONG, TAGS, None, short, rate=44_100)
    with pytest.raises(ValueError, match="takes integers"):
        write_piece("flac", path, SONG, TAGS, None, floats, rate=96_000)
    with pytest.raises(ValueError, match="MP3 is not delivered at 96000 Hz"):
        write_piece("mp3", path, SONG, TAGS, None, floats, rate=96_000)


def test_sixteen_bits_stay_sixteen(tmp_path: Path) -> None:
    audio = np.rint(music(44_100) * 2**15).astype(np.int16)
    written = write_piece(
        "flac",
        tmp_path / "a.flac",
        SONG,
        TAGS,
        None,
        in_blocks(audio),
        rate=44_100,
        bits=16,
    )
    assert read_back(written) == ()
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
