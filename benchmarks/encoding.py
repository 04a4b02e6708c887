"""An album in four forms, beside ffmpeg, two processes at a time: wall, CPU, memory.

Twelve songs at 96 kHz and 24 bit become FLAC at 96 kHz, MP3 320, AAC 256 and Opus 128.
We also cut them from one programme, encode joins with the music around them, tag, hash,
decode every file again, compare it with what it was made of and measure its true peak;
ffmpeg writes the files. Only ratios of one run say something.

``python -m benchmarks encoding [FOLDER]``: a folder of WAVs at 96 kHz, or twelve songs
made from noise.
"""

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import soundfile

from benchmarks.meter import Cost, cost, median, songs_at_96

RATE = 96_000
ROUNDS = 3
WALL_BAR, MEMORY_BAR = 1.0, 500
OURS = (sys.executable, "-c", "from album.cli import main; main()")
FFMPEG = ("ffmpeg", "-nostdin", "-v", "error", "-y", "-threads", "1")
FORMS = {
    "flac": ("-c:a", "flac", "-compression_level", "5"),
    "mp3": ("-c:a", "libmp3lame", "-b:a", "320k", "-ar", "48000"),
    "m4a": ("-c:a", "aac", "-b:a", "256k", "-ar", "48000"),
    "opus": ("-c:a", "libopus", "-b:a", "128k", "-ar", "48000"),
}


def main() -> None:
    """Make the album, time both, print the ratios and the bars."""
    with tempfile.TemporaryDirectory() as home:
        given = [Path(word) for word in sys.argv[1:]]
        songs = sorted(given[0].glob("*.wav")) if given else songs_at_96(Path(home))
        _compare(songs, Path(home))


def _compare(songs: list[Path], home: Path) -> None:
    seconds = sum(soundfile.info(str(song)).duration for song in songs)
    print(f"\nencoding: {len(songs)} songs, {seconds / 60:.1f} minutes, {RATE} Hz")
    build = [*OURS, "build", "-q", str(_album(songs, home)), "-j2"]
    cost(build)  # compiles, and fills the page cache
    rounds = [
        {"glassmaster": cost(build), "ffmpeg": _peer(songs, home)}
        for _ in range(ROUNDS)
    ]
    ours, peer = (
        median([each[name] for each in rounds]) for name in ("glassmaster", "ffmpeg")
    )
    for name, found in (("glassmaster", ours), ("ffmpeg", peer)):
        print(f"  {name:12} {found.wall:6.2f} s wall, {found.cpu:6.2f} s CPU")
    ratio = ours.wall / peer.wall
    print(f"  wall {ratio:.2f} of ffmpeg's, bar {WALL_BAR}")
    print(f"  CPU  {ours.cpu / peer.cpu:.2f} of ffmpeg's")
    print(f"  memory {ours.megabytes:.0f} MB, bar {MEMORY_BAR}")


def _peer(songs: list[Path], home: Path) -> Cost:
    """Return what one ffmpeg a song and form costs, two at a time."""
    import time

    commands = [
        [*FFMPEG, "-i", str(song), *options, str(home / f"{song.stem}.{suffix}")]
        for song in songs
        for suffix, options in FORMS.items()
    ]
    begun = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(cost, commands))
    wall = time.perf_counter() - begun
    return Cost(
        cpu=sum(each.cpu for each in found),
        wall=wall,
        megabytes=max(each.megabytes for each in found),
    )


def _album(songs: list[Path], home: Path) -> Path:
    folder = home / "album"
    folder.mkdir()
    lines = [
        '[album]\nartist = "Bench"\ntitle = "Forms"\n',
        '[deliver.all]\nformats = ["flac", "mp3 320", "aac 256", "opus 128"]\n',
    ]
    lines += [f'[[song]]\ntitle = "{song.stem}"\nmix = "{song}"\n' for song in songs]
    path = folder / "album.toml"
    path.write_text("".join(lines), encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
