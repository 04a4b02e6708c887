"""Sequencing: from the album as written to the timeline of every disc."""

from collections.abc import Mapping
from pathlib import Path

from album.marks import marks
from album.placing import Placer
from album.project import Album, Disc
from album.source import Source
from album.timeline import Timeline, programme_rate
from delivery.findings import Finding, Refusal, any_error
from delivery.redbook import FIRST_PAUSE, Frames, frames_over


def sequence(
    album: Album, sources: Mapping[str, Source], tones: Mapping[Path, Source]
) -> tuple[tuple[Timeline, ...], tuple[Finding, ...]]:
    """Place every song of every disc.

    Returns the timelines with the remarks that placing gave rise to. Raises Refusal
    with all places where what the project asks for does not fit the mixes.
    """
    rate = programme_rate(sources)
    timelines, findings = [], []
    for disc in album.discs:
        placer = Placer(album, sources, tones, rate)
        timelines.append(_timeline(placer, disc))
        findings += placer.findings
    if any_error(findings):
        raise Refusal(findings)
    return tuple(timelines), tuple(findings)


def _timeline(placer: Placer, disc: Disc) -> Timeline:
    steps = placer.place(disc)
    cd = placer.album.deliver.cd
    hidden = len(placer.placements) > len(steps)
    return Timeline(
        number=disc.number,
        rate=placer.rate,
        placements=tuple(placer.placements),
        tones=tuple(placer.tones),
        cues=marks(placer, steps),
        hidden_first=cd.pregap if cd and hidden else None,
        leadout=Frames(frames_over(placer.at, placer.rate) + FIRST_PAUSE),
    )
