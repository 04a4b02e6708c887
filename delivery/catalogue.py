"""The catalogue of findings: what each id means, what its limit is, what to do.

The law of the disc brings its own pages; all others stand in ``findings.toml`` beside
this file.
"""

import inspect
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from delivery import specs
from delivery.redbook import msf
from delivery.rules import RULES

LAW = "The law of the disc"

_FILE = Path(__file__).resolve().parent / "findings.toml"


@dataclass(frozen=True)
class Bound:
    """A limit of a rule, and where it comes from."""

    whose: str
    over: str
    """The value that may not be passed."""
    severity: str
    says: str
    source: str
    read: str
    """When the source was read: a year and month."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The page of one id."""

    id: str
    group: str
    severity: str
    page: str
    line: str = ""
    """A rule in one line."""
    also: str = ""
    """What else is told under its id."""
    bounds: tuple[Bound, ...] = ()


@cache
def entries() -> Mapping[str, Entry]:
    """Return every entry by its id, the law of the disc first."""
    others = written()
    found = {
        rule.id: Entry(
            id=rule.id,
            group=LAW,
            severity=rule.severity.value,
            line=rule.line,
            page=inspect.cleandoc(rule.page),
            also=others.get(rule.id, {}).get("also", ""),
            bounds=_lengths() if rule.id == "RB-LENGTH" else (),
        )
        for rule in RULES
    }
    for name, row in others.items():
        if "group" in row:
            found[name] = Entry(
                id=name,
                group=row["group"],
                severity=row["severity"],
                page=row["page"].strip(),
            )
    return found


@cache
def written() -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of ``findings.toml``."""
    with _FILE.open("rb") as file:
        return tomllib.load(file)


def ruled() -> tuple[str, ...]:
    """Return the ids that every delivery is judged by."""
    from delivery.audit import AUDIT

    return tuple(dict.fromkeys([*(row.id for row in RULES), *(r.id for r in AUDIT)]))


def _lengths() -> tuple[Bound, ...]:
    """Return how long a disc may be, plant by plant."""
    return tuple(
        Bound(
            whose=plant.name,
            over=msf(limit.time),
            severity=limit.severity.value,
            says=limit.says,
            source=limit.source,
            read=limit.read,
        )
        for plant in specs.plants().values()
        for limit in plant.limits
    )
