"""The grammar of a stage: parts in any order after the first words, both ways.

A row of the table of processors is all that the language knows of a word; nothing here
is about any one processor.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from album.amounts import BadAmount
from album.namedvalues import FileName, Names
from album.near import nearest, suggestion
from album.values import Choice, Number, Value
from album.words import Reader, StageFault

Values = dict[str, Any]
"""What a stage says, by the names of its parts."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing that a stage may say."""

    name: str
    """The key in a table, and mostly the processor's field."""
    value: Value
    says: str
    word: str = ""
    """The word before the value; empty where the value stands by itself."""
    required: bool = False
    bare: bool = False
    """Whether the word may be left out."""
    terse: bool = False
    """Whether it is left out where the part is written."""

    @property
    def shape(self) -> str:
        """How the part stands in a line."""
        return f"{self._head} {self.value.shape}".strip()

    @property
    def _head(self) -> str:
        return "" if self.terse else self.word

    @property
    def alone(self) -> bool:
        """Whether the value may stand without a word."""
        return self.bare or not self.word

    def written(self, value: Any) -> str:
        """Return the part with *value* as words; empty where none says it."""
        words = self.value.written(value)
        return f"{self._head} {words}".strip() if words else ""


def must(name: str, value: Value, says: str, word: str = "") -> Part:
    """Return a part that has to be said."""
    return Part(name=name, value=value, says=says, word=word, required=True)


def may(name: str, value: Value, says: str, word: str = "") -> Part:
    """Return a part that may be left out."""
    return Part(name=name, value=value, says=says, word=word)


def among(*words: str) -> Choice:
    """Return the choice of *words* that stand for themselves."""
    return Choice({word: word for word in words})


@dataclass(frozen=True)
class Variant:
    """What a row has for one of its second words."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One word of the language: its processor, its parts, what it is for."""

    kind: str
    target: str
    """The processor's module and class: ``dsp.eq:Eq``; loaded when it is used."""
    says: str
    examples: tuple[str, ...]
    """Whole lines; the first of a variant shows what it needs."""
    parts: tuple[Part, ...] = ()
    chooser: str = ""
    """The part that a second word says, where there are variants."""
    variants: Mapping[str, Variant] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()
    """Parts of which one has to be said."""
    into: Callable[[Values], Values] = dict
    """From what is said to the processor's fields, where the two differ."""
    outof: Callable[[Values], Values] = dict
    """From the processor's fields to what is said."""

    def parts_of(self, variant: str) -> tuple[Part, ...]:
        """Return the parts of *variant*; of the row, where it has none."""
        if not self.variants:
            return self.parts
        known = self.variants[variant]
        names = {*known.required, *known.optional}
        return tuple(
            replace(part, required=part.name in known.required)
            for part in self.parts
            if part.name in names
        )

    def head(self, variant: str) -> str:
        """Return the first words."""
        return f"{self.kind} {variant}".strip()


NAME = Part(
    name="name",
    word="name",
    value=Names("air", single=True),
    says="A name for the stage, so that `-NAME` can drop it.",
)
ONLY = Part(
    name="only",
    word="only",
    value=Names("vinyl,main"),
    says="The targets or masters that the stage is for; without it, all.",
)
SUFFIXES = (NAME, ONLY)


@dataclass
class Parsed:
    """What a stage says, where it says it, and what is wrong with it."""

    values: Values = field(default_factory=dict)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By part, in the order of the line."""
    faults: list[StageFault] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    """By part, the first word that says it."""


def read_parts(
    parts: Sequence[Part], reader: Reader, subject: str, *, within: bool = False
) -> Parsed:
    """Take all parts ahead, in any order; *subject* is whose they are.

    *within* another stage, the first word that is no part ends them.
    """
    parsed, known = Parsed(), {part.word for part in parts if part.word}
    while reader.left and not (within and _part_ahead(parts, reader) is None):
        start = reader.position
        try:
            part = _part_ahead(parts, reader)
            if part is None:
                raise unknown(parts, reader, subject, parsed)
            first = reader.here
            if part.word and reader.ahead == part.word:
                reader.take()
            value = part.value.read(reader)
            span = (first.start, reader.behind.stop)
            said = part.word or first.text
            if part.name in parsed.values:
                raise _again(parsed.words[part.name], said, span)
            parsed.words[part.name] = said
            parsed.values[part.name] = value
            parsed.spans[part.name] = span
        except StageFault as fault:
            parsed.faults.append(fault)
            if reader.position == start:
                reader.pass_amount()
            elif reader.position == start + 2 and reader.behind.text in known:
                reader.back()  # a value is missing, what follows it is not
    return parsed


def _again(before: str, now: str, span: tuple[int, int]) -> StageFault:
    """Return the fault that a part is said a second time."""
    says = f'"{now}" is said twice'
    if now != before:
        says = f'"{now}" says once more what "{before}" says already'
    return StageFault(says, *span, way_out="keep one of them")


def _part_ahead(parts: Sequence[Part], reader: Reader) -> Part | None:
    """Return the part that the words ahead begin."""
    named = [part for part in parts if part.word and reader.ahead == part.word]
    if len(named) > 1:
        reader.take()
        fits = [part for part in named if _begins(part, reader)]
        reader.back()
        return (fits or named)[0]
    if named:
        return named[0]
    return next((part for part in parts if part.alone and _begins(part, reader)), None)


def _begins(part: Part, reader: Reader) -> bool:
    """Return whether the value of *part* is ahead."""
    try:
        return part.value.begins(reader)
    except StageFault:  # an amount that cannot be read belongs to nobody
        return False


def unknown(
    parts: Sequence[Part], reader: Reader, subject: str, parsed: Parsed
) -> StageFault:
    """Return the fault of the words ahead, which no part takes; passes over them."""
    ahead = reader.amount()  # raises what is wrong with an amount
    still = [part for part in parts if part.name not in parsed.words]
    if ahead is not None:
        word, amount = ahead
        reader.pass_amount()
        if not amount.unit:
            open_ = [
                part for part in still if part.alone and isinstance(part.value, Number)
            ]
            first = [part for part in open_ if part.required][:1] or open_
            if len(first) == 1:
                parsed.words[first[0].name] = word.text  # the next number is another's
            fits = [part.value.unit for part in first if isinstance(part.value, Number)]
            ways = [f"{unit.prefix}{amount.text}{unit.suffix}" for unit in fits]
            way_out = f"write {' or '.join(ways)}" if ways else None
            return word.fault(f'"{word.text}" has no unit', way_out)
        says = f'{subject} takes no "{word.text}"'
        lacking = [
            f"{part.word} {word.text}"
            for part in still
            if part.word
            and isinstance(part.value, Number)
            and part.value.unit.takes(amount)
        ]
        return word.fault(
            says, f"write {' or '.join(lacking)}" if lacking else _wanted(still)
        )
    for part in still:
        if part.required and part.alone and isinstance(part.value, FileName):
            part.value.read(reader)  # raises what is wrong with a name
    word = reader.take()
    _pass_value(parts, reader)
    known = set(_words_of(parts))
    way_out = _wanted(still)
    if near := nearest(word.text, known):
        way_out = f'did you mean "{near[0]}"?'
    return word.fault(f'{subject} takes no "{word.text}"', way_out)


def _pass_value(parts: Sequence[Part], reader: Reader) -> None:
    """Pass over the value of a word that is wrong: it is nobody's second error."""
    with suppress(StageFault):
        if reader.amount() is not None and _part_ahead(parts, reader) is None:
            reader.pass_amount()


def _words_of(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if part.word:
            yield part.word
        if part.alone and isinstance(part.value, Choice):
            yield from part.value.choices
        yield from getattr(part.value, "words", ())


def _wanted(parts: Sequence[Part]) -> str | None:
    """Return what *parts* would take, for the end of an error."""
    shapes = [part.shape for part in parts if part not in SUFFIXES]
    return f"it takes {', '.join(shapes)}" if shapes else "nothing may follow"


def missing(
    parts: Sequence[Part], parsed: Parsed, subject: str, example: str
) -> Iterator[tuple[str, str]]:
    """Yield the faults that required *parts* are not there: sentence and way out."""
    for part in parts:
        if part.required and part.name not in parsed.values:
            what = part.value.what
            if part.word and not part.bare:
                what = f'"{part.word}" with {what}'
            yield f"{subject} needs {what}", f"such as {example}"


def read_table(parts: Sequence[Part], table: Mapping[str, Any], subject: str) -> Parsed:
    """Return what a *table* says, its faults at their keys."""
    parsed = Parsed()
    known = {part.name: part for part in parts}
    for key, value in table.items():
        if key not in known:
            way_out = suggestion(key, known, "the keys are")
            says = f"{subject} takes no `{key}`"
            parsed.faults.append(
                StageFault(says, key=key, at_key=True, way_out=way_out)
            )
            continue
        try:
            parsed.values[key] = known[key].value.given(value)
            parsed.spans[key] = (0, 0)
        except BadAmount as bad:
            says = f"{key} {bad.says}"
            fault = StageFault(says, key=key, way_out=bad.way_out or None)
            parsed.faults.append(fault)
        except StageFault as bad:
            says = f"{key} cannot be read: {bad.says}"
            fault = StageFault(says, key=key, way_out=bad.way_out)
            parsed.faults.append(fault)
    return parsed


def write_parts(parts: Sequence[Part], values: Values) -> str:
    """Return *values* as words, in the order of *parts*."""
    said = (part.written(values[part.name]) for part in parts if part.name in values)
    return " ".join(words for words in said if words)


def table_of(parts: Sequence[Part], values: Values) -> dict[str, Any]:
    """Return *values* as a table has them."""
    return {
        part.name: part.value.tabled(values[part.name])
        for part in parts
        if part.name in values
    }
