"""Containers: what a header promises, against what is there."""

import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from album.containers import Promise, promise
from album.scanning import scan
from album.source import probe
from delivery.findings import Refusal
from delivery.mpeg import SPARE, samples_in

CONTAINERS = ["WAV", "WAVEX", "RF64", "W64", "AIFF", "CAF"]


@pytest.mark.parametrize("kind", CONTAINERS)
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("coding", ["PCM_16", "PCM_24", "FLOAT"])
def test_a_whole_file_keeps_its_promise(
    tmp_path: Path, kind: str, channels: int, coding: str
) -> None:
    path = tmp_path / "x"
    audio = np.zeros((1_001, channels))
    soundfile.write(path, audio, 48_000, format=kind, subtype=coding)
    found = promise(path)
    assert found is not None
    assert found.promised is not None
    frame = channels * {"PCM_16": 2, "PCM_24": 3, "FLOAT": 4}[coding]
    assert 1_001 * frame <= found.promised <= 1_001 * frame + 9
    assert found.present >= found.promised


@pytest.mark.parametrize("kind", CONTAINERS)
def test_a_cut_off_file_breaks_its_promise(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    soundfile.write(path, np.zeros((999, 2)), 48_000, format=kind, subtype="PCM_24")
    path.write_bytes(path.read_bytes()[:-1])
    found = promise(path)
    assert found is not None
    assert found.promised is not None
    assert found.present == found.promised - 1


@pytest.mark.parametrize("kind", ["FLAC", "OGG", "MP3"])
def test_other_kinds_of_file_promise_nothing(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    soundfile.write(path, np.zeros((999, 2)), 48_000, format=kind)
    assert promise(path) is None


@pytest.mark.parametrize(
    "head", [b"RIFF\0\0\0\0WAVE", b"FORM\0\0\0\0AIFF", b"riff", b"caff"]
)
def test_a_container_without_audio_has_none(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(head)
    assert promise(path) == Promise(None, 0)
    path.write_bytes(head + b"\0" * 3_000)
    assert promise(path) == Promise(None, 0)


def wave(*chunks: tuple[bytes, int, bytes]) -> bytes:
    body = b"".join(
        struct.pack("<4sI", name, size) + rest for name, size, rest in chunks
    )
    return struct.pack("<4sI4s", b"RIFF", 4 + len(body), b"WAVE") + body


FORM = (b"fmt ", 16, struct.pack("<HHIIHH", 1, 2, 48_000, 192_000, 4, 16))


def test_chunks_before_the_audio_are_stepped_over(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    odd = (b"bext", 5, b"hello\0")
    path.write_bytes(wave(odd, FORM, (b"junk", 0, b""), (b"data", 8, b"\1" * 8)))
    assert promise(path) == Promise(8, 8, 66)
    assert probe(path).length == 2


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_size_that_was_never_written_promises_nothing(
    tmp_path: Path, size: int
) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(wave(FORM, (b"data", size, b"\1" * 800)))
    assert promise(path) == Promise(None, 800, 44)


def test_a_wav_streamed_by_ffmpeg_is_read_whole(tmp_path: Path) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (50_001, 2))
    soundfile.write(tmp_path / "a.wav", noise, 48_000, subtype="PCM_24")
    command = ["ffmpeg", "-v", "error", "-i", "a.wav", "-c:a", "pcm_s24le", "-f", "wav"]
    done = subprocess.run(
        [*command, "-"], cwd=tmp_path, capture_output=True, timeout=60, check=True
    )
    path = tmp_path / "streamed.wav"
    path.write_bytes(done.stdout)
    assert b"data\xff\xff\xff\xff" in done.stdout
    found = promise(path)
    assert found is not None
    assert found.promised is None
    source = probe(path)
    assert (source.length, source.bits) == (50_001, 24)
    assert scan(source).peak == scan(probe(tmp_path / "a.wav")).peak
    assert np.array_equal(
        soundfile.read(path, dtype="int32")[0],
        soundfile.read(tmp_path / "a.wav", dtype="int32")[0],
    )


@pytest.mark.parametrize("speed", [["-b:a", "192k"], ["-q:a", "2"]])
def test_an_mp3_that_tells_no_length_is_whole_or_refused(
    tmp_path: Path, speed: list[str]
) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (200_001, 2))
    soundfile.write(tmp_path / "a.wav", noise, 48_000, subtype="PCM_24")
    command = ["ffmpeg", "-v", "error", "-i", "a.wav", "-write_xing", "0", *speed]
    subprocess.run(
        [*command, "-id3v2_version", "0", "b.mp3"],
        cwd=tmp_path,
        timeout=60,
        check=True,
    )
    assert abs(samples_in(tmp_path / "b.mp3") - 200_001) < SPARE
    if "-q:a" in speed:
        with pytest.raises(Refusal, match="tells a length of"):
            probe(tmp_path / "b.mp3")
        return
    source = probe(tmp_path / "b.mp3")
    assert abs(source.length - 200_001) < SPARE
    scan(source)
