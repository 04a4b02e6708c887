"""Nothing lost: whatever happens to a build, what was there before is whole."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from delivery import folder, manifest
from delivery.findings import Failure, Refusal

Hashes = Callable[[Path], dict[str, str]]
BUILD = [sys.executable, "-m", "album", "build"]
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from album.cli import main
main()
"""


@pytest.fixture
def album(project: Callable[..., Path], music: Any, make: Any) -> Path:
    """Return a project that has been delivered once, and has changed since."""
    mixes = {"a": music(4.3, 48_000), "b": music(4.4, 48_000, 2)}
    text = "".join(
        f'[song.{name}]\ntitle = "{name}"\nmix = "mixes/{name}.wav"\n' for name in mixes
    )
    text = '[deliver.cd]\n[deliver.streaming]\nformats = ["flac"]\n' + text
    path = project('[sequence]\norder = ["a", "b"]\n' + text, mixes, rate=48_000)
    make(path)
    changed = path.read_text("utf-8") + "gain_db = -1\n"
    path.write_text(changed, encoding="utf-8")
    streaming = '[deliver.streaming]\nformats = ["flac"]\n'
    for name, dropped in (("cd", streaming), ("streaming", "[deliver.cd]\n")):
        only = path.with_name(f"{name}.toml")
        only.write_text(changed.replace(dropped, ""), encoding="utf-8")
    return path


@pytest.fixture
def untouched(album: Path, hashes: Hashes) -> Iterator[None]:
    """Check, after the test, that project, mixes and delivery are what they were."""
    before = hashes(album.parent)
    yield
    assert hashes(album.parent) == before
    assert not list(album.parent.glob(".*.partial"))


def command(album: Path, *more: str, **options: Any) -> Any:
    return subprocess.run(
        [*BUILD, str(album), *more],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("size", [50, 20_000, 500_000])
@pytest.mark.parametrize("target", ["cd", "streaming"])
@pytest.mark.skipif(sys.platform == "win32", reason="no limit of sizes there")
def test_a_disk_that_takes_no_more_leaves_the_delivery(
    album: Path, size: int, target: str
) -> None:
    only = album.with_name(f"{target}.toml")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(size), "build", str(only)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "error[FILE]" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("untouched")
def test_a_full_disk_in_the_papers_leaves_the_delivery(
    album: Path, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(manifest, "write", full)
    with pytest.raises(OSError, match="No space"):
        make(album)


@pytest.mark.usefixtures("untouched")
def test_an_error_of_the_audio_leaves_the_delivery(
    album: Path, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from album import cd

    monkeypatch.setattr(cd.disc, "prove", _failing)
    with pytest.raises(Failure):
        make(album)


def _failing(*_: Any) -> Any:
    raise Failure(())


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_the_delivery(
    album: Path, hashes: Hashes, make: Any
) -> None:
    mixes, old = hashes(album.parent / "mixes"), hashes(album.parent / "build")
    make(album, out=album.parent / "new")
    new = hashes(album.parent / "new")
    begun = time.monotonic()
    assert command(album, "-o", str(album.parent / "timed")).returncode == 0
    lasts = time.monotonic() - begun
    for moment in range(10):
        with subprocess.Popen([*BUILD, str(album), "-q"]) as running:
            time.sleep(lasts * (moment + 1) / 10.5)
            running.kill()
        assert hashes(album.parent / "build") in (old, new)
        assert hashes(album.parent / "mixes") == mixes
    make(album)
    assert hashes(album.parent / "build") == new
    assert not list(album.parent.glob(".*.partial"))


@pytest.mark.usefixtures("untouched")
@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_the_delivery(album: Path, sent: int) -> None:
    with subprocess.Popen(
        [*BUILD, str(album), "--block", "64"], stderr=subprocess.PIPE, text=True
    ) as running:
        while not (album.parent / ".build.partial/content/cd").exists():
            assert running.poll() is None
            time.sleep(0.005)
        running.send_signal(sent)
        said = running.communicate(timeout=60)[1]
    assert running.returncode == 130
    assert "untouched" in said
    assert "Traceback" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="rights are others there")
def test_a_parent_that_may_not_be_written_is_said(album: Path, hashes: Hashes) -> None:
    before = hashes(album.parent)
    if os.geteuid() == 0:  # root may write everywhere but in the kernel's own
        done = command(album, "-o", "/proc/self/build")
    else:
        album.parent.chmod(0o555)
        done = command(album)
        album.parent.chmod(0o755)
    assert done.returncode == 2
    assert "error[FILE]" in done.stderr
    assert hashes(album.parent) == before


@pytest.mark.parametrize("name", ["notes.txt", "cd/mine.wav", ".hidden", "streaming/x"])
def test_a_foreign_file_is_never_replaced(
    album: Path, make: Any, hashes: Hashes, name: str
) -> None:
    (album.parent / "build" / name).write_text("mine")
    before = hashes(album.parent)
    with pytest.raises(Refusal, match="not of a delivery"):
        make(album)
    assert hashes(album.parent) == before


def test_a_file_that_comes_during_the_build_is_never_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out"
    replacing = folder.replacing(target)
    replacing.__enter__()
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    with pytest.raises(Refusal, match="not of a delivery"):
        replacing.__exit__(None, None, None)
    assert (target / "mine.txt").read_text() == "mine"


def test_what_file_managers_leave_is_no_foreign_file(album: Path, make: Any) -> None:
    (album.parent / "build/cd/.DS_Store").write_text("x")
    make(album)


def test_a_link_or_a_file_is_no_target(album: Path, make: Any, tmp_path: Path) -> None:
    shutil.move(album.parent / "build", tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").write_text("mine")
    for name in ("link", "file", "mixes/a.wav"):
        with pytest.raises(Refusal, match="is not a folder"):
            make(album, out=tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_of_mixes_is_no_target(album: Path, make: Any) -> None:
    for out in (album.parent, album.parent / "mixes"):
        with pytest.raises(Refusal, match="not of a delivery"):
            make(album, out=out)


def test_the_second_of_two_builds_is_refused_and_harms_no_one(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with folder.replacing(target) as content:
        (content / "mine").write_text("first")
        for _ in range(2):
            with pytest.raises(Refusal, match="another build is writing out"):
                folder.replacing(target).__enter__()
            assert (content / "mine").read_text() == "first"
    assert (target / "mine").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_killed_build_left_is_gone_after_the_next(tmp_path: Path) -> None:
    target = tmp_path / "out"
    for name in ("content/cd", "staging/1"):
        (tmp_path / ".out.partial" / name).mkdir(parents=True)
    (tmp_path / ".out.partial/content/cd/x.wav").write_text("half")
    with folder.replacing(target) as content:
        assert not list(content.iterdir())
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("when", ["aside", "between"])
def test_a_delivery_that_was_put_aside_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setattr(folder, "_exchange", lambda *_: False)
    target = tmp_path / "out"
    with folder.replacing(target) as content:
        (content / "old").write_text("old")
        manifest.write(content, {})
    if when == "between":  # a kill between the two steps of the change
        (tmp_path / ".out.partial").mkdir()
        target.rename(tmp_path / ".out.partial/replaced")
        with pytest.raises(ZeroDivisionError), folder.replacing(target):
            raise ZeroDivisionError
        assert (target / "old").read_text() == "old"
    with folder.replacing(target) as content:
        (content / "new").write_text("new")
        manifest.write(content, {})
    assert sorted(path.name for path in target.iterdir()) == ["manifest.json", "new"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_mixes_are_what_they_were(album: Path, make: Any, hashes: Hashes) -> None:
    before = hashes(album.parent / "mixes")
    for path in (album.parent / "mixes").iterdir():
        path.chmod(0o444)
    make(album)
    assert hashes(album.parent / "mixes") == before
    assert soundfile.info(album.parent / "mixes/a.wav").frames == round(4.3 * 48_000)
