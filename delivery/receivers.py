"""Who takes what: services, distributors, cutters, broadcasters, stores, as typed rows.

The figures are in ``specs/*.toml``, each with its source; their files explain the keys.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, TypeVar

from delivery import players, specs
from delivery.book import Book, Length, Row, builtin, typed
from delivery.findings import refuse


@dataclass(frozen=True, kw_only=True)
class Service(Row):
    """What a music service takes."""

    formats: tuple[str, ...]
    lowest_rate: int
    highest_rate: int | None = None
    bits: tuple[int, ...]
    stereo: bool
    peak_dbtp: float | None = None
    loud_peak_dbtp: float | None = None
    format_tag: int | None = None
    trailing: bool = True


@dataclass(frozen=True, kw_only=True)
class Distributor(Row):
    """What a distributor takes, and what it refuses."""

    formats: tuple[str, ...]
    lowest_rate: int
    highest_rate: int | None = None
    bits: tuple[int, ...]
    tags: Literal["any", "none", "none-in-wav"]
    names: Literal["any", "ascii", "plain"] = "any"
    silence_s: float | None = None
    shortest_s: float | None = None
    peak_dbfs: float | None = None
    mono: bool = True
    largest_mb: float | None = None


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A length of a side, and the level that it allows."""

    length: Length
    level_db: float


@dataclass(frozen=True, kw_only=True)
class Side:
    """How long a side of one size and speed may be."""

    size: int
    """Inches."""
    rpm: int
    """33 or 45 turns a minute."""
    good: Length
    longest: Length
    ceiling: Length | None = None
    levels: tuple[Cut, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cutter(Row):
    """What a vinyl plant or cutter asks."""

    sides: tuple[Side, ...] = ()
    mono_below_hz: float | None = None
    highpass_hz: float | None = None
    lowpass_hz: float | None = None
    peak_dbtp: float | None = None
    rms_db: float | None = None
    target_lufs: float | None = None

    def side(self, size: int, rpm: int) -> Side | None:
        """Return the lengths of *size* inches at *rpm*, where they are known."""
        fits = (each for each in self.sides if (each.size, each.rpm) == (size, rpm))
        return next(fits, None)


@dataclass(frozen=True, kw_only=True)
class Cassette(Row):
    """How long a side of a cassette may be."""

    good: Length
    longest: Length
    a_longer: bool = False


@dataclass(frozen=True, kw_only=True)
class Broadcaster(Row):
    """What a broadcaster or studio asks of level and file."""

    target_lufs: float
    tolerance_lu: float | None = None
    live_tolerance_lu: float | None = None
    ceiling_dbtp: float
    dialogue: bool = False
    rate: int | None = None
    bits: tuple[int, ...] = ()
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CoverSpec(Row):
    """What is asked of a cover."""

    smallest_px: int | None = None
    largest_px: int | None = None
    usual_px: int | None = None
    largest_mb: float | None = None
    formats: tuple[str, ...]
    square: bool
    rgb: bool
    alpha: bool


@dataclass(frozen=True, kw_only=True)
class TitleSpec(Row):
    """What stores refuse or change in titles."""

    kind: Literal["words", "capitals"]
    words: tuple[str, ...] = ()
    where: Literal["anywhere", "brackets", "dash"] = "anywhere"
    says: str
    way_out: str


Taking = Service | Distributor
"""Who takes files of tracks."""

Kind = TypeVar("Kind", bound=Row)

GROUPS: dict[str, type[Row]] = {
    "services": Service,
    "distributors": Distributor,
    "vinyl": Cutter,
    "cassettes": Cassette,
    "broadcast": Broadcaster,
    "covers": CoverSpec,
    "titles": TitleSpec,
}
"""The rows of each group; plants and players have modules of their own."""

_CHECKS: dict[str, Callable[[Book], object]] = {
    "plants": specs.plants,
    "players": players.players,
}


def rows(kind: type[Kind], book: Book | None = None) -> Mapping[str, Kind]:
    """Return every row of *kind* by name; raises RowError for one that does not fit."""
    [group] = [group for group, each in GROUPS.items() if each is kind]
    return {
        name: typed(kind, (group, name), row, name=name)
        for name, row in (book or builtin()).groups[group].items()
    }


def row(kind: type[Kind], name: str, book: Book | None = None) -> Kind:
    """Return the row of *kind* called *name*; refuse an unknown one with near names."""
    known = rows(kind, book)
    if name in known:
        return known[name]
    near = get_close_matches(name, known, 1)
    way = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    what = kind.__name__.lower().removesuffix("spec")
    raise refuse("SPECS", f"the {what} {name!r} is not known", help=way)


def taking(names: Iterable[str], book: Book | None = None) -> tuple[Taking, ...]:
    """Return the distributors and services called *names*; refuse an unknown one.

    A distributor goes before a service of its name.
    """
    known: dict[str, Taking] = {**rows(Service, book), **rows(Distributor, book)}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            way = (
                f"did you mean {near[0]!r}?"
                if near
                else f"known are {', '.join(known)}"
            )
            raise refuse("SPECS", f"the receiver {name!r} is not known", help=way)
    return tuple(known[name] for name in names)


def check(book: Book) -> None:
    """Raise RowError for the first row of *book* that does not fit its kind."""
    for look in _CHECKS.values():
        look(book)
    for kind in GROUPS.values():
        rows(kind, book)


def groups() -> tuple[str, ...]:
    """Return the names of all groups."""
    return (*_CHECKS, *GROUPS)


def printed(value: Any) -> str:
    """Return a value of a row as people read it."""
    if isinstance(value, Length):
        return f"{int(value) // 60}:{int(value) % 60:02}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(printed(each) for each in value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
