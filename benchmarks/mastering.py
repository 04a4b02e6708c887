"""A whole album mastered for CD, beside ffmpeg and sox: CPU seconds of whole processes.

Twelve songs at 96 kHz and 24 bit go through five bands of EQ, a compressor, width, the
conversion to 44.1 kHz, a true-peak limiter and shaped dither to one image of 16 bits.
We also hash and scan the mixes, write WAV, CUE, TOC, DDP and papers, and read all of it
back; the peers do not. ffmpeg's limiter knows samples only, so it works at 192 kHz;
that of sox is left at the mixes' rate, where it costs least. Only ratios of one run say
something.

``python -m benchmarks mastering [FOLDER]``: a folder of WAVs at 96 kHz, or twelve songs
made from noise.
"""

import statistics
import sys
import tempfile
from pathlib import Path

import soundfile

from benchmarks.meter import Cost, cost, median, songs_at_96

RATE = 96_000
ROUNDS = 3
BARS = {"ffmpeg": 0.45, "sox": 0.5}
WALL_BAR, MEMORY_BAR = 0.6, 300
OURS = (sys.executable, "-c", "from album.cli import main; main()")

CHAIN = (
    "eq lowshelf 100Hz 1.5dB",
    "eq bell 250Hz -2dB Q1",
    "eq bell 3kHz 1dB Q0.8",
    "eq bell 8kHz 1.5dB Q1",
    "eq highshelf 12kHz 2dB",
    "comp 1.6:1 threshold -20dB makeup 1.5dB",
    "width 105%",
)

FFMPEG = (
    "aformat=sample_fmts=dblp,"
    "lowshelf=f=100:g=1.5,equalizer=f=250:t=q:w=1:g=-2,equalizer=f=3000:t=q:w=0.8:g=1,"
    "equalizer=f=8000:t=q:w=1:g=1.5,highshelf=f=12000:g=2,"
    "acompressor=threshold=0.1:ratio=1.6:attack=10:release=150:makeup=1.19,"
    "extrastereo=m=1.05:c=0,volume=4dB,"
    "aresample=192000:resampler=soxr:precision=28,"
    "alimiter=limit=0.891:level=0:attack=5:release=50,"
    "aresample=44100:resampler=soxr:precision=28:osf=s16:dither_method=shibata"
)

PLAIN_FFMPEG = ("ffmpeg", "-nostdin", "-v", "error", "-y", "-filter_threads", "1")

IMAGE = ("-f", "s16le")

SOX = (
    "bass 1.5 100 equalizer 250 1q -2 equalizer 3000 0.8q 1 equalizer 8000 1q 1.5 "
    "treble 2 12000 compand 0.01,0.15 6:-80,-80,-20,-20,0,-7.5 1.5 "
    "remix 1v1.025,2v-0.025 1v-0.025,2v1.025 gain -l 4 rate -v 44100 dither -s"
)


def main() -> None:
    """Make the album, time everybody, print the ratios and the bars."""
    with tempfile.TemporaryDirectory() as home:
        given = [Path(word) for word in sys.argv[1:]]
        songs = sorted(given[0].glob("*.wav")) if given else songs_at_96(Path(home))
        _compare(songs, Path(home))


def _compare(songs: list[Path], home: Path) -> None:
    seconds = sum(soundfile.info(str(song)).duration for song in songs)
    print(f"\nmastering: {len(songs)} songs, {seconds / 60:.1f} minutes, {RATE} Hz")
    album = _album(songs, home)
    build = [*OURS, "build", "-q", str(album)]
    cost([*build, "-j1"])  # compiles, and fills the page cache
    rounds = [
        {
            "glassmaster": cost([*build, "-j1"]),
            "two cores": cost([*build, "-j2"]),
            "ffmpeg": _ffmpeg(songs, home / "ffmpeg.raw"),
            "sox": cost(
                ["sox", *map(str, songs), "-b16", str(home / "sox.wav"), *SOX.split()]
            ),
        }
        for _ in range(ROUNDS)
    ]
    ours = median([each["glassmaster"] for each in rounds])
    two = median([each["two cores"] for each in rounds])
    print(f"  glassmaster build  {ours.cpu:6.2f} s CPU, {ours.megabytes:.0f} MB")
    for peer, bar in BARS.items():
        other = median([each[peer] for each in rounds])
        ratio = statistics.median(
            each["glassmaster"].cpu / each[peer].cpu for each in rounds
        )
        print(f"  {peer:<18} {other.cpu:6.2f} s CPU, ratio {ratio:.2f}   bar {bar}")
    wall = statistics.median(
        each["two cores"].wall / each["glassmaster"].wall for each in rounds
    )
    print(f"  two cores          {two.wall:6.2f} s for {ours.wall:.2f} s", end=", ")
    print(f"wall ratio {wall:.2f}   bar {WALL_BAR}")
    print(f"  memory             {two.megabytes:6.0f} MB   bar {MEMORY_BAR}")


def _album(songs: list[Path], home: Path) -> Path:
    """Write the project; return its folder."""
    stages = ", ".join(f'"{stage}"' for stage in CHAIN)
    lines = [
        '[album]\nartist = "Bench"\ntitle = "Mastered"\n'
        '[deliver.cd]\ndither = "shaped"\n'
        f'[master.main]\nlimiter = "transparent"\n[chain]\nall = [{stages}]\n'
    ]
    for number, song in enumerate(songs, 1):
        lines.append(
            f'[[song]]\ntitle = "Song {number}"\nmix = "{song.resolve()}"\n'
            'gain_db = 4.0\nchain = ["@all"]\n'
        )
    (home / "album.toml").write_text("".join(lines), encoding="utf-8")
    return home


def _ffmpeg(songs: list[Path], image: Path) -> Cost:
    """Return what ffmpeg takes for all songs, one process each, into one image."""
    image.unlink(missing_ok=True)
    costs = []
    for song in songs:
        part = image.with_suffix(".part")
        costs.append(
            cost([*PLAIN_FFMPEG, "-i", str(song), "-af", FFMPEG, *IMAGE, str(part)])
        )
        with image.open("ab") as whole, part.open("rb") as file:
            whole.write(file.read())
    return Cost(
        sum(each.cpu for each in costs),
        sum(each.wall for each in costs),
        max(each.megabytes for each in costs),
    )


if __name__ == "__main__":
    main()
