import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from album import tallies
from album.tallies import folder, key_of, tally_of, tidy

posix = pytest.mark.skipif(sys.platform == "win32", reason="no pipes, no user numbers")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSMASTER_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def song(home):
    path = home / "song.wav"
    rng = np.random.default_rng(1)
    soundfile.write(path, rng.standard_normal((60_000, 2)) * 0.1, 44_100, "PCM_24")
    return path


def measures(monkeypatch):
    """Return the list that grows with every file that is really measured."""
    seen = []
    real = tallies.measured
    monkeypatch.setattr(
        tallies, "measured", lambda *a, **k: seen.append(1) or real(*a, **k)
    )
    return seen


def test_a_song_is_measured_once_and_reads_the_same(song, monkeypatch):
    seen = measures(monkeypatch)
    first, again = tally_of(song), tally_of(song)
    fresh = tally_of(song, cached=False)
    assert len(seen) == 2
    assert first.to_bytes() == again.to_bytes() == fresh.to_bytes()


def test_another_content_is_another_song(song, monkeypatch):
    tally_of(song)
    seen = measures(monkeypatch)
    about = song.stat()
    content = bytearray(song.read_bytes())
    content[-1000:] = bytes(1000)
    with song.open("r+b") as file:
        file.write(content)
    os.utime(song, ns=(about.st_atime_ns, about.st_mtime_ns))
    tally_of(song)
    assert seen == [1]


def test_a_later_time_and_a_copy_are_measured_anew(song, home):
    first = key_of(song)
    os.utime(song, ns=(0, 12345))
    assert key_of(song) != first
    shutil.copy2(song, home / "copy.wav")
    assert key_of(home / "copy.wav") != key_of(song)


@pytest.mark.parametrize("damage", [b"", b"nonsense" * 99, None])
def test_what_is_damaged_is_measured_anew(song, damage, monkeypatch):
    whole = tally_of(song).to_bytes()
    (kept,) = folder().iterdir()
    content = kept.read_bytes()
    kept.write_bytes(content[:-1] + b"?" if damage is None else damage)
    seen = measures(monkeypatch)
    assert tally_of(song).to_bytes() == whole
    assert seen == [1]


def test_a_folder_that_cannot_be_is_no_error(song, home, monkeypatch):
    (home / "file").write_text("")
    monkeypatch.setenv("GLASSMASTER_CACHE", str(home / "file"))
    assert tally_of(song).length == 60_000
    tidy()


def test_a_tally_holds_for_its_own_song_alone(song, home):
    other = home / "other.wav"
    soundfile.write(other, np.full((50_000, 2), 0.1), 44_100, "PCM_24")
    tally_of(song)
    (kept,) = folder().iterdir()
    whole = tally_of(other).to_bytes()
    shutil.copy(kept, folder() / f"{key_of(other)}.tally")
    assert tally_of(other).to_bytes() == whole


@posix
@pytest.mark.parametrize("kind", ["huge", "pipe", "folder", "device", "link"])
def test_what_cannot_be_a_tally_is_not_read(song, home, kind):
    whole = tally_of(song).to_bytes()
    (kept,) = folder().iterdir()
    if kind == "huge":
        os.truncate(kept, tallies.LARGEST + 1)
    else:
        kept.unlink()
    if kind == "pipe":
        os.mkfifo(kept)
    elif kind == "folder":
        kept.mkdir()
    elif kind == "device":
        kept.symlink_to("/dev/zero")
    elif kind == "link":
        kept.symlink_to(kept.name)
    assert tally_of(song).to_bytes() == whole
    tidy(0)


def test_what_is_too_large_is_not_kept(song, monkeypatch):
    monkeypatch.setattr(tallies, "LARGEST", 1000)
    tally_of(song)
    assert not folder().exists()


@posix
@pytest.mark.parametrize("odd", ["folder", "pipe", "stuck"])
def test_what_cannot_go_does_not_keep_the_rest_from_going(song, home, odd, monkeypatch):
    tally_of(song)
    (kept,) = folder().iterdir()
    old = folder() / "old.tally"
    if odd == "pipe":
        os.mkfifo(old)
    else:
        (old / "in it").mkdir(parents=True)
    if odd == "stuck":  # as a file of somebody else
        shutil.rmtree(old)
        old.write_bytes(b"old")
        real = Path.unlink

        def unlink(path, missing_ok=False):
            if path == old:
                raise PermissionError
            real(path, missing_ok)

        monkeypatch.setattr(Path, "unlink", unlink)
    os.utime(old, ns=(0, 0))
    tidy(0)
    assert old.exists()
    assert not kept.exists()


@posix
def test_without_a_home_there_is_nothing_wrong(song, monkeypatch):
    def none():
        raise RuntimeError("Could not determine home directory.")

    for name in ("GLASSMASTER_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", none)
    monkeypatch.setattr(tempfile, "tempdir", str(song.parent))
    (song.parent / f"glassmaster-{os.getuid()}").write_text("")  # of somebody else
    assert tally_of(song).length == 60_000
    tidy()


def test_the_least_used_goes_first(song, home):
    tally_of(song)
    (old,) = folder().iterdir()
    os.utime(old, ns=(0, 0))
    shutil.copy2(song, home / "copy.wav")
    tally_of(home / "copy.wav")
    tidy(old.stat().st_size + 100)
    assert not old.exists()
    assert len(list(folder().iterdir())) == 1
