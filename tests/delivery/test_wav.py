import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery import wav
from delivery.findings import Refusal


def noise(length: int, bits: int, channels: int = 2) -> Any:
    full = 1 << (bits - 1)
    found = np.random.default_rng(length).integers(-full, full, (length, channels))
    found[:1] = -full
    found[-1:] = full - 1
    return found.astype(np.int16 if bits == 16 else np.int32)


def blocks(audio: Any, size: int) -> Iterator[Any]:
    return (audio[at : at + size] for at in range(0, len(audio), size))


@given(
    length=st.integers(0, 3_000),
    bits=st.sampled_from([16, 24]),
    size=st.integers(1, 4_000),
    channels=st.integers(1, 3),
)
@settings(max_examples=60, deadline=None)
def test_soundfile_reads_what_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    length: int,
    bits: int,
    size: int,
    channels: int,
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.wav"
    audio = noise(length, bits, channels)
    digest = wav.write(path, 48_000, bits, blocks(audio, size), length, channels)
    found, rate = soundfile.read(path, dtype="int32", always_2d=True)
    assert rate == 48_000
    assert np.array_equal(found >> (32 - bits), audio)
    data = path.read_bytes()[44 : 44 + length * channels * bits // 8]
    assert hashlib.sha256(data).hexdigest() == digest
    assert path.stat().st_size % 2 == 0


@pytest.mark.parametrize("bits", [16, 24])
def test_read_gives_the_integers_right_aligned(tmp_path: Path, bits: int) -> None:
    audio = noise(150_001, bits)
    path = tmp_path / "a.wav"
    wav.write(path, 44_100, bits, [audio], len(audio))
    pcm = wav.open_pcm(path)
    assert (pcm.rate, pcm.bits, pcm.length, pcm.channels) == (44_100, bits, 150_001, 2)
    for _ in range(2):
        assert np.array_equal(np.concatenate(list(pcm.blocks())), audio)


def test_the_header_is_the_44_bytes_of_plain_pcm() -> None:
    assert wav.header(44_100, 16, 588) == bytes.fromhex(
        "52494646 54090000 57415645"  # RIFF, 4 + 24 + 8 + 2352, WAVE
        "666d7420 10000000 0100 0200"  # fmt, 16, PCM, 2 channels
        "44ac0000 10b10200 0400 1000"  # 44100, 176400 bytes/s, 4 bytes, 16 bits
        "64617461 30090000"  # data, 2352
    )


def test_beyond_four_gigabytes_the_header_is_rf64() -> None:
    longest = (2**32 - 1 - 36) // 6
    assert wav.header(192_000, 24, longest)[:4] == b"RIFF"
    start = wav.header(192_000, 24, longest + 1)
    assert start[:20] == b"RF64\xff\xff\xff\xffWAVEds64" + (28).to_bytes(4, "little")
    size = (longest + 1) * 6
    said = [int.from_bytes(start[at : at + 8], "little") for at in (20, 28, 36)]
    assert said == [size + len(start) - 8, size, longest + 1]


def test_rf64_is_read_by_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wav, "_LARGEST", 1_000)
    path = tmp_path / "a.wav"
    audio = noise(1_000, 24)
    wav.write(path, 96_000, 24, [audio], 1_000)
    assert path.read_bytes().startswith(b"RF64")
    assert np.array_equal(np.concatenate(list(wav.open_pcm(path).blocks())), audio)


@pytest.mark.parametrize("bits", [16, 24])
def test_sox_and_ffprobe_agree(tmp_path: Path, bits: int) -> None:
    path = tmp_path / "a.wav"
    audio = noise(88_200, bits)
    wav.write(path, 88_200, bits, [audio], len(audio))
    if not shutil.which("sox") or not shutil.which("ffprobe"):
        pytest.skip("sox and ffprobe are not both installed")
    sox = subprocess.run(
        ["sox", path, "-t", "raw", "-b", "32", "-e", "signed", "-L", "-"],
        capture_output=True,
        check=True,
    )
    assert not sox.stderr
    raw = np.frombuffer(sox.stdout, "<i4").reshape(-1, 2)
    assert np.array_equal(raw >> (32 - bits), audio)
    wanted = "stream=codec_name,duration_ts"
    probe = subprocess.run(
        ["ffprobe", "-v", "warning", "-of", "csv=p=0", "-show_entries", wanted, path],
        capture_output=True,
        check=True,
        text=True,
    )
    assert (probe.stdout.strip(), probe.stderr) == (f"pcm_s{bits}le,88200", "")


def test_a_length_other_than_told_is_refused(tmp_path: Path) -> None:
    path, audio = tmp_path / "a.wav", noise(10, 16)
    with pytest.raises(ValueError, match="1 samples short"):
        wav.write(path, 44_100, 16, [audio], 11)
    with pytest.raises(ValueError, match="1 samples beyond"):
        wav.write(path, 44_100, 16, [audio], 9)


def test_values_that_do_not_fit_are_refused() -> None:
    assert bytes(wav.pack(np.array([[32_767, -32_768]]), 16)) == b"\xff\x7f\x00\x80"
    for value, bits in ((32_768, 16), (-32_769, 16), (1 << 23, 24)):
        with pytest.raises(ValueError, match=f"do not fit {bits} bits"):
            wav.pack(np.array([[value, 0]]), bits)


def test_mono_where_stereo_was_told_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has not 2 channels"):
        wav.write(tmp_path / "a.wav", 44_100, 16, [noise(10, 16, 1)], 10)


def test_what_is_no_integer_pcm_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "float.wav"
    soundfile.write(path, np.zeros((10, 2)), 44_100, subtype="FLOAT")
    with pytest.raises(Refusal, match="holds FLOAT, not integers"):
        wav.open_pcm(path)
    path.write_bytes(b"nothing of the sort")
    with pytest.raises(Refusal, match=r"'float\.wav' cannot be read as audio"):
        wav.open_pcm(path)
    with pytest.raises(Refusal, match="cannot be read as audio"):
        wav.open_pcm(tmp_path / "absent.wav")
