"""Reading a DDP set: ours, and what the dialects of others allow.

DDP 2.00 and 1.0x, in a folder or in a zip. Names of files come from the map and are
taken only from the set itself. Damage is a finding with its file, packet and byte;
only where no disc can be told at all the set is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from delivery import checksums, ddp_agree
from delivery.cdtext_read import Unpacked, unpack
from delivery.ddp_map import Stream, identity, streams
from delivery.ddp_pq import Table
from delivery.ddp_records import Identity
from delivery.ddp_streams import lay_out
from delivery.ddp_table import barcode, table
from delivery.fileset import Fileset, Folder, find, reading, whole
from delivery.findings import Finding, Place, Refusal, error, refuse, warning
from delivery.program import Layout, Texts
from delivery.reading import Claim, Reading
from delivery.redbook import FIRST_PAUSE, LAST_ADDRESS, SAMPLES_PER_FRAME, Frames, msf
from delivery.sound import Sound, silence

IDENTITY, MAP, CD_TEXT = "DDPID", "DDPMS", "CDTEXT.BIN"


@dataclass
class _Set:
    """A set while it is read."""

    files: Fileset
    identity: Identity
    streams: tuple[Stream, ...]
    id_file: str
    findings: list[Finding] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    """Files that belong to the set, as they are called."""
    cdtext: str = CD_TEXT

    def file(self, stream: Stream, name: str | None = None) -> str | None:
        """Return the file that a packet names; report one that is not there."""
        wanted = stream.packet.name.strip() if name is None else name
        place = stream.place("name")
        if not wanted or wanted in {".", ".."} or any(c in wanted for c in "/\\:"):
            says = f"the map names the file {wanted!r}"
            way = "a set's files stand beside its DDPID"
            self.findings.append(error("DDP-STRUCT", says, place=place, help=way))
            return None
        if (there := find(self.files, wanted)) is None or "/" in there:
            says = f"the set has no {wanted!r}, which packet {stream.number} names"
            self.findings.append(error("DDP-STRUCT", says, place=place))
            return None
        self.named.append(there)
        return there


def read(source: Path | Fileset, check_image: bool = True) -> Reading:
    """Return the set at *source*: its folder, or where its files are.

    Unless *check_image* the sums of the audio are left to who reads it: ``claims``.
    Raises Refusal where there is no table of tracks.
    """
    files = Folder(source, deep=False) if isinstance(source, Path) else source
    ddp = _opened(files)
    try:
        return _read(ddp, check_image)
    except Refusal as refusal:
        said = list(dict.fromkeys(map(id, refusal.findings)))
        more = [one for one in ddp.findings if id(one) not in said]
        raise Refusal([*more, *refusal.findings]) from refusal


def _read(ddp: _Set, check_image: bool) -> Reading:
    pq = _pq(ddp)
    ddp.findings.extend(pq.findings)
    laid = lay_out(
        ddp.files, [one for one in ddp.streams if one.is_main], ddp.file, ddp.findings
    )
    leadout = _leadout(ddp, pq, laid.end, laid.place)
    named = barcode(ddp.identity.ean.strip())
    layout = Layout(
        tracks=pq.tracks,
        leadout=leadout,
        ean=pq.ean or named,
        catalogue=ddp.identity.master,
    )
    ddp_agree.barcodes(pq, named, ddp.id_file, ddp.findings)
    ddp_agree.first_pause(pq, laid.pause, laid.pause_place, ddp.findings)
    layout = _with_texts(ddp, layout, pq)
    head, sound = _heard(laid.sound, laid.start, leadout)
    _check_head(head, laid.place, ddp.findings)
    sums, open_claims = _sums(ddp, laid.names, check_image)
    return Reading(
        kind="ddp",
        layout=layout,
        files=ddp.files,
        name=ddp.id_file,
        sound=sound,
        head=head,
        whole=bool(laid.names),
        dialect=ddp.identity.version,
        checksums=sums,
        claims=open_claims,
        places=_places(ddp, pq),
        findings=tuple(ddp.findings),
    )


def _opened(files: Fileset) -> _Set:
    try:
        names = [find(files, name) for name in (IDENTITY, MAP)]
    except OSError as bad:
        says = f"{str(files.path)!r} cannot be read: {bad.strerror}"
        raise refuse("DDP-STRUCT", says) from bad
    for name, there in zip((IDENTITY, MAP), names, strict=True):
        if there is None:
            place = Place(file=name)
            raise refuse("DDP-STRUCT", f"the set has no {name!r}", place=place)
    first, second = str(names[0]), str(names[1])
    findings: list[Finding] = []
    read = identity(whole(files, first), first, findings)
    try:
        listed = streams(whole(files, second), second, findings)
    except Refusal as refusal:
        raise Refusal([*findings, *refusal.findings]) from refusal
    return _Set(files, read, listed, first, findings, [first, second])


def _pq(ddp: _Set) -> Table:
    found = [one for one in ddp.streams if one.is_pq]
    if len(found) != 1:
        says = f"the map has {len(found)} PQ streams, there must be one"
        place = found[1].place() if found else Place(file=MAP)
        ddp.findings.append(error("DDP-STRUCT", says, place=place))
    for one in found:
        if (name := ddp.file(one)) is not None:
            packed = whole(ddp.files, name)
            _check_length(ddp, one, name, len(packed))
            return table(packed, name)
    # a damaged map: the file itself still begins like one
    for name in ddp.files.names():
        if "/" not in name and _begins(ddp.files, name, b"VVVS"):
            ddp.named.append(name)
            return table(whole(ddp.files, name), name)
    raise refuse("DDP-STRUCT", "the set has no PQ file", place=Place(file=MAP))


def _begins(files: Fileset, name: str, start: bytes) -> bool:
    try:
        with reading(name), files.open(name) as file:
            return file.read(len(start)) == start
    except Refusal:
        return False


def _check_length(ddp: _Set, stream: Stream, name: str, size: int) -> None:
    said = stream.packet.length
    if said != size:
        says = f"DDPMS says {name!r} has {said} bytes, it has {size}"
        place = Place(file=name)
        way = f"see DSL of packet {stream.number} of {stream.file}"
        limit: dict[str, object] = {"measured": size, "limit": said, "help": way}
        ddp.findings.append(error("DDP-LEN", says, place=place, **limit))


def _leadout(ddp: _Set, pq: Table, end: int | None, where: Place) -> Frames:
    """Return the lead-out by the PQ file, or by the image's length without one."""
    if pq.leadout is None:
        if end is None or not FIRST_PAUSE < end <= LAST_ADDRESS:
            says = "nothing in the set says where the disc ends"
            raise refuse("DDP-PQ", says, place=Place(file=pq.name))
        return Frames(end)
    if pq.leadout <= FIRST_PAUSE:
        says = f"the lead-out at {msf(pq.leadout)} leaves no programme"
        first = msf(FIRST_PAUSE)
        place = Place(file=pq.name)
        raise refuse("DDP-PQ", says, place=place, limit=first)
    if end is not None and pq.leadout != end:
        says = f"the image ends at sector {end}, the lead-out is at {pq.leadout}"
        way = f"compare DSL in {where.file} with the AA packets of {pq.name}"
        limit: dict[str, object]
        limit = {"measured": end, "limit": int(pq.leadout), "help": way}
        ddp.findings.append(error("DDP-LEN", says, place=where, **limit))
    return pq.leadout


def _with_texts(ddp: _Set, layout: Layout, pq: Table) -> Layout:
    name, packed = _cdtext(ddp)
    if packed is None:
        return layout
    found: Unpacked = unpack(packed, name)
    ddp.cdtext = name
    ddp.findings.extend(found.findings)
    ddp_agree.texts(layout, found, name, pq.name, ddp.findings)
    return replace(
        layout,
        catalogue=found.catalogue or layout.catalogue,
        genre=found.genre,
        texts=found.texts,
        language=found.language,
        charset=found.charset,
        languages=found.languages,
        tracks=tuple(
            replace(track, texts=found.tracks.get(track.number, Texts()))
            for track in layout.tracks
        ),
    )


def _cdtext(ddp: _Set) -> tuple[str, bytes | None]:
    for one in (each for each in ddp.streams if each.is_cdtext):
        if (name := ddp.file(one)) is not None:
            packed = whole(ddp.files, name)
            _check_length(ddp, one, name, len(packed))
            return name, packed
    there = find(ddp.files, CD_TEXT)
    if there is None or "/" in there:
        return CD_TEXT, None
    if there not in ddp.named:
        says = "there is a CDTEXT.BIN that DDPMS does not name"
        place = Place(file=there)
        ddp.findings.append(warning("DDP-STRUCT", says, place=place))
        ddp.named.append(there)
    return there, whole(ddp.files, there)


def _places(ddp: _Set, pq: Table) -> dict[tuple[str, int], Place]:
    """Return the packets of each track's start and code, and the files of the rest."""
    places = {("mark", 0): Place(file=pq.name)}
    if (there := find(ddp.files, ddp.cdtext)) is not None:
        places["text", 0] = Place(file=there)
    for event in pq.events:
        number = int(event.packet.track) if event.packet.track.isdigit() else 0
        if event.packet.ean.strip():
            places.setdefault(("ean", 0), event.place("ean"))
        if number and event.packet.isrc.strip():
            places.setdefault(("isrc", number), event.place("isrc"))
        if number and event.index == 1:
            places.setdefault(("mark", number), event.place("minutes"))
    if "text" in {part for part, _ in places}:
        texts = places["text", 0]
        places |= {("text", track.number): texts for track in pq.tracks}
    places.setdefault(("ean", 0), Place(file=ddp.id_file, byte=Identity.at("ean")))
    return places


def _heard(sound: Sound, start: int, leadout: Frames) -> tuple[Sound, Sound]:
    """Return what lies before 00:02:00, and the programme behind it.

    *start* is the disc's frame at which *sound* begins.
    """
    lead = (FIRST_PAUSE - start) * SAMPLES_PER_FRAME
    length = (leadout - FIRST_PAUSE) * SAMPLES_PER_FRAME
    if lead < 0:  # a stream recorded later than the programme begins
        sound, lead = silence(-lead) + sound, 0
    return sound.cut(0, lead), sound.cut(lead, lead + length)


def _check_head(head: Sound, place: Place, findings: list[Finding]) -> None:
    try:
        loud = any(block.any() for block in head.blocks())
    except Refusal as refusal:
        findings.extend(refusal.findings)
        return
    if loud:
        says = "the first two seconds of the image are not silent"
        way = "what sounds before 00:02:00 reaches no listener"
        at = replace(place, packet=None, byte=None, at="00:00:00")
        findings.append(warning("RB-START", says, place=at, help=way))


def _sums(
    ddp: _Set, audio: Iterable[str], check_image: bool
) -> tuple[dict[str, str], tuple[Claim, ...]]:
    """Compare the checksums of the set; return MD5s, and what is left to compare."""
    claimed = checksums.claims(ddp.files, ddp.findings)
    checksums.uncovered(claimed, dict.fromkeys(ddp.named), ddp.findings)
    large = set() if check_image else set(audio)
    now = [one for one in claimed if one.file not in large]
    sums = checksums.confirm(ddp.files, now, ddp.findings)
    return sums, tuple(one for one in claimed if one.file in large)
