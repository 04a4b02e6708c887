"""The build's report page: what was proved, and what was found, for people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from delivery.drawing import html
from delivery.findings import Finding, Severity
from delivery.proof import Proof
from delivery.toneview import Tones

POINTS = 300
"""Columns of the picture of a song's gain reduction."""

FLOOR_DB = 12.0
"""The most that the picture shows."""


@dataclass(frozen=True, kw_only=True)
class Lowered:
    """How far a limiter turned one song down."""

    title: str
    deepest_db: float
    mean_db: float
    share_deep: float
    steps_db: Sequence[float]
    """The most in each tenth of a second, 0 or less."""

    @property
    def picture(self) -> str:
        """The points of an SVG polygon: an area that hangs from 0, 100 high."""
        count = len(self.steps_db)
        columns = min(POINTS, count)
        points = [f"{POINTS},0", "0,0"]
        for column in range(columns):
            first, last = column * count // columns, (column + 1) * count // columns
            depth = -min(self.steps_db[first : max(last, first + 1)])
            at = (column + 0.5) * POINTS / columns
            points.append(f"{at:.1f},{min(depth / FLOOR_DB, 1.0) * 100:.1f}")
        return " ".join(points)


@dataclass(frozen=True, kw_only=True)
class Master:
    """A master that was made for a target."""

    target: str
    disc: int
    name: str
    said: Mapping[str, Any]
    """Its figures, by the names of ``qc.json``."""
    songs: Sequence[Lowered]


@dataclass(frozen=True, kw_only=True)
class Level:
    """A song's level as it was delivered, beside what was expected."""

    target: str
    title: str
    gain_db: float
    measured: Mapping[str, float | None]
    """By the names of ``qc.json``."""
    expected: Mapping[str, float | None]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table below its heading, its first row the head."""

    heading: str
    rows: Sequence[Sequence[str]]
    words: int
    """How many columns, from the left, hold words; the others hold numbers."""

    @property
    def lines(self) -> list[list[str]]:
        """The rows; words that stand there already in the row above are left out."""
        shown, above = [], [""] * self.words
        for row in self.rows:
            words = list(row[: self.words])
            same = 0
            while same < self.words - 1 and words[same] == above[same]:
                same += 1
            shown.append([""] * same + list(row[same:]))
            above = words
        return shown


def page(
    *,
    artist: str,
    title: str,
    findings: Iterable[Finding],
    proofs: Mapping[str, Mapping[str, Proof]],
    version: str,
    levels: Sequence[Level] = (),
    aims: Sequence[str] = (),
    tones: Sequence[Tones] = (),
    masters: Sequence[Master] = (),
    tables: Sequence[Table] = (),
) -> str:
    """Return the report as one HTML page; the gravest findings stand first."""
    order = list(Severity)
    return (
        html()
        .get_template("report.html.j2")
        .render(
            artist=artist,
            title=title,
            findings=sorted(findings, key=lambda each: order.index(each.severity)),
            rows=[
                (target, form, proof.as_json())
                for target, forms in proofs.items()
                for form, proof in forms.items()
            ],
            levels=levels,
            aims=aims,
            tones=tones,
            masters=masters,
            tables=[each for each in tables if len(each.rows) > 1],
            points=POINTS,
            floor_db=f"{FLOOR_DB:g}",
            version=version,
        )
    )
