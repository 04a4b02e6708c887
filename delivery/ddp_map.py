"""DDPID and DDPMS: what a set is, and which streams it has, in every known dialect.

Sources: ``formats/ddp.md`` §§2, 3, 10. A damaged field costs that field alone: it is
named with its packet and byte, and the reading goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from delivery.ddp_records import FirstIdentity, Identity, MapPacket
from delivery.findings import Finding, Place, error, note, refuse, warning

AUDIO = ("DA", "")
_STREAMS = ("D0", "D1", "D2", "D3", "D4", "S0", "T0", "T1", "T2", "T3", "T4", "T5")
_SUBCODES = ("PQ DESCR", "CDTEXT")
_BLANK = tuple(
    (name, warning)
    for name in ("pointer", "pregap_part", "postgap", "next_pregap", "pause_added")
)
"""Fields that no known writer of audio fills."""

_QUIET = tuple((name, note) for name in ("medium", "index", "isrc", "new", "reserved"))
"""Fields that change nothing of what is read here."""

FIELDS = {
    "valid": "MPV", "stream": "DST", "pointer": "DSP", "length": "DSL",
    "start": "DSS", "subcode": "SUB", "mode": "CDM", "storage": "SSM",
    "scrambled": "SCR", "pregap_part": "PRE1", "pause": "PRE2", "postgap": "PST",
    "medium": "MED", "track": "TRK", "index": "IDX", "isrc": "ISRC",
    "name_width": "SIZ", "name": "DSI", "new": "NEW", "next_pregap": "PRE1NXT",
    "pause_added": "PAUSEADD", "offset": "OFS", "reserved": "padding",
}  # fmt: skip
_IDENTITY = {
    "version": "DDPID", "ean": "UPC", "map_start": "MSS", "map_length": "MSL",
    "medium": "MED", "master": "MID", "book": "BK", "kind": "TYPE",
    "sides": "NSIDE", "side": "SIDE", "layers": "NLAYER", "layer": "LAYER",
    "user_text": "TXT", "text_length": "SIZ",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One packet of the map, with its place."""

    packet: MapPacket
    file: str
    number: int
    """From 1."""

    def place(self, field: str = "valid") -> Place:
        """Return where a field of the packet stands."""
        byte = (self.number - 1) * MapPacket.SIZE + MapPacket.at(field)
        return Place(file=self.file, packet=self.number, byte=byte)

    @property
    def is_pq(self) -> bool:
        """Whether it names the PQ file."""
        subcode = self.packet.subcode.upper().replace("-", " ").replace("_", " ")
        return self.packet.stream == "S0" and subcode == "PQ DESCR"

    @property
    def is_cdtext(self) -> bool:
        """Whether it names the CD-TEXT."""
        subcode = self.packet.subcode.upper().replace("-", "").replace(" ", "")
        return self.packet.stream in ("S0", "T0") and subcode == "CDTEXT"

    @property
    def is_main(self) -> bool:
        """Whether it is of the main channel: audio or data."""
        return self.packet.stream in ("D0", "D1")

    @property
    def is_audio(self) -> bool:
        """Whether it is audio."""
        return self.packet.stream == "D0" and self.packet.mode.upper() in AUDIO


def identity(packed: bytes, file: str, findings: list[Finding]) -> Identity:
    """Return what DDPID says; refuse one that is nothing of the kind."""
    if not packed.startswith(b"DDP"):
        says = f"{file} does not begin with DDP"
        findings.append(
            error("DDP-STRUCT", says, place=Place(file=file, byte=0), limit="DDP 2.00")
        )
    if len(packed) != Identity.SIZE:
        says = f"{file} has {len(packed)} bytes, it should have {Identity.SIZE}"
        limit = {"measured": len(packed), "limit": Identity.SIZE}
        findings.append(error("DDP-STRUCT", says, place=Place(file=file), **limit))
    if packed.startswith(b"DDP 1"):
        first, faults = FirstIdentity.tolerant(packed)
        shared = vars(first).copy()
        del shared["text_length"], shared["user_text"]
        read: Identity = Identity(**{**shared, "kind": "", "user_text": ""})
    else:
        read, faults = Identity.tolerant(packed)
    for fault in faults:
        says = f"{_IDENTITY[fault.field]} of {file} is damaged: {fault.says}"
        place = Place(file=file, byte=fault.at)
        findings.append(error("DDP-STRUCT", says, place=place))
    _check_identity(read, packed, file, findings)
    return read


def _check_identity(
    read: Identity, packed: bytes, file: str, findings: list[Finding]
) -> None:
    def place(field: str) -> Place:
        return Place(file=file, byte=Identity.at(field))

    if read.version not in ("DDP 1.00", "DDP 1.01", "DDP 1.02", "DDP 2.00"):
        says = f"{file} says {read.version!r}, an audio set says 'DDP 2.00'"
        where = place("version")
        findings.append(error("DDP-STRUCT", says, place=where, measured=read.version))
    if read.kind not in {"CD", ""} or (read.kind == "" and not _first(read)):
        says = f"{file} says the medium is {read.kind!r}, not 'CD'"
        findings.append(error("DDP-STRUCT", says, place=place("kind")))
    for field in ("sides", "side", "layers", "layer"):
        if getattr(read, field) not in ("", "0", "1"):
            says = f"{_IDENTITY[field]} of {file} is {getattr(read, field)!r}, "
            says += "a CD leaves it blank"
            findings.append(warning("DDP-STRUCT", says, place=place(field)))
    for field in ("map_start", "map_length", "medium"):
        said = getattr(read, field).strip()
        if said and not said.isdigit():
            says = f"{_IDENTITY[field]} of {file} is {said!r}, not a number"
            findings.append(warning("DDP-STRUCT", says, place=place(field)))
    if read.book not in ("", "O"):
        says = f"BK of {file} is {read.book!r}; a plain audio CD leaves it blank"
        findings.append(note("DDP-STRUCT", says, place=place("book")))
    if not _first(read) and not _sound_text(packed[93:128].ljust(35)):
        says = f"the user text of {file} is not as long as it says"
        where = place("user_text")
        findings.append(warning("DDP-STRUCT", says, place=where))


def _first(read: Identity) -> bool:
    return read.version.startswith("DDP 1")


def _sound_text(packed: bytes) -> bool:
    """Return whether length and text agree in one of the two disputed places."""
    for width in (2, 3):
        digits, text = packed[:width].strip(b" \0"), packed[width:]
        if not digits:
            if not text.strip(b" \0"):
                return True
        elif digits.isdigit() and int(digits) >= len(text.rstrip(b" \0")) > 0:
            return True
    return False


def streams(packed: bytes, file: str, findings: list[Finding]) -> tuple[Stream, ...]:
    """Return the packets of DDPMS; refuse a file without a single one."""
    left = len(packed) % MapPacket.SIZE
    if left:
        says = f"{file} has {len(packed)} bytes, not a multiple of {MapPacket.SIZE}"
        place = Place(file=file, byte=len(packed) - left)
        findings.append(error("DDP-STRUCT", says, place=place, measured=len(packed)))
    if not packed.strip(b" \0") or len(packed) < MapPacket.SIZE:
        raise refuse("DDP-STRUCT", f"{file} has no packet", place=Place(file=file))
    found = []
    for at in range(0, len(packed) - left, MapPacket.SIZE):
        piece = packed[at : at + MapPacket.SIZE]
        if not piece.strip(b" \0"):
            continue  # the rest of a block on tape
        read, faults = MapPacket.tolerant(piece)
        number = at // MapPacket.SIZE + 1
        stream = Stream(packet=read, file=file, number=number)
        for fault in faults:
            says = f"packet {number} of {file} is damaged: {FIELDS[fault.field]} "
            says += f"(byte {fault.at}): {fault.says}"
            where = stream.place(fault.field)
            findings.append(error("DDP-STRUCT", says, place=where))
        _check_packet(stream, findings)
        found.append(stream)
    return tuple(found)


def _check_packet(stream: Stream, findings: list[Finding]) -> None:
    """Report what of one packet no audio set has."""
    read = stream.packet
    say = partial(_say, stream, findings)
    if read.valid != "VVVM":
        say(error, "valid", ", a packet begins with 'VVVM'")
    if read.stream not in _STREAMS:
        say(error, "stream", ", which is no kind of stream")
    elif read.stream == "S0" and not (stream.is_pq or stream.is_cdtext):
        say(error, "subcode", f"; {' and '.join(_SUBCODES)} are read")
    elif read.stream not in ("S0", "D0"):
        say(note, "stream", ": the stream is not read")
    if read.name_width != 17:
        say(error, "name_width", ", a name has 17 places")
    for field, make in (*_BLANK, *_QUIET):
        if getattr(read, field).strip(" 0"):
            say(make, field, ", audio sets leave it blank")
    if stream.is_audio:
        _check_audio(read, say)
    elif read.stream == "S0":
        _check_subcode(read, say)


def _say(
    stream: Stream,
    findings: list[Finding],
    make: Callable[..., Finding],
    field: str,
    why: str,
) -> None:
    """Note what is wrong with a field of a packet."""
    said = getattr(stream.packet, field)
    says = f"{FIELDS[field]} of packet {stream.number} of {stream.file} is "
    says += f"{said!r}{why}"
    findings.append(make("DDP-STRUCT", says, place=stream.place(field), measured=said))


def _check_audio(read: MapPacket, say: "partial[None]") -> None:
    if read.mode.upper() != "DA":
        say(warning, "mode", ", audio says 'DA'")
    if read.subcode:
        say(warning, "subcode", ", audio leaves it blank")
    if read.storage not in ("0", "7", ""):
        say(error, "storage", ", audio has 7 (or 0): sectors of 2352 bytes")
    if read.scrambled not in ("0", "1", ""):
        say(error, "scrambled", ", audio has 0 or 1")
    if read.track.strip(" 0") and not read.track.isdigit():
        say(warning, "track", ", not a track")
    if read.start not in (None, 0, 150):
        say(warning, "start", ", audio begins at 0 or 150")


def _check_subcode(read: MapPacket, say: "partial[None]") -> None:
    if read.track not in ("", "00"):
        say(warning, "track", ", a subcode stream has 00 or leaves it blank")
    for field in ("mode", "storage", "scrambled"):
        if getattr(read, field).strip():
            say(warning, field, ", a subcode stream leaves it blank")
    for field in ("start", "pause"):
        if getattr(read, field):
            say(warning, field, ", a subcode stream leaves it blank")
