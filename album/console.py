"""The terminal: findings, tables and progress for people, or one JSON object."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from threading import Event
from typing import TYPE_CHECKING, Any, TextIO

from album.starting import begun
from delivery.findings import Finding, Severity

if TYPE_CHECKING:
    from rich.progress import Progress

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
WRITERS = frozenset({"init", "build", "demo", "convert"})
"""Verbs of which people have to know that they have written nothing."""

_BOLD, _GREEN = "1", "32"


class StoppedError(Exception):
    """The user has asked to stop; raised in the threads that work."""


class UnheardError(Exception):
    """The result cannot be printed; what was done is done."""


class Console:
    """What a verb may say: the result to stdout, all else to stderr."""

    def __init__(
        self,
        command: str,
        *,
        as_json: bool = False,
        quiet: bool = False,
        verbose: bool = False,
    ) -> None:
        """Speak for *command*; JSON and quiet keep everything else off the terminal."""
        self.command = command
        self.as_json = as_json
        self.quiet = quiet
        self.verbose = verbose
        self.stop = Event()
        self.working = False
        """Whether stages run that an interrupt has to let come to their next step."""
        self._progress: Progress | None = None

    def line(self, text: str = "") -> None:
        """Print a line of the result, unless JSON was asked for."""
        if not self.as_json:
            _print(visible(text), sys.stdout)

    def good(self, text: str) -> None:
        """Print the verdict line of a success."""
        if not self.as_json:
            _print(_painted(visible(text), _GREEN, sys.stdout), sys.stdout)

    def say(self, text: str) -> None:
        """Print a remark to stderr."""
        if not self.as_json and not self.quiet:
            _print(visible(text), sys.stderr)

    def findings(self, findings: Iterable[Finding]) -> None:
        """Print findings to stderr: errors always, others unless quiet."""
        if self.as_json:
            return
        for finding in sorted(findings, key=lambda each: _weight(each.severity)):
            if finding.severity is Severity.ERROR or not self.quiet:
                _print(shown(finding, sys.stderr), sys.stderr)

    def verdict(self, findings: Iterable[Finding]) -> None:
        """Print how much was found by a verb that had to stop."""
        written = " Nothing was written." if self.command in WRITERS else ""
        self.say(f"{counted(findings)}.{written}")

    @property
    def untouched(self) -> str:
        """What is said after an interrupt of a verb that writes."""
        if self.command not in WRITERS:
            return ""
        return "; what was there before is untouched"

    @property
    def way_out(self) -> str | None:
        """What helps where a file cannot be read or written."""
        if self.command not in WRITERS:
            return None
        if self.command == "convert":
            return "nothing was replaced; make room, or name another place"
        return "nothing was replaced; make room, or choose another folder with -o"

    def document(
        self, ok: bool, findings: Iterable[Finding], result: Mapping[str, Any]
    ) -> None:
        """Print the one object of ``--json``."""
        if not self.as_json:
            return
        envelope = {
            "schema": 1,
            "command": self.command,
            "ok": ok,
            "findings": [finding.as_json() for finding in findings],
            "result": dict(result),
        }
        _print(_as_json(envelope), sys.stdout)

    @contextmanager
    def progress(self) -> Iterator[None]:
        """Show the bars of every stage begun inside, on a terminal only."""
        begun()
        self.working = True
        try:
            with self._bars():
                yield
        finally:
            self.working = False

    @contextmanager
    def _bars(self) -> Iterator[None]:
        if self.as_json or self.quiet or not sys.stderr.isatty():
            yield
            return
        from rich.console import Console as Rich
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("  {task.description:<28}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Rich(stderr=True), transient=True) as bars:
            self._progress = bars
            try:
                yield
            finally:
                self._progress = None

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        """Begin a stage of *total* steps; call the answer with the steps just done."""
        bars = self._progress
        task = bars.add_task(visible(name), total=max(total, 1)) if bars else None

        def advance(steps: int) -> None:
            if self.stop.is_set():
                raise StoppedError
            if bars is not None and task is not None:
                bars.advance(task, steps)

        return advance


def visible(text: str) -> str:
    """Return *text* with control characters spelled out: no title steers a terminal.

    A line's end is one of them: no title makes a line of its own.
    """
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape").decode()
        for character in text
    )


def shown(finding: Finding, stream: TextIO) -> str:
    """Return a finding as compilers show theirs: place, line, caret, way out."""
    head = _painted(
        f"{finding.severity.value}[{finding.rule}]", _COLOURS[finding.severity], stream
    )
    lines = [f"{head}: {_painted(visible(finding.message), _BOLD, stream)}"]
    place = finding.place
    where = ":".join(
        str(part) for part in (place.file, place.line, place.column) if part is not None
    )
    inside = {"packet": place.packet, "byte": place.byte}
    where += "".join(f" {what} {at}" for what, at in inside.items() if at is not None)
    if where:
        lines.append(f"  --> {visible(where.lstrip())}")
    if place.text is not None and place.line is not None:
        margin = str(place.line)
        # One place on the screen for each character, or the caret would point astray.
        text = "".join(
            letter if letter.isprintable() else " " for letter in place.text.rstrip()
        )
        lines.append(f"{margin} | {text}")
        if place.column is not None:
            caret = " " * (place.column - 1) + "^" * max(1, place.width)
            lines.append(f"{' ' * len(margin)} | {caret}")
    if finding.help:
        lines.append(f"   = help: {visible(finding.help)}")
    return "\n".join(lines)


def table(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Return *rows* as aligned lines; the columns in *right* are right-aligned."""
    if not rows:
        return []
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    flush = set(right)
    return [
        "  ".join(
            cell.rjust(width) if at in flush else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def counted(findings: Iterable[Finding]) -> str:
    """Return how many errors, warnings and notes there are, in words."""
    amounts = dict.fromkeys(Severity, 0)
    for finding in findings:
        amounts[finding.severity] += 1
    words = [
        f"{count} {severity.value}{'' if count == 1 else 's'}"
        for severity, count in amounts.items()
        if count
    ]
    return ", ".join(words) or "no findings"


def _as_json(document: Mapping[str, Any]) -> str:
    """Return *document* as JSON in which everything that is not printable is escaped.

    JSON itself escapes no more than the first 32 letters.
    """

    def escaped(letter: str) -> str:
        pairs = letter.encode("utf-16-be", "surrogatepass")
        return "".join(
            f"\\u{pairs[at : at + 2].hex()}" for at in range(0, len(pairs), 2)
        )

    text = json.dumps(document, indent=2, ensure_ascii=False)
    return "".join(
        each if each.isprintable() or each == "\n" else escaped(each) for each in text
    )


def _print(text: str, stream: TextIO | None) -> None:
    if stream is None:  # closed before we began
        return
    if isinstance(stream, TextIOWrapper):
        # a terminal that lacks a letter shows its number
        stream.reconfigure(errors="backslashreplace")
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as fault:
        if stream is not sys.stderr:
            raise UnheardError(str(fault.strerror).lower()) from fault


def _weight(severity: Severity) -> int:
    return list(Severity).index(severity)


def _painted(text: str, colour: str, stream: TextIO) -> str:
    if os.environ.get("NO_COLOR") or not stream.isatty():
        return text
    return f"\x1b[{colour}m{text}\x1b[0m"
