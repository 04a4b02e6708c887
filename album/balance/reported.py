"""The record on a build's page: levels and tones as delivered, joins, references."""

from collections.abc import Mapping, Sequence

from album.balance import pages, tonepage, tones
from album.balance.record import Record
from album.balance.remeasured import Delivered
from album.project import Album
from delivery.report import Level, Table
from delivery.toneview import Toned, Tones
from dsp.tonality import Floats

Records = Mapping[str, Record]


def aims(records: Records) -> list[str]:
    """Return what is asked for, a line for every target."""
    return pages.aims([*records.values()]) if records else []


def levels(
    album: Album, records: Records, delivered: Sequence[Delivered]
) -> list[Level]:
    """Return the songs' levels as delivered, beside what was expected."""
    return [
        Level(
            target=each.target,
            title=album.songs[name].title,
            gain_db=records[each.target].songs[name].gain_db,
            measured=found.as_json(),
            expected=records[each.target].songs[name].after.as_json(),
        )
        for each in delivered
        for name, found in each.songs.items()
    ]


def toned(
    album: Album, records: Records, delivered: Sequence[Delivered]
) -> list[Tones]:
    """Return the songs' tones; targets of one master with the same songs together."""
    heard: dict[str, dict[str, Floats]] = {}
    for each in delivered:
        heard.setdefault(each.target, {}).update(each.levels)
    alike: dict[tuple[object, ...], list[str]] = {}
    for target, songs in heard.items():
        plans = [records[target].songs[name] for name in songs]
        same = (records[target].master, *((plan.voice, plan.move) for plan in plans))
        alike.setdefault(same, []).append(target)
    return [
        _tones(album, records[targets[0]], targets, heard[targets[0]])
        for targets in alike.values()
    ]


def _tones(
    album: Album, record: Record, targets: Sequence[str], songs: Mapping[str, Floats]
) -> Tones:
    return Tones(
        targets=targets,
        said=tonepage.asked(album, record),
        ranges=tones.RANGES,
        songs=[_toned(album, record, name, songs[name]) for name in songs],
    )


def _toned(album: Album, record: Record, name: str, levels_db: Floats) -> Toned:
    song = record.songs[name]
    came = song.off_behind(levels_db)
    return Toned(
        title=album.songs[name].title,
        words=tonepage.moved(record, song),
        mixed=song.off,
        delivered=came,
        allowed=song.allowed,
        ranges=[*zip(tones.ranges(song.off), tones.ranges(came), strict=True)],
    )


def tables(album: Album, records: Records) -> list[Table]:
    """Return what is found of the joins and of references, by the first target."""
    first = next(iter(records.values()), None)
    if first is None:
        return []
    return [
        Table(heading=heading, rows=rows, words=1)
        for heading, rows in pages.met(album, first)
    ]
