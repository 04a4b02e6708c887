"""The reference pages that are made from the code: commands, project file, rules.

``python -m docs.generate`` writes them, ``--check`` only says which are stale. What
stands in ``docs/sources`` is written by hand; the facts come from the code.
"""

import inspect
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from typer.main import get_command

from album import notyet, projectfile
from album.cli import app
from album.project import TABLES
from delivery import specs
from delivery.redbook import msf
from delivery.rules import RULES

DOCS = Path(__file__).resolve().parent
SOURCES = DOCS / "sources"
REFERENCE = DOCS / "reference"
PAGES = ("commands.md", "project-file.md", "rules.md")
WARNING = "<!-- Made by `python -m docs.generate`: change docs/sources or the code. -->"

_MODELS = {"album": "Meta"}
_PATHS = {
    "Song": ("song", "*"),
    "Stem": ("song", "*", "stems", "*"),
    "Master": ("master", "main"),
    "CdTarget": ("deliver", "cd"),
    "CdText": ("deliver", "cd", "text"),
    "StreamingTarget": ("deliver", "streaming"),
    "DdexTarget": ("deliver", "ddex"),
}


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` compare them; return the exit code."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m docs.generate [--check]\n")
        return 2
    if arguments:
        return _check()
    for name, text in drawn():
        (REFERENCE / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


def drawn() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every generated page."""
    # Markdown, written by us alone: there is nothing to escape.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(SOURCES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = _cell
    facts = {"warning": WARNING, **_commands(), **_project(), **_rules()}
    for name in PAGES:
        yield name, environment.get_template(f"{name}.j2").render(facts)


def other_findings() -> Mapping[str, Mapping[str, Any]]:
    """Return the findings that are no rule of the disc's law, by their ids."""
    with (SOURCES / "findings.toml").open("rb") as file:
        return tomllib.load(file)


def _check() -> int:
    stale = []
    for name, text in drawn():
        path = REFERENCE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    if stale:
        sys.stderr.write(f"stale: {', '.join(stale)}; run python -m docs.generate\n")
    return 1 if stale else 0


def _commands() -> dict[str, Any]:
    """Return the commands with their arguments and options, as Typer knows them."""
    group: Any = get_command(app)
    commands = []
    for name, command in group.commands.items():
        arguments, options = [], []
        for part in command.params:
            row = {"says": part.help or "", "default": _default(part)}
            if part.param_type_name == "argument":
                word = part.metavar or part.name.upper()
                bare = part.metavar or part.required
                arguments.append({"name": word if bare else f"[{word}]", **row})
            else:
                options.append({"name": ", ".join(part.opts), **row})
        options.append({"name": "-h, --help", "says": "Show help.", "default": ""})
        words = ["glassmaster", name, "[OPTIONS]", *(row["name"] for row in arguments)]
        says = inspect.cleandoc(command.callback.__doc__ or "")
        commands.append(
            {
                "name": name,
                "usage": " ".join(words),
                "says": says,
                "arguments": arguments,
                "options": options,
            }
        )
    return {"commands": commands}


def _default(part: Any) -> str:
    value = part.default
    if value is None or value is False or part.required or callable(value):
        return ""
    return {".": "this folder"}.get(str(value), str(value))


def _project() -> dict[str, Any]:
    """Return the tables of the project file with their keys, as the schema has them."""
    schema = projectfile.schema()
    definitions = schema["$defs"]
    refused = {row.keys for row in notyet.REFUSED}
    tables = {}
    for name, definition in definitions.items():
        top = next((key for key, model in _MODELS.items() if model == name), None)
        path = _PATHS.get(name, (top or name.lower(),))
        required = definition.get("required", [])
        tables[name] = {
            "path": path,
            "says": definition["description"],
            "keys": [
                {
                    "name": key,
                    "kind": _kind(about),
                    "default": _said(about["default"]) if "default" in about else "",
                    "says": about.get("description", ""),
                    "required": key in required,
                    "refused": (*path, key) in refused,
                }
                for key, about in definition["properties"].items()
            ],
        }
    tops = {name: schema["properties"][name]["description"] for name in TABLES}
    refusals = [
        {"key": ".".join(row.keys), "what": row.what, "way_out": row.way_out}
        for row in notyet.REFUSED
    ]
    return {"tables": tables, "tops": tops, "refusals": refusals}


def _kind(about: Mapping[str, Any]) -> str:
    """Return what a key takes, in a few words."""
    match about:
        case {"enum": choices}:
            return " or ".join(f'`"{choice}"`' for choice in choices)
        case {"const": choice}:
            return f'`"{choice}"`'
        case {"$ref": _}:
            return "table"
        case {"anyOf": [{"pattern": str(pattern)}, *_]}:
            return "fade" if "exp" in pattern else "time"
        case {"type": "array", "items": items}:
            return f"list of {_plural(_kind(items))}"
        case {"type": "object"}:
            return "table"
        case {"minimum": low, "maximum": high}:
            return f"number, {low:g} to {high:g}"
        case {"anyOf": _}:
            return "text or table"
        case {"type": "boolean"}:
            return "`true` or `false`"
    return "text" if about["type"] == "string" else str(about["type"])


def _plural(kind: str) -> str:
    return {"text": "texts", "time": "times", "text or table": "stages"}.get(kind, kind)


def _said(value: Any) -> str:
    """Return a default as the file would have it; nothing for what is empty."""
    match value:
        case "" | []:
            return ""
        case bool():
            return f"`{str(value).lower()}`"
        case str():
            return f'`"{value}"`'
        case list():
            return "`[" + ", ".join(f'"{each}"' for each in value) + "]`"
    return f"`{value:g}`"


def _rules() -> dict[str, Any]:
    """Return the law of the disc, all other findings by group, and the plants."""
    others = other_findings()
    groups: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for name, row in others.items():
        if "group" in row:
            groups.setdefault(row["group"], []).append((name, row))
    law = [
        {
            "id": rule.id,
            "severity": rule.severity.value,
            "line": rule.line,
            "page": inspect.cleandoc(rule.page),
            "also": others.get(rule.id, {}).get("also", ""),
        }
        for rule in RULES
    ]
    plants = [
        {
            "name": plant.name,
            "title": plant.title,
            "limits": [(msf(limit.time), limit) for limit in plant.limits],
        }
        for plant in specs.plants().values()
    ]
    return {"law": law, "groups": groups, "plants": plants}


def _cell(text: str) -> str:
    """Return *text* fit for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
