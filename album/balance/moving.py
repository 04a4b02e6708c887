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
from dsp.allowance import Allowance, allowance, unlike
from dsp.ltas import loud_levels
from dsp.tonality import BANDS, Floats, average, distance, tone
from dsp.tonemove import Move, move

_NOTHING: Floats = np.full(BANDS, np.nan)


@dataclass(frozen=True, eq=False)
class ToneOf:
    """What is found of a song's tone."""

    off: Floats
    allowed: Allowance
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
    spectra = _spectra(voices, runs)
    judges = [each.voice.levels for each in compared] or _judges(spectra, voices)
    aim = average([tone(each) for each in judges]) if judges else None
    amount, most = album.tone.amount, album.tone.most_db
    every: dict[str, ToneOf] = {}
    for name, each in voices.items():
        own = spectra.get(name)
        if own is None or aim is None:
            every[name] = ToneOf(_NOTHING, allowance(amount), Move(), Move(), aim)
            continue
        others = [levels for levels in judges if levels is not own]
        allowed = allowance(amount or WOULD, unlike(own, others))
        off = distance(tone(own), aim)
        would = move(off, own, each.tally.rate, allowed, most_db=most)
        done = would if amount and album.songs[name].tone != "keep" else Move()
        every[name] = ToneOf(off, allowed, done, would, aim)
    return every


def _spectra(
    voices: Mapping[str, Voice], runs: Sequence[Sequence[str]]
) -> dict[str, Floats]:
    """Return the third octaves of songs that have a level: one for a whole run."""
    found: dict[str, Floats] = {}
    for run in runs:
        known = [voices[name] for name in run if name in voices]
        if known and any(each.figures.loud_part is not None for each in known):
            levels = _levels(known)
            found |= {name: levels for name in run if name in voices}
    return found


def _judges(spectra: Mapping[str, Floats], voices: Mapping[str, Voice]) -> list[Floats]:
    """Return the songs that the record's tone is the average of."""
    sound = [spectra[name] for name in spectra if voices[name].unsound is None]
    return sound or list(spectra.values())


def _levels(voices: Sequence[Voice]) -> Floats:
    """Return the third octaves of what one recording is cut into."""
    if len(voices) == 1:
        return voices[0].levels
    bands = np.concatenate([each.tally.bands for each in voices])
    return loud_levels(bands, voices[0].tally.rate)
