"""What was delivered, measured again: song by song, from the integers of a master.

The prediction stands beside it. Where they differ, a limiter was at work, a crossfade
brought the neighbour in, or a master's own chain.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from album.balance.record import After, Record
from album.balance.said import place_of
from album.project import Album
from album.timeline import Timeline
from delivery.findings import Finding, error
from delivery.program import Floats
from dsp.figures import figures
from dsp.ltas import loud_levels
from dsp.meter import Meter

BLOCK = 1 << 16

TOLERANCE = 0.05
"""dB of true peak by which meters differ."""

Read = Callable[[int, int], Floats]


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What the songs of one disc measure in one target."""

    target: str
    songs: Mapping[str, After]
    levels: Mapping[str, Floats]
    """The third octaves of the songs' loud passages."""


def remeasured(
    target: str,
    timeline: Timeline,
    rate: int,
    read: Read,
    advance: Callable[[int], None],
) -> Delivered:
    """Return what every song of *timeline* measures in a master of *rate*.

    *read* gives samples of the master, full scale 1.0.
    """
    songs, levels = {}, {}
    for placed in timeline.placements:
        first = placed.first * rate // timeline.rate
        stop = placed.stop * rate // timeline.rate
        meter = Meter(rate, 2)
        for at in range(first, stop, BLOCK):
            meter.feed(read(at, min(at + BLOCK, stop)))
            advance(min(BLOCK, stop - at))
        tally = meter.finish()
        songs[placed.song] = After.of(figures(tally))
        heard = loud_levels(tally.bands, rate)
        # what is left of silence is dither, and no tone
        silent = songs[placed.song].loud_part is None
        levels[placed.song] = heard * np.nan if silent else heard
    return Delivered(target=target, songs=songs, levels=levels)


def above_ceiling(album: Album, record: Record, found: Delivered) -> list[Finding]:
    """Return an error for every song that stands above the record's ceiling."""
    ceiling = record.ceiling
    if record.limiter != "none" or ceiling is None:
        return []
    said = []
    for name, after in found.songs.items():
        if after.true_peak is None or after.true_peak <= ceiling + TOLERANCE:
            continue
        over = after.true_peak - ceiling
        said.append(
            error(
                "LOUD-TP",
                f"{found.target}: {album.songs[name].title!r} stands at "
                f"{after.true_peak:.2f} dBTP, {over:.2f} dB above the ceiling",
                place=place_of(album, name),
                measured=round(after.true_peak, 2),
                limit=ceiling,
                help="crossfades, another rate or a master's chain have raised it: use "
                f"a limiter, or set ceiling_dbtp = {ceiling - over - 0.05:.1f}",
            )
        )
    return said
