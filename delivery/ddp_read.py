"""Reading a DDP 2.00 set: ours, and what its dialects allow.

Names of files come from the map and are taken only from the set's own folder. Damage
is a finding where the disc can still be told, and a refusal where it cannot.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from delivery.cdtext import Unpacked, unpack
from delivery.ddp_pq import Table, barcode, table
from delivery.ddp_records import Identity, MapPacket
from delivery.fileset import checksums, named, whole
from delivery.findings import Finding, Place, Refusal, error, refuse, warning
from delivery.program import Layout, Texts
from delivery.reading import BYTES_PER_SAMPLE, Reading
from delivery.records import RecordError
from delivery.redbook import (
    BYTES_PER_FRAME,
    FIRST_PAUSE,
    LAST_ADDRESS,
    SAMPLES_PER_FRAME,
    Frames,
    msf,
)


@dataclass
class _Set:
    """A set while it is read."""

    folder: Path
    identity: Identity
    packets: list[MapPacket]
    findings: list[Finding] = field(default_factory=list)

    def of(self, stream: str, *subcodes: str) -> list[MapPacket]:
        """Return the packets of *stream* whose subcode is one of *subcodes*."""
        return [
            one
            for one in self.packets
            if one.stream == stream and (not subcodes or one.subcode in subcodes)
        ]


def read(
    folder: Path, check_image: bool = True, image_md5: str | None = None
) -> Reading:
    """Return the set in *folder*.

    The image is hashed, to be compared with the checksum file, unless *check_image*
    is false or *image_md5* already says its MD5.
    """
    ddp = _opened(folder)
    pq = _pq(ddp)
    audio = _audio(ddp)
    image = named(folder, audio.name)
    leadout = _leadout(ddp, pq, audio)
    layout = _with_texts(ddp, _with_ean(ddp, pq, leadout))
    start = Frames(min(audio.start or 0, FIRST_PAUSE))
    offset = (FIRST_PAUSE - start) * BYTES_PER_FRAME + (audio.offset or 0)
    length = _length(ddp, audio, image, leadout, offset)
    if start < FIRST_PAUSE:
        _check_head(ddp, image, offset)
    given = {image.name: image_md5} if image_md5 else {}
    skipped = set() if check_image else {image.name}
    sums = checksums(folder, ddp.findings, given, skipped)
    return Reading(
        kind="ddp",
        layout=layout,
        audio=image,
        offset=offset,
        length=length,
        checksums=sums,
        findings=(*pq.findings, *ddp.findings),
    )


def _opened(folder: Path) -> _Set:
    packed = whole(named(folder, "DDPID"))
    findings: list[Finding] = []
    try:
        identity = Identity.unpack(packed)
    except RecordError as bad:
        raise _damaged("DDPID", "DDPID", bad) from bad
    if not identity.version.startswith("DDP 2.0"):
        says = f"DDPID says {identity.version!r}, an audio set says 'DDP 2.00'"
        findings.append(error("DDP-STRUCT", says, place=Place(file="DDPID")))
    if identity.kind not in {"CD", ""}:
        says = f"DDPID says the medium is {identity.kind!r}, not 'CD'"
        findings.append(error("DDP-STRUCT", says, place=Place(file="DDPID")))
    return _Set(folder, identity, _map(whole(named(folder, "DDPMS"))), findings)


def _map(packed: bytes) -> list[MapPacket]:
    if not packed or len(packed) % MapPacket.SIZE:
        says = f"DDPMS has {len(packed)} bytes, not a multiple of {MapPacket.SIZE}"
        raise refuse("DDP-STRUCT", says, place=Place(file="DDPMS"))
    packets = []
    for at in range(0, len(packed), MapPacket.SIZE):
        try:
            packets.append(MapPacket.unpack(packed[at : at + MapPacket.SIZE]))
        except RecordError as bad:
            what = f"packet {at // MapPacket.SIZE + 1} of DDPMS"
            raise _damaged(what, "DDPMS", bad) from bad
        if packets[-1].valid != "VVVM":
            says = f"a packet of DDPMS begins with {packets[-1].valid!r}, not 'VVVM'"
            raise refuse("DDP-STRUCT", says, place=Place(file="DDPMS"))
    return packets


def _damaged(what: str, file: str, bad: RecordError) -> Refusal:
    return refuse("DDP-STRUCT", f"{what} is damaged: {bad}", place=Place(file=file))


def _pq(ddp: _Set) -> Table:
    found = ddp.of("S0", "PQ DESCR", "PQ-DESCR", "PQ_DESCR")
    if len(found) != 1:
        says = f"the map has {len(found)} PQ streams, there must be one"
        raise refuse("DDP-STRUCT", says, place=Place(file="DDPMS"))
    packed = whole(named(ddp.folder, found[0].name))
    _check_length(ddp, found[0], len(packed))
    return table(packed, found[0].name)


def _audio(ddp: _Set) -> MapPacket:
    found = [one for one in ddp.of("D0") if one.mode in {"DA", ""}]
    if len(found) != 1:
        says = f"the map has {len(found)} audio streams, there must be one"
        raise refuse("DDP-STRUCT", says, place=Place(file="DDPMS"))
    if others := [one for one in ddp.of("D0") if one is not found[0]]:
        says = f"the map has {len(others)} streams that are not audio"
        ddp.findings.append(warning("DDP-STRUCT", says, help="only the audio is read"))
    return found[0]


def _check_length(ddp: _Set, packet: MapPacket, size: int, unit: str = "bytes") -> None:
    if packet.length != size:
        says = f"DDPMS says {packet.name!r} has {packet.length} {unit}, it has {size}"
        place = Place(file=packet.name)
        ddp.findings.append(
            error("DDP-LEN", says, place=place, measured=size, limit=packet.length)
        )


def _leadout(ddp: _Set, pq: Table, audio: MapPacket) -> Frames:
    """Return the lead-out by the PQ file, or by the image's length without one."""
    end = (audio.length or 0) + min(audio.start or 0, FIRST_PAUSE)
    if pq.leadout is None:
        if not FIRST_PAUSE < end <= LAST_ADDRESS:
            raise refuse("DDP-PQ", "nothing in the set says where the disc ends")
        return Frames(end)
    if pq.leadout <= FIRST_PAUSE:
        says = f"the lead-out at {msf(pq.leadout)} leaves no programme"
        raise refuse("DDP-PQ", says, measured=msf(pq.leadout))
    if pq.leadout != end:
        says = f"the image ends at sector {end}, the lead-out is at {pq.leadout}"
        ddp.findings.append(error("DDP-LEN", says, measured=end, limit=pq.leadout))
    return pq.leadout


def _with_ean(ddp: _Set, pq: Table, leadout: Frames) -> Layout:
    named = barcode(ddp.identity.ean.strip())
    if named and not pq.ean:
        says = f"the EAN {named} is in DDPID only"
        way = "write it into the lead-in packet too, or the pressed disc may lose it"
        ddp.findings.append(warning("DDP-PQ", says, help=way))
    elif pq.ean and named and pq.ean != named:
        says = f"DDPID has the EAN {named}, the PQ file {pq.ean}"
        ddp.findings.append(error("DDP-PQ", says, measured=named, limit=pq.ean))
    return Layout(
        tracks=pq.tracks,
        leadout=leadout,
        ean=pq.ean or named,
        catalogue=ddp.identity.master,
    )


def _with_texts(ddp: _Set, layout: Layout) -> Layout:
    packed = _cdtext(ddp)
    if packed is None:
        return layout
    found = unpack(packed)
    ddp.findings.extend(found.findings)
    _compare_codes(ddp, layout, found)
    numbers = {track.number for track in layout.tracks}
    if strays := sorted(set(found.tracks) - numbers):
        listed = ", ".join(map(str, strays))
        says = f"the CD-TEXT has texts of tracks that the disc lacks: {listed}"
        ddp.findings.append(error("TXT-PARTIAL", says))
    return replace(
        layout,
        catalogue=found.catalogue or layout.catalogue,
        genre=found.genre,
        texts=found.texts,
        tracks=tuple(
            replace(track, texts=found.tracks.get(track.number, Texts()))
            for track in layout.tracks
        ),
    )


def _cdtext(ddp: _Set) -> bytes | None:
    found = ddp.of("S0", "CDTEXT")
    if found:
        packed = whole(named(ddp.folder, found[0].name))
        _check_length(ddp, found[0], len(packed))
        return packed
    try:
        packed = whole(named(ddp.folder, "CDTEXT.BIN"))
    except Refusal:
        return None
    says = "there is a CDTEXT.BIN that the map does not name"
    ddp.findings.append(warning("DDP-STRUCT", says, place=Place(file="CDTEXT.BIN")))
    return packed


def _compare_codes(ddp: _Set, layout: Layout, found: Unpacked) -> None:
    if (ean := barcode(found.ean)) and ean != layout.ean:
        says = f"the CD-TEXT has the EAN {ean}, the PQ file {layout.ean or 'none'}"
        ddp.findings.append(warning("DDP-PQ", says, measured=ean, limit=layout.ean))
    for track in layout.tracks:
        isrc = found.isrcs.get(track.number, track.isrc)
        if isrc != track.isrc:
            says = f"the CD-TEXT has the ISRC {isrc} for track {track.number}, "
            says += f"the PQ file {track.isrc or 'none'}"
            at = Place(track=track.number)
            ddp.findings.append(warning("DDP-PQ", says, place=at))


def _length(
    ddp: _Set, audio: MapPacket, image: Path, leadout: Frames, offset: int
) -> int:
    """Return the samples that are there from 00:02:00; report what is not."""
    size = image.stat().st_size - (audio.offset or 0)
    sectors, left = divmod(size, BYTES_PER_FRAME)
    if left:
        says = f"{image.name!r} ends within a sector: {left} bytes too many"
        ddp.findings.append(error("DDP-LEN", says, place=Place(file=image.name)))
    _check_length(ddp, audio, sectors, "sectors")
    there = max(0, image.stat().st_size - offset) // BYTES_PER_SAMPLE
    return min(there, (leadout - FIRST_PAUSE) * SAMPLES_PER_FRAME)


def _check_head(ddp: _Set, image: Path, offset: int) -> None:
    with image.open("rb") as file:
        if any(file.read(max(0, min(offset, FIRST_PAUSE * BYTES_PER_FRAME)))):
            says = "the first two seconds of the image are not silent"
            way = "what sounds before 00:02:00 reaches no listener"
            ddp.findings.append(warning("RB-START", says, help=way))
