"""The reference pages that are made from the code: commands, project file, rules.

``python -m docs.generate`` writes them, ``--check`` only says which are stale. What
stands in ``docs/sources`` is written by hand; the facts come from the code.
"""

import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from typer.main import get_command

from album import projectfile
from album.cli import app
from album.grammar import SUFFIXES, Part, Row
from album.making import defaults
from album.processors import PROCESSORS
from album.project import TABLES
from delivery import catalogue, deliverables, naming, receivers, specs
from delivery.coding.table import CODINGS
from delivery.redbook import msf

DOCS = Path(__file__).resolve().parent
SOURCES = DOCS / "sources"
REFERENCE = DOCS / "reference"
PAGES = ("chain.md", "commands.md", "project-file.md", "rules.md", "targets.md")
WARNING = "<!-- Made by `python -m docs.generate`: change docs/sources or the code. -->"

_MODELS = {"album": "Meta"}
_PATHS = {
    "Song": ("song", "*"),
    "Stem": ("song", "*", "stems", "*"),
    "Master": ("master", "main"),
    "CdTarget": ("deliver", "cd"),
    "CdText": ("deliver", "cd", "text"),
    "FileTarget": ("deliver", "NAME"),
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
    facts = {"warning": WARNING, **_commands(), **_project(), **_chain(), **_rules()}
    facts |= _targets()
    for name in PAGES:
        yield name, environment.get_template(f"{name}.j2").render(facts)


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
    tables = {}
    for name, definition in definitions.items():
        if "properties" not in definition:
            continue  # a stage, which has a page of its own
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
                }
                for key, about in definition["properties"].items()
            ],
        }
    tops = {name: schema["properties"][name]["description"] for name in TABLES}
    return {"tables": tables, "tops": tops}


def _chain() -> dict[str, Any]:
    """Return the words of the chain language with what each takes."""
    return {"rows": [_word(row) for row in PROCESSORS.values()], "suffixes": SUFFIXES}


def _word(row: Row) -> dict[str, Any]:
    """Return one word: its parts, and which of its variants take them."""
    usual = defaults(row)
    variants = []
    for name in row.variants:
        parts = row.parts_of(name)
        needed = ", ".join(f"`{part.shape}`" for part in parts if part.required)
        more = ", ".join(f"`{part.shape}`" for part in parts if not part.required)
        variants.append((name, f"{needed}; may take {more}"))
    return {
        "kind": row.kind,
        "says": row.says,
        "examples": row.examples,
        "variants": variants,
        "parts": [
            {
                "shape": part.shape,
                "name": part.name,
                "required": part.required,
                "default": _usual(part, usual.get(part.name)),
                "says": part.says,
            }
            for part in row.parts
        ],
    }


def _usual(part: Part, value: Any) -> str:
    """Return a default as a line would say it."""
    if value in (None, ()) or part.required:
        return ""
    words = part.value.written(value)
    return f"`{words}`" if words else ""


def _kind(about: Mapping[str, Any]) -> str:
    """Return what a key takes, in a few words."""
    match about:
        case {"enum": choices}:
            return " or ".join(f"`{json.dumps(choice)}`" for choice in choices)
        case {"const": choice}:
            return f"`{json.dumps(choice)}`"
        case {"$ref": str(model)}:
            return "stage" if model.endswith("/Stage") else "table"
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
    return {"text": "texts", "time": "times", "stage": "stages"}.get(kind, kind)


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
    law: list[catalogue.Entry] = []
    groups: dict[str, list[catalogue.Entry]] = {}
    for entry in catalogue.entries().values():
        if entry.group == catalogue.LAW:
            law.append(entry)
        else:
            groups.setdefault(entry.group, []).append(entry)
    plants = [
        {
            "name": plant.name,
            "title": plant.title,
            "limits": [(msf(limit.time), limit) for limit in plant.limits],
        }
        for plant in specs.plants().values()
    ]
    return {"law": law, "groups": groups, "plants": plants}


def _targets() -> dict[str, Any]:
    """Return the kinds of targets, the codings, and what patterns may name."""
    kinds = [
        {
            "row": kind,
            "form": _form(kind),
            "rate": _rate(kind),
            "limits": _limits(kind),
            "source": _source(kind),
        }
        for kind in deliverables.kinds().values()
    ]
    names = ", ".join(f"`{{{name}}}`" for name in (*naming.NUMBERS, *naming.TEXTS))
    return {"kinds": kinds, "codings": CODINGS.values(), "names": names}


def _form(kind: deliverables.Kind) -> str:
    return ", ".join(f"`{each}`" for each in kind.formats) or "yours"


def _rate(kind: deliverables.Kind) -> str:
    asks = _broadcaster(kind)
    own = (asks.rate if asks else 0) or kind.rate
    rate = f"{own / 1000:g} kHz" if own else "the mixes'"
    if not own and kind.highest_rate < 192_000:
        rate += f", up to {kind.highest_rate / 1000:g} kHz"
    return f"{rate}, {kind.bits} bit"


def _limits(kind: deliverables.Kind) -> str:
    said = []
    if asks := _broadcaster(kind):
        said.append(f"{asks.target_lufs:g} LUFS ± {kind.within_lu:g}")
        said.append(f"at most {asks.ceiling_dbtp:g} dBTP")
    if kind.receivers:
        said.append(f"those of {', '.join(f'`{each}`' for each in kind.receivers)}")
    if kind.check:
        said.append(f"checked as {', '.join(kind.check)}")
    return ", ".join(said)


def _source(kind: deliverables.Kind) -> str:
    row = _broadcaster(kind) or kind
    return f"{row.source} ({row.read})" if row.source else ""


def _broadcaster(kind: deliverables.Kind) -> receivers.Broadcaster | None:
    name = kind.broadcaster
    return receivers.row(receivers.Broadcaster, name) if name else None


def _cell(text: str) -> str:
    """Return *text* fit for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
