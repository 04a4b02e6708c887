"""The book of dated facts: rows in data files, and a user's own rows over them.

A group is a file in ``specs/``, a row is a table in it. Code asks for rows by group and
gets frozen dataclasses; a row that does not fit its dataclass is refused by name.
"""

import re
import tomllib
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

_FOLDER = Path(__file__).resolve().parent / "specs"
_DAY = re.compile(r"20\d\d-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
_LENGTH = re.compile(r"(\d{1,3}):([0-5]\d)")

Table = Mapping[str, Any]
Kind = TypeVar("Kind")


class RowError(ValueError):
    """A row that cannot be used; *keys* lead to what is wrong in its file."""

    def __init__(
        self, keys: tuple[str | int, ...], says: str, way_out: str = ""
    ) -> None:
        """Keep what is wrong, where, and the way out."""
        self.keys, self.says, self.way_out = keys, says, way_out
        super().__init__(f"{'.'.join(map(str, keys))} {says}")


class Length(float):
    """Seconds, written as minutes and seconds: 19:30."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What every row says of itself."""

    name: str
    title: str
    source: str
    read: str
    """When the source was read: a month or a day."""
    confidence: Literal["high", "medium", "low"] = "medium"
    """High: the receiver's own page; medium: good secondary ones; low: they differ."""
    note: str = ""


@dataclass(frozen=True)
class Book:
    """All rows by group and name, as the files have them."""

    groups: Mapping[str, Mapping[str, Any]]
    own: frozenset[tuple[str, str]] = frozenset()
    """Group and name of the rows that a user has written or changed."""

    def over(self, own: Mapping[str, Any]) -> "Book":
        """Return the book with a user's rows, key by key, over those of this one.

        Raises RowError for what is no row of a known group.
        """
        groups = {group: dict(rows) for group, rows in self.groups.items()}
        names = set(self.own)
        for group, rows in own.items():
            if group not in groups:
                known = f"groups are {', '.join(groups)}"
                raise RowError((group,), "is no group of rows", known)
            if not isinstance(rows, dict):
                raise RowError((group,), "has to be a table of rows")
            for name, row in rows.items():
                below = groups[group].get(name, {})
                if not isinstance(row, dict) or not isinstance(below, dict):
                    raise RowError((group, name), "cannot be a row of this group")
                groups[group][name] = {**below, **row}
                names.add((group, name))
                _dated(group, name, row)
        return Book(groups, frozenset(names))


def _dated(group: str, name: str, row: Table) -> None:
    """Raise RowError where a user's row does not say where its figures are from."""
    if group == "plants":
        return  # each of its limits says so itself
    for key in ("source", "read"):
        if key not in row:
            way = 'write source = "…" and read = "2026-03"'
            raise RowError((group, name), f"has no {key} of its own", way)


@cache
def builtin() -> Book:
    """Return the rows that come with the program."""
    groups = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        with path.open("rb") as file:
            groups[path.stem] = tomllib.load(file)
    return Book(groups)


def typed(kind: type[Kind], keys: tuple[str | int, ...], row: Any, **more: Any) -> Kind:
    """Return *row* as the dataclass *kind*; raises RowError for what does not fit.

    *more* are fields that are not written in the row.
    """
    if not isinstance(row, dict):
        raise RowError(keys, "has to be a table")
    hints = get_type_hints(kind)
    known = {part.name: part for part in fields(kind)}  # type: ignore[arg-type]
    values = dict(more)
    for key, value in row.items():
        if key not in known or key in more:
            words = ", ".join(name for name in known if name not in more)
            raise RowError(
                (*keys, key), "is no key of this row", f"its keys are {words}"
            )
        values[key] = _value(hints[key], (*keys, key), value)
    for name, part in known.items():
        if (
            name not in values
            and part.default is MISSING
            and part.default_factory is MISSING
        ):
            raise RowError(keys, f"has no {name}")
    if "read" in values and not _DAY.fullmatch(values["read"]):
        raise RowError(
            (*keys, "read"), "has to be a month or a day", 'write it as "2026-03"'
        )
    return kind(**values)


def _value(hint: Any, keys: tuple[str | int, ...], value: Any) -> Any:
    """Return *value* as *hint* wants it."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        [meant] = [each for each in inner if each is not type(None)]
        return _value(meant, keys, value)
    if origin is Literal:
        return _one_of(inner, keys, value)
    if origin is tuple:
        if not isinstance(value, list):
            raise RowError(keys, "has to be a list")
        return tuple(
            _value(inner[0], (*keys, at), each) for at, each in enumerate(value)
        )
    if is_dataclass(hint) and isinstance(hint, type):
        return typed(hint, keys, value)
    if hint is Length:
        return _length(keys, value)
    if issubclass(hint, Enum):
        return hint(_one_of([each.value for each in hint], keys, value))
    return _plain(hint, keys, value)


def _one_of(choices: Iterable[Any], keys: tuple[str | int, ...], value: Any) -> Any:
    if value not in (known := list(choices)):
        raise RowError(keys, f"has to be {' or '.join(map(repr, known))}")
    return value


def _plain(hint: type, keys: tuple[str | int, ...], value: Any) -> Any:
    """Return a text, a number or a truth; nothing is taken for what it is not."""
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        words = {str: "a text", float: "a number", int: "a whole number"}
        raise RowError(keys, f"has to be {words.get(hint, 'true or false')}")
    return value


def _length(keys: tuple[str | int, ...], value: Any) -> Length:
    match = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise RowError(keys, "has to be minutes and seconds", 'write it as "19:30"')
    return Length(int(match[1]) * 60 + int(match[2]))
