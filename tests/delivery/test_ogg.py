"""Ogg pages: the same number every time, and a checksum that readers take."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from delivery import ogg
from delivery.coding.row import Sound
from delivery.coding.table import form
from delivery.gapless import Around

RATE = 48_000


def write(path: Path, name: str, before: int = 0) -> None:
    noise = np.random.default_rng(1).standard_normal((RATE + before, 2)) * 0.1
    kind = form(name)
    around = Around(before, RATE, 0) if before else Around()
    sound = Sound(
        rate=RATE,
        blocks=[noise],
        length=len(noise),
        quality=kind.quality,
        around=around,
    )
    assert kind.coding.encode(path, sound).length == RATE


def test_the_checksum_is_that_of_rfc_3533() -> None:
    # the CRC-32 with the generator 0x04C11DB7 of "123456789", begun and ended with 0
    assert ogg.checksum(b"123456789") == 0x89A1897F


@pytest.mark.parametrize(("name", "before"), [("vorbis q4", 0), ("opus 96", 9_600)])
def test_foreign_readers_take_the_pages(tmp_path: Path, name: str, before: int) -> None:
    path = tmp_path / "a.ogg"
    write(path, name, before)
    tool = "opusinfo" if name.startswith("opus") else "ogginfo"
    if shutil.which(tool):
        said = subprocess.run([tool, path], capture_output=True, text=True, check=False)
        assert "WARNING" not in said.stdout
        assert said.returncode == 0
    if shutil.which("ffmpeg"):
        command = ["ffmpeg", "-v", "error", "-i", path, "-f", "f32le", "-"]
        raw = subprocess.run(command, capture_output=True, check=True)
        assert not raw.stderr
        assert len(raw.stdout) == 8 * RATE


def test_what_is_no_ogg_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"RIFF" + bytes(100))
    with pytest.raises(ValueError, match="no Ogg page"):
        ogg.renumber(path)
    with pytest.raises(ValueError, match="no Opus"):
        ogg.skip(path, 1)
    write(path, "opus 96")
    with pytest.raises(ValueError, match="pre-skip"):
        ogg.skip(path, 65_535)
