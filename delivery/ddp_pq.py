"""A table of PQ packets, read into tracks: whatever order and dialect it has.

Writers differ in where they put ISRC and EAN, in how often they say the lead-out,
and in whether they have a lead-in at all (``formats/ddp.md`` §§4, 10).
"""

from dataclasses import dataclass, field

from delivery.ddp_records import PQPacket
from delivery.findings import Finding, Place, error, refuse, warning
from delivery.pq import LEADOUT
from delivery.program import Flag, Track
from delivery.records import RecordError
from delivery.redbook import FRAMES_PER_SECOND, Frames, msf

LEADIN = "00"
_FLAGS = {1: Flag.PRE, 2: Flag.DCP, 8: Flag.FOUR_CHANNEL}
_DATA = 4


@dataclass
class Table:
    """What a PQ file says, gathered packet by packet."""

    tracks: tuple[Track, ...] = ()
    leadout: Frames | None = None
    ean: str = ""
    findings: list[Finding] = field(default_factory=list)

    def say(self, message: str, **parts: object) -> None:
        """Note one error of the table."""
        self.findings.append(error("DDP-PQ", message, **parts))


def table(packed: bytes, name: str) -> Table:
    """Return what the PQ file *name* says; refuse one without a single track."""
    read = Table()
    packets = _packets(packed, name, read)
    _check_order(packets, read)
    numbers = sorted({one.track for one, _ in packets if one.track.isdigit()})
    read.tracks = tuple(
        track
        for number in numbers
        if number != LEADIN and (track := _track(number, packets, read))
    )
    if not read.tracks:
        raise refuse("DDP-PQ", f"{name!r} has no track", place=Place(file=name))
    given = [track.number for track in read.tracks]
    if given != list(range(1, len(given) + 1)):
        listed = ", ".join(map(str, given))
        read.say(f"the tracks are not numbered 1, 2, 3 …: {listed}")
    read.leadout = _leadout(packets, read)
    read.ean = _ean(packets, read)
    return read


def barcode(code: str) -> str:
    """Return an EAN of 13 digits from what writers put in its field."""
    if len(code) == 12:
        code = "0" + code  # a UPC-A, written without its leading zero
    return "" if code.strip("0") == "" else code


_Timed = list[tuple[PQPacket, Frames]]


def _packets(packed: bytes, name: str, read: Table) -> _Timed:
    if left := len(packed) % PQPacket.SIZE:
        says = f"{name!r} has {len(packed)} bytes: {left} after the last whole packet"
        read.findings.append(
            error("DDP-STRUCT", says, measured=len(packed), limit=PQPacket.SIZE)
        )
    packets: _Timed = []
    for place in range(len(packed) // PQPacket.SIZE):
        piece = packed[place * PQPacket.SIZE : (place + 1) * PQPacket.SIZE]
        try:
            packet = PQPacket.unpack(piece)
            packets.append((packet, _time(packet)))
        except RecordError as bad:
            says = f"packet {place + 1} of {name!r}: {bad}"
            read.findings.append(error("DDP-STRUCT", says, place=Place(file=name)))
    return packets


def _time(packet: PQPacket) -> Frames:
    minutes, seconds, frames = packet.minutes, packet.seconds, packet.frames
    if packet.valid != "VVVS":
        raise RecordError(f"PQPacket.valid: {packet.valid!r} is not 'VVVS'")
    if packet.index is None or minutes is None or seconds is None or frames is None:
        raise RecordError("PQPacket: index or time is blank")
    if seconds > 59 or frames > 74:
        written = f"{minutes:02}:{seconds:02}:{frames:02}"
        raise RecordError(f"PQPacket: {written} is not a time")
    return Frames((minutes * 60 + seconds) * FRAMES_PER_SECOND + frames)


def _check_order(packets: _Timed, read: Table) -> None:
    """Report marks that do not rise, and packets that are no track's."""
    before: tuple[PQPacket, Frames] | None = None
    for packet, time in packets:
        if not (packet.track.isdigit() and len(packet.track) == 2):
            if packet.track != LEADOUT:
                read.say(f"a PQ packet is of track {packet.track!r}")
            continue
        if packet.track == LEADIN:
            continue
        if before is not None and time <= before[1]:
            says = f"track {packet.track} index {packet.index:02} at {msf(time)} does "
            says += f"not follow track {before[0].track} at {msf(before[1])}"
            read.say(says, place=Place(track=int(packet.track), at=msf(time)))
        before = packet, time


def _track(number: str, packets: _Timed, read: Table) -> Track | None:
    own = [(one, time) for one, time in packets if one.track == number]
    at = Place(track=int(number))
    marks: dict[int, Frames] = {}
    for packet, time in own:
        if packet.index is not None and packet.index in marks:
            read.say(f"track {number} has index {packet.index:02} twice", place=at)
        elif packet.index is not None:
            marks[packet.index] = time
    if 1 not in marks:
        read.say(f"track {number} has no index 01", place=at)
        return None
    further = sorted(index for index in marks if index > 1)
    if further != list(range(2, len(further) + 2)):
        listed = ", ".join(f"{index:02}" for index in sorted(marks))
        read.say(f"the indexes of track {number} leave a gap: {listed}", place=at)
    pause = marks.get(0)
    if pause is None and number == "01":
        read.say("track 01 has no index 00", place=at)
        pause = Frames(0)
    return Track(
        number=int(number),
        start=marks[1],
        pause=pause,
        indexes=tuple(marks[index] for index in further),
        isrc=_isrc([one for one, _ in own], at, read),
        flags=_flags([one for one, _ in own], at, read),
    )


def _isrc(packets: list[PQPacket], at: Place, read: Table) -> str:
    said = list(dict.fromkeys(one.isrc for one in packets if one.isrc.strip("0 ")))
    if len(said) > 1:
        read.say(f"track {at.track} has two ISRCs: {', '.join(said)}", place=at)
    return said[0].strip() if said else ""


def _flags(packets: list[PQPacket], at: Place, read: Table) -> frozenset[Flag]:
    said = list(dict.fromkeys(one.control for one in packets))
    if len(said) > 1:
        listed = ", ".join(map(repr, said))
        read.say(f"the control bits of track {at.track} change: {listed}", place=at)
    try:
        nibble = int(said[0][:1], 16)
    except ValueError:
        read.say(f"track {at.track} has the control bits {said[0]!r}", place=at)
        return frozenset()
    if nibble & _DATA:
        read.say(f"track {at.track} is not audio: control bits {said[0]!r}", place=at)
    copies = {Flag.SCMS} if said[0][1:2] == "S" else set()
    return frozenset({flag for bit, flag in _FLAGS.items() if nibble & bit} | copies)


def _leadout(packets: _Timed, read: Table) -> Frames | None:
    times = list(dict.fromkeys(time for one, time in packets if one.track == LEADOUT))
    if not times:
        read.say("the PQ file has no lead-out")
        return None
    if len(times) > 1:
        listed = ", ".join(map(msf, times))
        read.say(f"the PQ file has more than one lead-out: {listed}")
    last = read.tracks[-1]
    if times[0] <= max(last.start, *last.indexes, 0):
        says = f"the lead-out at {msf(times[0])} does not follow track {last.number:02}"
        read.say(says, place=Place(at=msf(times[0])))
    return times[0]


def _ean(packets: _Timed, read: Table) -> str:
    said = [code for one, _ in packets if (code := barcode(one.ean.strip()))]
    different = list(dict.fromkeys(said))
    if len(different) > 1:
        listed = ", ".join(different)
        says = f"the PQ file has more than one EAN: {listed}"
        read.findings.append(warning("DDP-PQ", says))
    return different[0] if different else ""
