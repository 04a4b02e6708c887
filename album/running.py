"""The running order, resolved: discs of entries, and how each joins the one before."""

from dataclasses import dataclass
from pathlib import Path

from album.fades import Curve
from album.times import Time
from delivery.findings import Place


@dataclass(frozen=True)
class Silence:
    """Digital silence."""

    length: Time


@dataclass(frozen=True)
class RoomTone:
    """A stretch filled with a loop of *file*."""

    length: Time
    file: Path


Fill = Silence | RoomTone
"""What is heard where no song plays."""


@dataclass(frozen=True)
class Spacing:
    """Fills between two songs, one after the other; their lengths add up."""

    fills: tuple[Fill, ...]


@dataclass(frozen=True)
class Segue:
    """The next song begins with the sample after this one's last."""


@dataclass(frozen=True)
class Crossfade:
    """The next song begins *length* before this one ends."""

    length: Time
    curve: Curve


Join = Spacing | Segue | Crossfade


@dataclass(frozen=True)
class Entry:
    """One song in its turn."""

    song: str
    hidden: bool
    """Inside the track of the entry before, without a mark of its own."""
    join: Join | None
    """How it follows the entry before it on the disc; None for a disc's first."""
    place: Place


@dataclass(frozen=True)
class Disc:
    """One disc: what is heard before its first song, its songs, and what after."""

    number: int
    entries: tuple[Entry, ...]
    opening: tuple[Fill, ...] = ()
    closing: tuple[Fill, ...] = ()
