"""How steady statistics of a song's loudness are: ``python -m benchmarks loudpart``.

Songs are laid together from the passages of real music in a folder: a loud one, 20 s,
and a quiet one, 15 s. Two questions are asked of every statistic. How far does it move
when nothing is changed that a listener would turn the volume for? And does it rank
songs as their loud passages do, whatever lies between those?
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.meter import named_music
from dsp.kweighting import TICKS
from dsp.loudness import MOMENTARY, SHORT_TERM, integrated, lufs, windows
from dsp.loudpart import loud_part
from dsp.meter import Meter

Floats = NDArray[np.float64]
SONGS = 400


def main() -> None:
    """Print both tables for the music in the folder that is named."""
    music = [_energies(each) for each in named_music("loudpart")]
    if not music:
        return
    _moves(music)
    _ranks(music)


def _energies(path: Path) -> Floats:
    """Return K-weighted mean squares of hundredths of a second."""
    audio, rate = soundfile.read(path, always_2d=True)
    meter = Meter(rate, audio.shape[1])
    meter.feed(audio)
    return np.asarray(meter.finish().energies * TICKS / rate)


def _short(song: Floats) -> Floats:
    return np.sort(windows(song, TICKS, SHORT_TERM))


def _level(power: float) -> float:
    level = lufs(power)
    assert level is not None, "the songs of the experiment sound"
    return level


def _whole(song: Floats) -> float:
    level = integrated(windows(song, TICKS, MOMENTARY))
    assert level is not None, "the songs of the experiment sound"
    return level


def _share(percent: float) -> Callable[[Floats], float]:
    def statistic(song: Floats) -> float:
        short = _short(song)
        kept = short[short > short.mean() / 10]
        return _level(float(kept[int((len(kept) - 1) * percent / 100 + 0.5)]))

    return statistic


def _chosen(song: Floats) -> float:
    level = loud_part(song, TICKS)
    assert level is not None, "the songs of the experiment sound"
    return level


STATISTICS: dict[str, Callable[[Floats], float]] = {
    "integrated": _whole,
    "maximum short-term": lambda song: _level(float(_short(song)[-1])),
    "exceeded by 5 %": _share(95),
    "exceeded by 10 %": _share(90),
    "exceeded by 20 %": _share(80),
    "0.7 × 5 % + 0.3 × int.": lambda song: 0.7 * _share(95)(song) + 0.3 * _whole(song),
    "mean of loudest 10 s": lambda song: _level(float(_short(song)[-100:].mean())),
    "mean of loudest 30 s": lambda song: _level(float(_short(song)[-300:].mean())),
    "exceeded for 10 s": lambda song: _level(float(_short(song)[-101])),
    "the loud part": _chosen,
}


def _passages(song: Floats) -> tuple[Floats, Floats]:
    """Return the loudest 20 s and the quietest 15 s."""
    below = np.concatenate(([0.0], np.cumsum(song)))
    loud = int((below[2000:] - below[:-2000]).argmax())
    quiet = int((below[1500:] - below[:-1500]).argmin())
    return song[loud : loud + 2000], song[quiet : quiet + 1500]


def _fade(song: Floats) -> Floats:
    return np.resize(song, 3000) * 10 ** -np.linspace(0, 6, 3000)


def _accent(song: Floats, loud: Floats, seconds: int, decibels: float) -> Floats:
    louder = song.copy()
    at = len(song) // 3
    louder[at : at + 100 * seconds] = loud.max() * 0.5 * 10 ** (decibels / 10)
    return louder


def _moves(music: list[Floats]) -> None:
    """Print by how many LU each statistic moves, root mean square over the music."""
    moves: dict[str, dict[str, list[float]]] = {name: {} for name in STATISTICS}
    for song in music:
        loud, quiet = _passages(song)
        base = np.concatenate((quiet, loud, quiet, loud))
        hushed = quiet * 0.2
        changed = {
            "1' intro": np.concatenate((np.resize(hushed, 6000), base)),
            "2' intro": np.concatenate((np.resize(hushed, 12000), base)),
            "fade-out": np.concatenate((base, _fade(loud))),
            "40 s gap": np.concatenate((base, np.zeros(4000))),
            "verses × 3": np.concatenate((*[quiet] * 3, loud, *[quiet] * 3, loud)),
            "song × 3": np.tile(base, 3),
            "song / 2": base[: len(base) // 2],
            "accent 1 s": _accent(base, loud, 1, 6.0),
            "hit 3 s": _accent(base, loud, 3, 3.0),
        }
        for name, statistic in STATISTICS.items():
            for what, other in changed.items():
                move = statistic(other) - statistic(base)
                moves[name].setdefault(what, []).append(move)
    columns = list(moves["integrated"])
    print(f"{'LU moved by':24}" + "".join(f"{each:>12}" for each in columns))
    for name, found in moves.items():
        cells = [
            f"{np.sqrt(np.mean(np.square(found[each]))):12.2f}" for each in columns
        ]
        print(f"{name:24}" + "".join(cells))


def _ranks(music: list[Floats]) -> None:
    """Print how well each statistic tells songs apart whose loud passages are known."""
    rng = np.random.default_rng(1)
    truth: list[float] = []
    songs: list[Floats] = []
    for _ in range(SONGS):
        piece = music[rng.integers(len(music))]
        loud, _ = _passages(piece)
        begin = rng.integers(len(piece) - 1200)
        quiet = piece[begin : begin + 1200]
        quiet = quiet / quiet.mean() * loud.mean() * 10 ** (-rng.uniform(3, 18) / 10)
        parts: list[Floats] = []
        for _ in range(rng.integers(1, 4)):
            parts.append(np.resize(quiet, int(rng.uniform(500, 6000))))
            parts.append(np.resize(loud, int(rng.uniform(1200, 4000))))
        if rng.random() < 0.3:
            parts.append(_fade(loud))
        parts.append(np.resize(quiet, int(rng.uniform(0, 4000))))
        level = rng.uniform(-9, 9)
        songs.append(np.concatenate(parts) * 10 ** (level / 10))
        truth.append(_level(float(loud.mean())) + level)
    known = np.array(truth)
    one, other = np.triu_indices(SONGS, 1)
    apart = np.abs(known[one] - known[other]) > 0.5
    order = np.sign(known[one] - known[other])[apart]
    print(f"\n{'of known songs':24}{'error LU':>12}{'worst':>12}{'misranked':>12}")
    for name, statistic in STATISTICS.items():
        found = np.array([statistic(song) for song in songs])
        error = found - known - np.median(found - known)
        wrong = np.mean(np.sign(found[one] - found[other])[apart] != order)
        worst = np.abs(error).max()
        print(f"{name:24}{error.std():12.2f}{worst:12.2f}{100 * wrong:10.2f} %")
