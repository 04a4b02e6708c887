"""The lines of a CUE sheet: a command and its words, in every known way of quoting.

The language has no escapes: a text runs from the first quotation mark to the last on
its line. Some readers take several commands on one line, so they are told apart here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from delivery.findings import Finding, Place, Severity

TEXTS = {
    "TITLE": "title", "PERFORMER": "performer", "SONGWRITER": "songwriter",
    "COMPOSER": "composer", "ARRANGER": "arranger", "MESSAGE": "message",
}  # fmt: skip
FREE = {*TEXTS, "GENRE", "DISC_ID", "UPC_EAN", "CDTEXTFILE", "DATE"}
"""Commands whose one operand is a text."""

COMMANDS = {
    *FREE, "REM", "CATALOG", "FILE", "TRACK", "FLAGS", "ISRC", "INDEX", "PREGAP",
    "POSTGAP", "SIZE_INFO", "TOC_INFO1", "TOC_INFO2",
}  # fmt: skip
_COUNTED = {"TRACK": 2, "INDEX": 2, "ISRC": 1, "CATALOG": 1, "PREGAP": 1, "POSTGAP": 1}
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_BEHIND = re.compile(r'"([^"]*)"\s+([A-Za-z_0-9]+)(?=\s)')
_ENDS = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Line:
    """One command: its word in capitals, its operands, and where it stands."""

    file: str
    number: int
    text: str
    command: str
    words: tuple[str, ...]
    rest: str
    """All behind the command, as it is written."""
    column: int = 1

    @property
    def place(self) -> Place:
        """Where the command stands."""
        return Place(
            file=self.file, line=self.number, column=self.column,
            text=self.text[:400], width=max(1, min(len(self.text.strip()), 400)),
        )  # fmt: skip

    def say(
        self,
        findings: list[Finding],
        message: str,
        severity: Severity = Severity.ERROR,
        way: str | None = None,
        rule: str = "CUE-SYNTAX",
    ) -> None:
        """Note a fault of this line."""
        findings.append(
            Finding(
                rule=rule,
                severity=severity,
                message=message,
                place=self.place,
                help=way,
            )
        )

    def warn(
        self, findings: list[Finding], message: str, way: str | None = None
    ) -> None:
        """Note what this line has that strict readers refuse."""
        self.say(findings, message, Severity.WARNING, way)


def lines(text: str, file: str) -> Iterator[Line]:
    """Yield the commands of a sheet; blank lines are none."""
    # only these end a line; other separators may stand in a title
    for number, line in enumerate(_ENDS.split(text), 1):
        if line.strip(" \t\ufeff\x1a"):
            yield from _commands(line, number, file)


def _commands(line: str, number: int, file: str) -> Iterator[Line]:
    at = 0
    while at < len(line):
        match = re.compile(r"[\s\ufeff]*(\S+)").match(line, at)
        if match is None:
            return
        command = match[1].upper()
        start, begin = match.end(), match.start(1)
        end = _end(line, start, command)
        rest = line[start:end].strip()
        words = tuple(a if q else b for q, a, b in _split(rest))
        yield Line(file, number, line, command, words, rest, begin + 1)
        if end <= at:
            return
        at = end


def _split(rest: str) -> Iterator[tuple[bool, str, str]]:
    for match in _WORD.finditer(rest):
        yield match[1] is not None, match[1] or "", match[2] or ""


def _end(line: str, start: int, command: str) -> int:
    """Return where a command's operands end: at the line's end, or at a command."""
    if command in FREE:
        match = _BEHIND.match(line, len(line) - len(line[start:].lstrip()))
        if match and match[2].upper() in COMMANDS:
            return match.start(2)
        return len(line)
    if command == "REM" or command not in COMMANDS:
        return len(line)
    least = _COUNTED.get(command, 1)
    for place, match in enumerate(_WORD.finditer(line, start)):
        word = match[2] or ""
        if place >= least and word.upper() in COMMANDS - {"SCMS", "DATE"}:
            return match.start()
    return len(line)


def text_of(line: Line, findings: list[Finding]) -> str:
    """Return the text that is a command's only operand, however it is quoted."""
    rest = line.rest
    if not rest:
        line.say(findings, f"{line.command} has no value")
        return ""
    quoted = len(rest) > 1 and rest[-1] == '"' and rest[0] == '"'
    if rest[0] == '"' and not quoted:
        line.say(findings, "a quotation mark is not closed")
        return rest[1:].strip().replace('"', "'")
    if quoted:
        if '"' in rest[1:-1]:
            says = "a quotation mark stands inside a text: readers end it there"
            line.warn(findings, says, "write ' in its place")
        elif rest == '""':
            line.warn(findings, f"{line.command} is empty", "leave the line out")
        return rest[1:-1].strip()
    if len(rest) > 1 and rest[0] == rest[-1] == "'":
        says = f"{line.command} is in single quotation marks, which some readers keep"
        line.warn(findings, says, 'write "…"')
        return rest[1:-1].strip()
    if re.search(r"\s", rest):
        says = f"{line.command} takes one value: most readers stop at the first space"
        line.warn(findings, says, 'write texts of several words as "…"')
    return rest.replace('"', "'")
