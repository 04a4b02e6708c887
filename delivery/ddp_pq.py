"""The packets of a PQ file, each judged by itself; findings name packet and byte.

Source: ``formats/ddp.md`` §§4, 10. ``ddp_table`` makes tracks of them.
"""

from dataclasses import dataclass, field

from delivery.ddp_records import PQPacket
from delivery.findings import Finding, Place, Severity
from delivery.pq import LEADOUT
from delivery.program import Track
from delivery.redbook import FRAMES_PER_SECOND, Frames

LEADIN = "00"
DATA = 4
_FIELDS = {
    "valid": "SPV", "track": "TRK", "index": "IDX", "hours": "HRS", "minutes": "MIN",
    "seconds": "SEC", "frames": "FRM", "control": "CB1", "reserved": "CB2",
    "isrc": "ISRC", "ean": "UPC", "comment": "TXT",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Event:
    """One sound packet: an index of a track, lead-in or lead-out, and its time."""

    packet: PQPacket
    number: int
    """From 1."""
    time: Frames
    file: str

    @property
    def index(self) -> int:
        """The index; a packet without one is no event."""
        return self.packet.index or 0

    def place(self, part: str) -> Place:
        """Return where a field of the packet stands."""
        byte = (self.number - 1) * PQPacket.SIZE + PQPacket.at(part)
        return Place(file=self.file, packet=self.number, byte=byte)


@dataclass
class Table:
    """What a PQ file says, gathered packet by packet."""

    name: str = ""
    tracks: tuple[Track, ...] = ()
    leadout: Frames | None = None
    ean: str = ""
    events: list[Event] = field(default_factory=list)
    firsts: dict[int, int] = field(default_factory=dict)
    """The packet of each track's INDEX 01, by track."""
    findings: list[Finding] = field(default_factory=list)

    def say(
        self,
        message: str,
        packet: int | None = None,
        part: str = "valid",
        severity: Severity = Severity.ERROR,
        track: int | None = None,
        rule: str = "DDP-PQ",
        **parts: object,
    ) -> None:
        """Note one thing about the table, or about a packet's field."""
        byte = None
        if packet is not None:
            byte = (packet - 1) * PQPacket.SIZE + PQPacket.at(part)
        at = parts.pop("at", None)
        place = Place(
            file=self.name, packet=packet, byte=byte, track=track,
            at=None if at is None else str(at),
        )  # fmt: skip
        self.findings.append(
            Finding(
                rule=rule,
                severity=severity,
                message=message,
                place=place,
                measured=parts.get("measured"),
                limit=parts.get("limit"),
                help=None if "help" not in parts else str(parts["help"]),
            )
        )


def take(packed: bytes, read: Table) -> None:
    """Take every packet that can be told; report what is wrong with any."""
    size, name = PQPacket.SIZE, read.name
    if left := len(packed) % size:
        says = f"{name!r} has {len(packed)} bytes: {left} after the last whole packet"
        read.say(
            says, len(packed) // size + 1, rule="DDP-STRUCT",
            measured=len(packed), limit=len(packed) - left,
        )  # fmt: skip
    for at in range(0, len(packed) - left, size):
        piece, number = packed[at : at + size], at // size + 1
        if not piece.strip(b" \0"):
            continue
        if piece[4:7] == b"00A" and piece[7:8] in b"012":
            continue  # of CD-I and DDP 1.0x: the lead-in's own pointers
        packet, faults = PQPacket.tolerant(piece)
        for fault in faults:
            says = f"packet {number} of {name!r}: {_FIELDS[fault.field]} {fault.says}"
            read.say(says, number, fault.field, rule="DDP-STRUCT")
        if (time := _judged(packet, number, read)) is not None:
            read.events.append(
                Event(packet=packet, number=number, time=time, file=name)
            )


def _judged(packet: PQPacket, number: int, read: Table) -> Frames | None:
    """Report what one packet has wrong; return its time, None where there is none."""

    def say(part: str, why: str, severity: Severity = Severity.ERROR) -> None:
        said = getattr(packet, part)
        says = f"packet {number} of {read.name!r}: {_FIELDS[part]} is {said!r}, {why}"
        read.say(says, number, part, severity, rule="DDP-STRUCT", measured=said)

    if packet.valid != "VVVS":
        say("valid", "a packet begins with 'VVVS'")
    known = packet.track.isdigit() and len(packet.track) == 2
    if not known and packet.track != LEADOUT:
        says = f"packet {number} of {read.name!r} is of track {packet.track!r}"
        read.say(says, number, "track", measured=packet.track)
        return None
    if packet.hours not in ("", "00"):
        say("hours", "it is blank or 00")
    if packet.reserved.strip(" 0"):
        say("reserved", "it is blank", Severity.WARNING)
    _check_control(packet, number, read)
    _check_codes(packet, number, read)
    minutes, seconds, frames = packet.minutes, packet.seconds, packet.frames
    if packet.index is None or minutes is None or seconds is None or frames is None:
        blank = [
            part
            for part in ("index", "minutes", "seconds", "frames")
            if getattr(packet, part) is None
        ]
        listed = ", ".join(_FIELDS[part] for part in blank)
        says = f"packet {number} of {read.name!r} has no {listed}"
        read.say(says, number, blank[0], rule="DDP-STRUCT")
        return None
    if seconds > 59 or frames > 74:
        written = f"{minutes:02}:{seconds:02}:{frames:02}"
        says = f"packet {number} of {read.name!r}: {written} is not a time"
        part = "seconds" if seconds > 59 else "frames"
        read.say(says, number, part, rule="DDP-STRUCT", measured=written)
        return None
    return Frames((minutes * 60 + seconds) * FRAMES_PER_SECOND + frames)


def _check_control(packet: PQPacket, number: int, read: Table) -> None:
    control = packet.control
    bits = nibble(control)
    if bits is None or control[1:2] not in ("1", "S"):
        says = f"track {packet.track} has the control bits {control!r}: "
        says += "a digit 0 … F and then 1, or S"
        read.say(says, number, "control", measured=control)
    elif bits & DATA and bits & 9:
        says = f"track {packet.track} has the control bits {control!r}: data has "
        says += "neither pre-emphasis nor four channels"
        read.say(says, number, "control", measured=control)


def _check_codes(packet: PQPacket, number: int, read: Table) -> None:
    """Look at the codes of one packet where the disc's own rules would not see it."""
    outside = packet.track in (LEADIN, LEADOUT)
    if packet.isrc.strip("0 ") and outside:
        where = "lead-in" if packet.track == LEADIN else "lead-out"
        says = f"the {where} has the ISRC {packet.isrc!r}, which belongs to a track"
        read.say(says, number, "isrc", Severity.WARNING, measured=packet.isrc)
    ean = packet.ean.strip()
    if ean and not (ean.isdigit() and len(ean) in (12, 13)):
        says = f"packet {number} of {read.name!r} has the EAN {ean!r}, not 13 digits"
        read.say(says, number, "ean", measured=ean, limit=13)


def nibble(control: str) -> int | None:
    """Return the control bits; None where they are no hexadecimal digit."""
    digit = control[:1]
    return int(digit, 16) if digit and digit in "0123456789ABCDEFabcdef" else None
