"""The tokens of cdrdao's TOC language: words, numbers, times, texts, braces.

They are made one at a time, as they are asked for: what stands behind a fault costs
nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from delivery.findings import Finding, Place, Refusal, Severity, error
from delivery.redbook import FRAMES_PER_SECOND, SAMPLES_PER_FRAME

_TOKEN = re.compile(
    r"""(?P<space>[\s\ufeff]+|//[^\n]*)
    |"(?P<text>(?:[^"\\]|\\.){0,4000}+)"
    |(?P<word>[0-9]{1,9}:[0-9]{1,9}:[0-9]{1,9}|\#?-?[0-9]{1,18}|[A-Za-z_][A-Za-z0-9_]{0,80}
      |[{}:,])""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_ESCAPE = re.compile(r"\\([0-7]{3}|.)", re.DOTALL)
LONGEST = 400 * 60 * FRAMES_PER_SECOND * SAMPLES_PER_FRAME
"""Samples beyond any disc."""

SCMS = "// FLAGS SCMS"
"""A remark in a track that says what cdrdao has no word for."""


@dataclass(frozen=True)
class _Token:
    line: int
    value: str
    quoted: bool


class Tokens:
    """The tokens of one file, taken one after another."""

    def __init__(self, text: str, name: str) -> None:
        """Begin at the first token of *text*, the file *name*."""
        self.name = name
        self.line = 1
        """Of the last token taken."""
        self.findings: list[Finding] = []
        self._source = _tokens(text, name)
        self._ahead: _Token | None = None
        self._ended = False

    def refuse(self, says: str, line: int | None = None) -> Refusal:
        """Return the refusal that points at *line*, or at the last token."""
        place = Place(file=self.name, line=line or self.line)
        return Refusal([error("TOC-SYNTAX", says, place=place)])

    def say(
        self,
        says: str,
        severity: Severity = Severity.ERROR,
        line: int | None = None,
        rule: str = "TOC-SYNTAX",
        track: int | None = None,
    ) -> None:
        """Note a fault that does not end the reading."""
        place = Place(file=self.name, line=line or self.line, track=track)
        self.findings.append(
            Finding(rule=rule, severity=severity, message=says, place=place)
        )

    def next(self, *, quoted: bool = False) -> str:
        """Return the next token, which must be quoted or must not be."""
        token = self._peek()
        if token is None:
            raise self.refuse("the file ends too early")
        self._ahead = None
        self.line = token.line
        if token.quoted != quoted:
            wanted = "a text in quotation marks" if quoted else "a word"
            raise self.refuse(f"{token.value[:60]!r} stands where {wanted} is due")
        return token.value

    def expect(self, *values: str) -> None:
        """Take exactly *values*."""
        for value in values:
            if (found := self.next()) != value:
                raise self.refuse(f"{found!r} stands where {value!r} is due")

    def ahead(self) -> str:
        """Return the next word without taking it; empty at the end or a text."""
        token = self._peek()
        return "" if token is None or token.quoted else token.value

    def more(self) -> bool:
        """Return whether anything is left."""
        return self._peek() is not None

    def timed(self) -> bool:
        """Return whether a time or a number comes next."""
        return self.ahead()[:1].isdigit()

    def time(self) -> int:
        """Take a time, MM:SS:FF or a number of samples; return samples."""
        word = self.next()
        if ":" in word and len(word) > 1:
            minutes, seconds, frames = map(int, word.split(":"))
            if seconds > 59 or frames > 74:
                self.say(f"{word!r} is not a time: seconds go to 59, frames to 74")
            samples = (minutes * 60 + seconds) * FRAMES_PER_SECOND + frames
            samples *= SAMPLES_PER_FRAME
        elif word.isdigit():
            samples = int(word)
        else:
            raise self.refuse(f"{word!r} is not a time MM:SS:FF")
        if samples > LONGEST:
            raise self.refuse(f"{word} is longer than any disc")
        return samples

    def _peek(self) -> _Token | None:
        if self._ahead is None and not self._ended:
            self._ahead = next(self._source, None)
            self._ended = self._ahead is None
        return self._ahead


def _tokens(text: str, name: str) -> Iterator[_Token]:
    at, line = 0, 1
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            place = Place(file=name, line=line)
            says = f"{text[at : at + 20]!r} is not of the TOC language"
            raise Refusal([error("TOC-SYNTAX", says, place=place)])
        if match["space"] is None:
            quoted = match["word"] is None
            value = _unescaped(match["text"]) if quoted else match["word"]
            yield _Token(line, value, quoted)
        line += match[0].count("\n")
        at = match.end()


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(
        lambda match: chr(int(match[1], 8) & 0xFF) if len(match[1]) == 3 else match[1],
        text,
    )
