"""The commands inside a track of a CUE sheet: flags, code, marks and gaps."""

import re
from collections.abc import Callable, Mapping

from delivery.cue_lines import Line
from delivery.cue_model import Entry, Mark, Sheet
from delivery.program import Flag
from delivery.redbook import Frames, clock, isrc_fault

_MSF = re.compile(r"(\d{1,4}):(\d{1,3}):(\d{1,3})", re.ASCII)


def _flags(line: Line, entry: Entry, sheet: Sheet) -> None:
    if entry.marks:
        line.warn(sheet.findings, "FLAGS stands after an INDEX")
    if "FLAGS" in entry.seen:
        line.say(sheet.findings, "FLAGS stands twice in its track")
    entry.seen.add("FLAGS")
    known = {flag.value: flag for flag in Flag}
    for word in line.words:
        if word.upper() not in known and word.upper() not in ("DATA", "NONE"):
            says = f"the flag {word[:40]!r} is none of {', '.join(known)}"
            line.say(sheet.findings, says)
    given = {known[word.upper()] for word in line.words if word.upper() in known}
    entry.flags |= frozenset(given)


def _isrc(line: Line, entry: Entry, sheet: Sheet) -> None:
    if entry.marks:
        line.warn(sheet.findings, "ISRC stands after an INDEX")
    if "ISRC" in entry.seen:
        line.say(sheet.findings, "ISRC stands twice in its track; the first was taken")
        return
    entry.seen.add("ISRC")
    code = re.sub(r'[\s"]', "", line.rest)
    if not code:
        line.say(sheet.findings, "ISRC has no code")
        return
    bare = code.replace("-", "").upper()
    if bare != code and isrc_fault(bare) is None:
        says = f"the ISRC {code!r} is read as {bare}: no hyphens, capital letters"
        line.warn(sheet.findings, says)
        code = bare
    elif fault := isrc_fault(code):
        line.say(sheet.findings, f"the ISRC {code[:40]!r} {fault}")
    entry.isrc = code[:40]
    sheet.lines["isrc", entry.number] = line


def _index(line: Line, entry: Entry, sheet: Sheet) -> None:
    words = line.words
    if not words or re.fullmatch(r"\d{1,2}", words[0], re.ASCII) is None:
        says = f"INDEX takes a number and a time: {line.text.strip()[:80]!r}"
        line.say(sheet.findings, says)
        return
    index = int(words[0])
    time = _time(line, words[1] if len(words) > 1 else "", sheet)
    if len(words) > 2:
        line.say(sheet.findings, f"{words[2][:40]!r} stands behind INDEX's time")
    numbers = [one.index for one in entry.marks]
    allowed = {max(numbers) + 1} if numbers else {0, 1}
    if index not in allowed:
        due = " or ".join(f"{number:02}" for number in sorted(allowed))
        line.say(sheet.findings, f"INDEX {index:02} stands where {due} is due")
    if time is None or index in numbers:
        return
    file = len(sheet.files) - 1
    before = next((one for e in reversed(sheet.entries) for one in reversed(e.marks)),
                  None)  # fmt: skip
    mark = Mark(index, time, file, line)
    if before is not None and before.file == file:
        _check_order(mark, before, entry, sheet)
    elif time and index < 2:
        says = f"the first INDEX of its file is {clock(time)}, not 00:00:00"
        line.warn(sheet.findings, says)
    entry.marks.append(mark)


def _check_order(mark: Mark, before: Mark, entry: Entry, sheet: Sheet) -> None:
    says = f"track {entry.number:02} INDEX {mark.index:02} at {clock(mark.time)} lies "
    if mark.time < before.time:
        says += f"before the mark before it, {clock(before.time)}"
        mark.line.say(sheet.findings, says)
    elif mark.time == before.time:
        says += "at the place of the mark before it"
        # an INDEX 00 there is a pause of no length
        mark.line.warn(sheet.findings, says)


def _gap(line: Line, entry: Entry, sheet: Sheet) -> None:
    command = line.command
    time = _time(line, line.words[0] if line.words else "", sheet)
    if command in entry.seen:
        line.say(sheet.findings, f"{command} stands twice in its track")
        return
    entry.seen.add(command)
    if command == "PREGAP":
        if entry.marks:
            line.warn(sheet.findings, "PREGAP stands after an INDEX")
        entry.pregap = time
    else:
        if not entry.marks:
            line.warn(sheet.findings, "POSTGAP stands before the INDEX")
        entry.postgap = time


IN_TRACK: Mapping[str, Callable[[Line, Entry, Sheet], None]] = {
    "FLAGS": _flags, "ISRC": _isrc, "INDEX": _index, "PREGAP": _gap, "POSTGAP": _gap,
}  # fmt: skip


def _time(line: Line, word: str, sheet: Sheet) -> Frames | None:
    """Return a time as readers add it up; report what is no MM:SS:FF."""
    match = _MSF.fullmatch(word)
    if match is None:
        says = f"{word[:40]!r} is not a time MM:SS:FF"
        line.say(sheet.findings, says if word else f"{line.command} has no time")
        return None
    minutes, seconds, frames = map(int, match.groups())
    if seconds > 59 or frames > 74 or len(match[3]) > 2:
        says = f"{word!r} is not a time: seconds go to 59, frames to 74"
        line.say(sheet.findings, says)
    elif len(word) != 8 or minutes > 99:
        says = f"{word!r} is not written MM:SS:FF with two digits each"
        line.warn(sheet.findings, says)
    return Frames((minutes * 60 + seconds) * 75 + frames)
