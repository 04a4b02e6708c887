"""What music services do to the level of a song and of an album: dated rows at work.

The rules stand in ``specs/players.toml``; this is their arithmetic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from delivery.book import Book, Row, builtin, typed


@dataclass(frozen=True, kw_only=True)
class Player(Row):
    """How one service plays; the file of the rows explains the words."""

    target: float
    album: Literal["album", "loudest", "song"]
    raises: Literal["no", "headroom", "limits"]
    ceiling: float


@dataclass(frozen=True, kw_only=True)
class Level:
    """What a player knows of what it plays."""

    integrated: float
    """In LUFS."""
    true_peak: float
    """In dBTP."""


@dataclass(frozen=True, kw_only=True)
class Play:
    """What a player does: its gain, where that leads, and by how much it limits."""

    gain: float
    integrated: float
    limited: float
    """dB by which peaks pass the player's ceiling and are limited there."""


def players(book: Book | None = None) -> Mapping[str, Player]:
    """Return every known player by name; raises RowError for an unfit row."""
    return _typed(book) if book else _known()


@cache
def _known() -> Mapping[str, Player]:
    return _typed(builtin())


def _typed(book: Book) -> Mapping[str, Player]:
    rows = book.groups["players"]
    return {
        name: typed(Player, ("players", name), row, name=name)
        for name, row in rows.items()
    }


def alone(player: Player, song: Level) -> Play:
    """Return what becomes of a song in a list of songs by others."""
    return _played(player, _gain(player, song.integrated, song.true_peak), song)


def in_album(player: Player, album: Level, songs: Sequence[Level]) -> list[Play]:
    """Return what becomes of *songs* when their album is played as one."""
    if player.album == "song":
        return [alone(player, song) for song in songs]
    level = album.integrated
    if player.album == "loudest":
        level = max(song.integrated for song in songs)
    gain = _gain(player, level, album.true_peak)
    return [_played(player, gain, song) for song in songs]


def _gain(player: Player, level: float, peak: float) -> float:
    gain = player.target - level
    if gain <= 0 or player.raises == "limits":
        return gain
    if player.raises == "no":
        return 0.0
    return min(gain, max(0.0, player.ceiling - peak))


def _played(player: Player, gain: float, song: Level) -> Play:
    over = max(0.0, song.true_peak + gain - player.ceiling)
    limited = over if player.raises == "limits" and gain > 0 else 0.0
    return Play(gain=gain, integrated=song.integrated + gain, limited=limited)
