"""Between what a stage says and the processor that does it: fields, defaults, blame."""

from dataclasses import MISSING, fields
from functools import cache
from importlib import import_module
from typing import Any

from album.grammar import Row, Values


@cache
def load(target: str) -> Any:
    """Return the class that *target*, ``module:Class``, names."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


def made(row: Row, values: Values) -> Any:
    """Return the processor that does what *values* say.

    Raises ValueError, the processor's own sentence, for what is out of range.
    """
    own = {part.name: part.value for part in row.parts}
    ready = {
        name: _made(own[name], value) if name in own else value
        for name, value in values.items()
    }
    return load(row.target)(**row.into(ready))


def said(row: Row, processor: Any) -> Values:
    """Return what has to be said to get *processor*: all that is not the default."""
    there = {each.name: getattr(processor, each.name) for each in fields(processor)}
    values, usual = row.outof(there), defaults(row)
    parts = row.parts_of(values[row.chooser] if row.variants else "")
    needed = {part.name for part in parts if part.required} | {row.chooser}
    own = {part.name: part.value for part in row.parts}
    return {
        name: _said(own[name], value) if name in own else value
        for name, value in values.items()
        if name in needed or name not in usual or value != usual[name]
    }


def defaults(row: Row) -> Values:
    """Return the fields that stand where nothing is said."""
    return {
        each.name: each.default
        for each in fields(load(row.target))
        if each.default is not MISSING
    }


def blamed(row: Row, values: Values, example: Values) -> str:
    """Return the part of *values* that makes the processor refuse them, or nothing.

    Each is tried alone among the values of an *example*, then with those before it.
    """
    for name, value in values.items():
        if not _stands(row, {**example, name: value}):
            return name
    together = dict(example)
    for name, value in values.items():
        together[name] = value
        if not _stands(row, together):
            return name
    return ""


def _stands(row: Row, values: Values) -> bool:
    try:
        made(row, values)
    except ValueError:
        return False
    return True


def _made(value: Any, said: Any) -> Any:
    make = getattr(value, "made", None)
    return make(said) if make else said


def _said(value: Any, there: Any) -> Any:
    take = getattr(value, "said", None)
    return take(there) if take else there
