"""Plants and what they take: the total length of a disc, each limit with its source.

The figures are in ``specs/plants.toml``; code holds none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from delivery.book import Book, RowError, Table, builtin, typed
from delivery.findings import Severity, refuse
from delivery.redbook import Frames, from_msf


@dataclass(frozen=True, kw_only=True)
class _Written:
    """A limit as its row has it."""

    time: str
    severity: Severity
    says: str
    source: str
    read: str


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
class _Row:
    title: str
    over: tuple[_Written, ...]


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


def plants(book: Book | None = None) -> Mapping[str, Plant]:
    """Return every known plant by name; raises RowError for a row that does not fit."""
    rows = (book or builtin()).groups["plants"]
    ceiling: list[Table] = list(rows["ceiling"])
    return {
        name: _plant(name, row, ceiling)
        for name, row in rows.items()
        if name != "ceiling"
    }


def plant(name: str, book: Book | None = None) -> Plant:
    """Return the plant called *name*; refuse an unknown one with near names."""
    known = plants(book)
    if name in known:
        return known[name]
    near = get_close_matches(name, known, 1)
    way = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    raise refuse("RB-LENGTH", f"the plant {name!r} is not known", help=way)


def _plant(name: str, row: Table, ceiling: list[Table]) -> Plant:
    keys = ("plants", name)
    found = typed(_Row, keys, row)
    own = [
        _limit((*keys, "over", at, "time"), each) for at, each in enumerate(found.over)
    ]
    top = [
        _limit(
            ("plants", "ceiling", at), typed(_Written, ("plants", "ceiling", at), each)
        )
        for at, each in enumerate(ceiling)
    ]
    return Plant(name=name, title=found.title, limits=(*own, *top))


def _limit(keys: tuple[str | int, ...], row: _Written) -> Limit:
    try:
        time = from_msf(row.time)
    except ValueError as bad:
        raise RowError(keys, str(bad), 'write it as "74:00:00"') from bad
    return Limit(
        time=time,
        severity=row.severity,
        says=row.says,
        source=row.source,
        read=row.read,
    )
