"""The paperwork of a disc: the PQ sheet, as text and as a page to print.

The templates are data beside the packages; what they show is computed here, from the
same codes as the DDP and the CUE sheet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from delivery import cdtext, discid
from delivery.drawing import html, text
from delivery.pq import LEADOUT, Code, codes
from delivery.program import Flag, Layout, Release, Texts, Track
from delivery.redbook import FIRST_PAUSE, msf

_DIGESTS = {32: "MD5", 64: "SHA-256"}
"""Kinds of checksum by the number of their digits."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the sheet: an index of a track, or the lead-out."""

    track: str
    index: str
    time: str
    """Absolute disc time."""
    in_track: str
    """From INDEX 01; a pause counts up to it from below."""
    length: str
    """To the next line's time."""
    track_length: str = ""
    """On INDEX 01: to the next track's first mark."""
    isrc: str = ""
    flags: str = ""
    title: str = ""
    performer: str = ""

    @property
    def head(self) -> bool:
        """Whether the line says what the whole track is."""
        return self.index == "01" and self.track != LEADOUT


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """What a template is given."""

    title: str
    artist: str
    facts: tuple[tuple[str, str], ...]
    """Label and value, of the release and the disc."""
    rows: tuple[Row, ...]
    checksums: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    @property
    def groups(self) -> list[list[Row]]:
        """The rows of each track together, then the lead-out."""
        numbers = dict.fromkeys(row.track for row in self.rows)
        return [[row for row in self.rows if row.track == n] for n in numbers]


def pq_sheet_text(
    layout: Layout,
    release: Release,
    name: str,
    checksums: Mapping[str, str] | None = None,
    notes: Iterable[str] = (),
) -> str:
    """Return the PQ sheet of the image *name* as plain text.

    *checksums* are digests in hexadecimal by file name; *notes* stand at the end.
    """
    sheet = _sheet(layout, release, name, checksums or {}, notes)
    return text().get_template("pq_sheet.txt.j2").render(sheet=sheet)


def pq_sheet_html(
    layout: Layout,
    release: Release,
    name: str,
    checksums: Mapping[str, str] | None = None,
    notes: Iterable[str] = (),
) -> str:
    """Return the PQ sheet of the image *name* as one HTML page, to print on A4."""
    sheet = _sheet(layout, release, name, checksums or {}, notes)
    return html().get_template("pq_sheet.html.j2").render(sheet=sheet)


def rows(layout: Layout) -> tuple[Row, ...]:
    """Return the lines of the sheet in disc order."""
    listed = codes(layout)
    nexts = [code.time for code in listed[1:]]
    tracks = {f"{track.number:02}": track for track in layout.tracks}
    ends = [track.first for track in layout.tracks[1:]] + [layout.leadout]
    lengths = {
        f"{track.number:02}": msf(max(0, end - track.start))
        for track, end in zip(layout.tracks, ends, strict=True)
    }
    events = [
        _row(code, end, tracks[code.track], lengths[code.track])
        for code, end in zip(listed, nexts, strict=False)
    ]
    out = Row(
        track=LEADOUT, index="01", time=msf(layout.leadout), in_track="", length=""
    )
    return (*events, out)


def _row(code: Code, end: int, track: Track, track_length: str) -> Row:
    before = track.start - code.time
    head = code.index == 1
    texts = track.texts if head else Texts()
    return Row(
        track=code.track,
        index=f"{code.index:02}",
        time=msf(code.time),
        in_track=f"-{msf(before)}" if before > 0 else msf(-before),
        length=msf(max(0, end - code.time)),
        track_length=track_length if head else "",
        isrc=track.isrc if head else "",
        # in the order of the enumeration: a set has none
        flags=" ".join(x for x in Flag if x in track.flags) if head else "",
        title=texts.title,
        performer=texts.performer,
    )


def _sheet(
    layout: Layout,
    release: Release,
    name: str,
    checksums: Mapping[str, str],
    notes: Iterable[str],
) -> _Sheet:
    return _Sheet(
        title=layout.texts.title or release.title or name,
        artist=layout.texts.performer or release.artist,
        facts=tuple(
            (label, value) for label, value in _facts(layout, release, name) if value
        ),
        rows=rows(layout),
        checksums=tuple(_digest(file, digest) for file, digest in checksums.items()),
        notes=(*_notes(layout), *notes),
    )


def _digest(file: str, digest: str) -> tuple[str, str]:
    kind = _DIGESTS.get(len(digest))
    return (f"{file} ({kind})" if kind else file), digest


def _facts(layout: Layout, release: Release, name: str) -> list[tuple[str, str]]:
    texts = cdtext.text_packs(layout)
    packs = texts + 3  # the packs of size
    text = f"{packs} packs, ISO 8859-1, English" if texts else "none"
    disc = f"{release.disc} of {release.discs}" if release.discs > 1 else ""
    return [
        ("Label", release.label),
        ("Catalogue number", layout.catalogue or release.catalogue),
        ("EAN / UPC", layout.ean or "none"),
        ("Release date", release.date),
        ("Disc", disc),
        ("Mastered by", release.credits.get("mastered_by", "")),
        ("Master", f"{name}, 44.1 kHz, 16 bit, stereo"),
        ("Tracks", str(len(layout.tracks))),
        ("Programme length", msf(layout.frames)),
        ("Total time", msf(layout.leadout)),
        ("CD-TEXT", text),
        ("MusicBrainz disc ID", discid.musicbrainz(layout)),
        ("CDDB disc ID", discid.cddb(layout)),
    ]


def _notes(layout: Layout) -> list[str]:
    start = layout.tracks[0].start
    if start <= FIRST_PAUSE:
        return []
    return [
        f"Hidden audio before track 1: from {msf(FIRST_PAUSE)} to {msf(start)}, "
        f"{msf(start - FIRST_PAUSE)} long, in the first pause (INDEX 00). Keep it."
    ]
