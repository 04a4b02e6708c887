"""What may stand in a stage as a value: read from words or a table, written as words.

Each kind of value is the same four ways round: `read` takes it from a line, `given`
from a table, `written` writes it into a line and `tabled` into a table.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from album.amounts import LEVEL, TIME, Amount, BadAmount, Unit, amount_of
from album.near import suggestion
from album.words import Reader, StageFault, Word, words


class Value(Protocol):
    """One kind of value."""

    @property
    def what(self) -> str:
        """What is wanted, with its article and an example."""

    @property
    def shape(self) -> str:
        """How it stands in the pattern of a line, as a reference shows it."""

    def begins(self, reader: Reader) -> bool:
        """Return whether the words ahead are such a value."""

    def read(self, reader: Reader) -> Any:
        """Take the value ahead. Raises StageFault."""

    def given(self, value: Any) -> Any:
        """Return the value that a table gives; raises BadAmount."""

    def written(self, value: Any) -> str:
        """Return *value* as words."""

    def tabled(self, value: Any) -> Any:
        """Return *value* as a table has it."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of what `given` takes."""


@dataclass(frozen=True)
class Number:
    """A number with its unit."""

    unit: Unit
    example: str = ""
    whole: bool = False

    @property
    def what(self) -> str:
        """What is wanted."""
        return f"{self.unit.what} such as {self.example or self.unit.example}"

    @property
    def shape(self) -> str:
        """An example stands for it."""
        return self.example or self.unit.example

    def begins(self, reader: Reader) -> bool:
        """Return whether an amount of this unit is ahead."""
        ahead = reader.amount()
        return ahead is not None and self.unit.takes(ahead[1])

    def read(self, reader: Reader) -> float:
        """Take the amount ahead."""
        if not reader.left:
            raise reader.end.fault(f'"{reader.end.text}" needs {self.what} after it')
        try:
            ahead = reader.amount()
        except StageFault:
            reader.pass_amount()
            raise
        if ahead is None:
            word = reader.take()
            raise word.fault(f'"{word.text}" is not {self.what}')
        reader.pass_amount()
        return self._value(*ahead)

    def _value(self, word: Word, amount: Amount) -> float:
        if not self.unit.takes(amount):
            says = f'"{word.text}" is not {self.what}'
            if not amount.unit:
                says = f'"{word.text}" has no unit'
            raise word.fault(says, self._way_out(amount))
        try:
            value = self.unit.value(amount)
        except BadAmount as bad:
            raise word.fault(f'"{word.text}" {bad.says}', bad.way_out) from bad
        if self.whole and not value.is_integer():
            raise word.fault(f'"{word.text}" is not a whole number')
        return int(value) if self.whole else value

    def _way_out(self, amount: Amount) -> str | None:
        if amount.unit:
            return None
        return f"write {self.unit.prefix}{amount.text}{self.unit.suffix}"

    def given(self, value: Any) -> float:
        """Return a number, or the text of an amount."""
        if isinstance(value, str):
            found = words(value)
            if len(found) not in (1, 2):
                raise BadAmount(f"must be a number or {self.what}")
            reader = Reader(found)
            try:
                number = self.read(reader)
            except StageFault as bad:
                raise BadAmount(
                    f"cannot be read: {bad.says}", bad.way_out or ""
                ) from bad
            if reader.left:
                raise BadAmount(f"must be a number or {self.what}")
            return number
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadAmount(f"must be a number or a text such as {self.shape!r}")
        if not math.isfinite(value) or abs(value) > 10**9:
            raise BadAmount("is beyond all sense")
        if self.whole and value != int(value):
            raise BadAmount("must be a whole number")
        amount = amount_of(self.unit.written(value))
        assert amount is not None
        number = self.unit.value(amount)  # refuses what a line could not say
        return int(number) if self.whole else number

    def written(self, value: float) -> str:
        """Return the amount."""
        return self.unit.written(value)

    def tabled(self, value: float) -> float:
        """Return the number alone: the key has the unit."""
        return value

    def schema(self) -> dict[str, Any]:
        """Return that of a number or a text."""
        number = {"type": "integer" if self.whole else "number"}
        return {"anyOf": [number, {"type": "string", "pattern": r"\d"}]}


@dataclass(frozen=True)
class Several(Number):
    """Amounts of one unit, one after another."""

    def read(self, reader: Reader) -> Any:
        """Take all the amounts ahead."""
        taken = [super().read(reader)]
        while self.begins(reader):
            taken.append(super().read(reader))
        return tuple(taken)

    def given(self, value: Any) -> Any:
        """Return the numbers of a list."""
        if not isinstance(value, list) or not value:
            raise BadAmount("must be a list of numbers")
        one = Number(self.unit)
        return tuple(one.given(each) for each in value)

    def written(self, value: Any) -> str:
        """Return the amounts."""
        return " ".join(self.unit.written(each) for each in value)

    def tabled(self, value: Any) -> Any:
        """Return the list of numbers."""
        return list(value)

    @property
    def shape(self) -> str:
        """Two stand for any number."""
        return f"{self.unit.example} …"

    def schema(self) -> dict[str, Any]:
        """Return that of a list."""
        return {"type": "array", "items": super().schema(), "minItems": 1}


@dataclass(frozen=True)
class Choice:
    """One word of a few."""

    choices: Mapping[str, Any]
    """What each word stands for."""

    @property
    def what(self) -> str:
        """What is wanted."""
        quoted = [f'"{choice}"' for choice in self.choices]
        return " or ".join((", ".join(quoted[:-1]), quoted[-1])).removeprefix(" or ")

    @property
    def shape(self) -> str:
        """All of them, with bars between."""
        return "|".join(self.choices)

    def begins(self, reader: Reader) -> bool:
        """Return whether one of the words is ahead."""
        return reader.ahead in self.choices

    def read(self, reader: Reader) -> Any:
        """Take the word ahead."""
        if not reader.left:
            raise reader.end.fault(f'"{reader.end.text}" needs {self.what} after it')
        word = reader.take()
        if word.text not in self.choices:
            way_out = suggestion(word.text, self.choices, "known are")
            raise word.fault(f'"{word.text}" is not {self.what}', way_out)
        return self.choices[word.text]

    def given(self, value: Any) -> Any:
        """Return what a word of a table stands for, or the value itself."""
        if isinstance(value, str) and value in self.choices:
            return self.choices[value]
        for choice in self.choices.values():
            if type(value) is type(choice) and value == choice:
                return choice
        if isinstance(value, bool) and self._flags:
            return value
        raise BadAmount(f"must be {self._tabled_what()}")

    def _tabled_what(self) -> str:
        return "true or false" if self._flags else self.what

    @property
    def _flags(self) -> bool:
        return all(isinstance(choice, bool) for choice in self.choices.values())

    def written(self, value: Any) -> str:
        """Return the word; nothing for what no word stands for."""
        return next((word for word, each in self.choices.items() if each == value), "")

    def tabled(self, value: Any) -> Any:
        """Return the value where it is true or false, else the word."""
        return value if isinstance(value, bool) else self.written(value)

    def schema(self) -> dict[str, Any]:
        """Return that of the words, or of true and false."""
        if self._flags:
            return {"type": "boolean"}
        return {"enum": list(self.choices)}


@dataclass(frozen=True)
class Points:
    """Pairs of a time and a level: "2:10 -1dB 2:32 0dB"."""

    what = 'times with levels such as "2:10 -1dB 2:32 0dB"'
    shape = "2:10 -1dB 2:32 0dB …"

    def begins(self, reader: Reader) -> bool:
        """Return whether a time is ahead."""
        return Number(TIME).begins(reader)

    def read(self, reader: Reader) -> Any:
        """Take all the pairs ahead."""
        time, level = Number(TIME), Number(LEVEL)
        points = [(time.read(reader), level.read(reader))]
        while self.begins(reader):
            points.append((time.read(reader), level.read(reader)))
        return tuple(points)

    def given(self, value: Any) -> Any:
        """Return the pairs of a list of lists."""
        if not isinstance(value, list) or not value:
            raise BadAmount('must be a list of pairs such as [["2:10", -1.0]]')
        if not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
            raise BadAmount('must be a list of pairs such as [["2:10", -1.0]]')
        time, level = Number(TIME), Number(LEVEL)
        return tuple((time.given(at), level.given(db)) for at, db in value)

    def written(self, value: Any) -> str:
        """Return the pairs."""
        return " ".join(f"{TIME.written(at)} {LEVEL.written(db)}" for at, db in value)

    def tabled(self, value: Any) -> Any:
        """Return a list of lists."""
        return [list(pair) for pair in value]

    def schema(self) -> dict[str, Any]:
        """Return that of a list of lists."""
        pair = {"type": "array", "minItems": 2, "maxItems": 2}
        return {"type": "array", "minItems": 1, "items": pair}
