import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

GLASSMASTER = [sys.executable, "-c", "from album.cli import main; main()"]
Run = Callable[..., subprocess.CompletedProcess[str]]


def music(seconds, rate=44_100, seed=1, channels=2):
    rng = np.random.default_rng(seed)
    audio = rng.standard_normal((round(seconds * rate), channels)) * 0.02
    tone = 0.3 * np.sin(2 * np.pi * 220 * seed * np.arange(len(audio)) / rate)
    return np.clip(audio + tone[:, np.newaxis], -0.6, 0.6)


@pytest.fixture(scope="module")
def run() -> Run:
    """Run the command; the answer has code, output and messages."""

    def start(*words, cwd=None):
        command = [*GLASSMASTER, "meter", *map(str, words)]
        return subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=cwd
        )

    return start


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Two albums in a folder, and what is no audio beside them."""
    home = tmp_path_factory.mktemp("songs")
    for album, names in {"one": ("2 b", "10 a"), "two": ("c",)}.items():
        (home / album).mkdir()
        for seed, name in enumerate(names, 1):
            path = home / album / f"{name}.wav"
            soundfile.write(path, music(8, seed=seed), 44_100, subtype="PCM_24")
    (home / "one" / "notes.txt").write_text("no audio")
    (home / "one" / "._2 b.wav").write_text("hidden")
    return home


def test_json_is_as_promised(run, folder):
    done = run(folder, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["schema"], said["command"], said["ok"]) == (1, "meter", True)
    result = said["result"]
    names = [Path(file["path"]).name for file in result["files"]]
    assert names == ["2 b.wav", "10 a.wav", "c.wav"]
    promised = (
        "path rate channels seconds integrated_lufs range_lu max_momentary_lufs "
        "max_short_term_lufs loud_part_lufs true_peak_dbtp sample_peak_dbfs plr_lu dr "
        "correlation"
    )
    assert list(result["files"][0])[:14] == promised.split()
    assert {"integrated_lufs", "range_lu", "true_peak_dbtp"} <= set(result["album"])
    assert [Path(each["path"]).name for each in result["albums"]] == ["one", "two"]
    spectrum = result["files"][0]["spectrum"]
    assert len(spectrum["hz"]) == len(spectrum["level_db"]) == 31
    loudest = spectrum["hz"][int(np.argmax(spectrum["level_db"]))]
    assert loudest == 200  # the band of 224 Hz and below


def test_table_has_a_line_a_file_and_one_an_album(run, folder):
    done = run(folder)
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[2:5]] == ["2", "10", "album"]
    assert lines[-1].startswith("all")
    assert len({line.rindex("corr") + 4 for line in lines[:1]}) == 1
    assert run(folder / "two").stdout.count("album") == 0


def test_jobs_change_nothing(run, folder):
    one, four = (run(folder, "--json", "-j", jobs).stdout for jobs in (1, 4))
    assert one == four


def test_what_was_measured_before_reads_the_same(run, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSMASTER_CACHE", str(tmp_path))
    anew = run(folder, "--json", "--no-cache").stdout
    assert not list(tmp_path.iterdir())
    first, again = run(folder, "--json").stdout, run(folder, "--json").stdout
    assert first == again == anew
    assert len(list(tmp_path.rglob("*.tally"))) == 3


def test_what_cannot_be_read_is_told_and_the_rest_is_measured(run, tmp_path):
    soundfile.write(tmp_path / "good.wav", music(4), 44_100)
    (tmp_path / "bad.flac").write_bytes(b"fLaC" + bytes(100))
    whole = (tmp_path / "good.wav").read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 2])
    broken = music(4)
    broken[100_000] = np.nan
    soundfile.write(tmp_path / "nan.wav", broken, 44_100, subtype="FLOAT")
    done = run("--json", *sorted(tmp_path.iterdir()), tmp_path / "missing.wav")
    said = json.loads(done.stdout)
    assert (done.returncode, said["ok"]) == (1, False)
    assert [Path(file["path"]).name for file in said["result"]["files"]] == ["good.wav"]
    rules = {
        Path(finding["place"]["file"]).name: finding["rule"]
        for finding in said["findings"]
        if finding["severity"] == "error"
    }
    assert rules == {
        "bad.flac": "SRC-UNREADABLE",
        "missing.wav": "FILE-MISSING",
        "cut.wav": "SRC-TRUNCATED",
        "nan.wav": "SRC-NAN",
    }
    at = [each["message"] for each in said["findings"] if each["rule"] == "SRC-NAN"]
    assert at == ["nan.wav carries a sample that is no number at 0:02.268"]


def test_nothing_to_measure_is_unusable(run, tmp_path):
    done = run(tmp_path)
    assert done.returncode == 2
    assert "no audio files" in done.stderr


@pytest.mark.parametrize(
    ("subtype", "suffix", "channels"),
    [
        ("PCM_16", "wav", 2), ("PCM_24", "wav", 2), ("PCM_24", "wav", 1),
        ("PCM_24", "wav", 6), ("PCM_32", "wav", 2), ("FLOAT", "wav", 2),
        ("DOUBLE", "wav", 2), ("PCM_U8", "wav", 2), ("PCM_24", "aiff", 2),
        ("PCM_24", "flac", 2), ("PCM_16", "caf", 2), ("PCM_24", "rf64", 2),
        ("PCM_24", "w64", 2), ("VORBIS", "ogg", 2), ("MPEG_LAYER_III", "mp3", 2),
    ],
)  # fmt: skip
def test_every_readable_format_reads_the_same(tmp_path, subtype, suffix, channels):
    from album.metering import measure
    from album.pcmstream import open_stream

    audio = music(4.1, channels=channels)
    path = tmp_path / f"song.{suffix}"
    soundfile.write(path, audio, 44_100, subtype=subtype)
    found = measure(open_stream(path), lambda *_: lambda *_: None).figures
    plain = tmp_path / "plain.wav"
    soundfile.write(plain, audio, 44_100, subtype="DOUBLE")
    expected = measure(open_stream(plain), lambda *_: lambda *_: None).figures
    loose = subtype in ("PCM_U8", "VORBIS", "MPEG_LAYER_III")
    for one, other in (
        (found.loudness.integrated, expected.loudness.integrated),
        (found.peaks.true, expected.peaks.true),
    ):
        assert one == pytest.approx(other, abs=0.5 if loose else 0.002)
    assert loose or found.seconds == expected.seconds


def test_series_and_csv_are_written(run, folder, tmp_path):
    series, table = tmp_path / "series.csv", tmp_path / "table.csv"
    assert run(folder / "one", "--series", series, "--csv", table).returncode == 0
    with series.open() as file:
        rows = list(csv.DictReader(file))
    first = [row for row in rows if row["path"].endswith("2 b.wav")]
    assert [row["seconds"] for row in first[:2]] == ["0.4", "0.5"]
    assert len(first) == 77
    assert first[25]["short_term_lufs"] == ""
    assert float(first[26]["short_term_lufs"]) < 0
    with table.open() as file:
        files = list(csv.DictReader(file))
    assert len(files) == 2
    assert float(files[0]["integrated_lufs"]) < -5


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_pictures_are_the_same_every_time(run, folder, tmp_path, kind):
    song = folder / "two" / "c.wav"
    pictures = [tmp_path / f"{name}.{kind}" for name in "ab"]
    for picture in pictures:
        assert run(song, "--plot", picture).returncode == 0
    one, other = (picture.read_bytes() for picture in pictures)
    assert one == other
    assert one.startswith(b"\x89PNG" if kind == "png" else b"<?xml")
    assert len(list(tmp_path.iterdir())) == 2


def test_silence_can_be_drawn_and_measured(run, tmp_path):
    soundfile.write(tmp_path / "silence.wav", np.zeros((44_100, 2)), 44_100)
    done = run(tmp_path / "silence.wav", "--json", "--plot", tmp_path / "a.svg")
    file = json.loads(done.stdout)["result"]["files"][0]
    assert done.returncode == 0
    assert file["integrated_lufs"] is file["true_peak_dbtp"] is file["dr"] is None
    assert not re.search(r"NaN|Infinity", done.stdout)


def test_pictures_of_many_and_of_unknown_kinds_are_refused(run, folder, tmp_path):
    many = run(folder, "--plot", tmp_path / "a.png")
    odd = run(folder / "two", "--plot", tmp_path / "a.gif")
    assert (many.returncode, odd.returncode) == (2, 2)
    assert "one file" in many.stderr
    assert ".png or .svg" in odd.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_first_run_says_that_it_compiles(folder, tmp_path):
    command = [*GLASSMASTER, "meter", "--no-cache", str(folder / "two")]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    first, second = (
        subprocess.run(
            command, check=True, capture_output=True, text=True, env=environment
        )
        for _ in range(2)
    )
    assert first.stderr.count("compiling") == 1
    assert "compiling" not in second.stderr
    assert first.stdout == second.stdout


def test_help_does_without_the_heavy_libraries():
    code = (
        "import sys; from album.cli import app; import album.meterverb; "
        "heavy = {'numba', 'scipy', 'matplotlib', 'soundfile'}; "
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
