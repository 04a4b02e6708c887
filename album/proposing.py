"""The balance of an album, proposed: a record for every target."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event
from typing import Protocol

from album.balance.balancing import Balanced, Balancing
from album.prepare import Prepared
from album.scanning import scan
from delivery.findings import Finding, Refusal


class Listening(Protocol):
    """Who watches songs being measured, and may stop it."""

    @property
    def stop(self) -> Event:
        """Set to make every stage end at its next step."""

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        """Begin a stage of *total* steps; the answer is called with steps done."""


def balanced(
    prepared: Prepared, targets: Sequence[str], jobs: int, stages: Listening
) -> Balanced:
    """Measure the songs as they will be heard; return the record for every target."""
    balancing = Balancing(
        album=prepared.album,
        timelines=[disc.timeline for disc in prepared.discs],
        jobs=jobs,
        stage=stages.stage,
        stop=stages.stop,
    )
    found = balancing.records(targets)
    told = (
        each for finding in found.findings for each in as_scanned(prepared, finding)
    )
    return replace(found, findings=tuple(dict.fromkeys(told)))


def as_scanned(prepared: Prepared, finding: Finding) -> tuple[Finding, ...]:
    """Return a song's *finding* as the scan that a build begins with has it.

    A song that is no audio is heard whole, trimmed or summed; the scan knows the file
    that is to blame, the time in it, and the line of the project that names it.
    """
    song = finding.place.song or ""
    if finding.rule != "SRC-NAN" or song not in prepared.sources:
        return (finding,)
    parts = prepared.sources[song].parts
    found: list[Finding] = []
    for name in [f"{song}: {part.name}" for part in parts] or [song]:
        try:
            scan(*prepared.files[name])
        except Refusal as refusal:
            found += refusal.findings
    return tuple(found) or (finding,)


def is_balanced(prepared: Prepared) -> bool:
    """Return whether anything in the project moves levels or tones."""
    album = prepared.album
    offsets = any(song.loudness_offset_lu for song in album.songs.values())
    return album.loudness.method != "none" or album.tone.amount > 0 or offsets
