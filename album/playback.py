"""What players do to the songs and to the album, from what was measured of a master."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from album.mastertape import Cuttable
from album.render import Settings
from delivery.pieces import span
from delivery.players import Level, Play, Player, alone, in_album
from delivery.program import Piece
from dsp.level import decibels
from dsp.loudness import measured
from dsp.meter import Meter
from dsp.tally import Tally


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
    tallies = [_heard(master, piece, settings) for piece in pieces]
    heard = [
        (piece, tally, level)
        for piece, tally in zip(pieces, tallies, strict=True)
        if (level := _level([tally])) is not None
    ]
    whole = _level([tally for _, tally, _ in heard])
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


def _heard(master: Cuttable, piece: Piece, settings: Settings) -> Tally:
    meter = Meter(master.rate, 2)
    start, stop = span(piece, master.rate)
    for at in range(start, stop, settings.block):
        meter.feed(master.read(at, min(at + settings.block, stop)))
    return meter.finish()


def _level(tallies: Sequence[Tally]) -> Level | None:
    loud = measured(
        [each.energies for each in tallies], [each.rate for each in tallies]
    )
    peaks = [float(each.true_peaks.max(initial=0.0)) for each in tallies]
    peak = decibels(max(peaks, default=0.0))
    if loud.integrated is None or peak is None:
        return None
    return Level(integrated=loud.integrated, true_peak=peak)


HEAD = ("target", "player", "song", "alone", "in the album")


def played_rows(played: Sequence[Played]) -> list[tuple[str, ...]]:
    """Return the table for people."""
    rows = [
        (
            each.target,
            each.player,
            each.title,
            _said(each.alone),
            _said(each.album),
        )
        for each in played
    ]
    return [HEAD, *rows] if rows else []


def _said(play: Play) -> str:
    limited = f", limited by {play.limited:.1f} dB" if play.limited else ""
    return f"{play.gain:+.1f} dB to {play.integrated:.1f} LUFS{limited}"
