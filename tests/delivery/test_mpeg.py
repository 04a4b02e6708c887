"""MP3 frames counted: what a file holds, whatever its header tells."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from delivery.mpeg import SPARE, samples_in
from tests.delivery import codings as codecs


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
def test_the_frames_hold_the_audio_and_little_more(
    tmp_path: Path, rate: int, mode: str
) -> None:
    path = tmp_path / "x.mp3"
    noise = np.random.default_rng(1).uniform(-0.3, 0.3, (rate * 3 + 7, 2))
    soundfile.write(path, noise, rate, bitrate_mode=mode, compression_level=0.3)
    assert len(noise) <= samples_in(path) <= len(noise) + SPARE
    tag = b"ID3\4\0\0\0\0\2\1" + bytes(257)
    path.write_bytes(tag + path.read_bytes())
    assert len(noise) <= samples_in(path) <= len(noise) + SPARE


def test_a_file_that_is_cut_off_holds_less(tmp_path: Path) -> None:
    path = tmp_path / "x.mp3"
    codecs.encode_mp3(path, 48_000, [np.zeros((96_000, 2))])
    path.write_bytes(path.read_bytes()[:-20_000])
    assert samples_in(path) < 96_000


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"\xff\xfb\xf0\0", b"ID3", b"x" * 999, b"\xff\xff\xff\xff"],
)
def test_what_is_no_mp3_holds_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(content)
    assert samples_in(path) == 0
