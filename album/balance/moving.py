"""Which songs' tones are moved, how far, and with what in their chains."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from album.balance import tones
from album.balance.hearing import Voice
from album.balance.record import WOULD
from album.balance.references import Reference
from album.project import Album
from album.treatment import UNTREATED, Treatment, Treatments
from dsp.ltas import loud_levels
from dsp.tonality import BANDS, Floats, judged
from dsp.tonebalance import Spectrum, TonalBalance, balanced_tones
from dsp.tonemove import Move

_NOTHING: Floats = np.full(BANDS, np.nan)


@dataclass(frozen=True, eq=False)
class ToneOf:
    """What is found of a song's tone, and what is done to it."""

    off: Floats
    allowed: Floats
    move: Move
    would: Move
    kept: bool = False
    """Whether the project leaves it alone."""


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
    judging: Collection[str],
    compared: Sequence[Reference],
) -> tuple[TonalBalance, dict[str, ToneOf]]:
    """Return what is found of the record's tone; of every song, what is done to it.

    The record is judged by the songs that are *judging*.
    A recording that runs on through several songs is one song, and is left alone if
    one of them is: what changes at a mark within it would be heard.
    """
    amount = album.tone.amount
    heard = [[name for name in run if name in voices] for run in runs]
    kept = frozenset(name for name in voices if album.songs[name].tone == "keep")
    spectra = [
        (run, spectrum)
        for run in heard
        if (spectrum := _spectrum(run, voices, judging, kept)) is not None
    ]
    found = balanced_tones(
        [each for _, each in spectra],
        [each.voice.levels for each in compared if each.judge],
        amount=amount or WOULD,
        most_db=album.tone.most_db,
    )
    every = dict.fromkeys(voices, ToneOf(_NOTHING, _NOTHING, Move(), Move()))
    for (run, _), each in zip(spectra, found.songs, strict=True):
        allowed = np.where(judged(), each.allowed_db, np.nan)
        still = not kept.isdisjoint(run)
        done = each.move if amount and not still else Move()
        of = ToneOf(each.off_db, allowed, done, each.move, still)
        every |= dict.fromkeys(run, of)
    return found, every


def _spectrum(
    run: Sequence[str],
    voices: Mapping[str, Voice],
    judging: Collection[str],
    kept: frozenset[str],
) -> Spectrum | None:
    """Return the third octaves of what one recording is cut into, None of silence."""
    heard = [voices[name] for name in run]
    if all(each.figures.loud_part is None for each in heard):
        return None
    rate, levels = heard[0].tally.rate, heard[0].levels
    if len(heard) > 1:
        bands = np.concatenate([each.tally.bands for each in heard])
        levels = loud_levels(bands, rate)
    sound = any(name in judging for name in run)
    return Spectrum(levels, rate, sound, kept=not kept.isdisjoint(run))
