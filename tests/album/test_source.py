"""The mixes: what headers say, what a scan finds, what is refused."""

import hashlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from album.scanning import Scan, heard, scan
from album.source import Reader, Source, probe, remarks
from delivery.findings import Finding, Place, Refusal

PLACE = Place(file="album.toml", line=7, column=3)
LOSSLESS = [
    ("WAV", "PCM_U8", 8),
    ("WAV", "PCM_16", 16),
    ("WAV", "PCM_24", 24),
    ("WAV", "PCM_32", 32),
    ("WAV", "FLOAT", None),
    ("WAV", "DOUBLE", None),
    ("WAVEX", "PCM_24", 24),
    ("RF64", "PCM_24", 24),
    ("RF64", "FLOAT", None),
    ("W64", "PCM_16", 16),
    ("W64", "PCM_24", 24),
    ("AIFF", "PCM_S8", 8),
    ("AIFF", "PCM_16", 16),
    ("AIFF", "PCM_24", 24),
    ("AIFF", "FLOAT", None),
    ("CAF", "PCM_24", 24),
    ("CAF", "FLOAT", None),
    ("CAF", "ALAC_24", 24),
    ("FLAC", "PCM_16", 16),
    ("FLAC", "PCM_24", 24),
]
LOSSY = [("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")]
DEPTHS = {"FLOAT": "32 float", "DOUBLE": "64 float"}


def tone(count: int = 24_000) -> NDArray[np.float64]:
    """Return a tone with silence at both ends and a peak of -0.5 at sample 9000."""
    audio = np.zeros((count, 2))
    time = np.arange(count - 3_000) / 48_000
    audio[1_000:-2_000, 0] = 0.25 * np.cos(2 * np.pi * 440 * time)
    audio[9_000, 1] = -0.5
    return audio


def written(
    folder: Path,
    audio: NDArray[np.float64],
    kind: str = "WAV",
    coding: str = "PCM_24",
    rate: int = 48_000,
) -> Path:
    path = folder / f"mix.{kind.lower()}"
    soundfile.write(path, audio, rate, format=kind, subtype=coding)
    return path


def refused(path: Path, *, scanned: bool = False) -> Finding:
    with pytest.raises(Refusal) as refusal:
        judged(path) if scanned else probe(path, PLACE)
    (finding,) = refusal.value.findings
    assert finding.place == PLACE
    assert path.name in finding.message
    assert str(path) not in finding.message
    return finding


def judged(path: Path) -> tuple[Source, Scan]:
    source = probe(path, PLACE)
    return source, scan(source, PLACE)


@pytest.mark.parametrize(("kind", "coding", "bits"), LOSSLESS)
def test_a_lossless_mix_is_what_its_header_says(
    tmp_path: Path, kind: str, coding: str, bits: int | None
) -> None:
    path = written(tmp_path, tone(), kind, coding)
    source = probe(path)
    assert (source.rate, source.channels, source.length) == (48_000, 2, 24_000)
    assert (source.bits, source.lossy, source.coding) == (bits, False, coding)
    assert source.depth == (f"{bits} bit" if bits else DEPTHS[coding])
    assert source.seconds == 0.5
    assert remarks(source, PLACE) == []
    found = scan(source)
    assert found.peak == pytest.approx(0.5, abs=2**-7)
    assert found.peak_at == 9_000
    assert (found.silence_before, found.silence_after) == (1_000, 2_000)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(("kind", "coding"), LOSSY)
def test_a_lossy_mix_is_taken_with_a_warning(
    tmp_path: Path, kind: str, coding: str
) -> None:
    path = written(tmp_path, tone(), kind, coding)
    source = probe(path)
    assert (source.rate, source.channels, source.length) == (48_000, 2, 24_000)
    assert source.bits is None
    (said,) = remarks(source, PLACE)
    assert (said.rule, said.severity) == ("SRC-LOSSY", "warning")
    assert scan(source).peak == pytest.approx(0.5, abs=0.2)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 88_200, 96_000, 192_000])
def test_every_rate_of_the_studio_is_taken(tmp_path: Path, rate: int) -> None:
    assert probe(written(tmp_path, tone(12_000), rate=rate)).rate == rate


@pytest.mark.parametrize("rate", [4_000, 384_000])
def test_rates_of_no_studio_are_refused(tmp_path: Path, rate: int) -> None:
    finding = refused(written(tmp_path, tone(12_000), rate=rate))
    assert finding.rule == "SRC-RATE"
    assert str(rate) in finding.message


def test_six_channels_are_refused(tmp_path: Path) -> None:
    finding = refused(written(tmp_path, np.zeros((4_000, 6)), coding="PCM_16"))
    assert finding.rule == "SRC-CHANNELS"
    assert "6 channels" in finding.message


@pytest.mark.parametrize("kind", ["WAV", "AIFF", "RF64", "W64", "CAF", "FLAC"])
def test_a_file_of_no_samples_is_refused(tmp_path: Path, kind: str) -> None:
    finding = refused(written(tmp_path, np.zeros((0, 2)), kind))
    assert finding.rule in ("SRC-EMPTY", "SRC-UNREADABLE")


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\0" * 5_000, b"not audio" * 99])
@pytest.mark.parametrize("name", ["x.wav", "x.flac", "x.raw", "x"])
def test_what_is_no_audio_is_refused(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refused(path).rule == "SRC-UNREADABLE"


def test_raw_samples_without_a_header_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(tone().astype("<i2").tobytes())
    assert refused(path).rule == "SRC-UNREADABLE"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "x.wav").message


@pytest.mark.parametrize(
    ("kind", "coding"), [row[:2] for row in LOSSLESS if row[1] != "ALAC_24"]
)
@pytest.mark.parametrize("lost", [1, 50_000 - 24_000, 20_000])
def test_a_cut_off_file_is_refused(
    tmp_path: Path, kind: str, coding: str, lost: int
) -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (24_000, 2))
    path = written(tmp_path, noise, kind, coding)
    content = path.read_bytes()
    # Some writers end with a chunk of their own; what is lost is lost of the audio.
    path.write_bytes(content[: min(len(content), _audio_end(content)) - lost])
    finding = refused(path, scanned=True)
    assert finding.rule in ("SRC-TRUNCATED", "SRC-BROKEN", "SRC-UNREADABLE")
    assert finding.help


def _audio_end(content: bytes) -> int:
    """Return where the audio of a WAV ends that has a chunk after it."""
    at = content.find(b"PEAK", len(content) - 100)
    return at if at >= 0 else len(content)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("coding", ["FLOAT", "DOUBLE"])
@pytest.mark.parametrize("at", [0, 140_000, 199_999])
def test_a_sample_that_is_no_number_is_refused_with_its_time(
    tmp_path: Path, bad: float, coding: str, at: int
) -> None:
    audio = np.full((200_000, 2), 0.1)
    audio[at, 1] = bad
    finding = refused(written(tmp_path, audio, coding=coding), scanned=True)
    assert finding.rule == "SRC-NAN"
    assert finding.measured == at
    assert f"no number at 0:{at / 48_000:06.3f}" in finding.message


@pytest.mark.parametrize("bad", [2e9, -1e30, 1e300])
def test_a_sample_that_is_too_large_is_refused_as_such(
    tmp_path: Path, bad: float
) -> None:
    audio = np.full((50_000, 2), 0.1)
    audio[24_000, 1] = bad
    path = written(tmp_path, audio, coding="DOUBLE")
    finding = refused(path, scanned=True)
    assert finding.rule == "SRC-NAN"
    level = f"{20 * np.log10(abs(bad)):+.0f} dBFS"
    assert f"too large to be audio ({level}) at 0:00.500" in finding.message
    assert finding.measured == 24_000


def test_the_peak_is_the_first_of_equals_and_full_scale_is_one(tmp_path: Path) -> None:
    audio = np.zeros((300_000, 2))
    audio[140_000, 0] = audio[290_000, 1] = -1.0
    found = scan(probe(written(tmp_path, audio, coding="PCM_16")))
    assert (found.peak, found.peak_at) == (1.0, 140_000)
    assert (found.silence_before, found.silence_after) == (140_000, 9_999)


def test_digital_silence_is_an_error_and_all_silence(tmp_path: Path) -> None:
    source = probe(written(tmp_path, np.zeros((200_000, 2))))
    found = scan(source)
    assert (found.peak, found.silence_before, found.silence_after) == (
        0.0, 200_000, 200_000,
    )  # fmt: skip
    (said,) = heard(source, found, PLACE)
    assert (said.rule, said.severity, said.place) == ("SRC-SILENT", "error", PLACE)


def test_one_sounding_sample_is_found_wherever_it_is(tmp_path: Path) -> None:
    for at in (0, 131_071, 131_072, 262_143, 262_144):
        audio = np.zeros((262_145, 2))
        audio[at, 0] = 2**-15
        found = scan(probe(written(tmp_path, audio, coding="PCM_16")))
        assert (found.silence_before, found.silence_after) == (at, 262_144 - at)


def test_mono_stands_on_both_channels(tmp_path: Path) -> None:
    path = written(tmp_path, tone()[:, :1])
    source = probe(path)
    assert source.channels == 1
    (said,) = remarks(source, PLACE)
    assert (said.rule, said.severity) == ("SRC-MONO", "note")
    reader = Reader(source)
    audio = reader.read(500, 5_000)
    reader.close()
    assert audio.shape == (4_500, 2)
    assert np.array_equal(audio[:, 0], audio[:, 1])
    assert np.array_equal(audio[:, 0], soundfile.read(path)[0][500:5_000])


@pytest.mark.parametrize(("kind", "coding", "bits"), LOSSLESS)
def test_any_stretch_reads_as_the_same_stretch_of_the_whole(
    tmp_path: Path, kind: str, coding: str, bits: int | None
) -> None:
    path = written(tmp_path, tone(), kind, coding)
    whole = soundfile.read(path, dtype="float64")[0]
    reader = Reader(probe(path))
    for start, stop in ((20_000, 24_000), (0, 64), (8_990, 9_010), (9_010, 9_010)):
        assert np.array_equal(reader.read(start, stop), whole[start:stop])
    assert np.array_equal(np.concatenate(list(reader.blocks(0, 24_000))), whole)
    reader.close()


def test_a_mix_that_shrinks_under_the_reader_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, tone())
    source = probe(path)
    path.write_bytes(path.read_bytes()[:9_000])
    with pytest.raises(Refusal, match="changed while it was being read"):
        Reader(source).read(20_000, 24_000)
    path.unlink()
    with pytest.raises(Refusal, match="changed while it was being read"):
        Reader(source).read(20_000, 24_000)


MAGIC = [b"", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"fLaC", b"FORM\0\0\0\0AIFF", b"caff",
         b"RF64\xff\xff\xff\xffWAVEds64", b"riff", b"OggS", b"ID3",
         b"\xff\xfb\x90"]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(magic=st.sampled_from(MAGIC), rest=st.binary(max_size=400))
def test_arbitrary_bytes_are_a_source_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, magic: bytes, rest: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "x.wav"
    path.write_bytes(magic + rest)
    _is_judged(path)


@settings(max_examples=100, deadline=None)
@given(
    kind=st.sampled_from(["WAV", "WAVEX", "AIFF", "CAF", "W64", "RF64", "FLAC"]),
    at=st.integers(0, 120),
    byte=st.integers(0, 255),
    cut=st.integers(0, 30_000),
)
def test_a_damaged_header_is_a_source_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, kind: str, at: int, byte: int, cut: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = written(folder, tone(12_000), kind, "PCM_24")
    content = bytearray(path.read_bytes())
    content[at] = byte
    path.write_bytes(content[: len(content) - cut])
    _is_judged(path)


def _is_judged(path: Path) -> None:
    with suppress(Refusal):
        source, found = judged(path)
        assert source.length > 0
        assert 0 <= found.silence_before <= source.length
