"""``glassmaster specs``: the dated facts that limits come from, printed."""

import re
from pathlib import Path

from album import ownspecs
from album.console import Console, table
from delivery.findings import Refusal, any_error, refuse
from delivery.specsheet import Entry, entries

_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_WIDEST = 60


def specs(console: Console, name: str, album: Path, since: str) -> bool:
    """List the rows, or print those called *name* whole."""
    if since and _DAY.fullmatch(since) is None:
        raise refuse(
            "VALUE", f"{since!r} is no day", help="write it as 2026-01-01 or 2026-01"
        )
    own = ownspecs.read(album if album.is_dir() else album.parent)
    if any_error(own.findings):
        raise Refusal(own.findings)
    listed = entries(own.book, name, since)
    for line in _whole(listed) if name else _list(listed):
        console.line(line)
    console.findings(own.findings)
    if not listed:
        console.line(f"No row was read since {since}.")
    rows = [entry.as_json() for entry in listed]
    console.document(True, own.findings, {"specs": rows})
    return True


def _list(listed: list[Entry]) -> list[str]:
    """Return a line for every row."""
    rows = [("row", "title", "read", "source")]
    for entry in listed:
        mark = " (own)" if entry.own else ""
        rows.append(
            (
                f"{entry.group}/{entry.name}{mark}",
                _short(entry.title),
                entry.dates[-1],
                _short("; ".join(entry.sources)),
            )
        )
    return table(rows)


def _whole(listed: list[Entry]) -> list[str]:
    """Return every key of every row, with where it comes from."""
    lines: list[str] = []
    for entry in listed:
        mark = ", with keys of your own" if entry.own else ""
        lines += ["", f"{entry.group}/{entry.name}: {entry.title}{mark}"]
        rows = list(entry.facts)
        for key in ("note", "confidence", "source", "read"):
            if value := entry.row.get(key):
                rows.append((key, str(value)))
        lines += [f"  {line}" for line in table(rows)]
    return lines[1:]


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1].rstrip() + "…"
