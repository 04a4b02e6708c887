import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery import lame, wav
from delivery.findings import Refusal
from delivery.lame import Quality
from tests.delivery import codings as codecs


def music(length: int, rate: int = 44_100) -> Any:
    """Return chords, a hi-hat and a drifting pan: nothing repeats exactly."""
    time = np.arange(length)[:, None] / rate
    hertz = np.array([[110.0, 110.3]])
    tone = sum(
        np.sin(2 * np.pi * hertz * k * time + k) / k for k in (1, 2, 3, 4, 6, 9, 14)
    )
    hat = np.random.default_rng(1).standard_normal((length, 2)) * 0.05
    beat = np.exp(-(np.arange(length) % (rate // 4)) / 600)[:, None]
    return 0.2 * tone * (0.6 + 0.4 * np.sin(time)) + hat * beat


def ffmpeg(path: Path, kind: str) -> Any:
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    out = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", kind, "-"],
        capture_output=True,
        check=True,
    )
    assert not out.stderr
    dtype = {"f32le": "<f4", "s32le": "<i4"}[kind]
    return np.frombuffer(out.stdout, dtype).reshape(-1, 2)


@given(
    length=st.integers(1, 20_000),
    bits=st.sampled_from([16, 24]),
    size=st.integers(500, 20_000),
    rate=st.sampled_from([44_100, 96_000, 192_000]),
)
@settings(max_examples=30, deadline=None)
def test_flac_gives_back_every_bit(
    tmp_path_factory: pytest.TempPathFactory,
    length: int,
    bits: int,
    size: int,
    rate: int,
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.flac"
    full = 1 << (bits - 1)
    audio = np.random.default_rng(length).integers(-full, full, (length, 2), np.int32)
    blocks = (audio[at : at + size] for at in range(0, length, size))
    found = codecs.encode_flac(path, rate, blocks, bits)
    assert found == (length, hashlib.sha256(wav.pack(audio, bits)).hexdigest())
    pcm = wav.open_pcm(path)
    assert (pcm.rate, pcm.bits, pcm.length) == (rate, bits, length)
    assert np.array_equal(np.concatenate(list(pcm.blocks())), audio)


def test_flac_and_ffmpeg_agree(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    audio = np.rint(music(96_000) * 2**22).astype(np.int32)
    codecs.encode_flac(path, 96_000, [audio])
    assert np.array_equal(ffmpeg(path, "s32le") >> 8, audio)
    if not shutil.which("flac"):
        pytest.skip("flac is not installed")
    tested = subprocess.run(["flac", "-t", "-w", path], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr


@pytest.mark.parametrize("rate", lame.RATES)
@pytest.mark.parametrize("length", [1, 100, 588, 1151, 1152, 1153, 44_100, 150_001])
def test_mp3_is_as_long_as_what_went_in(tmp_path: Path, rate: int, length: int) -> None:
    path = tmp_path / "a.mp3"
    audio = music(length, rate)
    blocks = (audio[at : at + 40_000] for at in range(0, length, 40_000))
    assert codecs.encode_mp3(path, rate, blocks) == length
    assert codecs.format_of(path) == (rate, length)
    decoded = np.concatenate(list(codecs.decode(path)))
    assert len(decoded) == length
    assert len(ffmpeg(path, "f32le")) == length


def test_mp3_decoders_agree_on_where_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    audio = music(100_000)
    codecs.encode_mp3(path, 44_100, [audio])
    for decoded in (np.concatenate(list(codecs.decode(path))), ffmpeg(path, "f32le")):
        spectrum = np.fft.rfft(audio[:, 0]) * np.conj(np.fft.rfft(decoded[:, 0]))
        assert np.fft.irfft(spectrum).argmax() == 0
        error = np.sum((decoded - audio) ** 2) / np.sum(audio**2)
        assert 10 * np.log10(error) < -25


@pytest.mark.parametrize("bitrate", [96, 128, 160, 192, 224, 256, 320])
def test_mp3_has_the_bitrate_and_keeps_the_level(tmp_path: Path, bitrate: int) -> None:
    path = tmp_path / "a.mp3"
    tone = 0.5 * np.sin(2 * np.pi * 1_000 / 44_100 * np.arange(88_200))
    audio = np.stack([tone, tone], axis=1)
    codecs.encode_mp3(path, 44_100, [audio], Quality(bitrate=bitrate))
    decoded = np.concatenate(list(codecs.decode(path)))
    level = np.vdot(decoded, audio) / np.vdot(audio, audio)
    assert abs(20 * np.log10(level)) < 0.005
    if not shutil.which("ffprobe"):
        pytest.skip("ffprobe is not installed")
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-of", "json", path],
        capture_output=True,
        check=True,
    )
    assert json.loads(probe.stdout)["streams"][0]["bit_rate"] == f"{bitrate}000"


def test_overs_come_through_an_mp3(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    tone = 1.4 * np.sin(2 * np.pi * 1_000 / 44_100 * np.arange(44_100))
    codecs.encode_mp3(path, 44_100, [np.stack([tone, tone], axis=1)])
    decoded = np.concatenate(list(codecs.decode(path)))
    assert np.abs(decoded[4_000:-4_000]).max() == pytest.approx(1.4, abs=0.01)


def test_the_same_audio_makes_the_same_bytes_in_any_blocks(tmp_path: Path) -> None:
    audio = music(60_000)
    made: dict[str, set[bytes]] = {"mp3": set(), "flac": set()}
    for size in (60_000, 4_096, 1_153):
        blocks = [audio[at : at + size] for at in range(0, len(audio), size)]
        codecs.encode_mp3(tmp_path / "a.mp3", 44_100, blocks)
        ints = [np.rint(block * 2**22).astype(np.int32) for block in blocks]
        codecs.encode_flac(tmp_path / "a.flac", 44_100, ints)
        for kind, seen in made.items():
            seen.add((tmp_path / f"a.{kind}").read_bytes())
    assert {kind: len(seen) for kind, seen in made.items()} == {"mp3": 1, "flac": 1}


def test_the_rate_of_an_mp3_stays_in_the_family() -> None:
    family = {rate: codecs.mp3_rate(rate) for rate in (44_100, 48_000, 88_200, 96_000)}
    assert family == {44_100: 44_100, 48_000: 48_000, 88_200: 44_100, 96_000: 48_000}
    assert (codecs.mp3_rate(176_400), codecs.mp3_rate(192_000)) == (44_100, 48_000)


def test_what_mp3_has_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no rate of 96000"):
        codecs.encode_mp3(tmp_path / "a.mp3", 96_000, [])
    with pytest.raises(ValueError, match="no bitrate of 319"):
        codecs.encode_mp3(tmp_path / "a.mp3", 44_100, [], Quality(bitrate=319))
    for wrong in ({"bitrate": None}, {"variable": 2.0}):
        with pytest.raises(ValueError, match="constant bitrate or a variable"):
            Quality(**wrong)
    with pytest.raises(ValueError, match="V10 is none"):
        Quality(bitrate=None, variable=10.0)


@pytest.mark.parametrize("quality", [0.0, 2.0, 5.0])
def test_a_variable_bitrate_keeps_length_and_level(
    tmp_path: Path, quality: float
) -> None:
    path = tmp_path / "a.mp3"
    audio = music(150_001)
    wanted = Quality(bitrate=None, variable=quality)
    assert codecs.encode_mp3(path, 44_100, [audio], wanted) == len(audio)
    decoded = np.concatenate(list(codecs.decode(path)))
    assert len(decoded) == len(ffmpeg(path, "f32le")) == len(audio)
    level = np.vdot(decoded, audio) / np.vdot(audio, audio)
    assert abs(20 * np.log10(level)) < 0.05


def test_mono_is_encoded_too(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    codecs.encode_mp3(path, 44_100, [music(50_000)[:, :1]], channels=1)
    decoded = np.concatenate(list(codecs.decode(path)))
    assert decoded.shape == (50_000, 1)


def test_what_is_no_audio_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"no audio at all")
    with pytest.raises(Refusal, match="cannot be decoded"):
        list(codecs.decode(path))
    with pytest.raises(Refusal, match="cannot be decoded"):
        codecs.format_of(path)
