"""The tone of a record: how far songs are off, how far they may be, what is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from dsp.allowance import Allowance, allowance, unlikeness
from dsp.tonality import BANDS, Floats, average, distance, tone
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
    allowed_db: Floats
    """How far it may."""
    move: Move
    """What brings it in."""
    common: Move
    """What brings the record as a whole to its references, a part of *move*."""


def balanced_tones(
    songs: Sequence[Spectrum],
    references: Sequence[Floats] = (),
    *,
    amount: float,
    most_db: float,
) -> list[Toned]:
    """Return of every song how far it is off, and the move that an amount asks for.

    Songs are held to those that are sound, or to all where none is. Where there are
    *references*, the record as a whole is held to them first, so that songs that
    belong together are moved together.
    """
    if not songs:
        return []
    sound = [at for at, song in enumerate(songs) if song.sound] or [*range(len(songs))]
    judges = [songs[at].levels_db for at in sound]
    aim = average([tone(each) for each in judges])
    target, wide = aim, Allowance(least_db=0.0, natural_db=np.zeros(BANDS))
    common = Move()
    if references:
        target = average([tone(each) for each in references])
        wide = _of_all(judges, references, amount)
        rate = min(song.rate for song in songs)
        whole = distance(aim, target)
        common = move(whole, judges[0], rate, wide, most_db=most_db)
    found = []
    for at, song in enumerate(songs):
        own = tone(song.levels_db)
        others = [songs[each].levels_db for each in sound if each != at]
        allowed = allowance(amount, unlikeness(song.levels_db, others))
        done = move(
            distance(own, aim), song.levels_db, song.rate, allowed,
            most_db=most_db, common=common.bands,
        )  # fmt: skip
        half = np.hypot(allowed.half_db, wide.half_db)
        found.append(Toned(distance(own, target), half, done, common))
    return found


def _of_all(
    judges: Sequence[Floats], references: Sequence[Floats], amount: float
) -> Allowance:
    """Return what a record may be off its references: the less, the more there are."""
    unlike = median(unlikeness(each, references) for each in judges)
    averaged = 1.0 / len(judges) + 1.0 / len(references)
    return allowance(amount, unlike * float(np.sqrt(averaged)))
