"""What the parts of a DDP set say twice, held against one another.

The EAN stands in DDPID, in the PQ file and in the CD-TEXT, the ISRCs in the last two,
the first pause in the map and in the PQ file.
"""

from collections.abc import Iterable

from delivery.cdtext_read import Unpacked
from delivery.ddp_pq import Table
from delivery.ddp_records import Identity
from delivery.ddp_table import barcode
from delivery.findings import Finding, Place, error, warning
from delivery.program import Layout
from delivery.redbook import FIRST_PAUSE, clock, msf


def barcodes(pq: Table, named: str, file: str, findings: list[Finding]) -> None:
    """Compare the EAN of DDPID, *named*, with that of the PQ file."""
    place = Place(file=file, byte=Identity.at("ean"))
    if named and not pq.ean:
        says = f"the EAN {named} is in DDPID only"
        way = "write it into the lead-in packet too, or the pressed disc may lose it"
        findings.append(warning("DDP-PQ", says, place=place, help=way))
    elif pq.ean and named and pq.ean != named:
        says = f"DDPID has the EAN {named}, the PQ file {pq.ean}"
        limit = {"measured": named, "limit": pq.ean}
        findings.append(error("DDP-PQ", says, place=place, **limit))


def first_pause(
    pq: Table, pause: int | None, place: Place, findings: list[Finding]
) -> None:
    """Compare PRE2 with track 1's pause; of a hidden song it may say the silence."""
    start = pq.tracks[0].start
    if pause is not None and pause not in (start, int(FIRST_PAUSE), 0):
        says = f"PRE2 says that {pause} sectors of pause are in the image, the PQ file "
        says += f"has track 1 at {msf(start)}"
        limit = {"measured": pause, "limit": int(start)}
        findings.append(warning("DDP-PQ", says, place=place, **limit))


def texts(
    layout: Layout, found: Unpacked, file: str, pq: str, findings: list[Finding]
) -> None:
    """Compare codes, tracks and times of the CD-TEXT with those of the disc."""
    place = Place(file=file)
    if (ean := barcode(found.ean)) and ean != layout.ean:
        says = f"the CD-TEXT has the EAN {ean}, the PQ file {layout.ean or 'none'}"
        limit = {"measured": ean, "limit": layout.ean}
        findings.append(warning("DDP-PQ", says, place=place, **limit))
    for track in layout.tracks:
        isrc = found.isrcs.get(track.number, track.isrc)
        if isrc != track.isrc:
            says = f"the CD-TEXT has the ISRC {isrc} for track {track.number}, "
            says += f"the PQ file {track.isrc or 'none'}"
            at = Place(file=file, track=track.number)
            limit = {"measured": isrc, "limit": track.isrc}
            findings.append(warning("DDP-PQ", says, place=at, **limit))
    _numbers(layout, found, place, findings)
    _times(layout, found, place, findings)


def _numbers(
    layout: Layout, found: Unpacked, place: Place, findings: list[Finding]
) -> None:
    known = {track.number for track in layout.tracks}
    named: Iterable[int] = {*found.tracks, *found.isrcs}
    for each in found.languages:
        named = {*named, *(number for number, _ in each.tracks)}
    if strays := sorted(set(named) - known):
        listed = ", ".join(map(str, strays))
        says = f"the CD-TEXT has texts of tracks that the disc lacks: {listed}"
        at = Place(file=place.file, track=strays[0])
        findings.append(error("TXT-PARTIAL", says, place=at))
    ends = (min(known), max(known))
    if found.numbers is not None and found.numbers != ends:
        said = " to ".join(map(str, found.numbers))
        says = f"the CD-TEXT says it is of the tracks {said}, the disc has "
        says += " to ".join(map(str, ends))
        limit = {"measured": list(found.numbers), "limit": list(ends)}
        findings.append(error("TXT-SIZE", says, place=place, **limit))


def _times(
    layout: Layout, found: Unpacked, place: Place, findings: list[Finding]
) -> None:
    """Compare the table of contents that some CD-TEXT carries."""
    if found.leadout is not None and found.leadout != layout.leadout:
        says = f"the CD-TEXT has the lead-out at {clock(found.leadout)}, the PQ file "
        says += f"at {clock(layout.leadout)}"
        findings.append(warning("DDP-PQ", says, place=place))
    for track in layout.tracks:
        start = found.starts.get(track.number, track.start)
        if start != track.start:
            says = f"the CD-TEXT has track {track.number} at {clock(start)}, the PQ "
            says += f"file at {clock(track.start)}"
            at = Place(file=place.file, track=track.number)
            findings.append(warning("DDP-PQ", says, place=at))
