"""Label copy: who made what, with codes and lengths, for labels, stores and societies.

As CSV for spreadsheets, as JSON for programs, as a page for people, all from the same
lines. Lengths are those of the delivered tracks, from mark to mark.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from delivery.drawing import html
from delivery.program import Piece, Release
from delivery.redbook import FRAMES_PER_SECOND
from delivery.tagging import Tagging, for_piece

_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")
"""What a cell must not begin with: spreadsheets would take the rest as a formula."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One track of the release; texts are empty where nothing is known."""

    disc: int
    track: int
    """0 for what is hidden before track 1."""
    title: str
    version: str
    artist: str
    isrc: str
    length: str
    """Minutes and seconds, to the nearest second."""
    frames: int
    """The same to the 75th of a second."""
    composer: str
    songwriter: str
    arranger: str
    credits: str
    advisory: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The label copy of a release."""

    title: str
    artist: str
    label: str
    catalogue: str
    ean: str
    date: str
    genre: str
    p_line: str
    c_line: str
    length: str
    lines: tuple[Line, ...]


def sheet(discs: Sequence[tuple[Release, Sequence[Piece]]]) -> Sheet:
    """Return the label copy of all *discs* of a release."""
    release = discs[0][0]
    lines = tuple(
        _line(each, piece, len(pieces)) for each, pieces in discs for piece in pieces
    )
    return Sheet(
        title=release.title,
        artist=release.artist,
        label=release.label,
        catalogue=release.catalogue,
        ean=release.ean,
        date=release.date,
        genre=release.genre,
        p_line=release.p_line,
        c_line=release.c_line,
        length=clock(sum(line.frames for line in lines)),
        lines=lines,
    )


def as_csv(paper: Sheet) -> str:
    """Return the label copy for a spreadsheet: a line a track, the release in each.

    What could be taken for a formula is set behind an apostrophe.
    """
    facts = {key: value for key, value in asdict(paper).items() if key != "lines"}
    release = {f"release_{key}": value for key, value in facts.items()}
    rows = [{**asdict(line), **release} for line in paper.lines]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return out.getvalue()


def as_json(paper: Sheet) -> str:
    """Return the label copy as JSON."""
    facts = asdict(paper)
    tracks = facts.pop("lines")
    document = {"schema": 1, "release": facts, "tracks": tracks}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def as_html(paper: Sheet) -> str:
    """Return the label copy as one page, to print on A4."""
    facts = (
        ("Label", paper.label),
        ("Catalogue number", paper.catalogue),
        ("EAN / UPC", paper.ean),
        ("Release date", paper.date),
        ("Genre", paper.genre),
        ("℗", paper.p_line),
        ("©", paper.c_line),
        ("Length", paper.length),
    )
    several = len({line.disc for line in paper.lines}) > 1
    return (
        html()
        .get_template("labelcopy.html.j2")
        .render(paper=paper, facts=[fact for fact in facts if fact[1]], several=several)
    )


def clock(frames: int) -> str:
    """Return *frames* in minutes and seconds, to the nearest second, a half up."""
    seconds = (2 * frames + FRAMES_PER_SECOND) // (2 * FRAMES_PER_SECOND)
    return f"{seconds // 60}:{seconds % 60:02}"


def _line(release: Release, piece: Piece, tracks: int) -> Line:
    said = for_piece(release, piece, tracks)
    frames = piece.stop - piece.start
    return Line(
        disc=release.disc,
        track=piece.number,
        title=said.title,
        version=said.version,
        artist=said.artist,
        isrc=said.isrc,
        length=clock(frames),
        frames=frames,
        composer=said.composer,
        songwriter=said.songwriter,
        arranger=said.arranger,
        credits=_credits(said),
        advisory=piece.advisory,
    )


def _credits(said: Tagging) -> str:
    people: Iterable[tuple[str, str]] = said.credits.items()
    return "; ".join(f"{role.replace('_', ' ')}: {who}" for role, who in people)


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip(" ").startswith(_SPREADSHEET):
        return "'" + value
    return value
