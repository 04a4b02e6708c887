"""The law of codes and flags: ISRC, EAN and the control bits."""

from collections.abc import Iterator

from delivery.findings import Finding, Place, error, warning
from delivery.program import Flag, Layout
from delivery.redbook import ean_fault, isrc_doubt, isrc_fault
from delivery.specs import Plant

_GS1 = "GS1 General Specifications"
_ISO = "ISO 3901:2019"


def flags(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Look at the copy flags: DCP and SCMS exclude each other.

    DCP says that copies are free, SCMS that the disc itself is a copy of which none
    may be made. Most releases set neither.
    """
    for track in layout.tracks:
        if {Flag.DCP, Flag.SCMS} <= track.flags:
            says = f"track {track.number} has both DCP and SCMS"
            way = "leave one of them out; most releases have neither"
            yield error("RB-FLAGS", says, place=Place(track=track.number), help=way)


def isrc_format(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Read every ISRC: 2 letters, 3 letters or digits, 7 digits, no hyphens.

    A code with an O for a 0 reaches the disc and every data base that reads it. Copy
    it again from the owner of the recording.
    """
    for track in layout.tracks:
        if track.isrc and (fault := isrc_fault(track.isrc)):
            yield error(
                "ISRC-FORMAT",
                f"the ISRC {track.isrc!r} of track {track.number} {fault}",
                place=Place(track=track.number),
                measured=track.isrc,
                source=_ISO,
                help="an ISRC looks like GBXYZ2600002",
            )
        elif track.isrc and (doubt := isrc_doubt(track.isrc)):
            yield warning(
                "ISRC-FORMAT",
                f"the ISRC {track.isrc!r} of track {track.number} {doubt}",
                place=Place(track=track.number),
                measured=track.isrc,
                source=_ISO,
                help="compare it with the code that was assigned",
            )


def isrc_twice(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Find an ISRC that two tracks share.

    It names one recording. Two different recordings under one code are counted, and
    paid, as one.
    """
    seen: dict[str, int] = {}
    for track in layout.tracks:
        if not track.isrc.strip("0"):
            continue  # zeros are a writer's way to say that there is none
        if track.isrc in seen:
            says = f"tracks {seen[track.isrc]} and {track.number} have the same ISRC "
            says += track.isrc
            place = Place(track=track.number)
            yield error("ISRC-DUP", says, place=place, measured=track.isrc, source=_ISO)
        else:
            seen[track.isrc] = track.number


def isrc_missing(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Find tracks without an ISRC on a disc where others have one.

    All or none: a track without a code is missing from airplay reports, and most
    often it was forgotten.
    """
    without = [track.number for track in layout.tracks if not track.isrc]
    if 0 < len(without) < len(layout.tracks):
        word = "track" if len(without) == 1 else "tracks"
        listed = ", ".join(map(str, without))
        yield warning(
            "ISRC-MISSING",
            f"{word} {listed} of {len(layout.tracks)} without an ISRC",
            place=Place(track=without[0]),
            measured=len(layout.tracks) - len(without),
            limit=len(layout.tracks),
            source="agencies of ISRC ask for one on each track",
            help="add the missing codes",
        )


def ean_length(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Count the EAN's digits: 13.

    A UPC has 12 and becomes an EAN with a 0 before it. Readers take 13 zeros as no
    code at all.
    """
    fault = ean_fault(layout.ean) if layout.ean else None
    if fault and "check digit" not in fault:
        way = f'a UPC takes a 0 before it: "0{layout.ean}"'
        yield error(
            "EAN-LEN",
            f"the EAN {layout.ean!r} {fault}",
            measured=len(layout.ean),
            limit=13,
            source=_GS1,
            help=way if len(layout.ean) == 12 and layout.ean.isdigit() else None,
        )


def ean_check(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Compute the EAN's last digit from the twelve before it.

    One wrong digit gives another product's code, and plants check it. Copy the code
    again from the label.
    """
    fault = ean_fault(layout.ean) if layout.ean else None
    if fault and "check digit" in fault:
        yield error(
            "EAN-CHECK",
            f"the EAN {layout.ean} {fault}",
            measured=layout.ean,
            source=_GS1,
            help="copy the code again: any of its digits may be the wrong one",
        )
