"""AAC, ALAC and Opus: lengths to the sample, levels kept, the same bytes every time."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from delivery import libav
from delivery.findings import Refusal

LENGTHS = [1, 100, 588, 1_023, 1_024, 1_025, 44_100, 150_001]
KINDS = ["aac", "alac-16", "alac-24", "opus"]


def music(length: int, rate: int) -> np.ndarray:
    at = np.arange(length) / rate
    rng = np.random.default_rng(length)
    left = 0.4 * np.sin(2 * np.pi * 440 * at) + 0.01 * rng.standard_normal(length)
    return np.stack([left, 0.3 * np.sin(2 * np.pi * 557 * at)], axis=1)


def encoded(folder: Path, kind: str, audio: np.ndarray, size: int) -> Path:
    blocks = [audio[at : at + size] for at in range(0, len(audio), size)]
    path = folder / ("a.opus" if kind == "opus" else "a.m4a")
    if kind == "aac":
        assert libav.encode_aac(path, 44_100, blocks, 256, 2) == len(audio)
    elif kind == "opus":
        assert libav.encode_opus(path, blocks, 128, 2) == len(audio)
    else:
        bits = int(kind[-2:])
        integers = [integers_of(block, bits) for block in blocks]
        assert libav.encode_alac(path, 44_100, integers, bits, 2) == len(audio)
    return path


def integers_of(block: np.ndarray, bits: int) -> np.ndarray:
    kind = np.int16 if bits == 16 else np.int32
    return np.rint(block * 2.0 ** (bits - 1)).astype(kind)


def decoded(path: Path) -> np.ndarray:
    return np.concatenate([np.zeros((0, 2)), *libav.decode(path)])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", LENGTHS)
def test_a_file_is_as_long_as_what_went_in(tmp_path, kind, length):
    rate = 48_000 if kind == "opus" else 44_100
    path = encoded(tmp_path, kind, music(length, rate), 10_000)
    assert libav.format_of(path) == (rate, length)
    assert decoded(path).shape == (length, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_audio_makes_the_same_bytes_in_any_blocks(tmp_path, kind):
    audio = music(60_000, 48_000)
    made = {
        encoded(tmp_path, kind, audio, size).read_bytes()
        for size in (60_000, 4_096, 1_153)
    }
    assert len(made) == 1


@pytest.mark.parametrize("bits", [16, 24])
def test_alac_gives_back_every_bit(tmp_path, bits):
    audio = music(30_000, 44_100)
    found = decoded(encoded(tmp_path, f"alac-{bits}", audio, 7_000))
    assert np.array_equal(integers_of(found, bits), integers_of(audio, bits))


@pytest.mark.parametrize("kind", ["aac", "opus"])
def test_lossy_audio_keeps_its_place_and_level(tmp_path, kind):
    audio = music(150_001, 48_000 if kind == "opus" else 44_100)
    found = decoded(encoded(tmp_path, kind, audio, 10_000))
    spectrum = np.fft.rfft(audio[:, 0]) * np.conj(np.fft.rfft(found[:, 0]))
    assert np.fft.irfft(spectrum).argmax() == 0
    level = np.vdot(found, audio) / np.vdot(audio, audio)
    assert abs(20 * np.log10(level)) < 0.05


@pytest.mark.parametrize("kind", ["aac", "opus"])
def test_overs_come_through(tmp_path, kind):
    tone = 1.4 * np.sin(2 * np.pi * 1_000 / 44_100 * np.arange(44_100))
    path = encoded(tmp_path, kind, np.stack([tone, tone], axis=1), 10_000)
    middle = np.abs(decoded(path)[4_000:-4_000])
    assert middle.max() == pytest.approx(1.4, abs=0.1)


@pytest.mark.parametrize("kind", ["alac-16", "alac-24", "opus"])
def test_ffmpeg_finds_the_same_length(tmp_path, kind):
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    path = encoded(tmp_path, kind, music(44_123, 48_000), 10_000)
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    assert len(raw) == 4 * 44_123


def test_what_a_codec_has_not_is_refused(tmp_path):
    path = tmp_path / "a.m4a"
    with pytest.raises(ValueError, match="at 22050 Hz"):
        libav.encode_aac(path, 22_050, [], 256, 2)
    with pytest.raises(ValueError, match="at 8 kbit/s"):
        libav.encode_aac(path, 44_100, [], 8, 2)
    with pytest.raises(ValueError, match="at 8 kbit/s"):
        libav.encode_opus(path, [], 8, 2)


@pytest.mark.parametrize("content", [b"", b"no file of music", b"\0" * 4_096])
def test_what_is_no_audio_is_refused(tmp_path, content):
    path = tmp_path / "a.m4a"
    path.write_bytes(content)
    for look in (libav.format_of, lambda each: list(libav.decode(each))):
        with pytest.raises(Refusal, match="cannot be decoded"):
            look(path)
