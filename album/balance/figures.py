"""The record as data, for the JSON of plan, explain and build."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from album.balance import tones, versus
from album.balance.joins import REGIONS, Join
from album.balance.playback import played
from album.balance.record import After, Record, SongPlan
from album.balance.remeasured import Delivered
from delivery.players import Play, players
from dsp.level import rounded


def record_json(records: Sequence[Record]) -> dict[str, Any]:
    """Return what is said of the record as a whole."""
    first = records[0]
    return {
        **whole_json(records),
        "players": [
            {
                "name": each.player,
                "title": players()[each.player].title,
                "target_lufs": players()[each.player].target,
                "source": players()[each.player].source,
                "read": players()[each.player].read,
                "confidence": players()[each.player].confidence,
                "songs": {name: _play(play) for name, play in each.alone.items()},
                "album": {name: _play(play) for name, play in each.album.items()},
            }
            for each in played(first, players())
        ],
    }


def whole_json(records: Sequence[Record]) -> dict[str, Any]:
    """Return what is asked of the record, what comes of it, joins and references."""
    if not records:
        return {}
    first = records[0]
    return {
        "balance": [_target(record) for record in records],
        "album": first.album.as_json(),
        "joins": [_join(each) for each in first.joins],
        "references": versus.as_json(first),
    }


def song_json(record: Record | None, name: str) -> dict[str, Any]:
    """Return what is said of one song; of one that cannot be measured, nothing."""
    song = record.songs.get(name) if record else None
    if song is None:
        return {"integrated_lufs": None, "loud_part_lufs": None, "after": {}}
    came = After.of(song.voice.figures).as_json()
    return {
        **came,
        "gain_db": round(song.gain_db, 3) + 0.0,
        **_tone(song),
        "after": {**song.after.as_json(), "over_ceiling_db": round(song.over_db, 2)},
        "why": _why(song),
    }


def _tone(song: SongPlan) -> dict[str, Any]:
    return {
        "tone": tones.as_json(song.move),
        "tone_words": tones.words(song.move),
        "tone_would": tones.as_json(song.would),
        "tone_makeup_db": song.move.makeup_db + 0.0,
        "tone_off_db": tones.third_octaves(song.off),
        "tone_allowed_db": tones.third_octaves(song.allowed),
    }


def _why(song: SongPlan) -> dict[str, Any]:
    gain, unsound = song.gain, song.voice.unsound
    return {
        "balance_db": round(gain.balance, 3) + 0.0,
        "record_db": round(gain.record, 3) + 0.0,
        "offset_lu": gain.offset,
        "own_gain_db": gain.own,
        "held_db": round(gain.held, 3) + 0.0,
        "outlier": unsound.says if unsound else None,
        "tone_kept": song.kept,
        "tone_capped": bool(song.move.held),
        "tone_left_db": round(song.move.left_db, 2),
    }


def _target(record: Record) -> dict[str, Any]:
    balance = record.balance
    return {
        "target": record.target,
        "master": record.master,
        "method": record.method,
        "amount": record.amount,
        "target_lufs": record.aim_lufs,
        "typical_lufs": rounded(balance.typical, 2),
        "typical_after_lufs": rounded(balance.target, 2),
        "lowered_db": round(balance.lowered, 2) + 0.0,
        "limiter": record.limiter,
        "ceiling_dbtp": record.ceiling,
        "tone_amount": record.tone_amount,
        "tone_common": tones.as_json(record.tone_common),
        "gains_db": {name: round(each, 3) for name, each in record.gains.items()},
    }


def _join(join: Join) -> dict[str, Any]:
    named = zip((name for name, *_ in REGIONS), join.tones, strict=True)
    return {
        "from": join.before,
        "to": join.after,
        "gap_s": round(join.gap, 3),
        "direct": join.direct,
        "step_lu": round(join.step, 2),
        "tone_db": {name: round(value, 2) for name, value in named},
    }


def _play(play: Play) -> dict[str, float]:
    return {
        "gain_db": round(play.gain, 2) + 0.0,
        "integrated_lufs": round(play.integrated, 2),
        "limited_db": round(play.limited, 2),
    }


def delivered_json(
    records: Mapping[str, Record], measured: Iterable[Delivered]
) -> list[dict[str, Any]]:
    """Return what was delivered beside what was expected of it."""
    rows = []
    for each in measured:
        for name, found in each.songs.items():
            song = records[each.target].songs[name]
            off = song.off_behind(each.levels[name])
            rows.append(
                {
                    "target": each.target,
                    "id": name,
                    "gain_db": round(song.gain_db, 3),
                    "measured": found.as_json(),
                    "expected": song.after.as_json(),
                    **_tone(song),
                    "tone_delivered_db": tones.third_octaves(off),
                }
            )
    return rows
