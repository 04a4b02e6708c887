"""Targets and who takes their files: rows, covers, words, and a user's own rows."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from album.prepare import prepare
from delivery import tags
from delivery.findings import Failure, Refusal

HEAD = '[album]\nartist = "A"\ntitle = "T"\ncover = "c.png"\n'


@pytest.fixture
def album(tmp_path: Path, music: Any) -> Any:
    """Return what writes a project of two songs, one mono, with a cover."""
    (tmp_path / "mixes").mkdir()
    first = music(5.3)
    first[: 6 * 44_100] *= 0.5
    silent = np.concatenate((np.zeros((6 * 44_100, 2)), first))
    soundfile.write(tmp_path / "mixes/1.wav", silent, 44_100, subtype="PCM_24")
    soundfile.write(tmp_path / "mixes/2.wav", first[:, 0], 44_100, subtype="PCM_24")
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 255, (1_600, 1_600, 3), dtype=np.uint8)
    Image.fromarray(picture).save(tmp_path / "c.png")

    def write(more: str, own: str = "", first: str = "") -> Path:
        path = tmp_path / "album.toml"
        songs = f'[[song]]\ntitle = "Été"\nmix = "mixes/1.wav"\n{first}\n'
        songs += '[[song]]\ntitle = "Two"\nmix = "mixes/2.wav"\n'
        path.write_text(HEAD + songs + more, encoding="utf-8")
        if own:
            (tmp_path / "glassmaster-specs.toml").write_text(own, encoding="utf-8")
        return path

    return write


def told(findings: Any) -> dict[str, str]:
    return {each.rule: each.severity for each in findings}


def test_what_the_kinds_receivers_do_not_take_is_told(album: Any, make: Any) -> None:
    found = prepare(album("[deliver.streaming]\n")).findings
    assert told(found)["FILE-SHORT"] == "note"
    assert told(found)["FILE-MONO"] == "note"
    [asked] = [each for each in found if each.rule == "META-INCOMPLETE"]
    assert asked.measured.endswith("isrc of 2 songs, advisory of 2 songs")
    made = make(album('[deliver.streaming]\nformats = ["flac"]\n'))
    said = [each for each in made.findings if each.rule == "FILE-SILENCE"]
    assert [each.measured for each in said] == [pytest.approx(6.2, abs=0.02)]
    names = [each for each in made.findings if each.rule == "FILE-NAME"]
    assert [each.severity for each in names] == ["note"]


def test_what_a_receiver_of_ones_own_does_not_take_is_an_error(
    album: Any, make: Any
) -> None:
    target = '[deliver.x]\nformats = ["wav"]\nreceivers = ["cd-baby", "mine"]\n'
    own = """[distributors.mine]
title = "Mine"
formats = ["wav"]
lowest_rate = 44100
bits = [16]
tags = "none"
shortest_s = 8
silence_s = 2
source = "by mail"
read = "2026-05"
"""
    found = prepare(album(target, own)).findings
    assert told(found)["FILE-RATE"] == "error"
    [short] = [each for each in found if each.rule == "FILE-SHORT"]
    assert short.source == "by mail, read 2026-05"
    own = own.replace("shortest_s = 8\n", "")
    path = album(target.replace('"cd-baby", ', "") + "bits = 16\n", own)
    with pytest.raises(Failure) as failure:
        make(path)
    assert told(failure.value.findings)["FILE-SILENCE"] == "error"


def test_a_form_that_nobody_takes_is_told(album: Any) -> None:
    target = '[deliver.x]\nformats = ["opus"]\nreceivers = ["spotify"]\n'
    assert told(prepare(album(target)).findings)["FILE-FORMAT"] == "error"


@pytest.mark.parametrize(
    "line",
    ['receivers = ["spotfy"]', 'cover = "embeded"', 'broadcaster = "netflix"'],
)
def test_rows_that_cannot_be_used_are_refused_at_their_line(
    album: Any, line: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        prepare(album(f'[deliver.x]\nformats = ["wav"]\n{line}\n'))
    [fault] = refusal.value.findings
    assert (fault.rule, fault.place.line) == ("SPECS", 14)
    assert fault.help


def test_a_copy_of_the_cover_is_embedded_where_a_limit_asks(
    album: Any, make: Any
) -> None:
    text = '[deliver.x]\nformats = ["flac", "mp3", "opus"]\n'
    text += '[deliver.y]\nformats = ["mp3"]\ncover = "embedded-small"\nid3 = "2.3"\n'
    made = make(album(text))
    whole = (made.out.parent / "c.png").read_bytes()
    sizes = {}
    for path in [*(made.out / "x").glob("01*"), *(made.out / "y").glob("01*")]:
        cover = tags.read_cover(path)
        sizes[path.parent.name + path.suffix] = (cover.width, cover.height)
        assert (cover.image == whole) == (path.suffix == ".flac")
    assert sizes == {
        "x.flac": (1600, 1600),
        "x.mp3": (1400, 1400),
        "x.opus": (1400, 1400),
        "y.mp3": (640, 640),
    }
    said = [each for each in made.findings if each.rule == "COVER-COPY"]
    assert len(said) == 3
    assert all(each.source for each in said)
    start = next((made.out / "y").glob("01*")).read_bytes()[:4]
    assert start == b"ID3\x03"


def test_explicit_words_are_told_of_radio(album: Any) -> None:
    found = prepare(album("[deliver.radio]\n", first='advisory = "explicit"')).findings
    words = [each for each in found if each.rule == "RADIO-WORD"]
    assert [each.severity for each in words] == ["warning", "note"]
    assert words[0].place.song
    assert not [
        each
        for each in prepare(album("[deliver.mp3]\n")).findings
        if each.rule == "RADIO-WORD"
    ]


def test_a_broadcaster_is_one_row_and_ones_own_goes_over_it(
    album: Any, make: Any
) -> None:
    own = '[broadcast.ebu-r128]\ntarget_lufs = -25.0\nsource = "x"\nread = "2026-05"\n'
    files = prepare(album("[deliver.radio]\n", own)).album.deliver.files
    assert (files["radio"].lufs, files["radio"].ceiling_dbtp) == (-25.0, -1.0)
    assert files["radio"].rate == 48_000
    target = '[deliver.pod]\nformats = ["wav"]\nbroadcaster = "apple-podcasts"\n'
    [target_, *_] = prepare(album(target)).album.deliver.files.values()
    assert (target_.lufs, target_.rate) == (-16.0, 0)
    made = make(album(target))
    path = next((made.out / "pod").glob("02*"))
    assert tags.read_broadcast(path).bext.loudness == pytest.approx(-16.0, abs=0.02)
