"""The tone of a record: how far songs are off, how far they may be, what is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from dsp.allowance import Allowance, allowance, unlikeness
from dsp.tonality import BANDS, Floats, average, distance, tone
from dsp.tonemove import Move, move

_ROUNDS = 6  # of 7,200 records two took four


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The third octaves of a song's loud passages, as ``dsp.ltas`` gives them."""

    levels_db: Floats
    rate: int
    sound: bool = True
    """Whether it is a measure of other songs."""
    kept: bool = False
    """Whether it will be left as it is, whatever is found."""


@dataclass(frozen=True, eq=False)
class Toned:
    """What is found of a tone."""

    off_db: Floats
    """How far it lies off what it is held to, by third octave."""
    allowed_db: Floats
    """How far it may."""
    move: Move
    """What brings it in."""


@dataclass(frozen=True, eq=False)
class TonalBalance:
    """What is found of the tones of a record."""

    own: Floats
    """The record's robust average."""
    references: Floats | None
    """That of its references."""
    whole: Toned | None
    """The record as a whole, held to its references."""
    songs: Sequence[Toned]
    """Its songs, held to the record as *whole* moves it; of their moves that is a part.
    """


def balanced_tones(
    songs: Sequence[Spectrum],
    references: Sequence[Floats] = (),
    *,
    amount: float,
    most_db: float,
) -> TonalBalance:
    """Return how far songs are off, and the moves that an amount asks for.

    Songs are held to those that are sound, or to all where none is. Where there are
    *references*, the record as a whole is held to them first, so that songs that
    belong together are moved together.
    """
    aim = average([tone(each) for each in references]) if references else None
    sound = [at for at, song in enumerate(songs) if song.sound] or [*range(len(songs))]
    judges = [songs[at].levels_db for at in sound]
    if not judges:
        return TonalBalance(np.full(BANDS, np.nan), aim, None, ())
    own = average([tone(each) for each in judges])
    whole = None
    if aim is not None:
        wide = _of_all(judges, references, amount)
        off, least = distance(own, aim), min(songs, key=lambda song: song.rate)
        done = move(off, least.levels_db, least.rate, wide, most_db=most_db)
        whole = Toned(off, wide.half_db, done)
    common = whole.move if whole else Move()
    return TonalBalance(
        own, aim, whole, _settled(songs, sound, common, amount, most_db)
    )


def _settled(
    songs: Sequence[Spectrum],
    sound: Sequence[int],
    common: Move,
    amount: float,
    most_db: float,
) -> list[Toned]:
    """Return what is found of songs, held to the record as their moves make it.

    What is moved moves the average, and may wake another song: it is moved too, from
    where it lies, until nothing does. No song is moved twice.
    """
    came = [tone(song.levels_db) for song in songs]
    moved: dict[int, Move] = {}
    now = [song.levels_db for song in songs]
    found: list[Toned] = []
    for _ in range(_ROUNDS):
        own = average([tone(now[at]) for at in sound])
        found = []
        for at, song in enumerate(songs):
            others = [now[each] for each in sound if each != at]
            allowed = allowance(amount, unlikeness(song.levels_db, others))
            off = distance(came[at], own)
            done = moved.get(at) or move(
                off, song.levels_db, song.rate, allowed,
                most_db=most_db, common=common.bands,
            )  # fmt: skip
            shown = distance(came[at], own + common.curve_db)
            found.append(Toned(shown, allowed.half_db, done))
        woken = {
            at: each.move
            for at, each in enumerate(found)
            if at not in moved and each.move.bands != common.bands
        }
        if not woken:
            break
        moved |= woken
        for at, done in woken.items():
            if not songs[at].kept:
                now[at] = _behind(songs[at].levels_db, done, common)
    return found


def _behind(levels_db: Floats, done: Move, common: Move) -> Floats:
    """Return third octaves behind a move, but for what the whole record is moved by."""
    by = done.curve_db + done.makeup_db - common.curve_db - common.makeup_db
    return np.asarray(levels_db + by[: len(levels_db)])


def _of_all(
    judges: Sequence[Floats], references: Sequence[Floats], amount: float
) -> Allowance:
    """Return what a record may be off its references: the less, the more there are."""
    unlike = median(unlikeness(each, references) for each in judges)
    averaged = 1.0 / len(judges) + 1.0 / len(references)
    return allowance(amount, unlike * float(np.sqrt(averaged)))
