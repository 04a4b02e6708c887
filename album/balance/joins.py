"""Joins: the end of one song against the start of the next, where they follow directly.

A record may be even from song to song and still jump at a join: a quiet ending before a
loud start, a dark fade before a bright guitar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from album.balance.hearing import Voice
from album.timeline import Placement
from dsp.kweighting import TICKS
from dsp.loudness import MOMENTARY, integrated, mean_square, windows
from dsp.ltas import loud_levels
from dsp.tonality import JUDGED_HZ, Floats, between, distance, tone

STRETCH = 20.0
"""Seconds of music that are compared on each side."""

DIRECT = 4.0
"""Seconds of silence beyond which songs do not follow directly."""

TAIL = 20.0
"""LU under a song's loud part; what is quieter at its ends is a fade or a tail."""

LEVEL_LIMIT = 8.0
"""LU that a join may jump."""

TONE_LIMIT = 10.0
"""dB by which a region of the spectrum may jump against the others."""

REGIONS = (("low", 40.0, 250.0), ("mid", 250.0, 4000.0), ("high", 4000.0, JUDGED_HZ[1]))


@dataclass(frozen=True, kw_only=True)
class Join:
    """Two songs that meet, and what changes where they do."""

    before: str
    after: str
    runs_on: bool
    """Whether both are one recording that goes on."""
    gap: float
    """Seconds of silence; below 0 where they overlap."""
    step: float
    """LU by which the start of the second is louder than the end of the first."""
    tones: tuple[float, ...]
    """dB by which the REGIONS of the second stand out more than those of the first."""

    @property
    def direct(self) -> bool:
        """Whether one is heard straight after the other."""
        return self.gap <= DIRECT


@dataclass(frozen=True)
class _Edge:
    level: float
    tone: Floats


def joins(
    placements: Sequence[Placement],
    rate: int,
    voices: dict[str, Voice],
    gains: dict[str, float],
) -> list[Join]:
    """Return the joins of a disc, as its songs sound with their *gains*."""
    found = []
    for one, other in pairwise(placements):
        if one.song not in voices or other.song not in voices:
            continue
        end, start = _edge(voices[one.song], -1), _edge(voices[other.song], 1)
        if end is None or start is None:
            continue
        step = start.level + gains[other.song] - end.level - gains[one.song]
        found.append(
            Join(
                before=one.song,
                after=other.song,
                runs_on=other.runs_on(one),
                gap=(other.first - one.stop) / rate,
                step=step,
                tones=regions(distance(start.tone, end.tone)),
            )
        )
    return found


def _edge(voice: Voice, way: int) -> _Edge | None:
    """Return the start (*way* 1) or the end (-1) of a song's music."""
    tally, loud = voice.tally, voice.figures.loud_part
    if loud is None:
        return None
    powers = windows(tally.energies, tally.rate, MOMENTARY)
    music = np.flatnonzero(powers > mean_square(loud - TAIL))
    if not len(music):
        return None
    # windows come ten a second, and reach 400 ms on
    last = min(tally.seconds, float(music[-1]) / 10 + MOMENTARY / TICKS)
    begin = float(music[0]) / 10 if way > 0 else max(0.0, last - STRETCH)
    end = min(begin + STRETCH, tally.seconds) if way > 0 else last
    ticks = tally.energies[int(begin * TICKS) : int(end * TICKS)]
    level = integrated(windows(ticks, tally.rate, MOMENTARY))
    if level is None:
        return None
    first, stop = (round(at * tally.rate / tally.slot) for at in (begin, end))
    bands = tally.bands[first : max(stop, first + 1)]
    if not len(bands):
        bands = tally.bands[-1:]
    return _Edge(level, tone(loud_levels(bands, tally.rate)))


def regions(difference: Floats) -> tuple[float, ...]:
    """Return the means of third octaves over the REGIONS; 0 where nothing is known."""
    means = (between(difference, low, high) for _, low, high in REGIONS)
    return tuple(0.0 if mean != mean else mean for mean in means)
