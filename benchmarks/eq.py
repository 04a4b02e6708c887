"""Five bands of EQ beside ffmpeg and sox: CPU seconds of whole processes, in one run.

What a process takes to start, read and decode is taken off: it is timed doing only
that, and of ours the first block, with which the compiled code is loaded. ffmpeg works
in doubles and on one thread, which is its fastest.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.beside import Pair, timed, told
from benchmarks.meter import FFMPEG

SECONDS, RATE = 400, 44_100
ROUNDS = 5

OURS = """
import sys, soundfile
from dsp.eq import Eq, cascade
stream = cascade(44100, [
    Eq(shape="highpass", frequency_hz=22.0),
    Eq(shape="lowshelf", frequency_hz=100.0, gain_db=1.5),
    Eq(shape="bell", frequency_hz=850.0, gain_db=-0.65, q=1.1),
    Eq(shape="bell", frequency_hz=3200.0, gain_db=1.0, q=0.8),
    Eq(shape="highshelf", frequency_hz=12000.0, gain_db=2.0),
])
with soundfile.SoundFile(sys.argv[1]) as song:
    for number, block in enumerate(song.blocks(16384, dtype="float64")):
        if number == 0 or len(sys.argv) < 3:
            stream.process(block)
"""
IN_FFMPEG = (
    "highpass=f=22",
    "lowshelf=f=100:g=1.5",
    "equalizer=f=850:t=q:w=1.1:g=-0.65",
    "equalizer=f=3200:t=q:w=0.8:g=1",
    "highshelf=f=12000:g=2",
)
IN_SOX = (
    "highpass 22 bass 1.5 100 equalizer 850 1.1q -0.65 equalizer 3200 0.8q 1 "
    "treble 2 12000"
)


def main() -> None:
    """Make a song, time everybody with and without EQ, print the ratios."""
    with tempfile.TemporaryDirectory() as home:
        song = Path(home) / "song.wav"
        noise = np.random.default_rng(1).standard_normal((SECONDS * RATE, 2))
        soundfile.write(song, noise * 0.05, RATE, subtype="PCM_24")
        ours = [sys.executable, "-c", OURS, str(song)]
        ffmpeg = [*FFMPEG, str(song), "-filter_threads", "1", "-af"]
        plain = "aformat=sample_fmts=dblp"
        filters = ",".join((plain, *IN_FFMPEG))
        sox = ["sox", "--single-threaded", str(song), "-n"]
        pairs: dict[str, Pair] = {
            "glassmaster": (ours, [*ours, "idle"]),
            "ffmpeg": (
                [*ffmpeg, filters, "-f", "null", "-"],
                [*ffmpeg, plain, "-f", "null", "-"],
            ),
            "sox": ([*sox, *IN_SOX.split()], sox),
        }
        rounds = timed(pairs, ROUNDS)
    print(f"\nfive bands of EQ, stereo, {SECONDS} s at {RATE} Hz")
    told(rounds, SECONDS * RATE)


if __name__ == "__main__":
    main()
