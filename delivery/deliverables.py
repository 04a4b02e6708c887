"""The kinds of deliverables: what each is where nobody says otherwise, as dated rows.

The rows stand in ``deliverables.toml`` beside this file, which explains their words.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

_ROWS = Path(__file__).resolve().parent / "deliverables.toml"

USUAL = "usual"
"""The row of a kind of one's own, and of whatever another row leaves out."""

Cut = Literal["track", "side"]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of deliverable."""

    name: str
    title: str
    says: str
    formats: tuple[str, ...]
    cut: Cut
    rate: int
    """In Hz; 0 for the mixes' own."""
    highest_rate: int
    bits: Literal[16, 24]
    dither: str
    naming: str
    ascii: bool
    tags: Literal["full", "minimal", "none"]
    check: tuple[str, ...]
    masters: tuple[str, ...]
    decoded_dbtp: float
    receivers: tuple[str, ...]
    cover: str
    lossy_cover: str
    broadcaster: str = ""
    within_lu: float = 0.1
    source: str = ""
    read: str = ""


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind by name, ``usual`` first."""
    with _ROWS.open("rb") as file:
        rows = tomllib.load(file)
    usual = rows[USUAL]
    return MappingProxyType(
        {name: _kind(name, {**usual, **row}) for name, row in rows.items()}
    )


def _kind(name: str, row: dict[str, Any]) -> Kind:
    lists = {
        key: tuple(row[key]) for key in ("formats", "check", "masters", "receivers")
    }
    return Kind(**{**row, **lists, "name": name})
