"""The JSON schema of the project file, for editors that complete and check."""

from typing import Any

from pydantic.json_schema import models_json_schema

from album.project import (
    TABLES,
    CdTarget,
    DdexTarget,
    FileTarget,
    Loudness,
    Master,
    Meta,
    Qc,
    Sequence,
    Song,
    Tone,
)
from album.stageschema import stage_schema
from delivery.deliverables import USUAL, kinds

_MODELS = (
    Meta,
    Sequence,
    Loudness,
    Tone,
    Qc,
    Song,
    Master,
    CdTarget,
    FileTarget,
    DdexTarget,
)


def schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of album.toml."""
    pairs = [(model, "validation") for model in _MODELS]
    _, made = models_json_schema(pairs)  # type: ignore[arg-type]
    definitions: dict[str, Any] = made["$defs"]
    # the keys have patterns of their own, and stages a schema
    for read_from_text in ("Time", "Fade", "Place"):
        definitions.pop(read_from_text, None)
    song = definitions["Song"]
    del song["properties"]["id"]
    song["required"] = ["title"]
    song["anyOf"] = [{"required": ["mix"]}, {"required": ["stems"]}]
    for definition in definitions.values():
        for key, value in definition.get("properties", {}).items():
            value["title"] = key
            if key == "chain":
                value["items"] = _model("Stage")
            _count_items(value)
            if isinstance(value.get("default"), dict):
                del value["default"]  # of a time; its description says it as text
            elif value.get("default", key) is None:
                del value["default"]
                _without_null(value)
    definitions["Stage"] = stage_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "album.toml",
        "description": "A Glassmaster project: one album, its songs and deliveries.",
        "type": "object",
        "properties": {
            "extends": {
                "title": "extends",
                "description": "Project files below this one, whose keys it overrides.",
                "anyOf": [_text(), {"type": "array", "items": _text()}],
            },
            **{name: _top(name) for name in TABLES},
        },
        "additionalProperties": False,
        "$defs": definitions,
    }


def _count_items(value: dict[str, Any]) -> None:
    """Give a list the limits of a list, where pydantic has given it those of a text."""
    if value.get("type") == "array":
        for length, items in (("minLength", "minItems"), ("maxLength", "maxItems")):
            if length in value:
                value[items] = value.pop(length)


def _without_null(value: dict[str, Any]) -> None:
    """Take the type null, which TOML does not have, out of a key's alternatives."""
    kinds = [kind for kind in value.pop("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) == 1:
        value.update({**kinds[0], **value})
    elif kinds:
        value["anyOf"] = kinds


def _top(name: str) -> dict[str, Any]:
    described = {"title": name, "description": _DESCRIPTIONS[name]}
    match name:
        case "song":
            songs = {"type": "object", "additionalProperties": _model("Song")}
            listed = {"type": "array", "items": _model("Song")}
            return {**described, "anyOf": [listed, songs]}
        case "chain":
            chain = {"type": "array", "items": _model("Stage")}
            return {**described, "type": "object", "additionalProperties": chain}
        case "master":
            masters = {"type": "object", "additionalProperties": _model("Master")}
            return {**described, **masters}
        case "deliver":
            named = [name for name in kinds() if name != USUAL]
            targets = {
                "cd": _model("CdTarget"),
                **{name: _model("FileTarget") for name in named},
                "ddex": _model("DdexTarget"),
            }
            return {
                **described,
                "type": "object",
                "minProperties": 1,
                "properties": targets,
                "additionalProperties": _model("FileTarget"),
            }
    model = "Meta" if name == "album" else name.capitalize()
    return {**described, "allOf": [_model(model)]}


def _text() -> dict[str, Any]:
    return {"type": "string", "minLength": 1}


def _model(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


_DESCRIPTIONS = {
    "album": "What the release is called and who made it.",
    "sequence": "The running order, and what lies between the songs.",
    "loudness": "How the songs are balanced against one another.",
    "tone": "How far the songs' tone moves towards the record's.",
    "chain": 'Named chains, used as "@name".',
    "song": "The songs: [[song]] in running order, or [song.id] with an order list.",
    "master": "Masters of the programme.",
    "qc": "Which warnings are taken as they are.",
    "deliver": "What to build. Without it: cd and streaming.",
}
