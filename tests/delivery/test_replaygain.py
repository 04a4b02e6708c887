"""Levels in tags: the units of each format, and the figures of loudgain and ffmpeg."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery import replaygain, tags, wav
from delivery.replaygain import Heard
from dsp.figures import figures, pool
from dsp.meter import Meter
from dsp.tally import Tally
from tests.delivery import codings as codecs

LEVELS = st.builds(Heard, integrated=st.floats(-70, 6), true_peak=st.floats(-70, 9))


def test_the_examples_of_the_documents():
    level = Heard(integrated=-14.41, true_peak=-0.81)
    assert replaygain.opus_gain(level) == "-2199"  # -8.59 dB in 1/256 dB
    assert replaygain.gain(Heard(integrated=-14.51, true_peak=0)) == "-3.49 dB"
    assert replaygain.peak(Heard(integrated=-14, true_peak=0)) == "1.000000"
    assert replaygain.gain(Heard(integrated=-18.001, true_peak=0)) == "0.00 dB"
    assert replaygain.gain(Heard(integrated=-20, true_peak=0)) == "2.00 dB"


@given(LEVELS)
def test_opus_and_replaygain_are_five_decibels_apart(level):
    steps = int(replaygain.opus_gain(level))
    told = float(replaygain.gain(level).removesuffix(" dB"))
    assert told - steps / 256 == pytest.approx(5.0, abs=0.01)


@given(LEVELS)
def test_sound_check_is_ten_numbers_of_power(level):
    text = replaygain.sound_check_text(level)
    assert len(text) == 90
    numbers = [int(word, 16) for word in text.split()]
    assert len(numbers) == 10
    assert numbers[0::2] == numbers[1::2]
    if 0 < numbers[0] < 65_534:
        power = 1000 * 10 ** ((16 + level.integrated) / 10)
        assert abs(numbers[0] - power) <= 0.5 + 1e-6


def test_each_kind_has_its_own_tags():
    song, album = (
        Heard(integrated=-9, true_peak=0.5),
        Heard(integrated=-10, true_peak=1),
    )
    opus = replaygain.tags("opus", song, album)
    assert set(opus) == {"R128_TRACK_GAIN", "R128_ALBUM_GAIN"}
    flac = replaygain.tags("flac", song, album)
    assert len(flac) == 4
    assert float(flac["REPLAYGAIN_TRACK_PEAK"]) > 1
    assert "ITUNNORM" in replaygain.tags("m4a", song, None)
    assert "ITUNNORM" in replaygain.tags("mp3-id3v2.3", song, None)
    assert "ITUNNORM" not in replaygain.tags("m4a", None, album)
    assert replaygain.tags("flac", None, None) == {}


def test_silence_tells_nothing():
    assert replaygain.heard(figures(tally(np.zeros((48_000, 2)), 48_000))) is None


def tally(audio, rate: int) -> Tally:
    meter = Meter(rate, audio.shape[1])
    meter.feed(audio)
    return meter.finish()


def songs(rate: int):
    for level, length in ((0.05, 9), (0.25, 12), (0.11, 6)):
        time = np.arange(rate * length)[:, None] / rate
        tones = sum(
            np.sin(2 * np.pi * (110 * k + k) * time + k * np.array([1.0, 1.3])) / k
            for k in (1, 2, 5, 9, 23)
        )
        yield level * tones * (1 + 0.5 * np.sin(2 * np.pi * 0.4 * time))


def test_loudgain_agrees(tmp_path: Path):
    if not shutil.which("loudgain"):
        pytest.skip("loudgain is not installed")
    rate, paths, tallies = 44_100, [], []
    for number, audio in enumerate(songs(rate), 1):
        whole = np.round(audio * (1 << 23)).astype(np.int32)
        path = tmp_path / f"{number}.flac"
        codecs.encode_flac(path, rate, [whole])
        paths.append(path)
        tallies.append(tally(whole / (1 << 23), rate))
    run = subprocess.run(
        ["loudgain", "-q", "-a", "-O", *paths], capture_output=True, check=True
    )
    lines = [line.split("\t") for line in run.stdout.decode().splitlines()]
    rows = [dict(zip(lines[0], row, strict=True)) for row in lines[1:]]
    album = replaygain.heard(pool(tallies))
    for each, row in zip(tallies, rows, strict=False):
        said = replaygain.tags("flac", replaygain.heard(figures(each)), album)
        theirs = float(row["Gain"].removesuffix(" dB"))
        ours = float(said["REPLAYGAIN_TRACK_GAIN"].removesuffix(" dB"))
        assert ours == pytest.approx(theirs, abs=0.05)
        peak = 20 * np.log10(float(said["REPLAYGAIN_TRACK_PEAK"]))
        assert peak == pytest.approx(20 * np.log10(float(row["True_Peak"])), abs=0.1)
    theirs = float(rows[-1]["Gain"].removesuffix(" dB"))
    ours = float(said["REPLAYGAIN_ALBUM_GAIN"].removesuffix(" dB"))
    assert ours == pytest.approx(theirs, abs=0.05)


def test_ffmpeg_agrees(tmp_path: Path):
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    audio = next(songs(48_000))
    whole = np.round(audio * (1 << 23)).astype(np.int32)
    path = tmp_path / "a.wav"
    wav.write(path, 48_000, 24, [whole], len(whole))
    listen = (
        "ebur128=metadata=1:framelog=verbose,ametadata=print:key=lavfi.r128.I:file=-"
    )
    run = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-af", listen, "-f", "null", "-"],
        capture_output=True,
        check=True,
    )
    said = float(run.stdout.decode().rpartition("=")[2])
    level = replaygain.heard(figures(tally(whole / (1 << 23), 48_000)))
    assert level is not None
    assert level.integrated == pytest.approx(said, abs=0.05)
    # and it stands in the file as it was said
    tagging = tags.Tagging(levels=replaygain.tags("wav", level, level))
    tags.write_tags(path, "wav", tagging)
    assert tags.read_tags(path).levels == tagging.levels
