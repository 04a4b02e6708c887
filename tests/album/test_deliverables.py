"""Targets of files: what every receiver gets, judged by readers that are not ours."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from album.solving import PASSES, RESERVE_DB
from delivery import tags
from delivery.coding.table import CODINGS
from delivery.findings import Failure
from dsp.meter import Meter

RATE = 48_000
ORDER = '[sequence]\norder = ["a", "b", "segue", "c"]\n'
SONGS = "".join(
    f'[song.{name}]\ntitle = "Söng {name}"\nmix = "mixes/{name}.wav"\n'
    for name in "abc"
)


def loud(seconds: float, seed: int, rate: int = RATE) -> np.ndarray:
    """Return dense stereo music with attacks, close to full scale."""
    rng = np.random.default_rng(seed)
    at = np.arange(round(seconds * rate)) / rate
    low = 0.5 * np.sin(2 * np.pi * 55 * seed * at)
    beat = np.exp(-(at % 0.5) * 18)[:, None]
    noise = rng.standard_normal((len(at), 2)) * 0.5 * beat
    tone = [0.3 * np.sin(2 * np.pi * (440 + seed * 7) * k * at) for k in (1.0, 1.003)]
    return np.clip(low[:, None] + noise + np.stack(tone, axis=1), -0.95, 0.95)


def mixes() -> dict[str, Any]:
    return {"a": loud(5.0, 1), "b": loud(4.5, 2), "c": loud(5.5, 3)}


def ffmpeg_level(path: Path) -> tuple[float, float]:
    """Return integrated loudness and true peak as ffmpeg's ebur128 prints them."""
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    said = subprocess.run(
        [
            "ffmpeg",
            "-nostats",
            "-i",
            path,
            "-af",
            "ebur128=peak=true",
            "-f",
            "null",
            "-",
        ],
        capture_output=True,
        check=True,
        text=True,
    ).stderr
    level = re.findall(r"^\s+I:\s+(-?[\d.]+) LUFS", said, re.M)[-1]
    peak = re.findall(r"^\s+Peak:\s+(-?[\d.]+) dBFS", said, re.M)[-1]
    return float(level), float(peak)


def joined(folder: Path, suffix: str, name: str) -> np.ndarray:
    """Return all files of a set, decoded and laid end to end."""
    paths = sorted(folder.glob(f"*.{suffix}"))
    return np.concatenate([b for path in paths for b in CODINGS[name].decode(path)])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, make: Any) -> Any:
    """Return a build of an album in every coding, at 96 kHz."""
    folder = tmp_path_factory.mktemp("forms")
    (folder / "mixes").mkdir()
    for seed, name in enumerate("abc", 1):
        audio = loud(4.5 + seed / 2, seed, 96_000) * 0.7
        soundfile.write(folder / f"mixes/{name}.wav", audio, 96_000, "PCM_24")
    text = '[album]\nartist = "Élan"\ntitle = "Forms"\n' + ORDER + SONGS
    text += '[deliver.all]\nformats = ["wav", "flac", "alac", "aiff", "mp3 V0",'
    text += ' "aac 192", "opus 128", "vorbis q6"]\n[deliver.cd-tracks]\n'
    text += '[deliver.archive]\nnaming = "{disc:02}-{track:03} {artist}"\n'
    (folder / "album.toml").write_text(text, encoding="utf-8")
    return make(folder / "album.toml")


def test_every_lossless_set_is_the_programme_and_every_lossy_one_as_long(
    built: Any,
) -> None:
    folder = built.out / "all"
    whole = joined(folder, "wav", "wav")
    for suffix, name in (("flac", "flac"), ("aiff", "aiff")):
        assert np.array_equal(joined(folder, suffix, name), whole)
    assert np.array_equal(joined(folder / "alac", "m4a", "alac"), whole)
    for place, suffix, name in (
        (folder, "mp3", "mp3"),
        (folder / "aac-192", "m4a", "aac"),
        (folder, "opus", "opus"),
        (folder, "ogg", "vorbis"),
    ):
        assert len(joined(place, suffix, name)) * 2 == len(whole)


def test_a_wav_for_shops_has_a_plain_header_and_nothing_else(built: Any) -> None:
    for path in (built.out / "all").glob("*.wav"):
        head = path.read_bytes()[:44]
        assert head[20:22] == b"\x01\x00"
        assert head[36:40] == b"data"
        assert path.stat().st_size == 44 + int.from_bytes(head[40:44], "little")


def test_cd_tracks_and_the_archive_are_as_their_rows_say(built: Any) -> None:
    for path in (built.out / "cd-tracks").glob("*.wav"):
        info = soundfile.info(path)
        assert (info.samplerate, info.subtype) == (44_100, "PCM_16")
    archive = built.out / "archive"
    names = {path.name for path in archive.iterdir()}
    assert names >= {"01-001 Élan.flac", "PQ.txt", "PQ.html", "manifest.json"}
    assert (archive / "project/album.toml").exists()


def test_foreign_readers_take_every_file(built: Any) -> None:
    if not (shutil.which("ffprobe") and shutil.which("flac")):
        pytest.skip("ffprobe or flac is not installed")
    paths = [path for path in (built.out / "all").rglob("*") if path.is_file()]
    assert len(paths) == 3 * 8
    for path in paths:
        said = subprocess.run(
            ["ffprobe", "-v", "error", "-of", "json", "-show_streams", path],
            capture_output=True,
            check=True,
        )
        assert not said.stderr
        [stream, *_] = json.loads(said.stdout)["streams"]
        assert int(stream["channels"]) == 2
    flacs = sorted((built.out / "all").glob("*.flac"))
    subprocess.run(["flac", "-s", "-t", *flacs], check=True)


def test_a_build_makes_the_same_bytes_again(
    built: Any, make: Any, hashes: Any, tmp_path: Path
) -> None:
    again = make(
        built.out.parent / "album.toml", out=tmp_path / "b", jobs=1, block=9_600
    )
    assert hashes(again.out) == hashes(built.out)


@pytest.mark.parametrize("limiter", ["loud", "none"])
def test_a_solved_target_decodes_clean_and_the_table_says_what_is_not(
    project: Any, make: Any, limiter: str
) -> None:
    head = f'[master.main]\nlimiter = "{limiter}"\nceiling_dbtp = -0.1\n'
    level = 1.0 if limiter == "none" else 1.6
    sounds = {name: np.clip(audio * level, -1, 1) for name, audio in mixes().items()}
    text = ORDER + SONGS + head + '[deliver.free]\nformats = ["opus 64", "mp3 128"]\n'
    text += '[deliver.held]\nformats = ["flac", "opus 64", "mp3 128"]\n'
    text += 'ceiling_dbtp = "solve"\n'
    made = make(project(text, sounds, rate=RATE, subtype="PCM_24"))
    over = {row.form for row in made.decoded if row.target == "free" and row.over}
    assert over
    warned = [each for each in made.findings if each.rule == "CODEC-OVER"]
    assert len(warned) == sum(row.over for row in made.decoded)
    passes = [each for each in made.findings if each.rule == "CODEC-SOLVE"]
    assert 2 <= len(passes) <= PASSES + 1
    held = [row.true_peak_dbtp for row in made.decoded if row.target == "held"]
    assert -1.0 <= max(held) <= -RESERVE_DB
    for path in (made.out / "held").iterdir():
        assert ffmpeg_level(path)[1] <= 0.0
    document = json.loads((made.out / "report/qc.json").read_text(encoding="utf-8"))
    assert len(document["codecs"]) == 12


def test_a_ceiling_in_decibels_is_kept_without_a_limiter(
    project: Any, make: Any
) -> None:
    # not the segue: what peaks at a join does so in neither of its files
    text = SONGS + "[deliver.flac]\nformats = ['flac']\nceiling_dbtp = -3\n"
    made = make(project(text, mixes(), rate=RATE, subtype="PCM_24"))
    assert "CODEC-TRIM" in {each.rule for each in made.findings}
    peaks = []
    for path in (made.out / "flac").iterdir():
        meter = Meter(RATE, 2)
        meter.feed(soundfile.read(path)[0])
        peaks.append(20 * np.log10(meter.finish().true_peaks.max()))
    assert max(peaks) == pytest.approx(-3.0, abs=0.02)


def test_a_preview_measures_and_delivers_nothing(project: Any, make: Any) -> None:
    text = ORDER + SONGS + '[deliver.x]\nformats = ["flac"]\npreview = true\n'
    made = make(project(text, mixes(), rate=RATE, subtype="PCM_24"))
    forms = {row.form for row in made.decoded}
    assert forms == {
        "AAC 256", "AAC 128", "Vorbis q5", "Vorbis q9", "Opus 128", "MP3 320",
    }  # fmt: skip
    assert {path.suffix for path in (made.out / "x").iterdir()} == {".flac"}
    assert not any(row.delivered for row in made.decoded)


@pytest.mark.parametrize(
    ("kind", "lufs", "ceiling"), [("broadcast", -23.0, -1.0), ("broadcast-us", -24, -2)]
)
def test_broadcast_files_have_their_loudness_and_say_so(
    project: Any, make: Any, kind: str, lufs: float, ceiling: float
) -> None:
    sounds = mixes()
    sounds["b"] *= 0.02  # far below: it has to come up
    sounds["c"] *= 0.01
    sounds["c"][100_000:100_400] = 0.9  # and one peak that a gain alone takes too high
    text = ORDER + SONGS + f"[deliver.{kind}]\n"
    made = make(project(text, sounds, rate=44_100, subtype="PCM_24"))
    paths = sorted((made.out / kind).iterdir())
    assert len(paths) == 3
    for path in paths:
        assert path.name.isascii()
        info = soundfile.info(path)
        assert (info.samplerate, info.subtype) == (48_000, "PCM_24")
        level, peak = ffmpeg_level(path)
        bext = tags.read_broadcast(path).bext
        assert level == pytest.approx(lufs, abs=0.1)
        assert peak <= ceiling
        assert bext.loudness == pytest.approx(level, abs=0.06)
        assert bext.loudness == pytest.approx(lufs, abs=0.02)
        assert bext.true_peak == pytest.approx(peak, abs=0.1)
        assert bext.version == 2


def test_silence_has_no_loudness_to_broadcast(project: Any, make: Any) -> None:
    text = '[song.a]\ntitle = "a"\nmix = "mixes/a.wav"\ngain_db = -60\n'
    text += "[deliver.radio]\n"
    with pytest.raises(Failure) as failure:
        make(project(text, {"a": loud(5.0, 1) * 0.01}, rate=RATE, subtype="PCM_24"))
    assert "RADIO-LOUD" in {each.rule for each in failure.value.findings}


def test_a_record_has_its_sides_in_an_order_of_their_own(
    project: Any, make: Any
) -> None:
    text = ORDER + SONGS + '[master.main]\nlimiter = "loud"\ntarget_lufs = -9\n'
    text += '[deliver.vinyl]\nsides.A = ["c"]\nsides.B = ["b", "a"]\n'
    sounds = mixes()
    made = make(project(text, sounds, rate=RATE, subtype="PCM_24"))
    folder = made.out / "vinyl"
    sheet = json.loads((folder / "cut-sheet.json").read_text(encoding="utf-8"))
    assert [side["side"] for side in sheet["sides"]] == ["A", "B"]
    titles = [[band["title"] for band in side["bands"]] for side in sheet["sides"]]
    assert titles == [["Söng c"], ["Söng b", "Söng a"]]
    for side in sheet["sides"]:
        audio, rate = soundfile.read(folder / side["file"])
        assert rate == RATE
        for band in side["bands"]:
            name = band["title"][-1]
            first = round(band["starts"] * RATE)
            # never the limiter of main, and not one sample changed
            heard = audio[first : first + len(sounds[name])]
            assert np.abs(heard - sounds[name]).max() < 2 / 2**23
    assert (folder / "cut-sheet.txt").read_text(encoding="utf-8").count("SIDE") == 2
    assert "Söng b" in (folder / "cut-sheet.html").read_text(encoding="utf-8")


def test_what_is_hard_to_cut_is_told(project: Any, make: Any) -> None:
    at = np.arange(6 * RATE) / RATE
    wide = 0.3 * np.stack(
        [np.sin(2 * np.pi * 60 * at), np.sin(2 * np.pi * 60 * at + 2.5)], axis=1
    )
    rng = np.random.default_rng(1)
    hiss = np.diff(rng.standard_normal((6 * RATE + 1, 2)), axis=0)
    sharp = (
        0.02 * hiss
        + 0.25 * (at % 1 < 0.2)[:, None] * np.sin(2 * np.pi * 7_000 * at)[:, None]
    )
    text = (
        ORDER
        + SONGS
        + "[deliver.vinyl]\nsides.A = ['a', 'b', 'c']\n"
        + '[master.vinyl]\nlimiter = "loud"\nceiling_dbtp = -1\n'
    )
    sounds = {"a": wide, "b": 0.1 * wide[:, :1].repeat(2, axis=1), "c": sharp + 0.0}
    made = make(project(text, sounds, rate=RATE, subtype="PCM_24"))
    said = {each.rule: each for each in made.findings}
    assert said["VINYL-BASS"].place.song == "a"
    assert said["VINYL-SIB"].place.song == "c"
    assert "VINYL-LIMITED" in said
    for rule in ("VINYL-BASS", "VINYL-SIB"):
        assert said[rule].source
        assert said[rule].help


def test_the_length_of_a_side_is_held_against_the_table(
    project: Any,
) -> None:
    from album.prepare import prepare

    text = ORDER + SONGS + '[deliver.vinyl]\nsize = "7"\nspeed = "45"\n'
    text += "sides.A = ['a', 'b', 'c']\n"
    sounds = {name: np.zeros((150 * 8_000, 1)) for name in "abc"}
    found = prepare(
        project(text, sounds, rate=44_100, rates=dict.fromkeys("abc", 8_000))
    )
    [length] = [each for each in found.findings if each.rule == "VINYL-LEN"]
    assert length.severity == "error"
    assert "7 inches at 45 rpm" in length.message


def test_the_report_says_what_players_do(project: Any, make: Any) -> None:
    text = ORDER + SONGS + '[deliver.streaming]\nformats = ["flac"]\n'
    sounds = {name: audio * 0.3 for name, audio in mixes().items()}
    made = make(project(text, sounds, rate=RATE, subtype="PCM_24"))
    document = json.loads((made.out / "report/qc.json").read_text(encoding="utf-8"))
    rows = [each for each in document["players"] if each["player"] == "Spotify"]
    assert [each["track"] for each in rows] == [1, 2, 3]
    assert len({each["album_gain_db"] for each in rows}) == 1
    for each in rows:
        path = next((made.out / "streaming").glob(f"{each['track']:02}*.flac"))
        level, _ = ffmpeg_level(path)
        assert each["integrated_lufs"] == pytest.approx(level, abs=0.06)
        raised = each["integrated_lufs"] + each["alone_gain_db"]
        assert each["alone_played_lufs"] == pytest.approx(raised, abs=0.02)
    page = (made.out / "report/report.html").read_text(encoding="utf-8")
    assert "What players do" in page
