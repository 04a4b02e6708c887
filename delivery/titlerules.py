"""Titles against the habits of stores: words that they refuse or take out.

The words are rows of ``specs/titles.toml``; this is how they are looked for.
"""

import re
from collections.abc import Iterable, Iterator

from delivery.findings import Finding, Place, warning
from delivery.receivers import TitleSpec

_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_FEWEST_LETTERS = 5
"""In capitals: what is shorter may be an abbreviation or a number."""


def check(
    title: str, specs: Iterable[TitleSpec], place: Place, what: str = "title"
) -> Iterator[Finding]:
    """Yield a warning for every one of *specs* that *title* falls under."""
    for spec in specs:
        if (found := _found(title, spec)) is not None:
            yield warning(
                "META-TITLE",
                f"the {what} {title!r} {spec.says}",
                place=place,
                measured=found,
                source=f"{spec.source}, read {spec.read}",
                help=spec.way_out,
            )


def _found(title: str, spec: TitleSpec) -> str | None:
    """Return what in *title* is under *spec*; None where nothing is."""
    if spec.kind == "capitals":
        letters = [letter for letter in title if letter.isalpha()]
        cased = [letter for letter in letters if letter.upper() != letter.lower()]
        loud = all(letter == letter.upper() for letter in cased)
        return title if loud and len(cased) >= _FEWEST_LETTERS else None
    words = "|".join(re.escape(word) for word in spec.words)
    if spec.where == "brackets":
        for inside in _BRACKETS.findall(title):
            if re.fullmatch(rf"\s*(?:{words})\.?\s*", inside, re.IGNORECASE):
                return str(inside.strip())
        return None
    if spec.where == "dash":
        pattern = rf"\s[-–—]\s(?:\d{{4}}\s)?({words})\s*$"
    else:
        pattern = rf"(?<!\w)({words})\.?\s+\w"
    match = re.search(pattern, title, re.IGNORECASE)
    return match[1] if match else None
