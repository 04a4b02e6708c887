"""Joins of a continuous programme in lossy files: no worse than the codec is inside."""

import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from delivery import lame, libav
from delivery.gapless import Around, trim_mp3, trim_mp4
from tests.delivery import codings as codecs

RATE = 44_100
MARKS = [0, 588 * 120, 588 * 231, 588 * 400]
CONTEXT = 2 * RATE


def programme() -> np.ndarray:
    """Return chords with overtones, a beat and a little noise: 5.3 s."""
    at = np.arange(MARKS[-1]) / RATE
    rng = np.random.default_rng(1)
    sides = []
    for detuned in (1.0, 1.003):
        tones = [110.0 * detuned * part for part in (1, 1.5, 2, 2.52, 3, 4, 6)]
        sound = sum(
            np.sin(2 * np.pi * each * at) / (n + 2) for n, each in enumerate(tones)
        )
        sounding = sound * (0.6 + 0.4 * np.sin(2 * np.pi * 2 * at))
        sides.append(0.2 * sounding + 0.004 * rng.standard_normal(len(at)))
    return np.stack(sides, axis=1)


def coded(folder: Path, kind: str, audio: np.ndarray, around: Around) -> np.ndarray:
    if kind == "mp3":
        path = folder / "a.mp3"
        made = lame.encode(path, RATE, [audio], lame.Quality(), 2, around)
        found = np.concatenate(list(codecs.decode(path)))
    else:
        path = folder / "a.m4a"
        made = libav.encode_aac(path, RATE, [audio], 256, 2, around)
        found = np.concatenate(list(libav.decode(path)))
    assert made == len(found) == around.length
    return found


@pytest.mark.parametrize("kind", ["mp3", "aac"])
def test_joins_are_as_good_as_the_codec_is_inside(tmp_path, kind):
    whole = programme()
    parts = []
    for first, last in pairwise(MARKS):
        begin, end = max(0, first - CONTEXT), min(len(whole), last + CONTEXT)
        around = Around(first - begin, last - first, end - last)
        parts.append(coded(tmp_path, kind, whole[begin:end], around))
    error = np.sqrt(((np.concatenate(parts) - whole) ** 2).mean(axis=1))
    inside = [error[one + 8_192 : other - 8_192] for one, other in pairwise(MARKS)]
    windows = np.concatenate([each[: len(each) // 512 * 512] for each in inside])
    usual = np.percentile(np.sqrt((windows.reshape(-1, 512) ** 2).mean(axis=1)), 95)
    for mark in MARKS[1:-1]:
        for side in (error[mark - 512 : mark], error[mark : mark + 512]):
            assert np.sqrt((side**2).mean()) < usual * 10 ** (4 / 20)


@pytest.mark.parametrize("before", [0, 1, 1_000, CONTEXT])
@pytest.mark.parametrize("after", [0, 7, CONTEXT])
@pytest.mark.parametrize("kind", ["mp3", "aac"])
def test_what_is_around_a_piece_is_left_away(tmp_path, kind, before, after):
    audio = programme()[: before + 30_001 + after]
    found = coded(tmp_path, kind, audio, Around(before, 30_001, after))
    wanted = audio[before : before + 30_001]
    spectrum = np.fft.rfft(wanted[:, 0]) * np.conj(np.fft.rfft(found[:, 0]))
    assert np.fft.irfft(spectrum, len(wanted)).argmax() == 0
    if shutil.which("ffmpeg"):
        # whose decoder does not see where the edit list of an M4A ends
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-i",
            tmp_path / ("a.mp3" if kind == "mp3" else "a.m4a"),
            "-f",
            "s16le",
            "-",
        ]
        raw = subprocess.run(command, capture_output=True, check=True).stdout
        assert len(raw) == 4 * 30_001


def test_files_of_another_build_are_refused(tmp_path):
    path = tmp_path / "a.mp3"
    path.write_bytes(b"\xff\xfb\x90\x00" + bytes(2_000))
    with pytest.raises(ValueError, match="no LAME tag"):
        trim_mp3(path, 1, 1)
    lame.encode(path, RATE, [np.zeros((RATE, 2))], lame.Quality(), 2)
    with pytest.raises(ValueError, match="tells no delay"):
        trim_mp3(path, 4_000, 0)
    with pytest.raises(ValueError, match="no moov"):
        trim_mp4(path, 1, 1)
