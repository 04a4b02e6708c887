"""The record: what every song is given for one target, and what is expected of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import median

import numpy as np

from album.balance.hearing import Voice
from album.balance.joins import Join
from album.balance.levels import Balance, Gain
from album.balance.references import Reference
from album.finish import DEEP_DB
from dsp.figures import Figures
from dsp.kweighting import TICKS
from dsp.level import gain, rounded
from dsp.loudness import (
    MOMENTARY,
    SHORT_TERM,
    integrated,
    loudness_range,
    measured,
    windows,
)
from dsp.loudpart import loud_part
from dsp.tally import STEPS
from dsp.tonality import Floats, distance, tone
from dsp.tonebalance import TonalBalance
from dsp.tonemove import Move

WOULD = 0.35
"""The amount at which a plan shows tone moves that nobody has asked for."""


@dataclass(frozen=True, kw_only=True)
class After:
    """What a song measures, or is expected to; None of silence."""

    integrated: float | None
    loud_part: float | None
    range: float | None
    true_peak: float | None

    @classmethod
    def of(cls, found: Figures) -> "After":
        """Return what a song of these figures measures."""
        return cls(
            integrated=found.loudness.integrated,
            loud_part=found.loud_part,
            range=found.loudness.range,
            true_peak=found.peaks.true,
        )

    def as_json(self) -> dict[str, float | None]:
        """Return the figures by the contract."""
        return {
            "integrated_lufs": rounded(self.integrated, 2),
            "loud_part_lufs": rounded(self.loud_part, 2),
            "range_lu": rounded(self.range, 2),
            "true_peak_dbtp": rounded(self.true_peak, 2),
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class SongPlan:
    """What one song is given, and why."""

    song: str
    voice: Voice
    """As its chain leaves it."""
    judge: bool
    """Whether the record may be judged by it."""
    final: Voice
    """With its tone moved."""
    off: Floats
    """How far its tone lies off the target, by third octave."""
    allowed: Floats
    """How far it may, to either side; NaN where everything is allowed."""
    move: Move
    """What is done to its tone."""
    would: Move
    """What would be done to it if it were not kept, at ``WOULD`` where no amount is."""
    kept: bool
    """Whether its tone is to be left alone."""
    gain: Gain
    gain_db: float
    """The song's own static gain, as it is applied."""
    energies: Floats
    """Expected of what is delivered, as a ``Tally`` has them."""
    after: After
    """Expected of what is delivered."""
    over_db: float
    """How far its peaks would pass the ceiling without a limiter."""
    share_deep: float
    """The share of its tenths of a second that pass it by more than ``DEEP_DB``."""

    def off_behind(self, levels: Floats) -> Floats:
        """Return how far its tone lies off, as third octaves of what came of it say."""
        return self.off + distance(tone(levels), tone(self.voice.levels))


@dataclass(frozen=True, kw_only=True, eq=False)
class Record:
    """The balance of an album for one target."""

    target: str
    master: str
    method: str
    amount: float
    aim_lufs: float | None
    """What the project asks of the typical song, None for the record's own."""
    balance: Balance
    songs: Mapping[str, SongPlan]
    joins: tuple[Join, ...]
    references: tuple[Reference, ...]
    tone_amount: float
    tonal: TonalBalance
    limiter: str
    ceiling: float | None
    """In dBTP; None where nothing holds peaks."""
    master_stages: int
    """How many stages the master's own chain has; the figures are those before it."""

    @property
    def gains(self) -> dict[str, float]:
        """The songs' own gains in dB."""
        return {name: song.gain_db for name, song in self.songs.items()}

    @cached_property
    def album(self) -> After:
        """What is expected of the whole record; its loud part is its typical song's."""
        songs = [*self.songs.values()]
        if not songs:
            return After(integrated=None, loud_part=None, range=None, true_peak=None)
        rates = [song.final.tally.rate for song in songs]
        pooled = measured([song.energies for song in songs], rates)
        judges = [self.songs[name].after.loud_part for name in self.balance.judges]
        parts = [part for part in judges if part is not None]
        peaks = [song.after.true_peak for song in songs]
        return After(
            integrated=pooled.integrated,
            loud_part=median(parts) if parts else None,
            range=pooled.range,
            true_peak=max((peak for peak in peaks if peak is not None), default=None),
        )


def expected(
    final: Voice, energies: Floats, total_db: float, ceiling: float | None
) -> After:
    """Return what a song is expected to measure, whose *energies* are those behind.

    What was too quiet to be counted may be counted behind a gain, so loudness is gated
    anew.
    """
    after, rate = After.of(final.figures), final.tally.rate
    peak = _plus(after.true_peak, total_db)
    loud = loud_part(energies, rate)
    if ceiling is not None and peak is not None and peak > ceiling:
        peak = ceiling
    return After(
        integrated=integrated(windows(energies, rate, MOMENTARY)),
        loud_part=loud,
        range=loudness_range(windows(energies, rate, SHORT_TERM)),
        true_peak=peak,
    )


def passing(
    final: Voice, total_db: float, ceiling: float | None
) -> tuple[float, float]:
    """Return how far peaks would pass a ceiling, and how often by ``DEEP_DB`` or more.

    In dB, and as the share of tenths of a second.
    """
    peak = final.figures.peaks.true
    if ceiling is None or peak is None:
        return 0.0, 0.0
    highest = final.tally.step_peaks.max(axis=1)
    deep = highest > gain(ceiling + DEEP_DB - total_db)
    return max(0.0, peak + total_db - ceiling), float(deep.mean())


def behind(final: Voice, total_db: float, ceiling: float | None) -> Floats:
    """Return a song's energies behind a gain and a limiter with a *ceiling*.

    It takes what passes it, step by step: right as long as it has little to do.
    """
    tally = final.tally
    energies = tally.energies * gain(total_db) ** 2
    if ceiling is None:
        return energies
    highest = tally.step_peaks.max(axis=1) * gain(total_db)
    kept = np.minimum(1.0, gain(ceiling) / np.maximum(highest, 1e-9)) ** 2
    return np.asarray(energies * np.repeat(kept, TICKS // STEPS)[: len(energies)])


def _plus(value: float | None, gain_db: float) -> float | None:
    return None if value is None else value + gain_db
