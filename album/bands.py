"""The bands of a stage: stages of one kind with "/" before each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from album.amounts import BadAmount
from album.grammar import (
    Row,
    Values,
    missing,
    read_parts,
    read_table,
    table_of,
    unknown,
    write_parts,
)
from album.making import made, said
from album.words import Reader, StageFault, Word

MARK, OFF = "/", "off"


@dataclass(frozen=True)
class Bands:
    """Settings of *row* for every band, or "off" for one that is left alone."""

    row: Row

    @property
    def what(self) -> str:
        """What is wanted."""
        return f'a band for every part, such as "{self.shape}"'

    @property
    def shape(self) -> str:
        """A band and none."""
        example = " ".join(self.row.examples[0].split()[1:4])
        return f"/ {example} / {OFF} …"

    @property
    def words(self) -> Iterator[str]:
        """The words that may stand in a band."""
        return (part.word for part in self.row.parts if part.word)

    def begins(self, reader: Reader) -> bool:
        """Return whether a band begins ahead."""
        return reader.ahead == MARK

    def read(self, reader: Reader) -> Any:
        """Take all the bands ahead."""
        bands: list[Values | None] = []
        while reader.ahead == MARK:
            mark = reader.take()
            if reader.ahead == OFF:
                reader.take()
                bands.append(None)
                continue
            try:
                bands.append(self._read(mark, reader))
            except StageFault:
                while reader.left:  # the bands that follow are nobody's second error
                    reader.take()
                raise
        return tuple(bands)

    def _read(self, mark: Word, reader: Reader) -> Values:
        """Take one band. Raises StageFault."""
        parts = self.row.parts
        parsed = read_parts(parts, reader, "a band", within=True)
        if parsed.faults:
            raise parsed.faults[0]
        lacking = list(missing(parts, parsed, "a band", self.shape))
        if lacking and reader.left and reader.ahead != MARK:
            raise unknown(parts, reader, "a band", parsed)
        for says, way_out in lacking:
            raise mark.fault(says, way_out)
        return parsed.values

    def given(self, value: Any) -> Any:
        """Return the bands of a list of tables."""
        if not isinstance(value, list) or not value:
            raise BadAmount(f'must be a list of tables, or "{OFF}" for a band')
        return tuple(self._band(band) for band in value)

    def _band(self, band: Any) -> Any:
        if band == OFF:
            return None
        if not isinstance(band, dict):
            raise BadAmount(f'must be a list of tables, or "{OFF}" for a band')
        parsed = read_table(self.row.parts, band, "a band")
        if parsed.faults:
            raise parsed.faults[0]
        for says, _ in missing(self.row.parts, parsed, "a band", ""):
            raise BadAmount(f"cannot be read: {says}")
        return parsed.values

    def written(self, value: Any) -> str:
        """Return the bands with their marks."""
        parts = self.row.parts
        texts = (OFF if band is None else write_parts(parts, band) for band in value)
        return " ".join(f"{MARK} {text}" for text in texts)

    def tabled(self, value: Any) -> Any:
        """Return the list of tables."""
        parts = self.row.parts
        return [OFF if band is None else table_of(parts, band) for band in value]

    def made(self, value: Any) -> Any:
        """Return the processors of the bands."""
        return tuple(None if band is None else made(self.row, band) for band in value)

    def said(self, value: Any) -> Any:
        """Return what the processors of the bands say."""
        return tuple(None if band is None else said(self.row, band) for band in value)

    def schema(self) -> dict[str, Any]:
        """Return that of a list of tables."""
        band = {"anyOf": [{"const": OFF}, {"type": "object"}]}
        return {"type": "array", "items": band, "minItems": 1}
