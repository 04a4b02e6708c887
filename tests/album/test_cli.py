"""The command line: exit codes, one JSON object, and never a traceback."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

Done = subprocess.CompletedProcess[str]
VERBS = ["init", "check", "plan", "build", "verify", "demo", "schema"]
SONG = '[[song]]\ntitle = "a"\nmix = "mixes/a.wav"\n'


def run(*words: str | Path, folder: Path | None = None, **environment: str) -> Done:
    return subprocess.run(
        [sys.executable, "-m", "album", *map(str, words)],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def told(done: Done) -> dict[str, Any]:
    """Return the one object on stdout, whose envelope must be that of the contract."""
    document: dict[str, Any] = json.loads(done.stdout)
    assert list(document) == ["schema", "command", "ok", "findings", "result"]
    assert document["schema"] == 1
    known = {
        "rule",
        "severity",
        "message",
        "place",
        "measured",
        "limit",
        "source",
        "help",
    }
    for finding in document["findings"]:
        assert {"rule", "severity", "message"} <= set(finding) <= known
        assert finding["severity"] in ("error", "warning", "note")
    assert document["ok"] is (done.returncode == 0)
    assert done.stderr == ""
    return document


@pytest.fixture
def single(project: Callable[..., Path], music: Any) -> Path:
    return project(SONG, {"a": music(4.5)})


def test_help_of_everything_is_plain_text() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert all(f"\n  {verb} " in done.stdout for verb in VERBS)
    for verb in VERBS:
        done = run(verb, "--help")
        assert (done.returncode, done.stderr) == (0, "")
        assert f"glassmaster {verb}" in done.stdout or "Usage:" in done.stdout
        assert "--help" in done.stdout
        assert "\x1b" not in done.stdout
        assert max(map(len, done.stdout.splitlines())) <= 100


def _spent() -> float:
    """Return the seconds of processor time that programs started here have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_comes_at_once_and_loads_nothing_heavy() -> None:
    code = (
        "import sys, album.cli\ntry: sys.argv[1:] = ['--help']; album.cli.main()\n"
        "except SystemExit: pass\nprint(sorted({m.split('.')[0] for m in sys.modules}))"
    )
    times = []
    for _ in range(5):
        begun = _spent()
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        times.append(_spent() - begun)
    loaded = set(re.findall(r"'(\w+)'", done.stdout.splitlines()[-1]))
    heavy = {"numpy", "pydantic", "soundfile", "jinja2", "rich", "soxr", "mutagen"}
    assert not loaded & heavy
    assert min(times) < 0.25


def test_the_version_names_its_folder() -> None:
    done = run("--version")
    assert re.fullmatch(r"glassmaster \S+ \(.+\)\n", done.stdout)


def test_a_good_album_goes_through_every_verb(single: Path) -> None:
    folder = single.parent
    assert [
        song["id"] for song in told(run("plan", single, "--json"))["result"]["songs"]
    ]
    checked = told(run("check", folder, "--json"))
    assert checked["result"]["songs"][0]["samples"] == round(4.5 * 44_100)
    built = told(run("build", "--json", folder=folder))
    assert set(built["result"]) == {
        "out", "proof", "kept", "masters", "loudness", "codecs",
    }  # fmt: skip
    assert built["result"]["proof"]["cd"]["DDP"]["samples"] > 4 * 44_100
    verified = told(run("verify", folder / "build", "--json"))
    assert set(verified["result"]) >= {
        "kind", "tracks", "ean", "texts", "leadout_frames", "audio", "checksums",
    }  # fmt: skip
    assert set(verified["result"]["audio"]) >= {
        "samples", "sha256", "sample_peak_dbfs", "true_peak_dbtp", "integrated_lufs",
    }  # fmt: skip
    single.unlink()
    assert set(told(run("init", folder / "mixes", "--json"))["result"]) == {
        "path", "guesses",
    }  # fmt: skip
    assert json.loads(run("schema").stdout)["type"] == "object"


def test_people_read_the_result_on_stdout_and_the_rest_on_stderr(single: Path) -> None:
    done = run("build", single, "-o", single.parent / "out")
    assert done.returncode == 0
    assert "OK  " in done.stdout
    assert "read back ✓" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    done = run("check", single, "-q")
    assert done.stderr == ""
    assert "peak dBFS" in done.stdout


def test_letters_that_a_terminal_lacks_end_nothing(single: Path) -> None:
    done = run("build", single, "cd", PYTHONIOENCODING="ascii")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "OK  " in done.stdout


ALBUM = '[album]\nartist = "A"\ntitle = "T"\n'
MIX = ALBUM + '[[song]]\ntitle = "a"\nmix = "{}"\n'
BROKEN = {
    "empty": b"",
    "binary": bytes(range(256)) * 9,
    "utf-16": "[album]".encode("utf-16"),
    "no toml": b"[album\nartist=",
    "no table": b"album = 3\nsong = 4\n",
    "unknown key": (ALBUM + 'titel = "x"\n').encode(),
    "deep": b"x = " + b"[" * 9_999,
    "no songs": ALBUM.encode(),
    "missing mix": MIX.format("n.wav").encode(),
    "raw": MIX.format("x.raw").encode(),
    "no audio": MIX.format("x.wav").encode(),
    "nul": MIX.format("x\\u0000.wav").encode(),
    "odd cover": (ALBUM + 'cover = "x.wav"\n' + SONG).encode(),
    "odd pregap": (ALBUM + SONG + '[deliver.cd]\npregap = "x"\n').encode(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_project_is_refused_without_a_traceback(
    tmp_path: Path, name: str, music: Any
) -> None:
    (tmp_path / "mixes").mkdir()
    soundfile.write(tmp_path / "mixes/a.wav", music(4.2), 44_100)
    (tmp_path / "x.raw").write_bytes(bytes(999))
    (tmp_path / "x.wav").write_bytes(bytes(range(256)) * 9)
    (tmp_path / "album.toml").write_bytes(BROKEN[name])
    done = run("build", "--json", folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert [each for each in told(done)["findings"] if each["severity"] == "error"]
    assert not (tmp_path / "build").exists()
    assert not list(tmp_path.glob(".*"))


def test_unusable_arguments_are_exit_code_2(single: Path) -> None:
    folder = single.parent
    for words in (
        ["plan", folder / "none.toml"], ["plan", folder / "mixes"], ["sing"],
        ["build", single, "vinyl"], ["build", single, "--block", "1"],
        ["build", single, "-o", single], ["verify", folder], ["verify", single],
        ["verify", folder / "none"], ["init", folder], ["init", folder / "none"],
        ["plan", "--loud"], ["demo", folder / "mixes"],
    ):  # fmt: skip
        done = run(*words, folder=folder)
        assert done.returncode == 2, words
        assert "Traceback" not in done.stderr
        assert done.stderr


def test_a_fault_of_the_album_is_exit_code_1(
    project: Callable[..., Path], music: Any
) -> None:
    loud = music(4.5)
    loud[999] = 2.0
    path = project(SONG, {"a": loud}, subtype="FLOAT")
    done = run("build", path)
    assert done.returncode == 1
    assert "error[LOUD-CLIP]" in done.stderr
    assert "Nothing was written." in done.stderr
    document = told(run("build", path, "--json"))
    assert document["findings"][-1]["place"]["song"] == "a"


def test_a_plan_is_laid_out_from_headers_alone(project: Callable[..., Path]) -> None:
    path = project(SONG, {"a": np.full((200_000, 2), np.nan)}, subtype="FLOAT")
    done = run("plan", path)
    assert done.returncode == 1
    assert "error[SRC-NAN]" in done.stderr
    assert "00:02:00" in done.stdout
    done = run("check", path)
    assert done.returncode == 2
    assert "error[SRC-NAN]" in done.stderr
    assert str(path.name) in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_an_interrupt_is_exit_code_130(single: Path) -> None:
    command = [sys.executable, "-m", "album", "build", str(single)]
    with subprocess.Popen(
        [*command, "--block", "64", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        while not (single.parent / ".build.partial").exists():
            assert running.poll() is None
            time.sleep(0.005)
        running.send_signal(signal.SIGINT)
        result, said = running.communicate(timeout=60)
    assert (running.returncode, said) == (130, "")
    assert json.loads(result)["ok"] is False
    assert not (single.parent / "build").exists()


def test_a_reader_that_goes_away_ends_no_one_badly(single: Path) -> None:
    shell = f"{sys.executable} -m album plan {single} --json | head -c 1"
    done = subprocess.run(
        ["sh", "-c", shell], capture_output=True, text=True, timeout=60, check=True
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


STEER = "\x1b[31m\x1b]0;x\x07\x9b2J\u202e\x7f"


def controls(text: str) -> list[str]:
    return [each for each in text if not each.isprintable() and each != "\n"]


def test_no_text_steers_the_terminal(project: Callable[..., Path], music: Any) -> None:
    path = project("", {f"{STEER}ä": music(4.2)})
    folder = path.parent
    written = json.dumps(STEER, ensure_ascii=True)[1:-1].replace("\x7f", "\\u007f")
    for text in (
        f'[[song]]\ntitle = "{written}"\nmix = "mixes/{written}ä.wav"\n',
        f'[[song]]\ntitle = "x"\nmix = "mixes/{written}ä.wav"\n"{written}" = 1\n',
        f'[[song]]\ntitle = "x"\nmix = "mixes/{written}ä.wav"\n',
        f'[[song]]\ntitle = "x"\nmix = "{written}"\n',
    ):
        project(text, {})
        for words in (["check"], ["plan", "--json"]):
            done = run(*words, folder=folder)
            assert "Traceback" not in done.stderr
            assert controls(done.stdout + done.stderr) == []
            if "--json" in words:
                json.loads(done.stdout)
    for words in (["verify", f"{folder}/{STEER}"], ["init", folder / "mixes"]):
        assert controls("".join(run(*words).stderr)) == []


def test_colours_are_for_terminals_that_want_them(single: Path) -> None:
    pty = pytest.importorskip("pty")
    for wish, coloured in (("", True), ("1", False)):
        one, other = pty.openpty()
        environment = {**os.environ, "NO_COLOR": wish, "TERM": "xterm"}
        command = [sys.executable, "-m", "album", "plan", str(single.parent / "none")]
        subprocess.run(
            command, stderr=other, stdin=other, env=environment, check=False, timeout=60
        )
        os.close(other)
        said = os.read(one, 9_999)
        os.close(one)
        assert (b"\x1b[" in said) is coloured
