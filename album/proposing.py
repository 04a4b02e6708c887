"""The balance of an album, proposed: a record for every target."""

from collections.abc import Callable, Sequence
from threading import Event
from typing import Protocol

from album.balance.balancing import Balanced, Balancing
from album.prepare import Prepared


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
    return balancing.records(targets)


def is_balanced(prepared: Prepared) -> bool:
    """Return whether anything in the project moves levels or tones."""
    album = prepared.album
    offsets = any(song.loudness_offset_lu for song in album.songs.values())
    return album.loudness.method != "none" or album.tone.amount > 0 or offsets
