"""The tokens of cdrdao's TOC language: words, numbers, times, texts, braces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from delivery.findings import Place, Refusal, error
from delivery.redbook import SAMPLES_PER_FRAME, Frames, from_msf

_LARGEST = 4 << 20
_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |"(?P<text>(?:[^"\\\n]|\\.)*)"
    |(?P<word>[0-9]{1,2}:[0-9]{2}:[0-9]{2}|[0-9]+|[A-Za-z_][A-Za-z0-9_]*|[{}:,])""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\([0-7]{3}|.)")


@dataclass(frozen=True)
class _Token:
    line: int
    value: str
    quoted: bool


class Tokens:
    """The tokens of one file, taken one after another."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.tokens = list(_tokens(text, name))
        self.at = 0

    def refuse(self, says: str, line: int | None = None) -> Refusal:
        """Return the refusal that points at *line*, or at the last token."""
        if line is None:
            line = (
                self.tokens[min(self.at, len(self.tokens)) - 1].line if self.at else 1
            )
        place = Place(file=self.name, line=line)
        return Refusal([error("TOC-SYNTAX", says, place=place)])

    def next(self, *, quoted: bool = False) -> str:
        """Return the next token, which must be quoted or must not be."""
        if self.at >= len(self.tokens):
            raise self.refuse("the file ends too early")
        token = self.tokens[self.at]
        self.at += 1
        if token.quoted != quoted:
            wanted = "a text in quotation marks" if quoted else "a word"
            raise self.refuse(f"{token.value!r} stands where {wanted} is due")
        return token.value

    def expect(self, *values: str) -> None:
        """Take exactly *values*."""
        for value in values:
            if (found := self.next()) != value:
                raise self.refuse(f"{found!r} stands where {value!r} is due")

    def ahead(self) -> str:
        """Return the next word without taking it; empty at the end or a text."""
        if self.at >= len(self.tokens) or self.tokens[self.at].quoted:
            return ""
        return self.tokens[self.at].value

    def time(self) -> Frames:
        """Take a time: MM:SS:FF, or samples that are whole frames."""
        word = self.next()
        try:
            if ":" in word:
                return from_msf(word.rjust(8, "0"))
            frames, left = divmod(int(word), SAMPLES_PER_FRAME)
        except ValueError as bad:
            raise self.refuse(str(bad)) from bad
        if left or frames > 99 * 60 * 75:
            raise self.refuse(f"{word} samples are not whole frames of a disc")
        return Frames(frames)


def decoded(path: Path) -> str:
    """Return the text of a TOC file: UTF-8, or Latin-1 where that fails."""
    if path.exists() and not path.is_file():
        raise Refusal([error("TOC-SYNTAX", f"{str(path)!r} is not a file")])
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as bad:
        says = f"{str(path)!r} cannot be read: {bad.strerror}"
        raise Refusal([error("TOC-SYNTAX", says)]) from bad
    if len(raw) > _LARGEST or b"\0" in raw:
        says = f"{path.name!r} is not a TOC file"
        raise Refusal([error("TOC-SYNTAX", says, place=Place(file=path.name))])
    try:
        return raw.decode("utf-8-sig")  # cdrdao 1.2.5 and later
    except UnicodeDecodeError:
        return raw.decode("latin-1")


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
