"""The JSON schema of a stage: a line that begins with a known word, or a table."""

from typing import Any

from album.grammar import SUFFIXES, Part, Row
from album.processors import PROCESSORS


def stage_schema() -> dict[str, Any]:
    """Return the schema of one stage of a chain."""
    line = {
        "type": "string",
        "pattern": rf"^\s*([@-]\S+|({'|'.join(PROCESSORS)})(\s.*)?)$",
        "description": 'A stage such as "eq bell 850Hz -0.65dB", "@glue" or "-comp".',
    }
    tables = [table for row in PROCESSORS.values() for table in _tables(row)]
    return {"description": "A stage of a chain.", "anyOf": [line, *tables]}


def _tables(row: Row) -> list[dict[str, Any]]:
    """Return the schema of the table of *row*, one for each of its variants."""
    return [_table(row, variant) for variant in row.variants or ("",)]


def _table(row: Row, variant: str) -> dict[str, Any]:
    parts = (*row.parts_of(variant), *SUFFIXES)
    fixed = {"kind": row.kind} | ({row.chooser: variant} if variant else {})
    return {
        "type": "object",
        "description": row.says,
        "properties": {
            **{name: {"const": value} for name, value in fixed.items()},
            **{part.name: _described(part) for part in parts},
        },
        "required": [*fixed, *(part.name for part in parts if part.required)],
        "additionalProperties": False,
    }


def _described(part: Part) -> dict[str, Any]:
    return {"description": part.says, **part.value.schema()}
