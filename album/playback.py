"""What players do to the songs and to the album, from what was measured of a master."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from album.mastertape import Cuttable
from album.render import Settings
from delivery.pieces import span
from delivery.players import Level, Play, Player, alone, in_album
from delivery.program import Piece
from delivery.replaygain import FileLevel, together
from dsp.loudnesswatch import LoudnessWatch
from dsp.peakwatch import PeakWatch


@dataclass(frozen=True, kw_only=True)
class Played:
    """One song of a target in one player."""

    target: str
    disc: int
    track: int
    title: str
    player: str
    """As people write it."""
    integrated_lufs: float
    true_peak_dbtp: float
    alone: Play
    """In a list of songs by others."""
    album: Play
    """In its album, played as one."""

    def as_json(self) -> dict[str, Any]:
        """Return the row as data."""
        return {
            "target": self.target,
            "disc": self.disc,
            "track": self.track,
            "title": self.title,
            "player": self.player,
            "integrated_lufs": round(self.integrated_lufs, 2),
            "true_peak_dbtp": round(self.true_peak_dbtp, 2),
            **{
                f"{name}_{what}_{unit}": round(value, 2)
                for name, play in (("alone", self.alone), ("album", self.album))
                for what, unit, value in (
                    ("gain", "db", play.gain),
                    ("played", "lufs", play.integrated),
                    ("limited", "db", play.limited),
                )
            },
        }


def playback(
    target: str,
    disc: int,
    master: Cuttable,
    pieces: Sequence[Piece],
    players: Mapping[str, Player],
    settings: Settings,
) -> tuple[Played, ...]:
    """Return what every player does to every piece that has a loudness."""
    files = [_heard(master, piece, settings) for piece in pieces]
    heard = [
        (piece, file, level)
        for piece, file in zip(pieces, files, strict=True)
        if (level := _level([file])) is not None
    ]
    whole = _level([file for _, file, _ in heard])
    if whole is None:
        return ()
    songs = [level for _, _, level in heard]
    return tuple(
        Played(
            target=target,
            disc=disc,
            track=piece.number,
            title=piece.texts.title,
            player=player.title,
            integrated_lufs=level.integrated,
            true_peak_dbtp=level.true_peak,
            alone=alone(player, level),
            album=play,
        )
        for player in players.values()
        for (piece, _, level), play in zip(
            heard, in_album(player, whole, songs), strict=True
        )
    )


def _heard(master: Cuttable, piece: Piece, settings: Settings) -> FileLevel:
    loud, peaks = LoudnessWatch(master.rate, 2), PeakWatch(2, math.inf)
    start, stop = span(piece, master.rate)
    for at in range(start, stop, settings.block):
        block = master.read(at, min(at + settings.block, stop))
        loud.feed(block)
        peaks.feed(block)
    peaks.finish()
    return FileLevel(
        rate=master.rate, energies=loud.finish(), true_peak=peaks.highest.height
    )


def _level(files: Sequence[FileLevel]) -> Level | None:
    found = together(files)
    if found is None:
        return None
    return Level(integrated=found.integrated, true_peak=found.true_peak)


HEAD = (
    "target", "player", "song", "alone", "LUFS", "limited", "in the album", "LUFS",
    "limited",
)  # fmt: skip


def played_rows(played: Sequence[Played]) -> list[tuple[str, ...]]:
    """Return the table for people."""
    rows = [
        (
            each.target,
            each.player,
            each.title,
            *_said(each.alone),
            *_said(each.album),
        )
        for each in played
    ]
    return [HEAD, *rows] if rows else []


def _said(play: Play) -> tuple[str, str, str]:
    limited = f"-{play.limited:.1f} dB" if play.limited >= 0.05 else ""
    return f"{play.gain:+z.1f} dB", f"{play.integrated:.1f}", limited
