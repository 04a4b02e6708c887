"""How far AAC's error lies below what masks it: ``python -m benchmarks aac FOLDER``.

Excerpts of the music in a folder are encoded by FFmpeg's encoder as it comes and as we
set it. The error is held against the music in bands of half a Bark, spread as the ear
spreads them (the noise-to-mask ratio of BS.1387, with its offsets, and Terhardt's
threshold in quiet): over 43 ms, and over 5 ms, where a pre-echo shows.
"""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from benchmarks.meter import named_music
from delivery.coding.aac import AAC
from delivery.coding.row import Quality, Sound

Floats = NDArray[np.float64]
RATE, KBITS = 48_000, (96, 128, 160, 192, 256, 320)
BEGIN, SECONDS = 30.0, 30.0
LONG, SHORT = 2048, 256
SPL = 100.0
"""dB that full scale is taken to sound at."""
WAYS: dict[str, dict[str, str] | None] = {
    "as it comes": {"aac_coder": "twoloop"},
    "fast, as it comes": {"aac_coder": "fast"},
    "ours": None,
}


@dataclass
class Found:
    """What one way of encoding gave, over all music."""

    seconds: float = 0.0
    size: int = 0
    long: list[Floats] = field(default_factory=list)
    short: list[Floats] = field(default_factory=list)

    def row(self) -> str:
        """Return the figures in a line."""
        long, short = np.concatenate(self.long), np.concatenate(self.short)
        return (
            f"{self.seconds:6.1f} s CPU {self.size / 1e6:6.1f} MB   "
            f"{long.mean():6.2f} {np.percentile(long, 99):6.2f} {long.max():6.2f}   "
            f"{short.mean():6.2f} {np.percentile(short, 99):6.2f} "
            f"{100 * (short > 0).mean():5.2f} %"
        )


def main() -> None:
    """Print a row for every bitrate and way of encoding."""
    music = [_excerpt(each) for each in named_music("aac")]
    if not music:
        return
    print(f"aac: {len(music)} excerpts; noise to mask in dB: mean, 99 %, highest over")
    print(f"{'':26}43 ms; mean, 99 %, share above 0 dB over 5 ms")
    with tempfile.TemporaryDirectory() as home:
        for kbits in KBITS:
            for name, options in WAYS.items():
                found = Found()
                for audio in music:
                    _encoded(Path(home) / "a.m4a", audio, kbits, options, found)
                print(f"  {kbits} {name:18} {found.row()}", flush=True)


def _excerpt(path: Path) -> Floats:
    audio, rate = soundfile.read(path, always_2d=True)
    part = audio[int(BEGIN * rate) : int((BEGIN + SECONDS) * rate), :2]
    stereo = np.repeat(part, 2, axis=1) if part.shape[1] == 1 else part
    return np.asarray(soxr.resample(stereo, rate, RATE, quality="VHQ"))


def _encoded(
    path: Path, audio: Floats, kbits: int, options: dict[str, str] | None, found: Found
) -> None:
    began = time.process_time()
    if options is None:
        asked = Quality(text=str(kbits), kbits=kbits)
        sound = Sound(rate=RATE, blocks=[audio], length=len(audio), quality=asked)
        AAC.encode(path, sound)
    else:
        _plain(path, audio, kbits, options)
    found.seconds += time.process_time() - began
    found.size += path.stat().st_size
    decoded = np.concatenate([*AAC.decode(path)])[: len(audio)]
    ready = audio[: len(decoded)], decoded.astype(np.float64)
    # the first frames are those of an encoder that knows nothing yet
    found.long.append(noise_to_mask(*ready, LONG)[4:])
    found.short.append(noise_to_mask(*ready, SHORT)[32:])


def _plain(path: Path, audio: Floats, kbits: int, options: dict[str, str]) -> None:
    import av

    clock = {"movie_timescale": str(RATE)}
    with av.open(str(path), "w", format="ipod", options=clock) as out:
        stream = out.add_stream("aac", rate=RATE, layout="stereo", options=options)
        stream.bit_rate = kbits * 1000
        for at in range(0, len(audio), 1 << 15):
            part = np.ascontiguousarray(audio[at : at + (1 << 15)].T, np.float32)
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = RATE, at
            frame.time_base = Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def noise_to_mask(sound: Floats, coded: Floats, size: int) -> Floats:
    """Return the ratio of every frame in dB, of left, right or middle: the worst."""
    frequencies = np.arange(size // 2 + 1) * RATE / size
    bark = _bark(frequencies)
    step = 0.5 if size > 1000 else 1.0
    low, high = _bark(np.array([80.0, 18e3])).tolist()
    edges = np.arange(low, high, step)
    sorted_in = np.digitize(bark, edges) - 1
    bands = np.array([sorted_in == each for each in range(len(edges))], np.float64)
    bands = bands[bands.sum(axis=1) > 0]
    counts = bands.sum(axis=1)
    middle, hertz = bands @ bark / counts, bands @ frequencies / counts
    apart = middle[None, :] - middle[:, None]
    spread = 10.0 ** (np.where(apart < 0, 27.0, -20.0) * apart / 10.0)
    spread /= spread.sum(axis=1, keepdims=True)
    window = np.hanning(size)
    quiet = 10.0 ** ((_threshold(hertz) - SPL) / 10.0) * (window.sum() / 2) ** 2
    below = 10.0 ** (-np.where(middle < 12.0, 3.0, 0.25 * middle) / 10.0)
    ratios = []
    for music, error in _heard(sound, coded - sound):
        mask = _powers(music, window) @ bands.T @ spread * below + quiet
        noise = _powers(error, window) @ bands.T
        ratios.append(10.0 * np.log10((noise / mask).mean(axis=1) + 1e-9))
    return np.maximum.reduce(ratios)


def _heard(sound: Floats, error: Floats) -> Iterator[tuple[Floats, Floats]]:
    for channel in (0, 1):
        yield sound[:, channel], error[:, channel]
    yield sound.mean(axis=1), error.mean(axis=1)


def _powers(sound: Floats, window: Floats) -> Floats:
    frames = np.lib.stride_tricks.sliding_window_view(sound, len(window))
    found: Floats = np.abs(np.fft.rfft(frames[:: len(window) // 2] * window)) ** 2
    return found


def _bark(frequency: Floats) -> Floats:
    return 13.0 * np.arctan(0.00076 * frequency) + 3.5 * np.arctan(
        (frequency / 7500.0) ** 2
    )


def _threshold(frequency: Floats) -> Floats:
    """Return the threshold in quiet in dB SPL (Terhardt)."""
    kilo = frequency / 1000.0
    bump = -6.5 * np.exp(-0.6 * (kilo - 3.3) ** 2)
    return 3.64 * kilo**-0.8 + bump + 1e-3 * kilo**4
