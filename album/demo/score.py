"""The notation of the demo's songs: note lines, drum patterns and a clock with swing.

A line is read as ``NOTE:STEPS``, chords are joined by ``+``, ``-`` is a rest, and a bar
line ``|`` must fall where a bar ends, so that a slip of the pen is an error.
"""

from dataclasses import dataclass

import numpy as np

from album.demo.tones import RATE, key

_STROKES = {"X": 1.0, "x": 0.78, "o": 0.42}


@dataclass(frozen=True)
class Note:
    """What is struck at a step of the song, for how many steps, and how hard."""

    step: int
    steps: int
    keys: tuple[int, ...]
    force: float = 0.8


@dataclass(frozen=True)
class Clock:
    """The tempo of a song: a bar of *steps* sixteenths lasts *bar* seconds.

    *swing* delays every second sixteenth by that share of a sixteenth.
    """

    bar: float
    steps: int = 16
    swing: float = 0.0

    def time(self, step: float) -> float:
        """Return the seconds at *step*, swung."""
        late = self.swing if step % 2 == 1 else 0.0
        return (step + late) * self.bar / self.steps

    def sample(self, step: float) -> int:
        """Return the sample at *step*, swung."""
        return round(self.time(step) * RATE)


class Hand:
    """A player's unevenness: small reproducible deviations, one stream a song."""

    def __init__(self, seed: int) -> None:
        """Start the stream of *seed*."""
        self._words = np.random.PCG64(seed)

    def waver(self, size: float) -> float:
        """Return the next deviation, evenly spread over ±*size*."""
        word = int(self._words.random_raw()) >> 11
        return size * (word / 2.0**52 - 1.0)


def line(text: str, *, bar: int = 16, start: int = 0) -> list[Note]:
    """Return the notes of *text*, beginning at bar *start*; ``!`` is an accent.

    Raises ValueError where a bar line does not fall on the end of a bar.
    """
    step, notes = start * bar, []
    for word in text.replace("|", " | ").split():
        if word == "|":
            if step % bar:
                raise ValueError(f"bar {step // bar} has {step % bar} of {bar} steps")
            continue
        name, _, steps = word.partition(":")
        force = 1.0 if name.endswith("!") else 0.8
        if name != "-":
            keys = tuple(key(part) for part in name.rstrip("!").split("+"))
            notes.append(Note(step, int(steps), keys, force))
        step += int(steps)
    return notes


def strokes(pattern: str, start: int, bars: int, *, bar: int = 16) -> list[Note]:
    """Return *pattern* repeated over *bars* bars from bar *start*; ``.`` is a rest.

    ``X`` is an accent, ``x`` a stroke, ``o`` a soft one.
    """
    marks = pattern.replace("|", "").replace(" ", "")
    return [
        Note(step, 1, (), _STROKES[mark])
        for step in range(start * bar, (start + bars) * bar)
        if (mark := marks[(step - start * bar) % len(marks)]) != "."
    ]
