"""The chains of a project: every place one may stand in, checked for its grammar."""

from collections.abc import Iterator
from typing import Any

from album.chain import faults
from album.near import suggestion
from album.projecterrors import shown
from album.spans import Keys, Places
from delivery.findings import Finding, error


def chain_faults(tables: dict[str, Any], places: Places) -> Iterator[Finding]:
    """Yield what is wrong in the chains of the file's *tables*."""
    named = _table(tables.get("chain"))
    for name, stages in named.items():
        if not isinstance(stages, list):
            message = f"{name} must be a list in [brackets], not {shown(stages)}"
            yield error("TYPE", message, place=places.value("chain", name))
    for keys, stages in _chains(tables):
        if not isinstance(stages, list):
            continue  # told with the table's other types
        for fault in faults(stages, named):
            at, text = (*keys, fault.stage), stages[fault.stage]
            place = places.value(*at)
            if isinstance(text, str):
                place = places.inside(at, text, fault.start, fault.stop)
            meant = None
            if fault.word:
                meant = suggestion(fault.word, fault.known, "known are")
            yield error("CHAIN", fault.message, place=place, help=meant)


def _chains(tables: dict[str, Any]) -> Iterator[tuple[Keys, Any]]:
    for name, stages in _table(tables.get("chain")).items():
        yield ("chain", name), stages
    for song, table in _table(tables.get("song")).items():
        yield ("song", song, "chain"), _table(table).get("chain")
        for stem, part in _table(_table(table).get("stems")).items():
            keys = ("song", song, "stems", stem, "chain")
            yield keys, _table(part).get("chain")
    for master, table in _table(tables.get("master")).items():
        yield ("master", master, "chain"), _table(table).get("chain")


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
