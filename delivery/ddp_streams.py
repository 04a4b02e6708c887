"""The main channel of a DDP set: one image, or several streams laid end to end.

DSS says at which sector a stream is recorded; blank streams follow one another
(``formats/ddp.md`` §3). Streams that overlap are not joined. Data is counted, told, and
stands as silence in what is heard.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from delivery.ddp_map import Stream
from delivery.fileset import Fileset
from delivery.findings import Finding, Place, error, note, warning
from delivery.redbook import (
    BYTES_PER_FRAME,
    FIRST_PAUSE,
    LAST_ADDRESS,
    SAMPLES_PER_FRAME,
)
from delivery.sound import Sound, Stretch, silence


@dataclass
class Laid:
    """The main channel as it lies on the disc."""

    sound: Sound = field(default_factory=Sound)
    start: int = 0
    """The disc's frame of its first sector."""
    end: int | None = None
    """The frame behind its last by the map, data of later sessions left out."""
    pause: int | None = None
    """PRE2 of the first stream."""
    pause_place: Place = Place()
    place: Place = Place()
    names: tuple[str, ...] = ()
    """The files of the audio."""


def lay_out(
    files: Fileset,
    streams: list[Stream],
    find: Callable[[Stream], str | None],
    findings: list[Finding],
) -> Laid:
    """Return the main channel of *streams*; what is wrong goes to *findings*."""
    audio = [one for one in streams if one.is_audio]
    _tell_data([one for one in streams if not one.is_audio], findings)
    if not audio:
        says = "the map has no audio stream"
        findings.append(error("DDP-STRUCT", says, place=Place(file="DDPMS")))
        return Laid()
    if len(audio) > 1:
        listed = ", ".join(one.packet.name for one in audio)
        says = f"the image is in {len(audio)} streams: {listed}"
        way = "some readers and plants take one audio stream only"
        place = audio[1].place()
        findings.append(warning("DDP-STRUCT", says, place=place, help=way))
    first = audio[0].packet
    laid = Laid(
        start=_begin(first.start),
        pause=first.pause,
        pause_place=audio[0].place("pause"),
        place=audio[0].place("length"),
    )
    at = laid.start
    for one in _in_disc_order(streams):
        if one.is_audio:
            at = _append(files, one, at, laid, find, findings)
        elif one.packet.start is None and one is not streams[-1]:
            # data between audio keeps its place, so that the marks stay right
            sectors = min(one.packet.length or 0, LAST_ADDRESS)
            laid.sound += silence(sectors * SAMPLES_PER_FRAME)
            at += sectors
    laid.end = at
    return laid


def _begin(start: int | None) -> int:
    return start if start is not None and start <= FIRST_PAUSE else 0


def _in_disc_order(streams: list[Stream]) -> list[Stream]:
    """Return the streams by the sector they are recorded at, where all say one."""
    starts = [one.packet.start for one in streams]
    if None not in starts and len(set(starts)) == len(starts):
        return sorted(streams, key=lambda one: one.packet.start or 0)
    return streams


def _append(
    files: Fileset,
    one: Stream,
    at: int,
    laid: Laid,
    find: Callable[[Stream], str | None],
    findings: list[Finding],
) -> int:
    """Lay one stream behind what is there; return the frame behind it."""
    packet, place = one.packet, one.place("start")
    said = packet.length if packet.length is not None else 0
    start = packet.start
    if laid.names and start is not None and start > 0 and start != at:
        says = f"stream {packet.name!r} is recorded at sector {start}, the one before "
        says += f"it ends at {at}"
        limit = {"measured": start, "limit": at}
        findings.append(error("DDP-STRUCT", says, place=place, **limit))
        if at < start <= LAST_ADDRESS:
            laid.sound += silence((start - at) * SAMPLES_PER_FRAME)
            at = start
    if said > LAST_ADDRESS + 1:
        says = f"DDPMS says {packet.name!r} has {said:,} sectors, more than any disc"
        limit = {"measured": said, "limit": int(LAST_ADDRESS)}
        findings.append(error("DDP-LEN", says, place=one.place("length"), **limit))
    name = find(one)
    if name is None:
        return at + min(said, LAST_ADDRESS)
    laid.names = tuple(dict.fromkeys((*laid.names, name)))
    sectors = _sectors(files, one, name, findings)
    if sectors > LAST_ADDRESS + 1:
        says = f"{name!r} has {sectors:,} sectors, more than any disc holds"
        limit = {"measured": sectors, "limit": int(LAST_ADDRESS)}
        findings.append(error("DDP-LEN", says, place=Place(file=name), **limit))
    length = min(sectors, said or sectors, LAST_ADDRESS + 1)
    stretch = Stretch(
        files=files,
        name=name,
        offset=packet.offset or 0,
        length=length * SAMPLES_PER_FRAME,
    )
    laid.sound += Sound(stretches=(stretch,))
    return at + min(said or sectors, LAST_ADDRESS + 1)


def _sectors(files: Fileset, one: Stream, name: str, findings: list[Finding]) -> int:
    """Return the whole sectors that a stream's file holds; compare them with DSL."""
    packet = one.packet
    size = max(0, files.size(name) - (packet.offset or 0))
    sectors, left = divmod(size, BYTES_PER_FRAME)
    place = Place(file=name, byte=(packet.offset or 0) + sectors * BYTES_PER_FRAME)
    if left:
        says = f"{name!r} ends within a sector: {left} bytes too many"
        findings.append(error("DDP-LEN", says, place=place, measured=left, limit=0))
    # several streams may lie in one file, each with its offset
    shared = packet.offset is not None and sectors > (packet.length or 0)
    if packet.length != sectors and not shared:
        says = f"DDPMS says {name!r} has {packet.length} sectors, it has {sectors}"
        way = f"see DSL of packet {one.number} of {one.file}"
        limit: dict[str, object]
        limit = {"measured": sectors, "limit": packet.length, "help": way}
        findings.append(error("DDP-LEN", says, place=Place(file=name), **limit))
    return sectors


def _tell_data(streams: list[Stream], findings: list[Finding]) -> None:
    for one in streams:
        says = f"stream {one.packet.name!r} (packet {one.number}) is data"
        says += f" of mode {one.packet.mode!r}; it was not looked into"
        findings.append(note("DISC-DATA", says, place=one.place("mode")))
