"""The templates: how pages and plain texts are drawn from them."""

import unicodedata
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


@cache
def text() -> Environment:
    """Return the environment of plain texts."""
    # Plain text has no markup that a title could break out of.
    return _prepared(Environment(autoescape=False))  # noqa: S701


@cache
def html() -> Environment:
    """Return the environment of pages, where every text is escaped."""
    return _prepared(Environment(autoescape=True))


def plain(words: str) -> str:
    """Return *words* on one line, without what steers a terminal or a printer."""
    return "".join(
        " " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter
        for letter in words
    )


def _prepared(environment: Environment) -> Environment:
    environment.loader = FileSystemLoader(_TEMPLATES)
    environment.undefined = StrictUndefined
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.keep_trailing_newline = True
    environment.filters["plain"] = plain
    return environment
