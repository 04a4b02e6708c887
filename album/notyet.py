"""What a project file may say that this version does not build: one row per refusal.

Nothing is accepted and then ignored. A row goes when the part it names is built.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from album.spans import Keys, Places
from delivery.findings import Finding, error


@dataclass(frozen=True)
class Refused:
    """Values at *keys* ("*": any name) of which *asks* says that they are not built."""

    keys: tuple[str, ...]
    asks: Callable[[Any], bool]
    what: str
    """What is not built; braces hold the names that "*" stood for."""
    way_out: str = ""
    at_key: bool = False


REFUSED: tuple[Refused, ...] = ()


def refusals(written: dict[str, Any], places: Places) -> Iterator[Finding]:
    """Yield an error for everything in the file *written* that is not built."""
    for row in REFUSED:
        for keys, value in _matches(written, row.keys, ()):
            if row.asks(value):
                place = places.key(*keys) if row.at_key else places.value(*keys)
                message = f"{row.what} is not built by this version of glassmaster"
                help_text = row.way_out or None
                yield error("NOT-YET", message, place=place, help=help_text)


def _matches(
    value: Any, keys: tuple[str, ...], path: Keys
) -> Iterator[tuple[Keys, Any]]:
    if not keys:
        yield path, value
    elif isinstance(value, dict):
        for name in value if keys[0] == "*" else keys[:1]:
            if name in value:
                yield from _matches(value[name], keys[1:], (*path, name))
