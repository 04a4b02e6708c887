"""The true-peak limiter beside ffmpeg's, matchering's and pedalboard's, in one run.

Loud music in doubles at 44.1 kHz, 9 dB too high. ffmpeg's limiter knows samples only,
so to see true peaks it is given four times the rate, by soxr there and back. What a
process takes to start, read and decode is taken off: it is timed doing only that, and
of ours the first block, with which the compiled code is loaded. The limiters of
matchering and pedalboard, where these are installed, know samples only as well.

``python -m benchmarks limiter [FILE]``: a file of music, or noise that swells like it.
"""

import statistics
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import soundfile

from benchmarks.meter import FFMPEG, cost
from benchmarks.meter import song as music

RATE, ROUNDS = 44_100, 3
FFMPEG_AT_192 = "ffmpeg at 192 kHz"
BARS = {FFMPEG_AT_192: 4, "matchering": 5}
CHARACTERS = ("transparent", "balanced", "loud")

OURS = """
import sys, soundfile
from dsp.limiter import Limiter
with soundfile.SoundFile(sys.argv[1]) as song:
    stream = Limiter(
        ceiling_dbtp=-1.0, character=sys.argv[2], drive_db=9.0
    ).open(song.samplerate)
    for number, block in enumerate(song.blocks(8192, dtype="float64", always_2d=True)):
        if number == 0 or len(sys.argv) < 4:
            stream.process(block)
"""
OTHERS = {
    "matchering": """
import sys, soundfile
from matchering import Config
from matchering.limiter import limit
audio, _ = soundfile.read(sys.argv[1], dtype="float64", always_2d=True)
audio *= 10 ** (9 / 20)
if len(sys.argv) < 3:
    limit(audio, Config())
""",
    "pedalboard": """
import sys, soundfile
from pedalboard import Limiter, Pedalboard
audio, rate = soundfile.read(sys.argv[1], dtype="float32", always_2d=True)
audio *= 10 ** (9 / 20)
board = Pedalboard([Limiter(threshold_db=-1.0, release_ms=50.0)])
if len(sys.argv) < 3:
    board(audio.T, rate)
""",
}
PLAIN = "aformat=sample_fmts=dbl"
IN_FFMPEG = (
    f"{PLAIN},volume=9dB,aresample=192000:resampler=soxr:precision=28,"
    "alimiter=limit=0.891:level=0:attack=5:release=50,"
    "aresample=44100:resampler=soxr:precision=28"
)


def main() -> None:
    """Take a file or make one, time everybody with and without limiter, compare."""
    with tempfile.TemporaryDirectory() as home:
        given = [Path(word) for word in sys.argv[1:]]
        song = given[0] if given else Path(home) / "song.wav"
        if not given:
            soundfile.write(song, music(1, RATE), RATE, subtype="PCM_24")
        _compare(song)


def _compare(song: Path) -> None:
    ours = {name: [sys.executable, "-c", OURS, str(song), name] for name in CHARACTERS}
    ffmpeg = [*FFMPEG, str(song), "-filter_threads", "1", "-af"]
    end = ["-f", "null", "-"]
    pairs = {FFMPEG_AT_192: ([*ffmpeg, IN_FFMPEG, *end], [*ffmpeg, PLAIN, *end])}
    for name, code in OTHERS.items():
        if find_spec(name):
            command = [sys.executable, "-c", code, str(song)]
            pairs[name] = command, [*command, "idle"]
        else:
            print(f"{name} is not installed, and left out")
    peers = [*pairs]
    pairs |= {name: (command, [*command, "idle"]) for name, command in ours.items()}
    for command in ours.values():
        cost(command)  # compiles, and fills the page cache
    rounds = [
        {
            name: cost(working).cpu - cost(idle).cpu
            for name, (working, idle) in pairs.items()
        }
        for _ in range(ROUNDS)
    ]
    frames = soundfile.info(str(song)).frames
    print(f"\na true-peak limiter 9 dB over, stereo, {frames / RATE:.0f} s")
    for name in pairs:
        taken = statistics.median(each[name] for each in rounds)
        print(f"  {name:<25} {taken / frames * 1e9:6.1f} ns a frame")
        for peer in peers if name in ours else ():
            ratio = statistics.median(each[peer] / each[name] for each in rounds)
            bar = f"   bar {BARS[peer]}" if peer in BARS else ""
            print(f"    {peer} takes {ratio:.1f} of it{bar}")


if __name__ == "__main__":
    main()
