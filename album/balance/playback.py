"""What players will do to the songs and to the album as they are delivered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from album.balance.record import After, Record
from delivery.players import Level, Play, alone, in_album, players

MAIN = ("spotify", "apple-music", "youtube", "tidal", "amazon-music")
"""What most listeners hear by."""


@dataclass(frozen=True, kw_only=True)
class Playback:
    """One player and the record; songs without a level are left out."""

    player: str
    alone: Mapping[str, Play]
    """In a list of songs by others."""
    album: Mapping[str, Play]
    """Played as the album."""


def played(record: Record, names: Iterable[str]) -> list[Playback]:
    """Return what the players *names* do."""
    levels = {
        name: level
        for name, song in record.songs.items()
        if (level := _level(song.after)) is not None
    }
    whole = _level(record.album)
    found = []
    for name in names:
        player = players()[name]
        together = in_album(player, whole, list(levels.values())) if whole else []
        found.append(
            Playback(
                player=name,
                alone={song: alone(player, each) for song, each in levels.items()},
                album=dict(zip(levels, together, strict=False)),
            )
        )
    return found


def _level(after: After) -> Level | None:
    if after.integrated is None or after.true_peak is None:
        return None
    return Level(integrated=after.integrated, true_peak=after.true_peak)
