"""Fixed-width records of printable ASCII: one table a record, both ways.

Text stands at the left of its field and numbers at the right. What fills the rest is
the writer's dialect: DDP writers pad numbers with zeros or with blanks, and readers
take both.
"""

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

_BLANKS = " \0"  # CMF-DVD-3 §3 lets unused space of a map packet be NULs


class RecordError(ValueError):
    """A value or bytes that do not fit a field; the message names the field."""


@dataclass(frozen=True)
class _Column:
    """How one field stands in its record."""

    width: int
    numeric: bool
    padding: str | None
    """Fixed padding of a number; None leaves it to the writer's dialect."""


def text(width: int, default: str = "") -> str:
    """Declare *width* characters of text."""
    column = _Column(width, numeric=False, padding=" ")
    return field(default=default, metadata={"column": column})


def number(
    width: int, default: int | None = None, padding: str | None = None
) -> int | None:
    """Declare a decimal number of *width* places; None leaves the field blank.

    *padding* is for a field that every known writer pads alike.
    """
    column = _Column(width, numeric=True, padding=padding)
    return field(default=default, metadata={"column": column})


@dataclass(frozen=True)
class Fault:
    """A field whose bytes are not what its table allows."""

    field: str
    at: int
    """The field's first byte in the record."""
    says: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record whose dataclass fields are its table, in the order of the bytes."""

    SIZE: ClassVar[int]

    def pack(self, padding: str = "0") -> bytes:
        """Return the record's bytes, numbers padded with *padding* ("0" or " ")."""
        parts = []
        for name, _, column in _table(type(self)):
            where = f"{type(self).__name__}.{name}"
            parts.append(_field_bytes(where, getattr(self, name), column, padding))
        return b"".join(parts)

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Return the record in *packed*; raises RecordError naming field and byte."""
        if len(packed) != cls.SIZE:
            size = f"{len(packed)} bytes, the record has {cls.SIZE}"
            raise RecordError(f"{cls.__name__}: {size}")
        values: dict[str, Any] = {}
        for name, at, column in _table(cls):
            where = f"{cls.__name__}.{name} at byte {at}"
            values[name] = _field_value(where, packed[at : at + column.width], column)
        return cls(**values)

    @classmethod
    def tolerant(cls, packed: bytes) -> tuple[Self, tuple[Fault, ...]]:
        """Return the record with its damaged fields blank, and what is damaged.

        A record that is too short ends in blanks.
        """
        values: dict[str, Any] = {}
        faults = []
        whole = packed[: cls.SIZE].ljust(cls.SIZE)
        for name, at, column in _table(cls):
            piece = whole[at : at + column.width]
            try:
                values[name] = _field_value(name, piece, column)
            except RecordError as bad:
                faults.append(Fault(name, at, str(bad).partition(": ")[2]))
                shown = piece.decode("ascii", "replace").rstrip(_BLANKS)
                values[name] = None if column.numeric else shown
        return cls(**values), tuple(faults)

    @classmethod
    def at(cls, field: str) -> int:
        """Return the first byte of a field."""
        return next(at for name, at, _ in _table(cls) if name == field)


def _table(record: type[Record]) -> tuple[tuple[str, int, _Column], ...]:
    """Return name, first byte and column of every field; refuse a wrong sum."""
    table, at = [], 0
    for part in fields(record):
        column: _Column = part.metadata["column"]
        table.append((part.name, at, column))
        at += column.width
    if at != record.SIZE:
        raise RecordError(f"{record.__name__} has {at} bytes, not {record.SIZE}")
    return tuple(table)


def _field_bytes(where: str, value: Any, column: _Column, padding: str) -> bytes:
    if column.numeric:
        return _number_bytes(where, value, column, padding)
    if len(value) > column.width:
        holds = f"{len(value)} characters, the field holds {column.width}"
        raise RecordError(f"{where}: {value!r} has {holds}")
    if bad := [letter for letter in value if not " " <= letter <= "~"]:
        raise RecordError(f"{where}: {value!r} has {bad[0]!r}, which is not ASCII text")
    return str(value).ljust(column.width).encode("ascii")


def _number_bytes(where: str, value: Any, column: _Column, padding: str) -> bytes:
    if value is None:
        return b" " * column.width
    digits = str(value)
    if value < 0 or len(digits) > column.width:
        raise RecordError(f"{where}: {value} does not fit {column.width} places")
    return digits.rjust(column.width, column.padding or padding).encode("ascii")


def _field_value(where: str, part: bytes, column: _Column) -> str | int | None:
    if any(not 0x20 <= byte <= 0x7E and byte != 0 for byte in part):
        raise RecordError(f"{where}: {part!r} is not ASCII text")
    letters = part.decode("ascii")
    if not column.numeric:
        return letters.rstrip(_BLANKS).replace("\0", " ")
    digits = letters.strip(_BLANKS)
    if digits and not digits.isdigit():
        raise RecordError(f"{where}: {part!r} is not a number")
    return int(digits) if digits else None
