"""Where every key and every array element stands in a TOML text.

The scanner serves error places only: the values come from `tomllib`, which has already
accepted the text when it is scanned.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from delivery.findings import Place

Keys = tuple[str | int, ...]
"""A path into the parsed file: table and key names, and positions in arrays."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


@dataclass(frozen=True)
class Spot:
    """Offsets of a key and of its value: start, and one past the end."""

    key: tuple[int, int]
    value: tuple[int, int]


def scan(text: str) -> dict[Keys, Spot]:
    """Return the spot of each key path in *text*, which must be valid TOML."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.found


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Keys, Spot] = {}
        self.lengths: dict[Keys, int] = {}  # of arrays of tables

    def document(self) -> None:
        table: Keys = ()
        while self.skip(_BLANK):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Move past *pattern*; return whether any text is left."""
        if match := pattern.match(self.text, self.at):
            self.at = match.end()
        return self.at < len(self.text)

    def header(self) -> Keys:
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        parts = self.key()
        self.skip(_SPACE)
        self.at += brackets
        whole = (parts[0][1][0], parts[-1][1][1])
        path: Keys = ()
        for part, _ in parts[:-1]:
            path = self.last_of((*path, part))
            self.found.setdefault(path, Spot(whole, whole))
        path = (*path, parts[-1][0])
        if brackets == 2:
            self.found.setdefault(path, Spot(whole, whole))
            self.lengths[path] = self.lengths.get(path, 0) + 1
            path = self.last_of(path)
        self.found[path] = Spot(whole, whole)
        return path

    def last_of(self, path: Keys) -> Keys:
        """Return *path*, or its last element where it is an array of tables."""
        length = self.lengths.get(path)
        return path if length is None else (*path, length - 1)

    def pair(self, table: Keys) -> None:
        parts = self.key()
        path = table
        for part, span in parts:
            path = (*path, part)
            self.found.setdefault(path, Spot(span, span))
        self.skip(_SPACE)
        self.at += 1  # the equals sign
        self.skip(_SPACE)
        self.found[path] = Spot(parts[-1][1], self.value(path))

    def key(self) -> list[tuple[str, tuple[int, int]]]:
        parts = []
        while True:
            self.skip(_SPACE)
            match = _STRING.match(self.text, self.at) or _BARE_KEY.match(
                self.text, self.at
            )
            assert match is not None
            name = match[0]
            if name[0] in "\"'":
                name = tomllib.loads(f"key = {name}")["key"]
            parts.append((name, match.span()))
            self.at = match.end()
            self.skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def value(self, path: Keys) -> tuple[int, int]:
        start = self.at
        match self.text[start : start + 1]:
            case "[":
                self.array(path)
            case "{":
                self.inline(path)
            case '"' | "'":
                self.skip(_STRING)
            case _:
                self.skip(_SCALAR)
                self.at = start + len(self.text[start : self.at].rstrip())
        return start, self.at

    def array(self, path: Keys) -> None:
        self.at += 1
        count = 0
        while self.skip(_BLANK) and self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            element = (*path, count)
            span = self.value(element)
            self.found[element] = Spot(span, span)
            count += 1
        self.at += 1

    def inline(self, path: Keys) -> None:
        self.at += 1
        while self.skip(_BLANK) and self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.at += 1
            else:
                self.pair(path)
        self.at += 1


@dataclass(frozen=True, eq=False)
class Source:
    """One TOML file: its name as the user gave it, its folder and its text."""

    file: str
    folder: Path
    text: str
    starts: tuple[int, ...] = field(init=False)
    lines: dict[int, str] = field(init=False, default_factory=dict)
    """The lines shown so far: many places share one."""

    def __post_init__(self) -> None:
        breaks = (match.end() for match in re.finditer("\n", self.text))
        object.__setattr__(self, "starts", (0, *breaks))

    def place(self, start: int, stop: int) -> Place:
        """Return the place of the text from *start* up to *stop*, on its first line."""
        line = bisect_right(self.starts, start)
        text = self.line(line)
        column = start - self.starts[line - 1] + 1
        width = max(1, min(stop - start, len(text) - column + 1))
        return Place(file=self.file, line=line, column=column, text=text, width=width)

    def line(self, number: int) -> str:
        """Return line *number*, counted from 1, without its end."""
        if number not in self.lines:
            last = number == len(self.starts)
            stop = len(self.text) if last else self.starts[number]
            text = self.text[self.starts[number - 1] : stop]
            self.lines[number] = text.rstrip("\r\n")
        return self.lines[number]


@dataclass(frozen=True)
class Places:
    """The places of a project's key paths, over all the files it is made of."""

    source: Source
    """The project file itself."""
    spots: Mapping[Keys, tuple[Source, Spot]]

    files: tuple[Path, ...] = ()
    """The project file and those it extends."""

    def value(self, *keys: str | int) -> Place:
        """Return the place of the value at *keys*, or of what is nearest above it."""
        found = self._nearest(keys)
        if found is None:
            return Place(file=self.source.file)
        source, spot = found
        return _of_song(keys, source.place(*spot.value))

    def key(self, *keys: str | int) -> Place:
        """Return the place of the last of *keys* itself."""
        found = self._nearest(keys)
        if found is None:
            return Place(file=self.source.file)
        source, spot = found
        return _of_song(keys, source.place(*spot.key))

    def inside(self, keys: Keys, text: str, start: int, stop: int) -> Place:
        """Return the place of ``text[start:stop]``, *text* being the string at *keys*.

        A string written with escapes is pointed at as a whole.
        """
        found = self.spots.get(keys)
        if found is None or not text[start:stop]:
            return self.value(*keys)
        source, spot = found
        first, last = spot.value
        if source.text[first + 1 : last - 1] != text:
            return self.value(*keys)
        return _of_song(keys, source.place(first + 1 + start, first + 1 + stop))

    def folder(self, *keys: str | int) -> Path:
        """Return the folder of the file that holds the value at *keys*."""
        found = self._nearest(keys)
        return (self.source if found is None else found[0]).folder

    def over(self, base: "Places", replaced: Iterable[Keys]) -> "Places":
        """Return these places laid over those of *base*, less what was *replaced*."""
        gone = set(replaced)
        kept = {
            keys: spot
            for keys, spot in base.spots.items()
            if not any(keys[:count] in gone for count in range(1, len(keys) + 1))
        }
        spots = {**kept, **self.spots}
        return replace(self, spots=spots, files=(*self.files, *base.files))

    def renamed(self, names: Mapping[Keys, Keys]) -> "Places":
        """Return the places with the paths that begin with one of *names* renamed."""
        spots = dict(self.spots)
        for keys, spot in self.spots.items():
            if new := names.get(keys[:2]):
                spots[(*new, *keys[2:])] = spot
        return replace(self, spots=spots)

    def with_names(self, names: Mapping[Keys, Keys]) -> "Places":
        """Return the places with more *names* for paths that are known."""
        found = {new: self._nearest(old) for new, old in names.items()}
        more = {new: spot for new, spot in found.items() if spot is not None}
        return replace(self, spots={**self.spots, **more})

    def _nearest(self, keys: Keys) -> tuple[Source, Spot] | None:
        for count in range(len(keys), 0, -1):
            if found := self.spots.get(keys[:count]):
                return found
        return None


def places_of(source: Source, path: Path) -> Places:
    """Return the places of the file at *path*, which must be valid TOML."""
    spots = {keys: (source, spot) for keys, spot in scan(source.text).items()}
    return Places(source, spots, (path,))


NO_PLACES = Places(Source("album.toml", Path(), ""), {})
"""The places of an album that was not read from a file."""


def _of_song(keys: Keys, place: Place) -> Place:
    match keys:
        case ("song" | "order", str(song), *_):
            return replace(place, song=song)
    return place
