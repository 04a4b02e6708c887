"""Which songs' tones are moved, how far, and with what in their chains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from album.balance import tones
from album.balance.hearing import Voice
from album.balance.record import WOULD
from album.balance.references import Reference
from album.project import Album
from album.treatment import UNTREATED, Treatment, Treatments
from dsp.ltas import loud_levels
from dsp.tonality import BANDS, Floats, Move, average, distance, move, tone


@dataclass(frozen=True, eq=False)
class ToneOf:
    """What is found of a song's tone."""

    off: Floats
    move: Move
    would: Move
    target: Floats | None


def toned(
    album: Album, treatments: Treatments, moves: Mapping[str, Move]
) -> dict[str, Treatment]:
    """Return *treatments* with the moves of tone behind the songs' chains."""
    place = album.place("tone")
    found = dict(treatments)
    for name, each in moves.items():
        if each.bands:
            before = found.get(name, UNTREATED)
            added = tones.stages(each, album.tone.phase, place)
            found[name] = replace(before, stages=(*before.stages, *added))
    return found


def moves(
    album: Album,
    voices: Mapping[str, Voice],
    runs: Sequence[Sequence[str]],
    compared: Sequence[Reference],
) -> dict[str, ToneOf]:
    """Return how far every song's tone is off, and what is done to it."""
    own: dict[str, tuple[Floats, Floats]] = {}
    for run in runs:
        known = [voices[name] for name in run if name in voices]
        if known and any(each.figures.loud_part is not None for each in known):
            levels = _levels(known)
            found = tone(levels), levels
            own |= {name: found for name in run if name in voices}
    sound = [own[name][0] for name in own if voices[name].unsound is None]
    judges = sound or [each for each, _ in own.values()]
    if compared:
        judges = [tone(each.voice.levels) for each in compared]
    aim = average(judges) if judges else None
    nothing = np.full(BANDS, np.nan)
    every: dict[str, ToneOf] = {}
    for name, each in voices.items():
        if name not in own or aim is None:
            every[name] = ToneOf(nothing, Move(), Move(), aim)
            continue
        mine, levels = own[name]
        off, rate = distance(mine, aim), each.tally.rate
        asked, most = album.tone.amount, album.tone.most_db
        free = album.songs[name].tone != "keep"
        done = move(off, levels, rate, amount=asked if free else 0.0, most_db=most)
        shown = asked if free and asked else asked or WOULD
        would = done if done.bands else move(
            off, levels, rate, amount=shown, most_db=most
        )  # fmt: skip
        every[name] = ToneOf(off, done, would, aim)
    return every


def _levels(voices: Sequence[Voice]) -> Floats:
    """Return the third octaves of what one recording is cut into."""
    if len(voices) == 1:
        return voices[0].levels
    bands = np.concatenate([each.tally.bands for each in voices])
    return loud_levels(bands, voices[0].tally.rate)
