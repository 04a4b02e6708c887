"""What the balance of tone takes back, and leaves: ``python -m benchmarks tone``.

Every folder that is named holds the songs of one record. From them records of four
kinds are made: songs as they are, pieces of 30 s of one song, one song dealt out in
turns, and the same with its differences drawn together. In a third of each record's
songs a shelf or a tilt of 3 dB is planted, and the record balanced at amount 1, twice.
How much songs differ by nature is the size of what broad bands make of their
differences before.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.meter import music_in
from dsp.allowance import unlikeness
from dsp.eq import Eq, Shape, magnitude_db
from dsp.fitting import curves, projection
from dsp.ltas import heard_levels
from dsp.tonality import BANDS, CENTRES, average, distance, judged, tone
from dsp.tonebalance import Spectrum, balanced_tones
from dsp.tonemove import Move

Floats = NDArray[np.float64]
Songs = list[Floats]
"""Third octaves of the songs of a record."""

RATE = 44_100  # what all are taken to have: it carries every band of a move
PIECE_S, MOST_S = 30.0, 360.0
RECORDS, LEAST, MOST = 150, 6, 10
PLANTED_DB, MOST_DB = 3.0, 4.5
SHAPES: tuple[tuple[Shape, tuple[float, ...]], ...] = (
    ("lowshelf", (100.0, 150.0, 200.0, 300.0)),
    ("highshelf", (2000.0, 3000.0, 4000.0, 6000.0, 8000.0)),
    ("tilt", (1000.0,)),
)
CLASSES = (0.0, 0.3, 0.5, 0.8, 1.2, 2.0, 99.0)
_SEEN = judged()


@dataclass(frozen=True)
class Found:
    """What became of one record."""

    natural: float
    removed: list[float]
    others: list[float]
    again: list[float]


def main() -> None:
    """Print what is taken back and what is left, by how much songs differ by nature."""
    folders = [Path(each) for each in sys.argv[1:] if Path(each).is_dir()]
    heard = [found for each in folders if len(found := list(_heard(each))) >= LEAST]
    if not heard:
        print(f"tone: name folders of {LEAST} songs or more")
        return
    random = np.random.default_rng(1)
    records = [record for _ in range(RECORDS) for record in _records(heard, random)]
    found = [_balanced(record, random) for record in records]
    _usual(records)
    print(f"tone: {len(found)} records, {PLANTED_DB:g} dB planted, amount 1, in dB")
    print(
        f"{'nature':11} {'records':>8} {'removed':>8} {'over 60 %':>9}"
        f"{'others, 90 %':>13} {'over 0.3':>8} {'again, 99 %':>11} over 0.2"
    )
    for low, high in pairwise(CLASSES):
        inside = [each for each in found if low <= each.natural < high]
        if inside:
            print(f"{low:3.1f} to {high:4.1f} {len(inside):8} {_row(inside)}")


def _usual(records: list[Songs]) -> None:
    """Print how far two thirds of the songs are off, for a decibel of details."""
    shares = []
    for songs in records:
        aim = average([tone(each) for each in songs])
        for at, song in enumerate(songs):
            details = unlikeness(song, [*songs[:at], *songs[at + 1 :]])
            if details > 0.0:
                shares.append(np.abs(distance(tone(song), aim)) / details)
    usual = np.nanquantile(np.array(shares)[:, _SEEN], 0.68, axis=0)
    print(f"tone: off by, for a decibel of details, {len(shares)} songs")
    rows = zip(CENTRES[_SEEN], usual, strict=True)
    print("  ".join(f"{hertz:.0f} Hz {value:.2f}" for hertz, value in rows))


def _heard(folder: Path) -> Iterator[tuple[Floats, Songs]]:
    """Yield the third octaves of every song, and of its pieces."""
    for path in music_in(folder):
        with soundfile.SoundFile(path) as file:
            rate = file.samplerate
            sound = file.read(int(rate * MOST_S), always_2d=True)
        stereo = np.repeat(sound, 2, axis=1)[:, :2] if sound.shape[1] == 1 else sound
        size = int(rate * PIECE_S)
        stereo = stereo[:, :2]
        starts = range(0, len(stereo) - size + 1, size)
        pieces = [heard_levels(rate, [stereo[at : at + size]]) for at in starts]
        if pieces and np.abs(stereo).max() > 1e-4:
            yield heard_levels(rate, [stereo])[:BANDS], [p[:BANDS] for p in pieces]


def _records(
    heard: list[list[tuple[Floats, Songs]]], random: np.random.Generator
) -> Iterator[Songs]:
    folder = heard[random.integers(len(heard))]
    count = int(random.integers(LEAST, MOST + 1))
    yield [folder[at][0] for at in random.permutation(len(folder))[:count]]
    long = [pieces for each in heard for _, pieces in each if len(pieces) > LEAST + 1]
    if long:
        pieces = long[random.integers(len(long))]
        yield [pieces[at] for at in random.permutation(len(pieces))[:count]]
        turns = min(LEAST, len(pieces) // 2)
        dealt = [_together(pieces[at::turns]) for at in range(turns)]
        yield dealt
        middle, share = np.mean(dealt, axis=0), random.uniform(0.05, 0.6)
        yield [middle + share * (each - middle) for each in dealt]


def _together(pieces: Songs) -> Floats:
    return np.asarray(10.0 * np.log10(np.mean(10.0 ** (np.array(pieces) / 10.0), 0)))


def _balanced(songs: Songs, random: np.random.Generator) -> Found:
    planted = {
        int(at): magnitude_db([_plant(random)], CENTRES)[: len(songs[at])]
        for at in random.permutation(len(songs))[: len(songs) // 3]
    }
    mixes = [song + planted.get(at, 0.0) for at, song in enumerate(songs)]
    first = _moves(mixes)
    after = [_behind(mix, each) for mix, each in zip(mixes, first, strict=True)]
    return Found(
        natural=_natural(songs),
        removed=[
            1.0 - _size(after[at] - songs[at]) / _size(mixes[at] - songs[at])
            for at in planted
        ],
        others=[_most(each) for at, each in enumerate(first) if at not in planted],
        again=[_most(each) for each in _moves(after)],
    )


def _plant(random: np.random.Generator) -> Eq:
    shape, corners = SHAPES[random.integers(len(SHAPES))]
    gain = float(random.choice([-PLANTED_DB, PLANTED_DB]))
    hertz = float(random.choice(corners))
    return Eq(shape=shape, frequency_hz=hertz, gain_db=gain)


def _moves(songs: Songs) -> list[Move]:
    spectra = [Spectrum(each, RATE) for each in songs]
    found = balanced_tones(spectra, amount=1.0, most_db=MOST_DB)
    return [each.move for each in found.songs]


def _behind(song: Floats, done: Move) -> Floats:
    return song + done.curve_db[: len(song)] + done.makeup_db


def _natural(songs: Songs) -> float:
    """Return the size of what broad bands make of the songs' differences."""
    aim = average([tone(each) for each in songs])
    sizes = []
    for song in songs:
        off = tone(song) - aim
        known = _SEEN & np.isfinite(off)
        level = off[known] - off[known].mean()
        sizes.append(float(np.std(projection(curves(CENTRES)[known]) @ level)))
    return float(np.median(sizes))


def _size(levels: Floats) -> float:
    return float(np.std(levels[_SEEN[: len(levels)]]))


def _most(done: Move) -> float:
    return float(np.abs(done.curve_db).max())


def _row(found: list[Found]) -> str:
    removed = np.concatenate([each.removed for each in found])
    others = np.concatenate([each.others for each in found])
    again = np.concatenate([each.again for each in found])
    return (
        f"{100 * np.median(removed):6.0f} % {100 * np.mean(removed >= 0.6):7.0f} %"
        f"{np.quantile(others, 0.9):13.2f} {100 * np.mean(others > 0.3):6.1f} % "
        f"{np.quantile(again, 0.99):11.2f} {100 * np.mean(again > 0.2):6.1f} %"
    )
