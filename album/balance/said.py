"""What is to be looked at in a record before it is rendered."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf

from album.balance import joins
from album.balance.joins import Join
from album.balance.levels import MOST_RAISED
from album.balance.record import Record, SongPlan
from album.finish import DEEP_DB, DEEP_SHARE
from album.project import Album
from delivery.findings import Finding, Place, note, warning

_HELD = {
    "bound": (
        "and no move within max_eq_db = {most:g} brings it in",
        "so large a difference is a mix's or an arrangement's; by hand: an eq in this "
        "song's chain, or a larger max_eq_db",
    ),
    "bands": (
        "and no broad bands bring it in",
        "it differs in narrow ranges: an eq in this song's chain, or another mix",
    ),
}
"""Why a song stands out behind its move, and the way out."""

LEAST_STEP = 0.05
"""dB below which a step inside of a recording is not heard."""

LEAST_LOWERED = 0.05
"""dB below which lowering a record is not worth a word."""


def findings(album: Album, records: Sequence[Record]) -> list[Finding]:
    """Return what *records*, one for each target, give rise to; each once."""
    found: dict[Finding, None] = {}
    for record in records:
        for song in record.songs.values():
            found |= dict.fromkeys(_of_song(album, record, song))
        found |= dict.fromkeys(_of_joins(album, record))
        found |= dict.fromkeys(_of_record(album, record))
    return list(found)


def foreseen(album: Album, records: Sequence[Record]) -> list[Finding]:
    """Return what a build would find at work: limiters that turn songs far down."""
    return [
        squashed(album, record.target, name, share, song.over_db, takes="will take")
        for record in records
        for name, song in record.songs.items()
        if (share := song.share_deep) > DEEP_SHARE
    ]


def squashed(
    album: Album, target: str, song: str, share: float, most_db: float, takes: str
) -> Finding:
    """Return that a limiter *takes* more than is inaudible off a *share* of a song."""
    return warning(
        "LOUD-SQUASH",
        f"{target}: the limiter {takes} more than {DEEP_DB:g} dB off "
        f"{album.songs[song].title!r} in {share:.0%} of its tenths of a second, at the "
        f"most {most_db:.1f} dB",
        place=place_of(album, song),
        measured=round(share, 3),
        limit=DEEP_SHARE,
        help="lower the song, its chain's level or the master's target_lufs",
    )


def _of_song(album: Album, record: Record, song: SongPlan) -> Iterator[Finding]:
    place, title = place_of(album, song.song), album.songs[song.song].title
    if record.method == "none" and not record.tone_amount:
        return
    why = song.voice.unsound
    if why is not None and not song.judge:
        yield warning(
            "LOUD-OUTLIER",
            f"{title!r} says nothing about the record: {why.says}; no other song is "
            "balanced by it",
            place=place,
            measured=why.measured,
            limit=why.limit,
            help="listen to it beside its neighbours; gain_db and loudness_offset_lu "
            "set its level",
        )
    # what is meant to be louder is no surprise; what is meant to be quieter is said
    raised = song.gain.balance + min(0.0, song.gain.offset)
    if record.method != "none" and raised > MOST_RAISED:
        yield warning(
            "LOUD-RAISE",
            f"{title!r} is raised by {raised:.1f} dB against the record",
            place=place,
            measured=round(raised, 2),
            limit=MOST_RAISED,
            help="if it is meant to be quiet, say so: loudness_offset_lu = "
            f"{-raised / 2:.0f}; or lower the amount of [loudness]",
        )
    if song.move.held:
        move, most = song.move, album.tone.most_db
        because, way = _HELD[move.held]
        done = "is moved and still" if move.bands else "is left alone: it"
        yield note(
            "TONE-CAPPED",
            f"the tone of {title!r} {done} lies {move.left_db:.1f} dB outside of "
            f"the allowed band, {because.format(most=most)}",
            place=place,
            measured=round(move.left_db, 2),
            help=way,
        )


def _of_joins(album: Album, record: Record) -> Iterator[Finding]:
    for join in record.joins:
        if not join.direct:
            continue
        titles = [album.songs[name].title for name in (join.before, join.after)]
        step = record.gains[join.after] - record.gains[join.before]
        if join.runs_on and abs(step) >= LEAST_STEP:
            way = "higher" if step > 0 else "lower"
            yield warning(
                "LOUD-STEP",
                f"{titles[1]!r} runs on from {titles[0]!r}, and its gain is "
                f"{abs(step):.1f} dB {way}: a step at the mark",
                place=place_of(album, join.after),
                measured=round(step, 2),
                help="give both the same gain_db and loudness_offset_lu, or use a ride",
            )
        between = f"from the end of {titles[0]!r} to the start of {titles[1]!r}"
        place = place_of(album, join.after)
        if abs(join.step) > joins.LEVEL_LIMIT:
            rises = "rises" if join.step > 0 else "falls"
            yield warning(
                "SEQ-JOINLEVEL",
                f"{between} the level {rises} by {abs(join.step):.1f} LU",
                place=place,
                measured=round(join.step, 1),
                limit=joins.LEVEL_LIMIT,
                help="a longer gap, a fade, a ride, or another order; if it is meant, "
                "leave it",
            )
        worst = _worst(join)
        if abs(worst[1]) > joins.TONE_LIMIT:
            more = "more" if worst[1] > 0 else "less"
            yield warning(
                "SEQ-JOINTONE",
                f"{between} there is {abs(worst[1]):.1f} dB {more} of the {worst[0]} "
                "range",
                place=place,
                measured=round(worst[1], 1),
                limit=joins.TONE_LIMIT,
                help="an eq at the edge of one of the songs, a longer gap, or another "
                "order; if it is meant, leave it",
            )


def _of_record(album: Album, record: Record) -> Iterator[Finding]:
    balance = record.balance
    for each in record.references:
        if not each.judge and each.voice.unsound:
            yield warning(
                "TONE-OUTLIER",
                f"the record is not held to {each.path.name!r}: "
                f"{each.voice.unsound.says}",
                place=album.place("tone", "references"),
                measured=each.voice.unsound.measured,
                limit=each.voice.unsound.limit,
                help="name another recording, or another part of it",
            )
    if record.method == "none" and album.loudness.target_lufs is not None:
        yield note(
            "LOUD-UNUSED",
            'target_lufs of [loudness] moves nothing: its method is "none"',
            place=album.place("loudness", "target_lufs"),
            help="name a method, or write the target_lufs of a [master]",
        )
    if balance.lowered > LEAST_LOWERED and balance.target is not None:
        judges = [song for song in record.songs.values() if song.judge]
        loudest = max(judges, key=_peak)
        key = "target_lufs" if record.aim_lufs is not None else "method"
        text = (
            f"{record.target}: without a limiter the record stays "
            f"{balance.lowered:.1f} dB below what it aims at, at "
            f"{balance.target:.1f} LUFS, for the peaks of "
            f"{album.songs[loudest.song].title!r}"
        )
        yield note(
            "LOUD-LOWERED",
            text,
            place=album.place("loudness", key),
            measured=round(balance.lowered, 2),
            help=f'[master.main] limiter = "transparent" would have to take '
            f"{balance.lowered:.1f} dB off its peaks; or aim at "
            f"target_lufs = {balance.target:.1f}",
        )
    for song in record.songs.values():
        if song.gain.held < -LEAST_LOWERED:
            title = album.songs[song.song].title
            yield note(
                "LOUD-LOWERED",
                f"{record.target}: {title!r} alone is held {-song.gain.held:.1f} dB "
                "back, for its peaks: the record is not lowered for it",
                place=place_of(album, song.song),
                measured=round(-song.gain.held, 2),
            )


def _peak(song: SongPlan) -> float:
    peak = song.after.true_peak
    return -inf if peak is None else peak


def place_of(album: Album, song: str) -> Place:
    """Return where the project speaks of a song."""
    return replace(album.place("song", song), song=song)


def _worst(join: Join) -> tuple[str, float]:
    named = zip((name for name, *_ in joins.REGIONS), join.tones, strict=True)
    return max(named, key=lambda each: abs(each[1]))
