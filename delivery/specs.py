"""Limits of the people who take a delivery: dated data, each with its source.

The figures are in ``specs/*.toml`` beside this file; code holds none of them.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from delivery.findings import Severity, refuse
from delivery.redbook import Frames, from_msf

_FOLDER = Path(__file__).resolve().parent / "specs"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A length that a disc may not be over, or not without a word."""

    time: Frames
    """Absolute disc time; a lead-out at it is still within."""
    severity: Severity
    says: str
    source: str
    read: str
    """When the source was read: a year and month."""


@dataclass(frozen=True, kw_only=True)
class Plant:
    """What one pressing plant takes."""

    name: str
    title: str
    limits: tuple[Limit, ...]
    """Rising; the last one that a disc is over is the one that counts."""

    def over(self, leadout: int) -> Limit | None:
        """Return the limit that a disc with its lead-out there is over, if any."""
        passed = [limit for limit in self.limits if leadout > limit.time]
        return passed[-1] if passed else None


@cache
def plants() -> Mapping[str, Plant]:
    """Return every known plant by name."""
    with (_FOLDER / "plants.toml").open("rb") as file:
        table = tomllib.load(file)
    ceiling = table.pop("ceiling")
    return {
        name: Plant(
            name=name,
            title=row["title"],
            limits=tuple(_limit(limit) for limit in [*row["over"], *ceiling]),
        )
        for name, row in table.items()
    }


def plant(name: str) -> Plant:
    """Return the plant called *name*; refuse an unknown one with near names."""
    known = plants()
    if name in known:
        return known[name]
    near = get_close_matches(name, known, 1)
    way = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    raise refuse("RB-LENGTH", f"the plant {name!r} is not known", help=way)


def _limit(row: Mapping[str, Any]) -> Limit:
    return Limit(
        time=from_msf(row["time"]),
        severity=Severity(row["severity"]),
        says=row["says"],
        source=row["source"],
        read=row["read"],
    )
