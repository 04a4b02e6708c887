"""The meter beside ffmpeg and loudgain: CPU seconds of whole processes, in one run.

An album of twelve songs is made from noise that swells and falls like music. Machines
and their other users differ; only ratios of the same run say something.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile

SONGS, SECONDS = 12, 225
ROUNDS = 3
GLASSMASTER = (sys.executable, "-c", "from album.cli import main; main()")
FFMPEG = ("ffmpeg", "-nostdin", "-v", "error", "-i")


class Cost(NamedTuple):
    """What a command took."""

    cpu: float
    wall: float
    megabytes: float


def main() -> None:
    """Make the albums, time everybody, print the ratios and the bars."""
    given = [Path(word) for word in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as home:
        flac, wav = given if len(given) == 2 else _albums(Path(home))
        _compare("FLAC 44.1 kHz / 24 bit", sorted(flac.iterdir()), (1.6, 0.4, 0.4))
        _compare("WAV 96 kHz / 24 bit", sorted(wav.iterdir()), (0.55, 0.25, None))


def _compare(name: str, songs: Sequence[Path], bars: tuple[float | None, ...]) -> None:
    """Time everybody on *songs*; *bars* are for decode, ebur128 and loudgain."""
    ours = [*GLASSMASTER, "meter", "-q", "--no-cache", "-j1", *map(str, songs)]
    two = [*GLASSMASTER, "meter", "-q", "--no-cache", "-j2", *map(str, songs)]
    peers: dict[str, Callable[[], Cost]] = {
        "ffmpeg decode": lambda: _each(songs, "-f", "null", "-"),
        "ffmpeg ebur128=peak=true": lambda: _each(
            songs, "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"
        ),
    }
    if shutil.which("loudgain"):
        peers["loudgain -a"] = lambda: cost(["loudgain", "-a", "-q", *map(str, songs)])
    cost(ours)  # compiles, and fills the page cache
    rounds = [
        {
            "glassmaster": cost(ours),
            "two cores": cost(two),
            **{peer: run() for peer, run in peers.items()},
        }
        for _ in range(ROUNDS)
    ]
    print(f"\n{name}, {len(songs)} songs")
    found = median([each["glassmaster"] for each in rounds])
    print(
        f"  glassmaster meter         {found.cpu:6.2f} s CPU, {found.megabytes:.0f} MB"
    )
    for peer, bar in zip(peers, bars, strict=False):
        other = median([each[peer] for each in rounds])
        ratio = statistics.median(
            each["glassmaster"].cpu / each[peer].cpu for each in rounds
        )
        said = "" if bar is None else f"   bar {bar}"
        print(f"  {peer:<25} {other.cpu:6.2f} s CPU, ratio {ratio:.2f}{said}")
    wall = statistics.median(
        each["two cores"].wall / each["glassmaster"].wall for each in rounds
    )
    print(f"  two cores / one, wall     {wall:.2f}   bar 0.65")


def _each(songs: Sequence[Path], *options: str) -> Cost:
    """Return what ffmpeg takes for all songs, one process each."""
    costs = [cost([*FFMPEG, str(song), *options]) for song in songs]
    return Cost(
        sum(each.cpu for each in costs),
        sum(each.wall for each in costs),
        max(each.megabytes for each in costs),
    )


def cost(command: Sequence[str]) -> Cost:
    """Return what *command* takes, from start to end."""
    began = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    wall = time.perf_counter() - began
    return Cost(used.ru_utime + used.ru_stime, wall, _megabytes(used))


def _megabytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median of every figure."""
    return Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))


def _albums(home: Path) -> tuple[Path, Path]:
    """Write the albums; return their folders."""
    folders = home / "flac", home / "wav"
    for folder in folders:
        folder.mkdir()
    for number in range(SONGS):
        low, high = song(number, 44_100), song(number, 96_000)
        soundfile.write(folders[0] / f"{number}.flac", low, 44_100, subtype="PCM_24")
        soundfile.write(folders[1] / f"{number}.wav", high, 96_000, subtype="PCM_24")
    return folders


def music_in(folder: Path) -> list[Path]:
    """Return the music in a folder, by name."""
    kinds = {".wav", ".flac", ".ogg"}
    return sorted(each for each in folder.iterdir() if each.suffix in kinds)


def named_music(benchmark: str) -> list[Path]:
    """Return the music in the folder that is named; say so where none is."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    found = music_in(folder) if folder else []
    if not found:
        print(f"{benchmark}: name a folder of music")
    return found


def songs_at_96(home: Path) -> list[Path]:
    """Write twelve songs of noise that swells like music; return their paths."""
    paths = [home / f"{number:02}.wav" for number in range(SONGS)]
    for number, path in enumerate(paths):
        soundfile.write(path, song(number, 96_000), 96_000, subtype="PCM_24")
    return paths


def song(number: int, rate: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return music of a kind: red noise that swells, some of it at the ceiling."""
    rng = np.random.default_rng(number)
    count = SECONDS * rate
    spectrum = rng.standard_normal((2, rate * 5 // 2 + 1, 2)) @ [1, 1j]
    spectrum /= np.arange(1, rate * 5 // 2 + 2)
    loop = np.fft.irfft(spectrum, rate * 5).T.astype(np.float32)
    loop *= 0.25 / loop.std()
    swell = np.interp(np.arange(count), np.linspace(0, count, 40), rng.random(40))
    audio = np.resize(loop, (count, 2)) * swell[:, np.newaxis].astype(np.float32)
    return np.clip(audio, -0.97, 0.97).astype(np.float32)


if __name__ == "__main__":
    main()
