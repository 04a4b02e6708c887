"""Findings: what is wrong, where, and the way out."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs: an error stops a delivery, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a finding points; every part is optional.

    *file*, *line* and *column* (both from 1) point into a text file, with *text* the
    line itself and *width* the number of characters to underline. In a binary file
    *packet* counts records from 1 and *byte* from 0. *at* is a time as shown to people,
    inside *song* or *track*.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    packet: int | None = None
    byte: int | None = None
    song: str | None = None
    track: int | None = None
    at: str | None = None
    text: str | None = field(default=None, compare=False)
    width: int = field(default=1, compare=False)

    def as_json(self) -> dict[str, Any]:
        """Return the parts that are known, by the names of the JSON contract."""
        names = ("file", "line", "column", "packet", "byte", "song", "track", "at")
        known = {name: getattr(self, name) for name in names}
        return {name: value for name, value in known.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that a rule, a reader or a read-back has to say."""

    rule: str
    severity: Severity
    message: str
    place: Place = Place()
    measured: Any = None
    limit: Any = None
    source: str | None = None
    help: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the finding as the JSON contract has it; absent keys are left out."""
        out: dict[str, Any] = {}
        for part in fields(self):
            value = getattr(self, part.name)
            if part.name == "place":
                value = value.as_json() or None
            elif part.name == "severity":
                value = value.value
            if value is not None:
                out[part.name] = value
        return out


class Refusal(Exception):
    """Something that cannot go on: bad input with its findings, for exit code 2."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep *findings*; the exception's text is their messages."""
        self.findings = tuple(findings)
        super().__init__("; ".join(finding.message for finding in self.findings))


class Failure(Exception):
    """Something that was made and is not right: findings of errors, for exit code 1."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep *findings*; the exception's text is their messages."""
        self.findings = tuple(findings)
        super().__init__("; ".join(finding.message for finding in self.findings))


def error(rule: str, message: str, **parts: Any) -> Finding:
    """Return a finding of severity error."""
    return Finding(rule=rule, severity=Severity.ERROR, message=message, **parts)


def warning(rule: str, message: str, **parts: Any) -> Finding:
    """Return a finding of severity warning."""
    return Finding(rule=rule, severity=Severity.WARNING, message=message, **parts)


def note(rule: str, message: str, **parts: Any) -> Finding:
    """Return a finding of severity note."""
    return Finding(rule=rule, severity=Severity.NOTE, message=message, **parts)


def refuse(rule: str, message: str, **parts: Any) -> Refusal:
    """Return the refusal that carries one error, ready to be raised."""
    return Refusal([error(rule, message, **parts)])


def any_error(findings: Iterable[Finding]) -> bool:
    """Return whether one of *findings* stops a delivery."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def reason(fault: Exception) -> str:
    """Return why libsndfile or the system failed, without the path it repeats."""
    said = getattr(fault, "error_string", None) or getattr(fault, "strerror", None)
    return str(said or fault).rstrip(".").lower()
