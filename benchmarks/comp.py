"""A compressor beside ffmpeg and sox: CPU seconds of whole processes, in one run.

What a process takes to start, read and decode is taken off: it is timed doing only
that, and of ours the first block, with which the compiled code is loaded. Ours filters
its side-chain, releases by the programme and looks ahead; the others do not.
"""

import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.beside import Pair, timed, told
from benchmarks.meter import FFMPEG

SECONDS, RATE = 400, 44_100
ROUNDS = 5

OURS = """
import sys, soundfile
from dsp.compressor import Compressor
stream = Compressor(
    ratio=2, threshold_db=-24, attack_ms=30, release_ms=150, auto_release=True,
    sidechain_highpass_hz=90, lookahead_ms=5,
).open(44100)
with soundfile.SoundFile(sys.argv[1]) as song:
    for number, block in enumerate(song.blocks(16384, dtype="float64")):
        if number == 0 or len(sys.argv) < 3:
            stream.process(block)
"""
IN_FFMPEG = "acompressor=threshold=0.063:ratio=2:attack=30:release=150:detection=rms"
IN_SOX = "compand 0.03,0.15 6:-80,-80,-24,-24,0,-12"

IN_PEDALBOARD = """
import sys, soundfile
from pedalboard import Compressor, Pedalboard
audio, rate = soundfile.read(sys.argv[1], dtype="float32", always_2d=True)
board = Pedalboard([Compressor(threshold_db=-20, ratio=2, attack_ms=10)])
if len(sys.argv) < 3:
    board(audio.T, rate)
"""


def main() -> None:
    """Make a song, time everybody with and without compressor, print the ratios."""
    with tempfile.TemporaryDirectory() as home:
        song = Path(home) / "song.wav"
        rng = np.random.default_rng(1)
        swell = np.interp(
            np.arange(SECONDS * RATE),
            np.arange(0, SECONDS * RATE, RATE),
            rng.random(400),
        )
        noise = rng.standard_normal((SECONDS * RATE, 2)) * swell[:, np.newaxis]
        soundfile.write(song, noise * 0.2, RATE, subtype="PCM_24")
        ours = [sys.executable, "-c", OURS, str(song)]
        ffmpeg = [*FFMPEG, str(song), "-filter_threads", "1", "-af"]
        plain = "aformat=sample_fmts=dbl"
        end = ["-f", "null", "-"]
        sox = ["sox", "--single-threaded", str(song), "-n"]
        pairs: dict[str, Pair] = {
            "glassmaster": (ours, [*ours, "idle"]),
            "ffmpeg acompressor": (
                [*ffmpeg, f"{plain},{IN_FFMPEG}", *end],
                [*ffmpeg, plain, *end],
            ),
            "sox compand": ([*sox, *IN_SOX.split()], sox),
        }
        if find_spec("pedalboard"):
            theirs = [sys.executable, "-c", IN_PEDALBOARD, str(song)]
            pairs["pedalboard Compressor"] = theirs, [*theirs, "idle"]
        else:
            print("pedalboard is not installed, and left out")
        rounds = timed(pairs, ROUNDS)
    print(f"\na compressor, stereo, {SECONDS} s at {RATE} Hz")
    told(rounds, SECONDS * RATE)


if __name__ == "__main__":
    main()
