"""The book of dated facts, listed: which rows there are, and each with its source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from delivery.book import Book, Table
from delivery.findings import refuse
from delivery.receivers import groups, printed

_OF_A_ROW = ("title", "note", "confidence", "source", "read")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row, as it is listed."""

    group: str
    name: str
    own: bool
    """Whether a user has written or changed it."""
    row: Table

    @property
    def title(self) -> str:
        """The row's title."""
        return str(self.row.get("title", ""))

    @property
    def dates(self) -> list[str]:
        """When its sources were read, the latest last."""
        return sorted(set(_found(self.row, "read")))

    @property
    def sources(self) -> list[str]:
        """Where its figures come from, each once."""
        return list(dict.fromkeys(_found(self.row, "source")))

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Keys with their values, tables within it a line each."""
        out: list[tuple[str, str]] = []
        for key, value in self.row.items():
            if key in _OF_A_ROW:
                continue
            if isinstance(value, list) and value and isinstance(value[0], dict):
                out += [(key, _line(each)) for each in value]
            else:
                out.append((key, printed(value)))
        return out

    def as_json(self) -> dict[str, Any]:
        """Return the row with its group and name."""
        own = {"own": True} if self.own else {}
        return {"group": self.group, "name": self.name, **own, **self.row}


def entries(book: Book, name: str = "", since: str = "") -> list[Entry]:
    """Return the rows of a group, those called *name* in any group, or all.

    ``group/name`` is one row. *since* leaves out what was read before that day; a month
    counts where any of its days does. Raises Refusal for an unknown *name*.
    """
    listed = [
        Entry(group=group, name=row, own=(group, row) in book.own, row=table)
        for group in groups()
        for row, table in book.groups[group].items()
        if isinstance(table, dict)
    ]
    if name:
        chosen = [each for each in listed if name in _names(each)]
        if not chosen:
            raise _unknown(name, listed)
        listed = chosen
    if since:
        listed = [each for each in listed if f"{each.dates[-1]}-31" >= since]
    return listed


def _names(entry: Entry) -> tuple[str, ...]:
    return entry.group, entry.name, f"{entry.group}/{entry.name}"


def _unknown(name: str, listed: list[Entry]) -> Exception:
    known = list(dict.fromkeys(each for entry in listed for each in _names(entry)))
    near = get_close_matches(name.lower(), known, 3)
    way = (
        f"did you mean {' or '.join(map(repr, near))}?"
        if near
        else f"the groups are {', '.join(groups())}"
    )
    return refuse("SPECS", f"no row and no group is called {name!r}", help=way)


def _found(row: Mapping[str, Any], key: str) -> Iterator[str]:
    for name, value in row.items():
        if name == key:
            yield str(value)
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, dict):
                    yield from _found(each, key)


def _line(row: Table) -> str:
    """Return a table within a row on one line."""
    parts = []
    for key, value in row.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inside = "; ".join(_line(each) for each in value)
            parts.append(f"{key} ({inside})")
        else:
            parts.append(f"{key} {printed(value)}")
    return ", ".join(parts)
