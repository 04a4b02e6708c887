"""Reading CUE sheets of one image: the strict dialect, each fault at its line.

A sheet of several files, of generated pauses or of data tracks is refused with its
line; texts are read as UTF-8, or as Latin-1 where that fails.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from delivery.findings import Finding, Place, Refusal, error, warning
from delivery.program import Flag, Layout, Texts, Track
from delivery.reading import Reading, Span, check_end, raw_span, wave_span
from delivery.redbook import FIRST_PAUSE, Frames, from_msf, msf

_LARGEST = 4 << 20
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_PARTS = {"TITLE": "title", "PERFORMER": "performer", "SONGWRITER": "songwriter"}
_PARTS |= {"COMPOSER": "composer", "ARRANGER": "arranger", "MESSAGE": "message"}
_KINDS = ("WAVE", "BINARY", "MOTOROLA")
_GENERATED = {"PREGAP", "POSTGAP"}


@dataclass
class Entry:
    """One track of a sheet; times count from the image's first sample."""

    number: int
    line: int
    texts: dict[str, str] = field(default_factory=dict)
    flags: frozenset[Flag] = frozenset()
    isrc: str = ""
    marks: dict[int, Frames] = field(default_factory=dict)


@dataclass
class Sheet:
    """What a sheet says, before its audio is looked at."""

    file: str = ""
    kind: str = ""
    ean: str = ""
    genre: str = ""
    date: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def layout(self, length: Frames) -> Layout:
        """Return the disc whose image has *length* frames."""
        return Layout(
            tracks=tuple(_track(entry) for entry in self.entries),
            leadout=Frames(FIRST_PAUSE + length),
            ean=self.ean,
            genre=self.genre,
            texts=Texts(**self.texts),
        )


@dataclass(frozen=True)
class _Line:
    """One command: its words and where it stands."""

    file: str
    number: int
    text: str
    words: tuple[str, ...]

    def refuse(self, says: str, way: str | None = None) -> Refusal:
        """Return the refusal that points at this line."""
        bare = self.text.strip()
        column = len(self.text) - len(self.text.lstrip()) + 1
        place = Place(
            file=self.file, line=self.number, column=column, text=self.text,
            width=max(1, len(bare)),
        )  # fmt: skip
        return Refusal([error("CUE-SYNTAX", says, place=place, help=way)])

    def one(self) -> str:
        """Return the only word after the command."""
        if len(self.words) != 2:
            says = f"{self.words[0]} takes one value: {self.text.strip()!r}"
            raise self.refuse(says, 'write texts of several words as "…"')
        return self.words[1]


def read(path: Path) -> Reading:
    """Return the disc of the sheet at *path* and of the image that it names."""
    sheet = parse(_decoded(path), path.name)
    span = _span(sheet, path)
    layout = sheet.layout(span.frames)
    check_end(layout, path.name)
    return Reading(
        kind="cue",
        layout=layout,
        audio=path.parent / sheet.file,
        offset=span.offset,
        length=span.length,
        big_endian=span.big_endian,
        findings=tuple(sheet.findings),
    )


def parse(text: str, name: str = "sheet") -> Sheet:
    """Return what the sheet *text* says; refuse it at the line that is wrong."""
    sheet = Sheet()
    # only these end a line; other separators may stand in a title
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if words := tuple(a or b for a, b in _WORD.findall(line)):
            command = _Line(name, number, line, (words[0].upper(), *words[1:]))
            if any('"' in b for _, b in _WORD.findall(line)):
                raise command.refuse("a quotation mark is not closed")
            _take(command, sheet)
    if not sheet.entries:
        says = f"{name!r} has no track"
        raise Refusal([error("CUE-SYNTAX", says, place=Place(file=name))])
    _check_marks(sheet, name)
    return sheet


def _decoded(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise Refusal([error("CUE-SYNTAX", f"{str(path)!r} is not a file")])
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as bad:
        says = f"{str(path)!r} cannot be read: {bad.strerror}"
        raise Refusal([error("CUE-SYNTAX", says)]) from bad
    if len(raw) > _LARGEST or b"\0" in raw:
        says = f"{path.name!r} is not a CUE sheet in UTF-8 or Latin-1"
        raise Refusal([error("CUE-SYNTAX", says, place=Place(file=path.name))])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _take(line: _Line, sheet: Sheet) -> None:
    entry = sheet.entries[-1] if sheet.entries else None
    match line.words[0]:
        case "REM":
            _remark(line, sheet)
        case "CATALOG":
            sheet.ean = line.one()
        case "FILE":
            _file(line, sheet)
        case "TRACK":
            sheet.entries.append(_entry(line, sheet))
        case command if command in _PARTS:
            texts = sheet.texts if entry is None else entry.texts
            texts[_PARTS[command]] = line.one()
        case ("FLAGS" | "ISRC" | "INDEX") as command:
            if entry is None:
                raise line.refuse(f"{command} stands before the first TRACK")
            _in_track(line, entry)
        case command if command in _GENERATED:
            way = "render the silence into the image, with an INDEX 00"
            raise line.refuse(f"{command} asks for silence that no file holds", way)
        case command:
            raise line.refuse(f"{command!r} is not a command that is read here")


def _remark(line: _Line, sheet: Sheet) -> None:
    """Take what is told in remarks by custom; any other remark is one."""
    match line.words:
        case ("REM", key, value) if key.upper() == "GENRE":
            sheet.genre = value
        case ("REM", key, value) if key.upper() == "DATE":
            sheet.date = value


def _file(line: _Line, sheet: Sheet) -> None:
    if sheet.file:
        way = "join the files into one image"
        raise line.refuse("the sheet has a second FILE", way)
    if len(line.words) != 3:
        raise line.refuse(f"FILE takes a name and a kind: {line.text.strip()!r}")
    name, kind = line.words[1], line.words[2].upper()
    if kind not in _KINDS:
        raise line.refuse(f"FILE of kind {kind!r}: only {', '.join(_KINDS)} are read")
    if re.search(r"[/\\\0]", name) or name in {".", ".."} or not name:
        raise line.refuse(f"FILE {name!r} is not beside the sheet")
    sheet.file, sheet.kind = name, kind


def _entry(line: _Line, sheet: Sheet) -> Entry:
    if not sheet.file:
        raise line.refuse("TRACK stands before FILE")
    if len(line.words) != 3 or re.fullmatch(r"[0-9]{1,2}", line.words[1]) is None:
        raise line.refuse(f"TRACK takes a number and AUDIO: {line.text.strip()!r}")
    if line.words[2].upper() != "AUDIO":
        raise line.refuse(f"TRACK of kind {line.words[2]!r}: only AUDIO is read")
    number, due = int(line.words[1]), len(sheet.entries) + 1
    if number != due:
        raise line.refuse(f"TRACK {number:02} stands where {due:02} is due")
    return Entry(number, line.number)


def _in_track(line: _Line, entry: Entry) -> None:
    if line.words[0] == "INDEX":
        _index(line, entry)
        return
    if entry.marks:
        raise line.refuse(f"{line.words[0]} stands after an INDEX")
    if line.words[0] == "ISRC":
        entry.isrc = line.one()
        return
    known = {flag.value: flag for flag in Flag}
    for word in line.words[1:]:
        if word.upper() not in known:
            says = f"the flag {word!r} is none of {', '.join(known)}"
            raise line.refuse(says)
    entry.flags = frozenset(known[word.upper()] for word in line.words[1:])


def _index(line: _Line, entry: Entry) -> None:
    if len(line.words) != 3 or re.fullmatch(r"[0-9]{1,2}", line.words[1]) is None:
        raise line.refuse(f"INDEX takes a number and a time: {line.text.strip()!r}")
    index = int(line.words[1])
    allowed = {max(entry.marks) + 1} if entry.marks else {0, 1}
    if index not in allowed:
        due = " or ".join(f"{number:02}" for number in sorted(allowed))
        raise line.refuse(f"INDEX {index:02} stands where {due} is due")
    try:
        entry.marks[index] = from_msf(line.words[2])
    except ValueError as bad:
        raise line.refuse(str(bad)) from bad


def _check_marks(sheet: Sheet, name: str) -> None:
    before = -1
    for entry in sheet.entries:
        place = Place(file=name, line=entry.line, track=entry.number)
        if 1 not in entry.marks:
            says = f"track {entry.number:02} has no INDEX 01"
            raise Refusal([error("CUE-SYNTAX", says, place=place)])
        for index, time in entry.marks.items():
            if time < before:
                says = f"track {entry.number:02} INDEX {index:02} at {msf(time)} lies "
                says += f"before the mark before it, {msf(Frames(before))}"
                raise Refusal([error("CUE-SYNTAX", says, place=place)])
            before = time
    first = min(sheet.entries[0].marks.values())
    if first:
        says = "the first INDEX of the sheet is not 00:00:00"
        sheet.findings.append(
            warning("CUE-SYNTAX", says, place=Place(file=name, track=1))
        )


def _track(entry: Entry) -> Track:
    marks = {index: Frames(time + FIRST_PAUSE) for index, time in entry.marks.items()}
    pause = Frames(0) if entry.number == 1 else marks.get(0)
    return Track(
        number=entry.number,
        start=marks[1],
        pause=pause,
        indexes=tuple(marks[index] for index in sorted(marks) if index > 1),
        isrc=entry.isrc,
        flags=entry.flags,
        texts=Texts(**entry.texts),
    )


def _span(sheet: Sheet, path: Path) -> Span:
    audio = path.parent / sheet.file
    if not audio.is_file():
        says = f"{path.name!r} names {sheet.file!r}, which is not beside it"
        raise Refusal([error("CUE-SYNTAX", says, place=Place(file=path.name))])
    if sheet.kind == "WAVE":
        return wave_span(audio)
    return raw_span(audio, big_endian=sheet.kind == "MOTOROLA")
