"""Reading a CUE sheet with its audio: one disc, however its files and gaps are cut.

``cue_sheet`` judges and reads the lines; here its times, which count in files, become
times of the disc, and the files one ``Sound``. EAC's four forms are read alike: one
image, gaps before each track, gaps left out (PREGAP), gaps behind the track before.
"""

from dataclasses import replace
from pathlib import Path

from delivery.cdtext_read import unpack
from delivery.cue_model import Sheet
from delivery.cue_sheet import parse as parse
from delivery.cue_timeline import Timeline, beside
from delivery.fileset import Fileset, Folder, whole
from delivery.findings import (
    Finding,
    Place,
    Refusal,
    any_error,
    error,
    note,
    warning,
)
from delivery.program import Layout, Texts
from delivery.reading import Reading
from delivery.redbook import SAMPLES_PER_FRAME
from delivery.sheet_text import Letters, letters
from delivery.sound import Sound


def read(path: Path) -> Reading:
    """Return the disc of the sheet at *path*."""
    if path.exists() and not path.is_file():
        says = f"{str(path)!r} is not a file"
        raise Refusal([error("CUE-SYNTAX", says, place=Place(file=path.name))])
    return read_in(Folder(path.parent), path.name)


def read_in(files: Fileset, name: str) -> Reading:
    """Return the disc of the sheet *name* in *files*.

    Raises Refusal where the sheet is no text, or has no track.
    """
    written = letters(files, name, "CUE-SYNTAX")
    sheet = parse(written.text, name)
    findings = [*_encoding(written, name), *sheet.findings]
    line = Timeline(files, sheet, findings)
    layout = line.layout()
    layout = _with_packs(layout, sheet, files, findings)
    length = layout.frames * SAMPLES_PER_FRAME
    return Reading(
        kind="cue",
        layout=layout,
        files=files,
        name=name,
        sound=line.sound.padded(length) if line.whole else Sound(),
        whole=line.whole,
        ends=line.whole,
        dialect=_dialect(sheet),
        sheet=_as_written(sheet),
        places=_places(sheet),
        findings=tuple(findings),
    )


def _encoding(written: Letters, name: str) -> list[Finding]:
    place = Place(file=name, line=1)
    if written.marked and written.encoding.startswith("utf-8"):
        says = "a byte order mark stands before the sheet: many readers refuse it"
        return [warning("CUE-SYNTAX", says, place=place)]
    if written.encoding.startswith(("utf-16", "utf-32")):
        says = f"the sheet is written in {written.encoding}: most readers refuse it"
        way = "write it in UTF-8 without a mark"
        return [warning("CUE-SYNTAX", says, place=place, help=way)]
    if written.encoding.startswith("cp"):
        says = f"the sheet is not UTF-8; it was read as {written.encoding}"
        return [note("CUE-SYNTAX", says, place=place)]
    return []


def _dialect(sheet: Sheet) -> str:
    """Return how the sheet cuts its files, in EAC's words."""
    if len(sheet.files) < 2:
        return "one image"
    before = any(
        one.index == 0 and (start := entry.mark(1)) and start.file != one.file
        for entry in sheet.entries
        for one in entry.marks
    )
    if before:
        return "a file a track, gaps appended"
    if any(entry.pregap for entry in sheet.entries):
        return "a file a track, gaps left out"
    if any(entry.mark(0) is not None for entry in sheet.entries):
        return "a file a track, gaps prepended"
    return "a file a track, no gaps"


def _as_written(sheet: Sheet) -> dict[int, tuple[str, dict[int, int]]]:
    """Return file and marks of each track as the sheet has them."""
    written: dict[int, tuple[str, dict[int, int]]] = {}
    for entry in sheet.entries:
        start = entry.mark(1) or (entry.marks[0] if entry.marks else None)
        name = sheet.files[start.file].name if start else ""
        marks = {one.index: int(one.time) for one in entry.marks}
        written.setdefault(entry.number, (name, marks))
    return written


def _places(sheet: Sheet) -> dict[tuple[str, int], Place]:
    """Return the lines of the tracks, of their codes and of the EAN."""
    places = {("mark", 0): Place(file=sheet.name, line=1)}
    for (part, number), line in sheet.lines.items():
        places.setdefault((part, number), replace(line.place, text=None))
    for entry in sheet.entries:
        places.setdefault(("mark", entry.number), entry.line.place)
    return places


def _with_packs(
    layout: Layout, sheet: Sheet, files: Fileset, findings: list[Finding]
) -> Layout:
    """Take the texts of CDTEXTFILE, as burners do; what it lacks is the sheet's own.

    Of a damaged file only what the sheet itself lacks is taken.
    """
    if not sheet.packs:
        return layout
    there = beside(files, sheet.packs, sheet.name)
    if there is None:
        says = f"CDTEXTFILE names {sheet.packs!r}, which is not beside the sheet"
        findings.append(warning("SHEET-FILE", says, place=Place(file=sheet.name)))
        return layout
    found = unpack(whole(files, there, "SHEET-FILE"), there)
    findings.extend(found.findings)
    packs_first = not any_error(found.findings)

    def both(own: Texts, packed: Texts) -> Texts:
        first, second = (packed, own) if packs_first else (own, packed)
        return Texts(
            **{part: text or vars(second)[part] for part, text in vars(first).items()}
        )

    genre = (found.genre, layout.genre)
    return replace(
        layout,
        tracks=tuple(
            replace(one, texts=both(one.texts, found.tracks.get(one.number, Texts())))
            for one in layout.tracks
        ),
        texts=both(layout.texts, found.texts),
        genre=genre[0] or genre[1] if packs_first else genre[1] or genre[0],
        catalogue=layout.catalogue or found.catalogue,
        language=found.language,
        charset=found.charset,
        languages=found.languages,
    )
