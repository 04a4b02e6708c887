"""The templates: how pages and plain texts are drawn from them."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


@cache
def text() -> "Environment":
    """Return the environment of plain texts."""
    # Plain text has no markup that a title could break out of.
    return _environment(markup=False)


@cache
def html() -> "Environment":
    """Return the environment of pages, where every text is escaped."""
    return _environment(markup=True)


def plain(words: str) -> str:
    """Return *words* on one line, without what steers a terminal or a printer."""
    return "".join(
        " " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter
        for letter in words
    )


def _environment(*, markup: bool) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=markup,  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["plain"] = plain
    return environment
