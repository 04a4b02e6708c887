"""The tone of a record: how far songs are off, how far they may be, what is done."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsp.allowance import Allowance, allowance, unlikeness
from dsp.tonality import Floats, average, distance, tone
from dsp.tonemove import Move, move


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The third octaves of a song's loud passages, as ``dsp.ltas`` gives them."""

    levels_db: Floats
    rate: int
    sound: bool = True
    """Whether it is a measure of other songs."""


@dataclass(frozen=True, eq=False)
class Toned:
    """What is found of a song's tone."""

    off_db: Floats
    """How far it lies off the target, by third octave."""
    allowed: Allowance
    move: Move
    """What brings it in."""


def balanced_tones(
    songs: Sequence[Spectrum],
    references: Sequence[Floats] = (),
    *,
    amount: float,
    most_db: float,
) -> list[Toned]:
    """Return of every song how far it is off, and the move that an amount asks for.

    Against the *references* where there are any, otherwise against the songs that are
    sound, or all where none is.
    """
    if not songs:
        return []
    sound = [at for at, song in enumerate(songs) if song.sound] or range(len(songs))
    judges = list(references) or [songs[at].levels_db for at in sound]
    aim = average([tone(each) for each in judges])
    found = []
    for at, song in enumerate(songs):
        others = list(references) or [
            songs[other].levels_db for other in sound if other != at
        ]
        unlike = unlikeness(song.levels_db, others)
        if references:
            # a record's average has the song in it; that of references has their nature
            unlike *= float(np.sqrt(1.0 + 1.0 / len(others)))
        allowed = allowance(amount, unlike)
        off = distance(tone(song.levels_db), aim)
        done = move(off, song.levels_db, song.rate, allowed, most_db=most_db)
        found.append(Toned(off, allowed, done))
    return found
