"""A table of PQ packets, read into tracks: whatever order and dialect it has.

Writers differ in where they put ISRC and EAN, in how often they say the lead-out,
and in whether they have a lead-in at all (``formats/ddp.md`` §§4, 10).
"""

from delivery.ddp_pq import DATA, LEADIN, Event, Table, nibble, take
from delivery.findings import Refusal, Severity
from delivery.pq import LEADOUT
from delivery.program import Flag, Track
from delivery.redbook import Frames, ean_fault, isrc_fault, msf

_FLAGS = {1: Flag.PRE, 2: Flag.DCP, 8: Flag.FOUR_CHANNEL}


def table(packed: bytes, name: str) -> Table:
    """Return what the PQ file *name* says; refuse one without a single track."""
    read = Table(name)
    take(packed, read)
    first_session = _session(read)
    _check_order(first_session, read)
    numbers = sorted(
        {each.packet.track for each in first_session if each.packet.track.isdigit()}
    )
    read.tracks = tuple(
        track
        for number in numbers
        if number != LEADIN and (track := _track(number, first_session, read))
    )
    if not read.tracks:
        read.say(f"{name!r} has no track")
        raise Refusal(read.findings)
    given = [track.number for track in read.tracks]
    if given != list(range(1, len(given) + 1)):
        listed = ", ".join(map(str, given))
        due = next((n for n, one in enumerate(given, 1) if one != n), None)
        says = f"the tracks are not numbered 1, 2, 3 …: {listed}"
        read.say(says, read.firsts.get(given[due - 1]) if due else None, "track")
    read.leadout = _leadout(first_session, read)
    read.ean = _ean(first_session, read)
    return read


def barcode(code: str) -> str:
    """Return an EAN of 13 digits from what writers put in its field."""
    if len(code) == 12 and code.isdigit():
        code = "0" + code  # a UPC-A, written without its leading zero
    return "" if code.strip("0") == "" else code


def _session(read: Table) -> list[Event]:
    """Return the first session's events; later ones are told, and left alone."""
    events = read.events
    outs = [place for place, one in enumerate(events) if one.packet.track == LEADOUT]
    behind = [
        place
        for place, one in enumerate(events)
        if outs and place > outs[0] and one.packet.track != LEADOUT
    ]
    if not behind:
        return events
    later = events[behind[0] :]
    data = all((nibble(one.packet.control) or 0) & DATA for one in later
               if one.packet.track not in (LEADIN, LEADOUT))  # fmt: skip
    if not data or behind[0] <= outs[0]:
        number = later[0].number
        says = f"packet {number} of {read.name!r} stands behind the lead-out"
        read.say(says, number, "track", measured=later[0].packet.track)
        return events
    tracks = sorted({one.packet.track for one in later if one.packet.track.isdigit()})
    listed = ", ".join(track for track in tracks if track != LEADIN)
    says = f"a second session with the data tracks {listed} was not looked into"
    read.say(says, later[0].number, "track", Severity.NOTE, rule="DISC-DATA")
    return events[: behind[0]]


def _check_order(events: list[Event], read: Table) -> None:
    """Report marks that do not rise, and a lead-in that is not the beginning."""
    before: Event | None = None
    for place, one in enumerate(events):
        packet, at = one.packet, one.number
        if packet.track == LEADIN:
            if place:
                says = f"the lead-in stands at packet {at}, not at the beginning"
                read.say(says, at, "track")
            if one.time or one.index:
                says = f"the lead-in is at {msf(one.time)} index {one.index:02}, "
                says += "not at 00:00:00 index 00"
                read.say(says, at, "minutes" if one.time else "index",
                         measured=msf(one.time))  # fmt: skip
            continue
        if packet.track == LEADOUT:
            continue
        if before is not None and (
            one.time <= before.time
            or (packet.track, one.index) <= (before.packet.track, before.index)
        ):
            says = f"track {packet.track} index {one.index:02} at {msf(one.time)} does "
            says += f"not follow track {before.packet.track} index {before.index:02} "
            says += f"at {msf(before.time)}"
            part = "minutes" if one.time <= before.time else "index"
            read.say(says, at, part, track=int(packet.track), at=msf(one.time))
        before = one


def _track(number: str, events: list[Event], read: Table) -> Track | None:
    own = [one for one in events if one.packet.track == number]
    track = int(number)
    marks: dict[int, Event] = {}
    for one in own:
        if one.index in marks:
            says = f"track {number} has index {one.index:02} twice"
            read.say(says, one.number, "index", track=track)
        else:
            marks[one.index] = one
    if 1 not in marks:
        says = f"track {number} has no index 01"
        read.say(says, own[0].number, "index", track=track)
        return None
    read.firsts[track] = marks[1].number
    further = sorted(index for index in marks if index > 1)
    if further != list(range(2, len(further) + 2)):
        listed = ", ".join(f"{index:02}" for index in sorted(marks))
        says = f"the indexes of track {number} leave a gap: {listed}"
        gap = next(index for due, index in enumerate(further, 2) if index != due)
        read.say(says, marks[gap].number, "index", track=track)
    pause = marks[0].time if 0 in marks else None
    if number == "01" and pause != 0:
        says = "track 01 has no index 00"
        if pause is not None:
            says = f"track 01 has its index 00 at {msf(pause)}, not at 00:00:00"
        read.say(says, own[0].number, "index", track=track)
        pause = Frames(0) if pause is None else pause
    flags, data = _flags(own, read)
    return Track(
        number=track,
        start=marks[1].time,
        pause=pause,
        indexes=tuple(marks[index].time for index in further),
        isrc=_isrc(own, read),
        flags=flags,
        data=data,
    )


def _isrc(own: list[Event], read: Table) -> str:
    """Return the track's ISRC: the first that is not blank, whatever its index."""
    said = {one.packet.isrc.strip(): one.number for one in reversed(own)}
    codes = [code for code in reversed(said) if code.strip("0 ")]
    if len(codes) > 1:
        track = own[0].packet.track
        says = f"track {track} has two ISRCs: {', '.join(codes)}"
        wrong = next((code for code in codes if isrc_fault(code)), codes[-1])
        read.say(says, said[wrong], "isrc", track=int(track), measured=codes)
    return codes[0] if codes else ""


def _flags(own: list[Event], read: Table) -> tuple[frozenset[Flag], bool]:
    said = {one.packet.control: one.number for one in reversed(own)}
    controls = list(reversed(said))
    track = own[0].packet.track
    if len(controls) > 1:
        listed = ", ".join(map(repr, controls))
        says = f"the control bits of track {track} change: {listed}"
        read.say(says, said[controls[1]], "control", track=int(track))
    bits = nibble(controls[0]) or 0
    if bits & DATA:
        says = f"track {track} is not audio: control bits {controls[0]!r}"
        note = Severity.NOTE
        read.say(says, own[0].number, "control", note, int(track), "DISC-DATA")
        return frozenset(), True
    copies = {Flag.SCMS} if controls[0][1:2] == "S" else set()
    flags = {flag for bit, flag in _FLAGS.items() if bits & bit}
    return frozenset(flags | copies), False


def _leadout(events: list[Event], read: Table) -> Frames | None:
    outs = [one for one in events if one.packet.track == LEADOUT]
    if not outs:
        read.say("the PQ file has no lead-out")
        return None
    first, last = outs[0], read.tracks[-1]
    control = _last_control(events)
    for one in outs:
        if one.time != first.time:
            listed = f"{msf(first.time)}, {msf(one.time)}"
            says = f"the PQ file has more than one lead-out: {listed}"
            read.say(says, one.number, "minutes", measured=msf(one.time),
                     limit=msf(first.time))  # fmt: skip
        if one.index != 1:
            says = f"the lead-out has index {one.index:02}, not 01"
            read.say(says, one.number, "index", measured=one.index, limit=1)
    for one in (each for each in events if each.packet.track in (LEADIN, LEADOUT)):
        if one.packet.control not in ("01", control, ""):
            where = "lead-in" if one.packet.track == LEADIN else "lead-out"
            says = f"the {where} has the control bits {one.packet.control!r}"
            read.say(says, one.number, "control", measured=one.packet.control,
                     limit="01")  # fmt: skip
    if first.time <= max(last.start, *last.indexes, 0):
        says = f"the lead-out at {msf(first.time)} does not follow track "
        says += f"{last.number:02}"
        read.say(says, first.number, "minutes", at=msf(first.time))
    return first.time


def _last_control(events: list[Event]) -> str:
    """Return the control bits of the last track, which some give the lead-out too."""
    tracks = [one for one in events if one.packet.track not in (LEADIN, LEADOUT)]
    return tracks[-1].packet.control if tracks else "01"


def _ean(events: list[Event], read: Table) -> str:
    """Return the disc's EAN, of several the one that most packets have."""
    said: dict[str, list[int]] = {}
    for one in events:
        if code := barcode(one.packet.ean.strip()):
            said.setdefault(code, []).append(one.number)
    if not said:
        return ""
    best = max(said, key=lambda code: (ean_fault(code) is None, len(said[code])))
    for code, numbers in said.items():
        if code != best:
            says = f"the PQ file has more than one EAN: {best}, {code}"
            read.say(says, numbers[0], "ean", measured=code, limit=best)
    return best
