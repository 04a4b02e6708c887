"""PQ codes: a layout as the disc counts it.

CUE sheet, DDP and PQ sheet are made from this one list, so they cannot disagree.
"""

from dataclasses import dataclass

from delivery.program import Flag, Layout, Track
from delivery.redbook import Frames

LEADOUT = "AA"


@dataclass(frozen=True, kw_only=True)
class Code:
    """One event of the Q channel: where an index of a track begins."""

    track: str
    """01 to 99, or AA for the lead-out."""
    index: int
    time: Frames
    """Absolute disc time."""
    isrc: str = ""
    """On the first code of a track, as writers of DDP place it."""
    flags: frozenset[Flag] = frozenset()
    ean: str = ""
    """The disc's, the same on every code."""


def codes(layout: Layout) -> tuple[Code, ...]:
    """Return every index of every track in disc order, then the lead-out."""
    listed: list[Code] = []
    for track in layout.tracks:
        listed += _track_codes(track, layout.ean)
    # control bits of the lead-out stay clear whatever the last track has (ddp.md §4)
    leadout = Code(track=LEADOUT, index=1, time=layout.leadout, ean=layout.ean)
    return (*listed, leadout)


def _track_codes(track: Track, ean: str) -> list[Code]:
    return [
        Code(
            track=f"{track.number:02}",
            index=index,
            time=time,
            isrc=track.isrc if place == 0 else "",
            flags=track.flags,
            ean=ean,
        )
        for place, (index, time) in enumerate(track.marks.items())
    ]
