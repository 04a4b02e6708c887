"""What of a source has one right answer, put right and told; nothing else is touched.

A conversion writes checksums, lengths, counters and fixed fields anew, so a fault in
these is gone once its finding is settled; codes are put into their one form. A mark, a
check digit, a damaged text or damaged audio has no such answer: it stays a finding.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from delivery.ddp_records import Identity, PQPacket
from delivery.fileset import find, whole
from delivery.findings import Finding, Place, Refusal, Severity, error, note, warning
from delivery.packs import PACK_SIZE
from delivery.pq import LEADOUT
from delivery.program import Layout, Track
from delivery.reading import Reading
from delivery.redbook import (
    BYTES_PER_FRAME,
    FIRST_PAUSE,
    SAMPLES_PER_FRAME,
    ean_fault,
    isrc_fault,
)
from delivery.sound import Sound, Stretch


@dataclass(frozen=True, kw_only=True)
class Mended:
    """A source as it will be written: its layout and sound, and all to be told."""

    layout: Layout
    sound: Sound
    findings: tuple[Finding, ...]
    fixes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class _Fix:
    """A kind of fault that is gone when the disc is written anew."""

    id: str
    rule: str
    says: re.Pattern[str]
    sure: Callable[[Finding, Reading, list[Finding]], bool]
    """Whether this one has one right answer, given all that was found."""


def kept_as_is(read: Reading, given: Iterable[Finding]) -> Mended:
    """Return the source unmended: what no form can say is left out, and told."""
    layout, lost = _without_faults(read.layout)
    return Mended(layout=layout, sound=read.sound, findings=(*given, *lost))


def mended(read: Reading, given: Iterable[Finding]) -> Mended:
    """Return the source put right where that has one answer."""
    found = list(given)
    fixes, left = [], []
    for one in found:
        fix = _fix(one, read, found)
        if fix is None:
            left.append(one)
        else:
            says = f"put right: {one.message}"
            fixes.append(
                replace(one, rule=fix, severity=Severity.NOTE, message=says, help=None)
            )
    layout, said = _codes(read.layout)
    layout, paused = _pauses(layout)
    fixes += [*said, *paused, *_unsaid(read)]
    sound = _whole_image(read)
    layout, lost = _without_faults(layout)
    left = [one for one in left if not _settled(one, fixes)]
    return Mended(
        layout=layout,
        sound=sound,
        findings=(*left, *lost, *fixes),
        fixes=tuple(fixes),
    )


def _fix(one: Finding, read: Reading, found: list[Finding]) -> str | None:
    for row in _FIXES:
        if row.rule == one.rule and row.says.search(one.message):
            return row.id if row.sure(one, read, found) else None
    return None


def _settled(one: Finding, fixes: list[Finding]) -> bool:
    """Return whether a reader's finding about a code is what a fix has put right."""
    mine = {(fix.rule, fix.place.track) for fix in fixes}
    if one.rule == "CUE-SYNTAX" and "CATALOG" in one.message:
        return ("FIX-EAN", None) in mine
    return False


def _always(*_: object) -> bool:
    return True


def _length_is_known(one: Finding, read: Reading, found: list[Finding]) -> bool:
    """Return whether a file is whole, or the image as long as its lead-out says."""
    if "sectors" in one.message or one.message.startswith("the image"):
        return _image_file(read) is not None
    name = one.place.file
    return not any(
        other.place.file == name and "after the last whole" in other.message
        for other in found
    )


def _pause_is_there(one: Finding, read: Reading, _: list[Finding]) -> bool:
    """Return whether the image has the pause that track 1 does not say."""
    whole_head = read.head.length == FIRST_PAUSE * SAMPLES_PER_FRAME
    return whole_head and read.layout.tracks[0].start >= FIRST_PAUSE


def _counters_alone(one: Finding, _: Reading, found: list[Finding]) -> bool:
    """Return whether only counters are wrong: every checksum is right, so every text.

    Numbers and announced counts that are both wrong may tell of a pack that is lost.
    """
    of_packs = [each.message for each in found if each.rule in ("TXT-SIZE", "TXT-CRC")]
    said = "\n".join(of_packs)
    if any(word in said for word in ("checksum", "do not follow on", "last whole")):
        return False
    numbers = "not in sequence" in said
    return not (numbers and ("announces" in said or "size packs" in said))


def _no_checksums_at_all(one: Finding, read: Reading, found: list[Finding]) -> bool:
    """Return whether all checksums of the packs are wrong, which no damage does."""
    name = one.place.file or ""
    wrong = [each for each in found if each.rule == "TXT-CRC"]
    there = read.files.size(name) // PACK_SIZE if find(read.files, name) else 0
    unwritten = all(each.measured == "0000" for each in wrong)
    counted = len(wrong) == there or unwritten
    errors = [each for each in found if each.severity is Severity.ERROR]
    return counted and not any(each.rule == "TXT-SIZE" for each in errors)


def _row(
    fix: str,
    rule: str,
    says: str,
    sure: Callable[[Finding, Reading, list[Finding]], bool] = _always,
) -> _Fix:
    return _Fix(fix, rule, re.compile(says), sure)


_FIXED = (
    "MPV|CDM|SSM|SCR|SIZ|TRK|DSP|PRE1|PST|PRE1NXT|PAUSEADD|MED|IDX|ISRC|NEW|padding"
)
_IDENTITY = "MSS|MSL|MED|NSIDE|SIDE|NLAYER|LAYER|BK"

_FIXES = (
    _row("FIX-SUM", "DDP-NOSUM", "no checksum file|has no checksum file"),
    _row("FIX-SUM", "DDP-CRC", "a line that is no checksum"),
    _row("FIX-LENGTH", "DDP-LEN", "^DDPMS says .* has .*, it has", _length_is_known),
    _row("FIX-LENGTH", "DDP-LEN", "^the image ends at sector", _length_is_known),
    _row("FIX-FIELD", "DDP-STRUCT", rf"^({_FIXED}) of packet \d+ of "),
    _row("FIX-FIELD", "DDP-STRUCT", rf"^({_IDENTITY}) of "),
    _row("FIX-FIELD", "DDP-STRUCT", r"^packet \d+ of .* is damaged: (SIZ|DSL|PRE2) "),
    _row("FIX-FIELD", "DDP-STRUCT", r"^packet \d+ of .*: (SPV|HRS|CB2) is "),
    _row("FIX-FIELD", "DDP-STRUCT", "^the user text of .* as long as it says"),
    _row("FIX-FIELD", "DDP-STRUCT", "CDTEXT.BIN that DDPMS does not name"),
    _row("FIX-FIELD", "DDP-PQ", "^the lead-(in|out) has the control bits"),
    _row("FIX-FIELD", "DDP-PQ", "^the lead-out has index"),
    _row("FIX-FIELD", "DDP-PQ", "^PRE2 says"),
    _row("FIX-EAN", "DDP-PQ", "^the EAN .* is in DDPID only"),
    _row("FIX-PAUSE", "DDP-PQ", "^track 01 has no index 00", _pause_is_there),
    _row("FIX-TEXT", "TXT-SIZE", "extra zero byte|four bytes of a drive's answer"),
    _row("FIX-TEXT", "TXT-SIZE", "not in sequence|announces|ends with pack|"
         "letters of its text|table of languages|which it lacks", _counters_alone),
    _row("FIX-TEXT", "TXT-CRC", "has a wrong checksum", _no_checksums_at_all),
    _row("FIX-ISRC", "CUE-SYNTAX", "is read as .*: no hyphens, capital letters"),
    _row("FIX-SHEET", "CUE-SYNTAX", "byte order mark|is written in utf|"
         "commands in small|CATALOG is written with spaces"),
)  # fmt: skip


def _codes(layout: Layout) -> tuple[Layout, list[Finding]]:
    """Put EAN and ISRCs into the one form they have on a disc."""
    fixes: list[Finding] = []
    ean = re.sub(r"[\s-]", "", layout.ean)
    if len(ean) == 12 and ean.isdigit() and ean_fault("0" + ean) is None:
        ean = "0" + ean
    if ean != layout.ean and ean_fault(ean) is None:
        says = f"the EAN {layout.ean} is written as {ean}"
        fixes.append(note("FIX-EAN", says, measured=layout.ean, limit=ean))
        layout = replace(layout, ean=ean)
    tracks = []
    for track in layout.tracks:
        isrc = re.sub(r"[\s-]|^ISRC", "", track.isrc.upper())
        if isrc != track.isrc and isrc_fault(isrc) is None:
            says = f"the ISRC {track.isrc} of track {track.number} is written as {isrc}"
            place = Place(track=track.number)
            limit = {"measured": track.isrc, "limit": isrc}
            fixes.append(note("FIX-ISRC", says, place=place, **limit))
            track = replace(track, isrc=isrc)
        tracks.append(track)
    return replace(layout, tracks=tuple(tracks)), fixes


def _pauses(layout: Layout) -> tuple[Layout, list[Finding]]:
    """Leave out pauses of no length: the mark of the start is where they are."""
    fixes = []
    for track in layout.tracks:
        if _empty_pause(track):
            says = f"the pause of no length before track {track.number} is left out"
            place = Place(track=track.number)
            fixes.append(note("FIX-PAUSE", says, place=place))
    return _without_empty_pauses(layout), fixes


def _empty_pause(track: Track) -> bool:
    return track.number > 1 and track.pause == track.start


def _without_empty_pauses(layout: Layout) -> Layout:
    tracks = (replace(t, pause=None) if _empty_pause(t) else t for t in layout.tracks)
    return replace(layout, tracks=tuple(tracks))


def _without_faults(layout: Layout) -> tuple[Layout, list[Finding]]:
    """Leave out what no form can say, and tell it."""
    lost: list[Finding] = []
    for track in layout.tracks:
        if _empty_pause(track):
            says = f"the pause of no length before track {track.number} is left out"
            place = Place(track=track.number)
            way = "--fix does the same, and takes it for put right"
            lost.append(error("RB-SAMEIDX", says, place=place, help=way))
    layout = _without_empty_pauses(layout)
    fault = ean_fault(layout.ean) if layout.ean else None
    if fault and "check digit" not in fault:
        if layout.ean.strip("0"):
            way = "--fix writes a UPC of 12 digits with a 0 before it"
            says = f"the EAN {layout.ean!r} is left out: it {fault}"
            lost.append(warning("CODE-LOSS", says, measured=layout.ean, help=way))
        layout = replace(layout, ean="")
    tracks = []
    for track in layout.tracks:
        fault = isrc_fault(track.isrc) if track.isrc else None
        if fault:
            if track.isrc.strip("0 "):
                says = f"the ISRC {track.isrc!r} of track {track.number} is left out: "
                says += f"it {fault}"
                place = Place(track=track.number)
                way = "--fix takes hyphens out and writes capital letters"
                lost.append(warning("CODE-LOSS", says, place=place, help=way))
            track = replace(track, isrc="")
        tracks.append(track)
    return replace(layout, tracks=tuple(tracks)), lost


def _unsaid(read: Reading) -> Iterator[Finding]:
    """Yield what readers of a DDP pass over and a writer does better."""
    if read.kind != "ddp":
        return
    mark = read.places.get(("mark", 0))
    name = mark.file if mark else None
    if not name:
        return
    try:
        packed = whole(read.files, name)
        identity, _ = Identity.tolerant(whole(read.files, read.name))
    except Refusal:
        return
    size = PQPacket.SIZE
    count = len(packed) // size
    packets = [PQPacket.tolerant(packed[at * size : at * size + size])[0]
               for at in range(count)]  # fmt: skip
    outs = [one for one in packets if one.track == LEADOUT]
    if len(outs) == 1:
        says = f"{name} says the lead-out once; it is written twice"
        yield note("FIX-LEADOUT", says, place=Place(file=name, packet=count))
    eans = {one.ean.strip() for one in packets} | {identity.ean.strip()}
    if short := sorted(code for code in eans if len(code) == 12 and code.isdigit()):
        says = f"the EAN {short[0]} is written as 0{short[0]}"
        yield note("FIX-EAN", says, place=Place(file=name), measured=short[0])


def _image_file(read: Reading) -> Stretch | None:
    """Return the one file of a DDP's image, where it ends at the lead-out."""
    stretches = (read.head + read.sound).stretches
    names = {each.name for each in stretches if each.files is not None}
    if read.kind != "ddp" or len(names) != 1 or stretches[0].offset:
        return None
    due = read.layout.leadout * BYTES_PER_FRAME
    if read.files.size(stretches[0].name) != due or not stretches[0].name:
        return None
    length = read.layout.leadout * SAMPLES_PER_FRAME
    return replace(stretches[0], length=length)


def _whole_image(read: Reading) -> Sound:
    """Return the sound to the lead-out, where the map had cut the image short."""
    due = read.layout.frames * SAMPLES_PER_FRAME
    file = _image_file(read) if read.sound.length < due else None
    if file is None:
        return read.sound
    lead = FIRST_PAUSE * SAMPLES_PER_FRAME
    return Sound(stretches=(file,)).cut(lead, lead + due)
