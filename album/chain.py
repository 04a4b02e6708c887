"""The chain language: one line a stage, read into processors and written back.

A table says the same as a line: ``{ kind = "comp", ratio = 1.5, threshold_db = -18 }``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from album.grammar import (
    SUFFIXES,
    Parsed,
    Part,
    Row,
    Values,
    missing,
    read_parts,
    read_table,
    table_of,
    write_parts,
)
from album.making import blamed, made, said
from album.namedvalues import FileName
from album.near import matching, missing_file, suggestion
from album.processors import PROCESSORS
from album.words import Reader, StageFault, Word, words
from delivery.findings import Finding, Place, error


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of a chain, resolved."""

    kind: str
    processor: Any
    """A `dsp.processor.Processor`, or a `Learner` that becomes one."""
    text: str
    """The stage as one line, always written alike."""
    name: str = ""
    only: tuple[str, ...] = ()
    """The targets or masters it is for; empty: all."""
    via: tuple[str, ...] = ()
    """The named chains that brought it in, the outermost first."""
    place: Place = field(default=Place(), compare=False)


class BadStage(ValueError):
    """A stage that cannot be read, with all its faults."""

    def __init__(self, faults: list[StageFault]) -> None:
        """Keep *faults*; the text is their sentences."""
        super().__init__("; ".join(fault.says for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Read:
    """A stage as it was read: with the places of what it says."""

    stage: Stage
    spans: dict[str, tuple[int, int]]


def read_line(text: str, folder: Path = Path()) -> Read:
    """Return the stage of one line; files are looked for in *folder*.

    Raises BadStage.
    """
    try:
        found = words(text)
        if not found:
            raise StageFault("a stage of a chain is empty")
        reader = Reader(found)
        row = _row(reader.take())
        variant = _variant(row, reader)
    except StageFault as fault:
        raise BadStage([fault]) from fault
    last = reader.behind
    parts = (*row.parts_of(variant), *SUFFIXES)
    parsed = read_parts(parts, reader, row.head(variant))
    if variant:
        parsed.values[row.chooser] = variant
        parsed.spans[row.chooser] = (last.start, last.stop)
    return _finished(row, variant, parsed, folder, (found[0].start, last.stop))


def read_table_stage(table: Mapping[str, Any], folder: Path = Path()) -> Read:
    """Return the stage that a *table* says. Raises BadStage."""
    kind = table.get("kind")
    if not isinstance(kind, str):
        raise BadStage([StageFault("a stage written as a table needs a `kind`")])
    rest = {key: value for key, value in table.items() if key != "kind"}
    try:
        row = _row(Word(kind, 0, 0), key="kind")
        chosen = rest.pop(row.chooser, None) if row.variants else ""
        if row.variants and str(chosen) not in row.variants:
            raise _no_variant(row, chosen, key=row.chooser if chosen else "")
    except StageFault as fault:
        raise BadStage([fault]) from fault
    parts = (*row.parts_of(chosen), *SUFFIXES)
    parsed = read_table(parts, rest, row.head(chosen))
    if chosen:
        parsed.values[row.chooser] = chosen
    return _finished(row, chosen, parsed, folder, (0, 0))


def line_of(kind: str, processor: Any, folder: Path = Path()) -> str:
    """Return the line that reads as *processor*; all it leaves out is default."""
    row = PROCESSORS[kind]
    values = _unbound(row, said(row, processor), folder)
    variant = values.get(row.chooser, "")
    return f"{row.head(variant)} {write_parts(row.parts_of(variant), values)}".strip()


def table_of_stage(stage: Stage, folder: Path = Path()) -> dict[str, Any]:
    """Return the table that reads as *stage*."""
    row = PROCESSORS[stage.kind]
    values = _unbound(row, said(row, stage.processor), folder)
    variant = values.get(row.chooser, "")
    chosen = {row.chooser: variant} if variant else {}
    suffixes = {"name": stage.name, "only": stage.only}
    more = {name: value for name, value in suffixes.items() if value}
    return {
        "kind": row.kind,
        **chosen,
        **table_of(row.parts_of(variant), values),
        **table_of(SUFFIXES, more),
    }


def _row(word: Word, key: str = "") -> Row:
    """Return the row of the first *word* of a stage. Raises StageFault."""
    if row := PROCESSORS.get(word.text):
        return row
    says = f'no processor is called "{word.text}"'
    way_out = suggestion(word.text, PROCESSORS, "known are")
    raise StageFault(says, word.start, word.stop, key=key, way_out=way_out)


def _variant(row: Row, reader: Reader) -> str:
    """Take the second word of a stage whose row has variants. Raises StageFault."""
    if not row.variants:
        return ""
    if not reader.left:
        raise _no_variant(row, None, reader.end)
    word = reader.take()
    if word.text not in row.variants:
        raise _no_variant(row, word.text, word)
    return word.text


def _no_variant(
    row: Row, given: Any, word: Word | None = None, key: str = ""
) -> StageFault:
    known = "known are"
    way_out = f"{known}: {', '.join(row.variants)}"
    says = f"{row.kind} needs its {row.chooser}"
    if isinstance(given, str):
        says = f'{row.kind} has no {row.chooser} "{given}"'
        way_out = suggestion(given, row.variants, known) or way_out
    start, stop = (word.start, word.stop) if word else (0, 0)
    return StageFault(says, start, stop, key=key, way_out=way_out)


def _finished(
    row: Row, variant: str, parsed: Parsed, folder: Path, head: tuple[int, int]
) -> Read:
    """Return the stage of what was *parsed*, its processor made. Raises BadStage."""
    parts, subject = row.parts_of(variant), row.head(variant)
    faults = parsed.faults
    example = _example(row, variant)
    if not faults:
        for says, way_out in missing(parts, parsed, subject, example):
            faults.append(StageFault(says, *head, way_out=way_out))
        if row.one_of and not any(name in parsed.values for name in row.one_of):
            shapes = [part.shape for part in parts if part.name in row.one_of]
            says = f"{subject} needs {' or '.join(shapes)}"
            faults.append(StageFault(says, *head, way_out=f"such as {example}"))
    values = dict(parsed.values)
    name, only = values.pop("name", ""), values.pop("only", ())
    if name in PROCESSORS:
        says = f'a stage cannot be named "{name}", which is a processor'
        faults.append(_at(parsed, "name", says, head))
    bound = _bound(parts, values, folder)
    for part_name, finding in _unfound(parts, bound, values):
        fault = _at(parsed, part_name, finding.message, head)
        fault.way_out, fault.rule = finding.help, finding.rule
        faults.append(fault)
    if not faults:
        try:
            processor = made(row, bound)
        except ValueError as bad:
            shown = _example_values(row.kind, variant, folder)
            culprit = blamed(row, bound, shown)
            faults.append(_at(parsed, culprit, str(bad), head))
    if faults:
        raise BadStage(faults)
    suffixes = {"name": name} if name else {}
    suffixes |= {"only": only} if only else {}
    line = line_of(row.kind, processor, folder)
    text = f"{line} {write_parts(SUFFIXES, suffixes)}".strip()
    stage = Stage(kind=row.kind, processor=processor, text=text, name=name, only=only)
    return Read(stage, parsed.spans)


def _at(parsed: Parsed, name: str, says: str, head: tuple[int, int]) -> StageFault:
    """Return the fault at the part called *name*, at the first words without one."""
    start, stop = parsed.spans.get(name, head)
    return StageFault(says, start, stop, key=name if name in parsed.values else "")


def _bound(parts: tuple[Part, ...], values: Values, folder: Path) -> Values:
    """Return *values* with the names of files in their folder."""
    files = {part.name for part in parts if isinstance(part.value, FileName)}
    return {
        name: folder / value if name in files else value
        for name, value in values.items()
    }


def _unbound(row: Row, values: Values, folder: Path) -> Values:
    """Return *values* with the names of files as a line in *folder* has them."""
    files = {part.name for part in row.parts if isinstance(part.value, FileName)}

    def named(path: Path) -> Path:
        return path.relative_to(folder) if path.is_relative_to(folder) else path

    return {
        name: named(value) if name in files else value for name, value in values.items()
    }


def _unfound(
    parts: tuple[Part, ...], bound: Values, written: Values
) -> Iterator[tuple[str, Finding]]:
    """Yield the files that are not there."""
    for part in parts:
        file = part.value
        if part.name not in bound or not isinstance(file, FileName):
            continue
        path = bound[part.name]
        if file.pattern:
            if not matching((path,)):
                says = f'no file is called like "{file.tabled(written[part.name])}"'
                yield part.name, error("FILE-MISSING", says)
            continue
        if file.bundle and path.is_dir():
            continue
        name = file.tabled(written[part.name])
        if finding := missing_file(path, name, Place()):
            yield part.name, finding


def _example(row: Row, variant: str) -> str:
    """Return the first example of *variant*."""
    head = row.head(variant)
    return next(each for each in row.examples if f"{each} ".startswith(f"{head} "))


@cache
def _example_values(row_kind: str, variant: str, folder: Path) -> Values:
    """Return what the example of a variant says, with nothing that may be left out."""
    row = PROCESSORS[row_kind]
    parts = row.parts_of(variant)
    reader = Reader(words(_example(row, variant)))
    for _ in row.head(variant).split():
        reader.take()
    values = read_parts(parts, reader, "").values
    needed = {part.name for part in parts if part.required}
    kept = {name: value for name, value in values.items() if name in needed}
    return _bound(parts, kept, folder) | ({row.chooser: variant} if variant else {})
