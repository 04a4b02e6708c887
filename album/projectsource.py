"""The text of a project: its bytes, its syntax, and the files it extends.

What comes out is one tree of TOML values with the place of each, whatever the number of
files it was written in.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from album.near import missing_file
from album.projecterrors import shown
from album.spans import Keys, Places, Source, places_of
from delivery.findings import Finding, Place, Refusal, error, refuse

LARGEST = 1 << 20  # bytes
WIDEST = 2000  # keys of a table, elements of an array
DEEPEST = 40  # tables and arrays inside one another
MOST_FILES = 20  # one above another through `extends`

_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)")
_SYNTAX = (
    ("Cannot overwrite a value", "this key has a value already"),
    ("Cannot declare", "this table is written twice"),
    ("Cannot mutate immutable namespace", "this table is closed where it was written"),
    ("Cannot redefine namespace", "this table is closed where it was written"),
    ("Expected '=' after a key", "a key needs `=` and a value"),
    ("Expected newline or end of document", "only a comment may follow a value"),
    ("Invalid initial character for a key part", "a key or a [table] belongs here"),
    ("Unclosed array", "a list is not closed with ]"),
    ("Unclosed inline table", "a table is not closed with }"),
    ("Unterminated string", "a text is not closed with a quote"),
    ("Duplicate inline table key", "this key has a value already"),
    ("Invalid date or datetime", "this date or time is not in the calendar"),
    ("Unescaped '\\' in a string", 'a "\\" in quotes must be doubled'),
    ("Expected ']' at the end of a table", "a [table] is not closed with ]"),
    ("Expected ']]' at the end of an array", "a [[table]] is not closed with ]]"),
    ("Invalid value", "a value belongs here"),
    ("Illegal character", "this character may not stand here"),
)
_UNQUOTED = re.compile(r"=\s*([^\s\"'\[{#][^#,\]}]*)")


@dataclass(frozen=True)
class Written:
    """A project as TOML has it, with the place of every key."""

    tables: dict[str, Any]
    places: Places


def load(
    path: Path, above: tuple[Path, ...] = (), read: list[Path] | None = None
) -> Written:
    """Return what the file at *path* says, over what it extends.

    Raises Refusal. *above* are the files that extend this one, *read* all that were
    read so far, so that a few files cannot ask for thousands.
    """
    read = [] if read is None else read
    read.append(path)
    source = Source(str(path), path.parent.absolute(), _text(path))
    tables = _parsed(source)
    _refuse_vast(tables, source)
    places = places_of(source, path)
    written = Written(tables, places)
    extends = tables.pop("extends", ())
    bases = [extends] if isinstance(extends, str) else extends
    if not isinstance(bases, list | tuple):
        wanted = f"extends must be a path or a list of paths, not {shown(extends)}"
        raise refuse("TYPE", wanted, place=places.value("extends"))
    below: Written | None = None
    for position, base in enumerate(bases):
        keys: Keys = ("extends",) if bases is not extends else ("extends", position)
        loaded = _base(base, path, (*above, path), places.value(*keys), read)
        below = loaded if below is None else _over(loaded, below)
    return written if below is None else _over(written, below)


def _base(
    base: object,
    path: Path,
    above: tuple[Path, ...],
    place: Place,
    read: list[Path],
) -> Written:
    if not isinstance(base, str) or not base or "\0" in base:
        message = f"extends must be a path or a list of paths, not {shown(base)}"
        raise refuse("TYPE", message, place=place)
    target = path.parent / base
    if fault := missing_file(target, base, place):
        raise Refusal([fault])
    if any(target.samefile(other) for other in above):
        raise refuse("VALUE", f'"{base}" extends itself', place=place)
    if len(read) >= MOST_FILES:
        raise refuse(
            "VALUE", f"more than {MOST_FILES} files extend one another", place=place
        )
    return load(target, above, read)


def _over(top: Written, below: Written) -> Written:
    replaced: list[Keys] = []
    tables = _merged(below.tables, top.tables, (), replaced)
    return Written(tables, top.places.over(below.places, replaced))


def _merged(
    below: dict[str, Any], top: dict[str, Any], path: Keys, replaced: list[Keys]
) -> dict[str, Any]:
    """Return *below* with *top* laid over it: tables merge, all else is replaced."""
    merged = dict(below)
    for key, value in top.items():
        here = (*path, key)
        under = below.get(key)
        if isinstance(value, dict) and isinstance(under, dict):
            merged[key] = _merged(under, value, here, replaced)
        else:
            merged[key] = value
            replaced.append(here)
    return merged


def _text(path: Path) -> str:
    place = Place(file=str(path))
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise refuse("FILE-MISSING", f'"{path}" is not a file', place=place)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as bad:
        if path.is_dir():
            message, way_out = f'"{path}" is a folder', "name the album.toml inside it"
        else:
            reason = getattr(bad, "strerror", None) or "no such file"
            message = f'cannot read "{path}": {reason.lower()}'
            way_out = "glassmaster init writes an album.toml for a folder of mixes"
        raise refuse("FILE-MISSING", message, place=place, help=way_out) from bad
    if len(content) > LARGEST:
        message = "the file is larger than 1 MiB, which is no project file"
        raise refuse("TOML", message, place=place)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        raise refuse(
            "TOML",
            f"byte 0x{content[bad.start]:02x} is not UTF-8",
            place=_byte_place(path, content, bad.start),
            help="save the file as UTF-8",
        ) from bad


def _byte_place(path: Path, content: bytes, offset: int) -> Place:
    start = content.rfind(b"\n", 0, offset) + 1
    before = content[start:offset].decode("utf-8-sig" if start == 0 else "utf-8")
    line = content[start:].split(b"\n", 1)[0].rstrip(b"\r")
    return Place(
        file=str(path),
        line=content.count(b"\n", 0, offset) + 1,
        column=len(before) + 1,
        text=line.decode("utf-8", "replace").removeprefix("\ufeff"),
    )


def _parsed(source: Source) -> dict[str, Any]:
    try:
        return tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as bad:
        raise Refusal([_syntax_error(source, str(bad))]) from bad
    except RecursionError as bad:
        message = "tables or lists are nested too deeply"
        raise refuse("TOML", message, place=Place(file=source.file)) from bad
    except ValueError as bad:  # a number of thousands of digits
        message = "a number is too long"
        raise refuse("TOML", message, place=Place(file=source.file)) from bad


def _syntax_error(source: Source, said: str) -> Finding:
    message = next(
        (ours for theirs, ours in _SYNTAX if said.startswith(theirs)),
        "this is not TOML",
    )
    if match := _POSITION.search(said):
        line, column = int(match[1]), int(match[2])
        start = source.starts[line - 1] + column - 1
        # tomllib counts a line's end as one character, so CR LF may shift a column
        place = source.place(min(start, len(source.text)), start + 1)
    else:
        end = len(source.text.rstrip())
        place = source.place(max(0, end - 1), end)
    way_out = None
    if unquoted := _UNQUOTED.search(place.text or ""):
        value = unquoted[1].strip()
        if value and value not in ("true", "false") and not _parses(value):
            way_out = f'texts and times are written in quotes: "{value}"'
    return error("TOML", message, place=place, help=way_out)


def _parses(value: str) -> bool:
    try:
        tomllib.loads(f"key = {value}")
    except ValueError:
        return False
    return True


def _refuse_vast(tables: dict[str, Any], source: Source) -> None:
    """Refuse what no album needs, so that no file takes for ever to be read."""
    place = Place(file=source.file)
    level: list[Any] = [tables]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            if len(value) > WIDEST:
                message = f"a table or list has more than {WIDEST} members"
                raise refuse("TOML", message, place=place)
            inner += value.values() if isinstance(value, dict) else value
        level = [value for value in inner if isinstance(value, dict | list)]
        if not level:
            return
    message = f"tables or lists are nested more than {DEEPEST} deep"
    raise refuse("TOML", message, place=place)
