"""The record on one screen: what was measured, what is done, what comes of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from album.balance import tonepage
from album.balance.joins import REGIONS, Join
from album.balance.playback import MAIN, Playback, played
from album.balance.record import After, Record, SongPlan
from album.balance.remeasured import Delivered
from album.balance.versus import HEAD as VERSUS
from album.balance.versus import rows as versus_rows
from album.console import table
from album.project import Album
from delivery.players import players

ALIKE = 0.05
"""LU within which nobody has to know which song is the loudest."""

METHODS = {"loud-part": "loud parts", "integrated": "integrated loudness"}


def lines(album: Album, records: Sequence[Record], *, verbose: bool) -> list[str]:
    """Return the record for people, by its first target."""
    if not records or not records[0].songs:
        return []
    first = records[0]
    out = ["Balance", *(f"  {line}" for line in aims(records)), ""]
    out += [f"  {line}" for line in table(_rows(album, first), right=range(1, 11))]
    if left := _left(album, first):
        out += ["", *(f"  {line}" for line in left)]
    out.append("")
    toned = tonepage.lines(album, first)
    out += ["Tone", *(f"  {line}".rstrip() for line in toned), ""]
    for heading, rows in met(album, first):
        columns = range(1, len(rows[0]))
        out += [heading, *(f"  {each}" for each in table(rows, right=columns)), ""]
    shown = list(players()) if verbose else [*MAIN]
    rows = _players(album, first, shown)
    if first.album.integrated is None:
        return out
    return [
        *out,
        "Players",
        *(f"  {each}" for each in table(rows, right=range(1, 20))),
        "",
    ]


def aims(records: Sequence[Record]) -> list[str]:
    """Return what is asked for, a line for every target."""
    first = records[0]
    if first.method == "none":
        return ["nothing is balanced: there is no [loudness], or its method is none"]
    if first.balance.typical is None:
        return ["nothing is balanced: no song has a level"]
    said = [
        f"by {METHODS[first.method]}, amount {first.amount:g}; a typical song comes at "
        f"{_number(first.balance.typical)} LUFS"
    ]
    for record in records:
        target = record.balance.target
        goal = (
            "its own level" if record.aim_lufs is None else f"{record.aim_lufs:g} LUFS"
        )
        text = f"{record.target}: to {goal}"
        if record.balance.lowered:
            text += f", held at {_number(target)} LUFS for its peaks"
        if record.limiter != "none":
            text += f"; limiter {record.limiter} at {record.ceiling:g} dBTP"
        elif record.ceiling is not None:
            text += f"; no limiter, peaks up to {record.ceiling:g} dBTP"
        if record.master_stages:
            text += "; before its master's chain"
        said.append(text)
    return said


def _rows(album: Album, record: Record) -> list[tuple[str, ...]]:
    head = ("song", "integrated", "loud part", "range", "true peak", "gain",
            "→ integrated", "loud part", "true peak", "off", "limits")  # fmt: skip
    rows: list[tuple[str, ...]] = [head]
    typical = record.album.loud_part
    for name, song in record.songs.items():
        came, after = After.of(song.voice.figures), song.after
        off = None
        if after.loud_part is not None and typical is not None:
            off = after.loud_part - typical
        rows.append(
            (
                album.songs[name].title,
                *map(_number, (came.integrated, came.loud_part, came.range)),
                _number(came.true_peak),
                f"{song.gain_db:+z.2f} dB" if song.gain_db else "0 dB",
                *map(_number, (after.integrated, after.loud_part, after.true_peak)),
                "" if off is None else f"{off:+z.1f}",
                f"-{song.over_db:.1f} dB" if song.over_db >= 0.05 else "",
            )
        )
    whole = record.album
    peaks = map(_number, (whole.integrated, whole.loud_part, whole.true_peak))
    rows.append(("the record", "", "", _number(whole.range), "", "", *peaks, "", ""))
    return rows


def _left(album: Album, record: Record) -> list[str]:
    """Return what is left between the songs."""
    judges = record.balance.judges
    known = [(name, record.songs[name].after.loud_part) for name in judges]
    parts = [(part, name) for name, part in known if part is not None]
    if len(parts) < 2:
        return []
    low, high = min(parts), max(parts)
    if high[0] - low[0] < ALIKE:
        return ["all loud parts are alike"]
    return [
        f"loud parts lie within {high[0] - low[0]:.1f} LU: "
        f"{album.songs[high[1]].title} the loudest, {album.songs[low[1]].title} the "
        "quietest"
    ]


def met(album: Album, record: Record) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Yield tables of what the songs meet: one another, and references.

    Each with its heading and the names of its columns; the first holds words.
    """
    if record.joins:
        head = ("from → to", "gap", "step", *(region for region, *_ in REGIONS))
        yield "Joins", [head, *(_join(album, each) for each in record.joins)]
    if record.references:
        rows = [VERSUS, *versus_rows(album, record)]
        yield "References, level against level", rows


def _join(album: Album, join: Join) -> tuple[str, ...]:
    names = f"{album.songs[join.before].title} → {album.songs[join.after].title}"
    gap = f"{join.gap:.1f} s" if join.gap > 0 else "no gap"
    changes = (f"{value:+z.1f} dB" for value in join.tones)
    return names, gap, f"{join.step:+z.1f} LU", *changes


def _players(
    album: Album, record: Record, shown: Iterable[str]
) -> list[tuple[str, ...]]:
    found = played(record, shown)
    titles = [players()[each.player].title for each in found]
    rows = [("what they do", *titles)]
    for name in record.songs:
        title = album.songs[name].title
        rows.append((title, *(_play(each, name) for each in found)))
    rows.append(("as an album", *(_album_play(each) for each in found)))
    return rows


def _play(found: Playback, song: str) -> str:
    play = found.alone.get(song)
    if play is None:
        return ""
    limited = f", limits {play.limited:.1f}" if play.limited >= 0.05 else ""
    return f"{_decibels(play.gain)}{limited}"


def _album_play(found: Playback) -> str:
    gains = [play.gain for play in found.album.values()]
    if not gains:
        return ""
    if max(gains) - min(gains) < 0.05:
        return _decibels(gains[0])
    return "song by song"


def _decibels(gain_db: float) -> str:
    return f"{gain_db:+.1f} dB" if abs(gain_db) >= 0.05 else "0 dB"


def delivered_lines(
    album: Album, records: Mapping[str, Record], measured: Iterable[Delivered]
) -> list[str]:
    """Return what was delivered beside what was expected of it."""
    head = (
        "measured", "integrated", "expected", "loud part", "expected", "range",
        "true peak",
    )  # fmt: skip
    rows: list[tuple[str, ...]] = [head]
    for each in measured:
        for name, found in each.songs.items():
            meant = records[each.target].songs[name].after
            rows.append(
                (
                    f"{each.target}  {album.songs[name].title}",
                    *map(_number, (found.integrated, meant.integrated)),
                    *map(_number, (found.loud_part, meant.loud_part)),
                    *map(_number, (found.range, found.true_peak)),
                )
            )
    return table(rows, right=range(1, 7)) if len(rows) > 1 else []


def _running(record: Record, name: str) -> str:
    for join in record.joins:
        if join.runs_on and name in (join.before, join.after):
            return ", of the recording it is a part of"
    return ""


def _lufs(value: float | None) -> str:
    return "none" if value is None else f"{_number(value)} LUFS"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:z.1f}"


def song_lines(album: Album, record: Record, name: str) -> list[str]:
    """Return why one song gets what it gets, in numbers."""
    song = record.songs.get(name)
    if song is None:
        return []
    return [*_why_gain(album, record, song), "", *tonepage.why(album, record, song)]


def _why_gain(album: Album, record: Record, song: SongPlan) -> list[str]:
    gain = song.gain
    if record.method == "none":
        return [f"Gain {song.gain_db:+z.2f} dB, as written; nothing is balanced."]
    own, typical = _lufs(gain.level), _lufs(record.balance.typical)
    rows = [
        (
            "its own level",
            own,
            f"by {METHODS[record.method]}{_running(record, song.song)}",
        ),
        ("the record's typical song", typical, "the median"),
        (
            "amount",
            f"{record.amount:g}",
            f"of the difference: {gain.balance:+z.2f} dB",
        ),
        ("the record as a whole", f"{gain.record:+z.2f} dB", _whole(record)),
        ("meant to differ", f"{gain.offset:+z.2f} dB", "loudness_offset_lu"),
        ("its own gain", f"{gain.own:+z.2f} dB", "gain_db"),
    ]
    if gain.held:
        rows.append(("held back", f"{gain.held:+z.2f} dB", "for its peaks, alone"))
    rows.append(("its gain", f"{song.gain_db:+z.2f} dB", ""))
    if song.over_db >= 0.05:
        says = f"peaks pass the ceiling by {song.over_db:.1f} dB"
        rows.append(("the limiter works", "", says))
    if song.voice.unsound and not song.judge:
        rows.append(("no measure of others", "", song.voice.unsound.says))
    return table(rows, right=(1,))


def _whole(record: Record) -> str:
    if record.balance.lowered:
        return f"kept {record.balance.lowered:.2f} dB lower, for the peaks"
    return "to its target" if record.aim_lufs is not None else "keeps its own level"
