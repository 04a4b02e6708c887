"""Other people's meters on the same audio: pyloudnorm, ffmpeg; a plain 16x peak."""

import re
import shutil
import subprocess

import numpy as np
import pytest
import soundfile
from scipy.signal import firwin, lfilter, resample_poly

from dsp.figures import figures, pool


@pytest.fixture(scope="module")
def songs(tally):
    """Three that are like music: uneven, falling to the treble, one of them clipped."""
    made = []
    for seed, rate in ((1, 44_100), (2, 48_000), (3, 44_100)):
        rng = np.random.default_rng(seed)
        count = rate * 25
        audio = rng.standard_normal((count, 2))
        audio = lfilter([1.0], [1.0, -0.93], audio, axis=0)
        audio = lfilter(firwin(127, 0.42 * rate, fs=rate), 1, audio, axis=0)
        swell = np.interp(np.arange(count), np.linspace(0, count, 12), rng.random(12))
        audio *= (0.02 + swell**2)[:, np.newaxis] * 0.2
        if seed == 3:
            audio = np.clip(audio * 3, -0.99, 0.99)
        audio = np.round(np.clip(audio, -1, 1) * 2**23) / 2**23
        made.append((audio, rate, tally(audio, rate)))
    return made


def test_integrated_loudness_agrees_with_pyloudnorm(songs):
    pyloudnorm = pytest.importorskip("pyloudnorm")
    for audio, rate, found in songs:
        other = pyloudnorm.Meter(rate, filter_class="DeMan")
        expected = other.integrated_loudness(audio)
        assert figures(found).loudness.integrated == pytest.approx(expected, abs=0.05)


FILTER = ["-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]


def ffmpeg_reading(path):
    said = subprocess.run(
        ["ffmpeg", "-nostdin", "-hide_banner", "-i", path, *FILTER],
        check=True,
        capture_output=True,
        text=True,
    ).stderr
    summary = said[said.rindex("Summary:") :]
    return {
        name: float(re.search(rf"{name}:\s+(-?[\d.]+)", summary)[1])
        for name in ("I", "LRA", "Peak")
    }


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
def test_loudness_range_and_peak_agree_with_ffmpeg(songs, tmp_path):
    for number, (audio, rate, tally) in enumerate(songs):
        path = tmp_path / f"{number}.wav"
        soundfile.write(path, audio, rate, subtype="PCM_24")
        other, found = ffmpeg_reading(path), figures(tally)
        # ffmpeg prints one decimal, of a histogram in steps of 0.01
        assert found.loudness.integrated == pytest.approx(other["I"], abs=0.07)
        # 25 s have few values at the ends of the range; music agrees to 0.02
        assert found.loudness.range == pytest.approx(other["LRA"], abs=0.3)
        assert found.peaks.true > other["Peak"] - 0.1
        assert found.peaks.true == pytest.approx(other["Peak"], abs=0.2)


@pytest.mark.skipif(not shutil.which("loudgain"), reason="loudgain is not installed")
def test_albums_agree_with_libebur128(songs, tmp_path):
    paths = []
    for number, (audio, rate, _) in enumerate(songs):
        paths.append(tmp_path / f"{number}.flac")
        soundfile.write(paths[-1], audio, rate, subtype="PCM_24")
    said = subprocess.run(
        ["loudgain", "-a", "-O", "-q", *paths],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    expected = [float(line.split("\t")[1].split()[0]) for line in said.splitlines()[1:]]
    tallies = [tally for *_, tally in songs]
    found = [figures(tally).loudness.integrated for tally in tallies]
    found.append(pool(tallies).loudness.integrated)
    assert found == pytest.approx(expected, abs=0.02)


def test_true_peaks_agree_with_plain_sixteenfold_oversampling(songs, tally):
    half = 48 * 16
    taps = np.sinc(np.arange(-half, half + 1) / 16) * np.kaiser(2 * half + 1, 10.0)
    for audio, rate, _ in songs:
        part = audio[8 * rate : 13 * rate]
        found = tally(part, rate)
        for channel in range(2):
            padded = np.pad(part[:, channel], 200)
            fine = np.abs(resample_poly(padded, 16, 1, window=taps / taps.sum()))
            expected = 20 * np.log10(fine.max())
            peak = 20 * np.log10(found.true_peaks[channel])
            # of the clipped one, what lies just under half the rate decides
            assert peak == pytest.approx(expected, abs=0.1)
            at = fine.argmax() / 16 - 200
            # of peaks that are nearly the same either may be the highest
            assert abs(found.true_peak_at[channel] - at) < 1 or peak > expected - 0.02
