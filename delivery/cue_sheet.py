"""What a CUE sheet says: each line judged strictly, all of them read tolerantly.

Every departure from the language is a finding at its line: an error where readers
disagree about its meaning or refuse it, a warning where the common ones take it. What
can be told is told all the same. Sources: ``formats/redbook.md`` §2 and the behaviour
of cdrdao, libcue and metaflac named there.
"""

import re

from delivery.cue_lines import COMMANDS, FREE, TEXTS, Line, lines, text_of
from delivery.cue_model import MODES, Entry, FileEntry, Mark, Sheet
from delivery.cue_tracks import IN_TRACK
from delivery.findings import Finding, Place, Refusal, Severity, error
from delivery.redbook import Frames

KINDS = ("WAVE", "BINARY", "MOTOROLA", "AIFF", "MP3", "FLAC")
_LONGEST = 80


def parse(text: str, name: str = "sheet") -> Sheet:
    """Return what the sheet *text* says; refuse one without a single track."""
    sheet = Sheet(name)
    for line in lines(text, name):
        _take(line, sheet)
    if not sheet.entries:
        says = f"{name!r} has no track"
        fault = error("CUE-SYNTAX", says, place=Place(file=name, line=1))
        raise Refusal([*sheet.findings, fault])
    for entry in sheet.entries:
        _check_entry(entry, sheet)
    if "small" in sheet.seen:
        says = "commands in small letters: libcue, libburn and cd-info refuse them"
        line = next(one.line for one in sheet.entries)
        sheet.findings.append(
            Finding(
                rule="CUE-SYNTAX",
                severity=Severity.NOTE,
                message=says,
                place=Place(file=name, line=line.number),
            )
        )
    return sheet


def _take(line: Line, sheet: Sheet) -> None:
    entry = sheet.entries[-1] if sheet.entries else None
    command = line.command
    written = line.text[line.column - 1 : line.column - 1 + len(command)]
    if command in COMMANDS and written != command:
        sheet.seen.add("small")
    if command == "REM":
        _remark(line, sheet)
    elif command in FREE:
        _text(line, sheet, entry)
    elif command == "CATALOG":
        _catalog(line, sheet)
    elif command == "FILE":
        _file(line, sheet)
    elif command == "TRACK":
        _track(line, sheet)
    elif command in ("FLAGS", "ISRC", "INDEX", "PREGAP", "POSTGAP"):
        if entry is None:
            line.say(sheet.findings, f"{command} stands before the first TRACK")
        else:
            IN_TRACK[command](line, entry, sheet)
    elif command not in COMMANDS:
        remark = command.startswith(("#", ";", "//"))
        says = f"{line.command[:60]!r} is not a command of CUE sheets"
        way = "write comments as REM" if remark else None
        line.say(sheet.findings, says, way=way)


def _remark(line: Line, sheet: Sheet) -> None:
    """Take what is told in remarks by custom; any other remark is one."""
    words = line.words
    key = words[0].upper() if words else ""
    if key == "GENRE" and len(words) > 1 and not sheet.genre:
        sheet.genre = " ".join(words[1:])
    elif key == "DATE" and len(words) > 1 and not sheet.date:
        sheet.date = words[1]
    elif key == "COMMENT" and not sheet.comment:
        sheet.comment = " ".join(words[1:])
    elif key == "FLAC__LEAD-IN":
        _flac_mark(line, sheet, words[1:], "lead-in")
    elif key == "FLAC__LEAD-OUT":
        if sheet.leadout is not None or "FLAC__LEAD-OUT" in sheet.seen:
            line.say(sheet.findings, "the sheet has a second lead-out")
            return
        sheet.seen.add("FLAC__LEAD-OUT")
        if len(words) < 2 or words[1] not in ("170", "255"):
            says = "a lead-out of metaflac has the track 170, then its sample"
            line.say(sheet.findings, says)
            return
        at = _flac_mark(line, sheet, words[2:], "lead-out")
        if at is not None:
            sheet.leadout = at, line


def _flac_mark(
    line: Line, sheet: Sheet, words: tuple[str, ...], what: str
) -> int | None:
    if len(words) != 1 or re.fullmatch(r"\d{1,15}", words[0], re.ASCII) is None:
        line.say(sheet.findings, f"the {what} of metaflac takes a number of samples")
        return None
    if (at := int(words[0])) % 588:
        says = f"the {what} of metaflac at sample {at} is not on a CD frame"
        line.say(sheet.findings, says)
    return at


def _text(line: Line, sheet: Sheet, entry: Entry | None) -> None:
    text = text_of(line, sheet.findings)
    command = line.command
    seen = sheet.seen if entry is None else entry.seen
    if command in seen:
        line.warn(sheet.findings, f"{command} stands twice; the first was taken")
        return
    seen.add(command)
    if command in TEXTS:
        (sheet.texts if entry is None else entry.texts)[TEXTS[command]] = text
        if len(text.encode("utf-8", "replace")) > _LONGEST:
            says = f"{command} is longer than {_LONGEST} bytes, which cdrdao refuses"
            line.say(sheet.findings, says, Severity.NOTE)
    elif command == "GENRE":
        sheet.genre = sheet.genre or text
    elif command == "DISC_ID" and entry is None:
        sheet.catalogue = text
    elif command == "UPC_EAN":
        sheet.ean = sheet.ean or text
    elif command == "CDTEXTFILE":
        sheet.packs = text


def _catalog(line: Line, sheet: Sheet) -> None:
    code = re.sub(r"[\s\"]", "", line.rest)
    if "CATALOG" in sheet.seen:
        line.say(sheet.findings, "CATALOG stands twice; the first was taken")
        return
    sheet.seen.add("CATALOG")
    if sheet.entries:
        line.warn(sheet.findings, "CATALOG stands behind the first TRACK")
    if not code:
        line.say(sheet.findings, "CATALOG has no number")
    elif re.fullmatch(r"\d{13}", code, re.ASCII) is None:
        says = f"CATALOG has {len(code)} characters" if code.isdigit() else "CATALOG"
        says += f" {code[:40]!r}: it takes 13 digits"
        line.say(sheet.findings, says)
    elif code != line.rest.strip('"'):
        line.warn(sheet.findings, "CATALOG is written with spaces; it is 13 digits")
    sheet.ean = code[:40]
    sheet.lines["ean", 0] = line


def _file(line: Line, sheet: Sheet) -> None:
    rest, kind = line.rest, ""
    match = re.fullmatch(r"(?P<q>[\"'])(?P<name>.*)(?P=q)\s*(?P<kind>\S*)", rest)
    if match:
        name, kind = match["name"], match["kind"].upper()
    else:
        if rest.startswith('"'):
            line.say(sheet.findings, "a quotation mark is not closed")
        name, _, kind = rest.strip('"').rpartition(" ")
        kind = kind.upper()
        if not name or (kind not in KINDS and "." in kind):
            name, kind = rest.strip('"'), ""
    name = name.strip()
    if not name:
        line.say(sheet.findings, "FILE has no name")
    if not kind:
        line.say(sheet.findings, "FILE has no kind: WAVE, BINARY, MOTOROLA, AIFF, MP3")
    elif kind not in KINDS:
        says = f"FILE of kind {kind[:20]!r}: {', '.join(KINDS)} are read"
        line.warn(sheet.findings, says)
    elif kind == "FLAC":
        says = "FILE of kind FLAC: cdrdao, libburn and cuetools refuse it"
        line.warn(sheet.findings, says, "WAVE is what rippers write for a FLAC too")
    if sheet.files and sheet.entries and not sheet.entries[-1].marks:
        says = f"FILE stands between TRACK {sheet.entries[-1].number:02} and its INDEX"
        line.warn(sheet.findings, says)
    sheet.files.append(FileEntry(name[:1024], kind, line))


def _track(line: Line, sheet: Sheet) -> None:
    words = line.words
    due = sheet.entries[-1].number + 1 if sheet.entries else 1
    if not sheet.files:
        line.say(sheet.findings, "TRACK stands before FILE")
        sheet.files.append(FileEntry("", "", None))
    number = due
    if not words or re.fullmatch(r"\d{1,4}", words[0], re.ASCII) is None:
        says = f"TRACK takes a number and a mode: {line.text.strip()[:80]!r}"
        line.say(sheet.findings, says)
    else:
        number = int(words[0])
        if not 1 <= number <= 99:
            line.say(sheet.findings, f"TRACK {number:02} is not 01 to 99")
        elif sheet.entries and number != due:
            jumped = "where" if number > due else "again, where"
            says = f"TRACK {number:02} stands {jumped} {due:02} is due"
            line.say(sheet.findings, says)
    mode = words[1].upper() if len(words) > 1 else ""
    if not mode:
        line.say(sheet.findings, f"TRACK {number:02} has no mode: AUDIO")
    elif mode not in MODES:
        line.say(sheet.findings, f"TRACK {number:02} has the unknown mode {mode!r}")
    if len(words) > 2:
        line.say(sheet.findings, f"{words[2][:40]!r} stands behind TRACK's mode")
    here = len(sheet.files) - 1
    sheet.entries.append(Entry(number, line, mode or "AUDIO", file=here))


def _check_entry(entry: Entry, sheet: Sheet) -> None:
    if entry.mark(1) is None:
        says = f"track {entry.number:02} has no INDEX 01"
        entry.line.say(sheet.findings, says)
    if not entry.marks and not any(
        mark.file == entry.file for other in sheet.entries for mark in other.marks
    ):
        # nothing else is in its file: it can only begin there, as cdrdao has it
        entry.marks.append(Mark(1, Frames(0), entry.file, entry.line))
    if entry.pregap and entry.mark(0) is not None:
        says = f"track {entry.number:02} has both PREGAP and INDEX 00"
        entry.line.warn(sheet.findings, says)
