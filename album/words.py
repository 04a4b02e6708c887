"""A line of the chain language: words with their places, taken one by one."""

import re
from dataclasses import dataclass

from album.amounts import SPELLINGS, Amount, BadAmount, amount_of

LONGEST = 2000
"""Letters of a line; what is longer is no line of a chain."""

_WORD = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")
_QUOTED = re.compile(r"""(["'])(.*)\1""", re.DOTALL)
_BARE_NUMBER = re.compile(r"[+−-]?[\d.,]+", re.ASCII)


class StageFault(ValueError):
    """What is wrong with one stage, and the part of it that says so.

    The part is ``text[start:stop]`` of a line, or in a table the value of a key, or the
    key itself.
    """

    def __init__(
        self,
        says: str,
        start: int = 0,
        stop: int = 0,
        *,
        key: str = "",
        at_key: bool = False,
        way_out: str | None = None,
        rule: str = "CHAIN",
    ) -> None:
        """Keep the sentence, its place and the way out."""
        super().__init__(says)
        self.says, self.start, self.stop = says, start, stop
        self.key, self.at_key = key, at_key
        self.way_out, self.rule = way_out or None, rule


@dataclass(frozen=True)
class Word:
    """One word of a line."""

    text: str
    start: int
    stop: int

    @property
    def quoted(self) -> str | None:
        """What stands between the quotes; None where there are none."""
        match = _QUOTED.fullmatch(self.text)
        return match[2] if match and match[1] not in match[2] else None

    def fault(self, says: str, way_out: str | None = None) -> StageFault:
        """Return the fault that this word is wrong."""
        return StageFault(says, self.start, self.stop, way_out=way_out or None)

    def upto(self, other: "Word", joined: str | None = None) -> "Word":
        """Return this word and all up to *other* as one."""
        return Word(joined or self.text, self.start, other.stop)


def words(line: str) -> list[Word]:
    """Return the words of *line*; quotes hold spaces together. Raises StageFault."""
    if len(line) > LONGEST:
        raise StageFault(f"a line of {len(line)} letters is no stage of a chain")
    found, at = [], 0
    while rest := line[at:].lstrip():
        at = len(line) - len(rest)
        match = _WORD.match(line, at)
        start = at if match is None else match.end()
        if match is None or line[start : start + 1].strip():
            raise StageFault("a quote is not closed", start, len(line.rstrip()))
        found.append(Word(match[0], at, match.end()))
        at = match.end()
    return found


class Reader:
    """Words to be taken one after another."""

    def __init__(self, found: list[Word]) -> None:
        """Begin before the first of *found*."""
        self._words, self._at = found, 0
        self.end = found[-1] if found else Word("", 0, 0)
        """The word to point at where one is missing."""

    @property
    def left(self) -> bool:
        """Whether there are words left."""
        return self._at < len(self._words)

    @property
    def ahead(self) -> str:
        """The text of the next word; empty at the end."""
        return self._words[self._at].text if self.left else ""

    @property
    def here(self) -> Word:
        """The next word."""
        return self._words[self._at]

    @property
    def behind(self) -> Word:
        """The word that was taken last."""
        return self._words[self._at - 1]

    @property
    def position(self) -> int:
        """How many words were taken."""
        return self._at

    def take(self) -> Word:
        """Return the next word."""
        word = self._words[self._at]
        self._at += 1
        return word

    def back(self) -> None:
        """Leave the word that was taken last to be taken again."""
        self._at -= 1

    def amount(self) -> tuple[Word, Amount] | None:
        """Return the amount ahead, of one word or two; None if there is none.

        Raises StageFault where it cannot be read.
        """
        if not self.left:
            return None
        word, _ = self._joined(self._words[self._at])
        try:
            amount = amount_of(word.text.replace(" ", ""))
        except BadAmount as bad:
            raise word.fault(f'"{word.text}" {bad.says}', bad.way_out) from bad
        return None if amount is None else (word, amount)

    def pass_amount(self) -> None:
        """Pass over the amount ahead."""
        self._at += self._joined(self._words[self._at])[1]

    def _joined(self, word: Word) -> tuple[Word, int]:
        """Return *word* with the unit that stands after it, and how many words."""
        if self._at + 1 < len(self._words):
            after = self._words[self._at + 1]
            bare = _BARE_NUMBER.fullmatch(word.text) and after.text.lower() in SPELLINGS
            named = word.text in ("Q", "q") and _BARE_NUMBER.fullmatch(after.text)
            if bare or named:
                return word.upto(after, f"{word.text} {after.text}"), 2
        return word, 1
