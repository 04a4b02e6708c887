"""What is said of a side that is to be cut: dated limits, and the cut sheet."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from delivery.drawing import html, text

_ROWS = Path(__file__).resolve().parent / "groove.toml"
SHEET = "cut-sheet"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """One row of ``groove.toml``, which explains its words."""

    figures: Mapping[str, float]
    source: str
    read: str

    @property
    def said(self) -> str:
        """The source, as a finding names it."""
        return f"{self.source} ({self.read})"

    def __getitem__(self, name: str) -> float:
        """Return a figure."""
        return self.figures[name]


@cache
def limits() -> Mapping[str, Limits]:
    """Return the rows by name."""
    with _ROWS.open("rb") as file:
        rows = tomllib.load(file)
    return {
        name: Limits(source=row.pop("source"), read=row.pop("read"), figures=row)
        for name, row in rows.items()
    }


@dataclass(frozen=True, kw_only=True)
class Band:
    """One song on a side."""

    number: str
    """A1, A2 …"""
    title: str
    artist: str
    starts: float
    """Seconds from the beginning of the file to the music's first sample."""
    ends: float
    isrc: str = ""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side as it was written."""

    side: str
    file: str
    sha256: str
    rate: int
    bits: int
    seconds: float
    true_peak_dbtp: float | None
    integrated_lufs: float | None
    bands: tuple[Band, ...]


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the sheet says of the whole."""

    target: str
    artist: str
    title: str
    catalogue: str
    size: str
    speed: str


def sheet(folder: Path, record: Record, sides: Sequence[Side]) -> None:
    """Write the cut sheet of *sides*: for people as text and page, for machines."""
    document = {**asdict(record), "sides": [_as_json(side) for side in sides]}
    packed = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{SHEET}.json").write_text(packed, encoding="utf-8")
    facts: dict[str, Any] = {"record": record, "sides": sides, "clock": clock}
    for suffix, environment in (("txt", text()), ("html", html())):
        drawn = environment.get_template(f"cut_sheet.{suffix}.j2").render(facts)
        (folder / f"{SHEET}.{suffix}").write_text(drawn, encoding="utf-8")


def clock(seconds: float) -> str:
    """Return a time of a side in minutes, seconds and hundredths."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes:02}:{rest // 100:02}.{rest % 100:02}"


def _as_json(side: Side) -> dict[str, Any]:
    out = asdict(side)
    out["bands"] = [
        {**asdict(band), "start": clock(band.starts), "end": clock(band.ends)}
        for band in side.bands
    ]
    return out
