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
from dsp.tonality import distance, tone
from dsp.tonebalance import TonalBalance


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
    if record is None or song is None:
        return {"integrated_lufs": None, "loud_part_lufs": None, "after": {}}
    came = After.of(song.voice.figures).as_json()
    return {
        **came,
        "gain_db": rounded(song.gain_db, 3),
        **_tone(record, song),
        "after": {**song.after.as_json(), "over_ceiling_db": rounded(song.over_db, 2)},
        "why": _why(song),
    }


def _tone(record: Record, song: SongPlan) -> dict[str, Any]:
    aim = record.tonal.references
    beside = {}
    if aim is not None:
        off = distance(tone(song.voice.levels), aim)
        beside = {"tone_references_db": tones.third_octaves(off)}
    return {
        **beside,
        "tone": tones.as_json(song.move),
        "tone_words": tones.words(song.move),
        "tone_would": tones.as_json(song.would),
        "tone_makeup_db": song.move.makeup_db,
        "tone_off_db": tones.third_octaves(song.off),
        "tone_allowed_db": tones.third_octaves(song.allowed),
    }


def _why(song: SongPlan) -> dict[str, Any]:
    gain, unsound = song.gain, song.voice.unsound
    return {
        "balance_db": rounded(gain.balance, 3),
        "record_db": rounded(gain.record, 3),
        "offset_lu": gain.offset,
        "own_gain_db": gain.own,
        "held_db": rounded(gain.held, 3),
        "outlier": unsound.says if unsound and not song.judge else None,
        "tone_kept": song.kept,
        "tone_capped": bool(song.move.held),
        "tone_left_db": rounded(song.move.left_db, 2),
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
        "lowered_db": rounded(balance.lowered, 2),
        "limiter": record.limiter,
        "ceiling_dbtp": record.ceiling,
        "tone_amount": record.tone_amount,
        **_whole(record.tonal),
        "gains_db": {name: rounded(each, 3) for name, each in record.gains.items()},
    }


def _whole(found: TonalBalance) -> dict[str, Any]:
    """Return what references ask of the record as a whole."""
    whole = found.whole
    if whole is None:
        return {"tone_common": []}
    return {
        "tone_common": tones.as_json(whole.move),
        "tone_off_db": tones.third_octaves(whole.off_db),
        "tone_allowed_db": tones.third_octaves(whole.allowed_db),
    }


def _join(join: Join) -> dict[str, Any]:
    named = zip((name for name, *_ in REGIONS), join.tones, strict=True)
    return {
        "from": join.before,
        "to": join.after,
        "gap_s": rounded(join.gap, 3),
        "direct": join.direct,
        "step_lu": rounded(join.step, 2),
        "tone_db": {name: rounded(value, 2) for name, value in named},
    }


def _play(play: Play) -> dict[str, float]:
    return {
        "gain_db": rounded(play.gain, 2),
        "integrated_lufs": rounded(play.integrated, 2),
        "limited_db": rounded(play.limited, 2),
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
                    "gain_db": rounded(song.gain_db, 3),
                    "measured": found.as_json(),
                    "expected": song.after.as_json(),
                    **_tone(records[each.target], song),
                    "tone_delivered_db": tones.third_octaves(off),
                }
            )
    return rows
