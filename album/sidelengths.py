"""How long the sides of records and tapes are, against those who make them."""

from collections.abc import Mapping
from dataclasses import replace

from album.deliverable import Deliverable
from album.project import Album
from album.timeline import Timeline
from delivery import receivers
from delivery.findings import Finding, error, note, warning
from delivery.groove import limits
from delivery.receivers import Cassette, Cutter


def bass_hz(album: Album, target: Deliverable) -> float:
    """Return where the bass ends that has to be in the middle."""
    usual = cutter_of(album, "generic").mono_below_hz
    return cutter(album, target).mono_below_hz or usual or 150.0


def cutter(album: Album, target: Deliverable) -> Cutter:
    """Return the row of the plant that cuts; refuse an unknown one."""
    return cutter_of(album, target.plant)


def cutter_of(album: Album, name: str) -> Cutter:
    """Return the row of a plant."""
    return receivers.row(Cutter, name, album.book)


def lengths(
    album: Album, target: Deliverable, sides: Mapping[str, Timeline]
) -> list[Finding]:
    """Return what the lengths of *sides* give rise to, before anything is made."""
    place = album.place("deliver", target.name)
    said = []
    for name, timeline in sides.items():
        seconds = timeline.length / timeline.rate
        if target.kind.name == "vinyl":
            said += _vinyl_length(album, target, name, seconds)
        elif target.kind.name == "cassette":
            said += _tape_length(album, target, name, seconds)
    lasting = [each.length / each.rate for each in sides.values()]
    allowed = limits()["balance"]
    for one, other in zip(lasting[::2], lasting[1::2], strict=False):
        if target.kind.name == "vinyl" and abs(one - other) > allowed["seconds"]:
            said.append(
                warning(
                    "VINYL-BALANCE",
                    f"{target.name}: two sides last {clock(one)} and {clock(other)}: "
                    "the longer one sets the level of both",
                    measured=round(abs(one - other)),
                    limit=allowed["seconds"],
                    source=allowed.said,
                    help=f"split the songs of {' and '.join(sides)} more evenly",
                )
            )
    return [replace(each, place=place) for each in said]


def _vinyl_length(
    album: Album, target: Deliverable, side: str, seconds: float
) -> list[Finding]:
    row = cutter(album, target)
    table = row.side(int(target.size), int(target.speed))
    table = table or cutter_of(album, "generic").side(
        int(target.size), int(target.speed)
    )
    if table is None or seconds <= table.good:
        return []
    what = f"{target.size} inches at {target.speed} rpm"
    text = f"{target.name}: side {side} lasts {clock(seconds)}"
    source = f"{row.source} ({row.read})"
    way = "move a song to another side, or take a larger size or slower speed"
    if table.ceiling is not None and seconds > table.ceiling:
        return [
            error(
                "VINYL-LEN",
                f"{text}: nobody cuts more than {clock(table.ceiling)} on {what}",
                measured=round(seconds, 1),
                limit=float(table.ceiling),
                source=source,
                help=way,
            )
        ]
    if seconds > table.longest:
        return [
            warning(
                "VINYL-LEN",
                f"{text}: {row.title} cuts up to {clock(table.longest)} on {what}",
                measured=round(seconds, 1),
                limit=float(table.longest),
                source=source,
                help=way,
            )
        ]
    return [
        note(
            "VINYL-LEN",
            f"{text}: on {what} a good level ends at {clock(table.good)}",
            measured=round(seconds, 1),
            limit=float(table.good),
            source=source,
        )
    ]


def _tape_length(
    album: Album, target: Deliverable, side: str, seconds: float
) -> list[Finding]:
    row = receivers.row(Cassette, target.plant, album.book)
    if seconds <= row.good:
        return []
    make = warning if seconds > row.longest else note
    limit = row.longest if seconds > row.longest else row.good
    return [
        make(
            "CASSETTE-LEN",
            f"{target.name}: side {side} lasts {clock(seconds)}, {row.title} has "
            f"{clock(limit)}",
            measured=round(seconds, 1),
            limit=float(limit),
            source=f"{row.source} ({row.read})",
        )
    ]


def clock(seconds: float) -> str:
    """Return a length in minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
