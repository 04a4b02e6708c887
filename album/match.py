"""`match 50%`: the references of a match, found and measured."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from album.near import matching
from album.source import Reader, probe
from delivery.program import Floats
from dsp import match
from dsp.ltas import heard_levels
from dsp.processor import Processor


@dataclass(frozen=True, kw_only=True)
class Match:
    """A share of the way to the mean tone of *references*, patterns of files."""

    amount: float
    max_db: float = 3.0
    references: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        """Check the ranges, which are those of the curve."""
        match.Match(references=((0.0,),), amount=self.amount, max_db=self.max_db)

    @property
    def idle(self) -> bool:
        """Whether nothing of the difference is taken."""
        return not self.amount or not self.max_db

    def learned(
        self,
        rate: int,
        sound: Callable[[], Iterator[Floats]],
        *,
        start: int = 0,
    ) -> Processor:
        """Return the curve for *sound*.

        Raises ValueError where there is no reference, Refusal where one cannot be read.
        """
        files = matching(self.references)
        if not files:
            raise ValueError("none of the references is there any more")
        levels = tuple(_levels(file, file.stat().st_mtime_ns) for file in files)
        whole = match.Match(references=levels, amount=self.amount, max_db=self.max_db)
        return whole.learned(rate, sound, start=start)


@cache
def _levels(file: Path, changed: int) -> tuple[float, ...]:
    """Return the loud levels of a reference, measured once as long as it stays."""
    source = probe(file)
    reader = Reader(source)
    try:
        levels = heard_levels(source.rate, reader.blocks(0, source.length))
    finally:
        reader.close()
    return tuple(float(level) for level in levels)
