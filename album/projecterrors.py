"""Errors of the project file in our words: from pydantic's error types to findings."""

import datetime
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from album.near import suggestion
from album.spans import Keys, Places
from delivery.findings import Finding, Place, error

LONGEST_SHOWN = 60

_WANTED: dict[str, Callable[[dict[str, Any]], str]] = {
    "string_type": lambda _: "a text in quotes",
    "bool_type": lambda _: "true or false",
    "int_type": lambda _: "a whole number",
    "int_from_float": lambda _: "a whole number",
    "float_type": lambda _: "a number",
    "finite_number": lambda _: "a number",
    "tuple_type": lambda _: "a list in [brackets]",
    "dict_type": lambda _: "a table",
    "model_type": lambda _: "a table",
    "greater_than_equal": lambda context: f"{context['ge']:g} or more",
    "less_than_equal": lambda context: f"{context['le']:g} or less",
    "literal_error": lambda context: str(context["expected"]).replace("'", '"'),
    "too_long": lambda context: f"a list of {context['max_length']} at most",
    "too_short": lambda context: "a list that is not empty",
}
_OF_TYPE = re.compile(r".*_type|int_from_float")


def shown(value: object) -> str:
    """Return *value* as a TOML file has it, shortened where it is long."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            text = json.dumps(value, ensure_ascii=False)
            if len(text) > LONGEST_SHOWN:
                return text[: LONGEST_SHOWN - 2] + '…"'
            return text
        case dict():
            return "a table"
        case list() | tuple():
            return "a list" if value else "an empty list"
        case datetime.date() | datetime.time():
            return value.isoformat()
        case int():
            # very long numbers cannot be turned into text
            return str(value) if abs(value) < 10**30 else "so large a number"
    return str(value)


def worded(
    bad: ValidationError, model: type[BaseModel], prefix: Keys, places: Places
) -> Iterator[Finding]:
    """Yield the errors of *bad*, whose table stands at *prefix*, with their places."""
    for fault in bad.errors(include_url=False):
        path = (*prefix, *fault["loc"])
        key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
        match fault["type"]:
            case "extra_forbidden":
                yield unknown_key(key, _fields(model, fault["loc"]), path, places)
            case "missing":
                yield missing_key(key, path, places)
            case _:
                yield _refused(fault, key, places.value(*path))


_ELSEWHERE = {
    word: f'what lies between songs stands in [sequence]: order = ["one", "{item}", '
    '"two"]; a gap for all of them: gap = "2s"'
    for word, item in (
        ("gap", "gap 1.5s"),
        ("pause", "gap 1.5s"),
        ("pregap", "gap 1.5s"),
        ("crossfade", "xfade 2s"),
        ("xfade", "xfade 2s"),
        ("segue", "segue"),
    )
}
"""Ways out for keys that people give a song and that stand in another table."""


def unknown_key(key: str, known: list[str], path: Keys, places: Places) -> Finding:
    """Return the error for a key that its table does not have."""
    within = ".".join(str(part) for part in path[:-1])
    message = f"unknown key `{key}` in [{within}]" if within else f"unknown key `{key}`"
    way_out = _ELSEWHERE.get(key) if path[:1] == ("song",) else None
    way_out = way_out or suggestion(key, known, "the keys are")
    return error("KEY-UNKNOWN", message, place=places.key(*path), help=way_out)


def missing_key(key: str, path: Keys, places: Places) -> Finding:
    """Return the error for a key that its table must have."""
    match path:
        case ("song", song, *_):
            message = f'the song "{song}" has no `{key}`'
        case _:
            within = ".".join(str(part) for part in path[:-1])
            message = f"[{within}] has no `{key}`"
    way_out = f'write {key} = "…"'
    place = places.key(*path[:-1])
    return error("KEY-MISSING", message, place=place, help=way_out)


def _refused(fault: ErrorDetails, key: str, place: Place) -> Finding:
    """Return the error for a value that its field does not take."""
    kind, value, context = fault["type"], shown(fault["input"]), fault.get("ctx", {})
    if wanted := _WANTED.get(kind):
        message = f"{key} must be {wanted(context)}, not {value}"
        if kind == "too_long":
            message = f"{key} must be {wanted(context)}"
        way_out = _quote(value) if kind == "string_type" else None
        return error(
            "TYPE" if _OF_TYPE.fullmatch(kind) else "VALUE",
            message,
            place=place,
            help=way_out,
        )
    says = str(context.get("says", "cannot be read"))
    sentence = {
        "value": f"{value} {says}",
        "pair": f"`{key} = {value}` {says}",
        "not": f"{key} {says}, not {value}",
    }.get(str(context.get("subject")), f"{key} {says}")
    rule = kind if "says" in context else "VALUE"
    return error(rule, sentence, place=place, help=context.get("help") or None)


def _quote(value: str) -> str | None:
    if value.startswith(("a ", "an ", "so ")):
        return None
    return f'write "{value}"'


def _fields(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """Return the keys of the table that holds the last of *loc*."""
    for step in loc[:-1]:
        known = model.model_fields.get(str(step))
        inner = _model_within(known.annotation) if known else None
        model = inner or model
    return [name for name in model.model_fields if name != "id"]


def _model_within(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if found := _model_within(part):
            return found
    return None
