"""Assembly of an hour of 44.1 kHz/16 bit into WAV, CUE, TOC and DDP, read back.

The peer is what nobody can do without: copying the same bytes twice with ``cp`` and
one ``md5sum`` over the result.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

SONGS, MINUTES, RATE = 12, 5, 44_100
RUNS = 3


def main() -> None:
    """Make an album, time both, print the ratio of the medians."""
    folder = Path(tempfile.mkdtemp(prefix="glassmaster-bench-"))
    try:
        _album(folder)
        ratios = []
        for _ in range(RUNS):
            peer = _timed(["sh", "-c", _COPY], folder)
            ours = _timed(
                [sys.executable, "-m", "album", "build", "-q", str(folder)], folder
            )
            ratios.append(ours / peer)
            print(f"assembly   cp, cp, md5sum {peer:6.2f} s   build {ours:6.2f} s")
        print(f"assembly   ratio {sorted(ratios)[RUNS // 2]:.2f}   (bar: 4)")
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "album", "plan", str(folder)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        print(f"plan       {time.perf_counter() - begun:.2f} s   (bar: 1)")
    finally:
        shutil.rmtree(folder)


_COPY = (
    "cp all.bin one.bin && cp all.bin two.bin && md5sum one.bin two.bin >/dev/null"
    " && rm one.bin two.bin"
)


def _album(folder: Path) -> None:
    """Write an hour of noise and tone as 16-bit mixes, and their project."""
    random = np.random.default_rng(1)
    lines = ['[album]\nartist = "Bench"\ntitle = "Hour"\n[deliver.cd]\n']
    with (folder / "all.bin").open("wb") as together:
        for number in range(1, SONGS + 1):
            path = folder / f"{number:02}.wav"
            with soundfile.SoundFile(path, "w", RATE, 2, "PCM_16") as file:
                for _ in range(MINUTES * 6):
                    block = random.integers(-9000, 9000, (RATE * 10, 2))
                    file.write(block.astype(np.int16))
            lines.append(f'[[song]]\ntitle = "Song {number}"\nmix = "{path.name}"\n')
            together.write(path.read_bytes())
    (folder / "album.toml").write_text("".join(lines), encoding="utf-8")
    os.sync()


def _timed(command: list[str], folder: Path) -> float:
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
