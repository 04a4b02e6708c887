"""The sides of a record or a tape: songs in an order of their own, placed anew.

What follows a song in the album follows it here by the same join; a join that is cut
becomes the album's gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from string import ascii_uppercase

from album.deliverable import Deliverable
from album.project import (
    Album,
    Crossfade,
    Disc,
    Entry,
    Join,
    Segue,
    Silence,
    Spacing,
)
from album.sequence import sequence
from album.source import Source
from album.timeline import Timeline
from delivery.findings import Finding, warning


def of_targets(
    album: Album,
    sources: Mapping[str, Source],
    tones: Mapping[Path, Source],
    timelines: Sequence[Timeline],
) -> tuple[dict[str, tuple[Timeline, ...]], list[Finding]]:
    """Return the sides of every target that has some, and what is said of them.

    *timelines* are the album's discs, whose songs are split over two sides each where
    the target does not say how. Raises Refusal for sides that cannot be placed.
    """
    found: dict[str, tuple[Timeline, ...]] = {}
    said: list[Finding] = []
    for name, target in album.deliver.files.items():
        if target.kind.cut != "side":
            continue
        from album.sidelengths import lengths  # few albums have sides

        asked = target.sides or halves(album, timelines)
        cut = replace(
            album,
            deliver=replace(album.deliver, cd=None),
            discs=tuple(
                Disc(number, _entries(album, songs))
                for number, songs in enumerate(asked.values(), 1)
            ),
        )
        # what placing says of the songs was said of the album's discs
        found[name], _ = sequence(cut, sources, tones)
        said += _left_out(album, target, asked)
        said += lengths(album, target, dict(zip(asked, found[name], strict=True)))
    return found, said


def letters(target: Deliverable, count: int) -> tuple[str, ...]:
    """Return the names of *count* sides of a target, in their order."""
    return tuple(target.sides) or tuple(ascii_uppercase[:count])


def halves(album: Album, timelines: Sequence[Timeline]) -> dict[str, tuple[str, ...]]:
    """Return the songs of each disc over two sides, as even as the joins allow.

    The first side is the longer one where they differ; what runs on is not cut.
    """
    sides: list[tuple[str, ...]] = []
    for disc, timeline in zip(album.discs, timelines, strict=True):
        songs = [entry.song for entry in disc.entries]
        stops = {placed.song: int(placed.stop) for placed in timeline.placements}
        free = [
            at
            for at, entry in enumerate(disc.entries)
            if at and not entry.hidden and isinstance(entry.join, Spacing)
        ]
        cuts = free or list(range(1, len(songs)))
        if not cuts:
            sides.append(tuple(songs))
            continue
        middle = stops[songs[-1]] / 2
        best = min(cuts, key=lambda at: (abs(stops[songs[at - 1]] - middle), -at))
        sides += [tuple(songs[:best]), tuple(songs[best:])]
    return dict(zip(ascii_uppercase, sides, strict=False))


def _entries(album: Album, songs: Sequence[str]) -> tuple[Entry, ...]:
    joins: dict[tuple[str, str], Entry] = {}
    for disc in album.discs:
        for one, other in pairwise(disc.entries):
            joins[one.song, other.song] = other
    gap: Join = Spacing((Silence(album.sequence.gap),))
    entries = []
    for at, song in enumerate(songs):
        kept = joins.get((songs[at - 1], song)) if at else None
        entries.append(
            Entry(
                song=song,
                hidden=bool(kept and kept.hidden),
                join=kept.join if kept else gap if at else None,
                place=kept.place if kept else album.place("order", song),
            )
        )
    return tuple(entries)


def _left_out(
    album: Album, target: Deliverable, asked: Mapping[str, tuple[str, ...]]
) -> list[Finding]:
    """Return a warning for songs on no side, and for a join that is cut."""
    on_sides = {song for songs in asked.values() for song in songs}
    place = album.place("deliver", target.name, "sides")
    said = []
    played = [entry.song for disc in album.discs for entry in disc.entries]
    missing = [album.songs[song].title for song in played if song not in on_sides]
    if missing:
        said.append(
            warning(
                "SIDE-MISSING",
                f"{target.name}: on no side is {', '.join(map(repr, missing))}",
                place=place,
                help="name every song on a side, if that is not meant",
            )
        )
    ends = {songs[-1] for songs in asked.values() if songs}
    for disc in album.discs:
        for one, other in pairwise(disc.entries):
            if isinstance(other.join, Segue | Crossfade) and one.song in ends:
                said.append(
                    warning(
                        "SIDE-CUT",
                        f"{target.name}: a side ends with "
                        f"{album.songs[one.song].title!r}, which runs on into "
                        f"{album.songs[other.song].title!r}",
                        place=place,
                        help="give the song an end or a fade_out, or cut elsewhere",
                    )
                )
    return said
