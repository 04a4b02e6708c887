"""Reading TOC files of cdrdao with their audio: tracks laid end to end.

Tracks may be of several files, of silence, of data; lengths are mostly written out, so
the disc can be told even where its audio is missing. Every fault is told at its line.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from delivery.cdtext_blocks import MS_JIS
from delivery.fileset import Fileset, Folder, find
from delivery.findings import Finding, Place, Refusal, Severity, error
from delivery.program import Flag, Language, Layout, Texts, Track
from delivery.reading import Reading
from delivery.redbook import (
    FIRST_PAUSE,
    LAST_ADDRESS,
    MINIMUM_TRACK,
    SAMPLES_PER_FRAME,
    Frames,
)
from delivery.sheet_text import letters
from delivery.sound import Sound, silence
from delivery.soundfiles import EXTENSIONS, SoundFile, opened, raw
from delivery.toc_sheet import MODES, Entry, Piece, Sheet, Words, statement
from delivery.toc_tokens import LONGEST, SCMS, Tokens

_LEAST = MINIMUM_TRACK * SAMPLES_PER_FRAME
"""Samples that stand for what is unknown."""


@dataclass
class _Disc:
    """The disc while its tracks are laid end to end."""

    toc: Tokens
    files: Fileset
    sound: Sound = field(default_factory=Sound)
    at: int = 0
    """Frames from 00:02:00."""
    whole: bool = True
    ends: bool = True
    tracks: list[Track] = field(default_factory=list)
    opened: dict[tuple[str, bool], SoundFile | None] = field(default_factory=dict)
    data: list[int] = field(default_factory=list)


def read(path: Path) -> Reading:
    """Return the disc of the TOC file at *path*."""
    if path.exists() and not path.is_file():
        says = f"{str(path)!r} is not a file"
        raise Refusal([error("TOC-SYNTAX", says, place=Place(file=path.name))])
    return read_in(Folder(path.parent), path.name)


def read_in(files: Fileset, name: str) -> Reading:
    """Return the disc of the TOC file *name* in *files*.

    Raises Refusal where it has no track, or where no track can be told.
    """
    text = letters(files, name, "TOC-SYNTAX").text
    toc = Tokens(text, name)
    sheet = Sheet()
    faults: tuple[Finding, ...] = ()
    try:
        while toc.more():
            statement(toc, sheet)
    except Refusal as refusal:
        faults = refusal.findings
    if not sheet.entries:
        if not faults:
            faults = toc.refuse(f"{name!r} has no track").findings
        raise Refusal([*toc.findings, *faults])
    _take_remarks(text, sheet)
    disc = _Disc(toc, files)
    for entry in sheet.entries:
        _lay(entry, disc, sheet)
    if disc.data:
        listed = ", ".join(f"{number:02}" for number in disc.data)
        says = f"the tracks {listed} are data and were not looked into"
        toc.say(says, Severity.NOTE, sheet.entries[0].line, "DISC-DATA")
    layout = _layout(sheet, disc)
    length = layout.frames * SAMPLES_PER_FRAME
    return Reading(
        kind="toc",
        layout=layout,
        files=files,
        name=name,
        sound=disc.sound.padded(length) if disc.whole else Sound(),
        whole=disc.whole,
        ends=disc.ends,
        dialect="cdrdao",
        places={
            ("mark", entry.number): Place(file=name, line=entry.line)
            for entry in sheet.entries
        },
        findings=(*toc.findings, *faults),
    )


def _take_remarks(text: str, sheet: Sheet) -> None:
    """Set the flag that stands in a remark on a track's line, or behind it."""
    for line, written in enumerate(text.split("\n"), 1):
        if written.rstrip().endswith(SCMS):
            before = [entry for entry in sheet.entries if entry.line <= line]
            if before:
                before[-1].flags.add(Flag.SCMS)


def _lay(entry: Entry, disc: _Disc, sheet: Sheet) -> None:
    """Lay one track behind what is there."""
    toc, begin = disc.toc, disc.at
    sounds, before_start = _pieces(entry, disc)
    if not entry.pieces:
        toc.say(f"track {entry.number:02} holds nothing", line=entry.line)
    frames = -(-sounds.length // SAMPLES_PER_FRAME)
    if sounds.length % SAMPLES_PER_FRAME and entry is not sheet.entries[-1]:
        says = f"track {entry.number:02} does not end on a CD frame; silence fills it"
        toc.say(says, Severity.WARNING, entry.line, "RB-GRID", entry.number)
    pause = -(-before_start // SAMPLES_PER_FRAME)
    if pause > frames:
        says = f"START of track {entry.number:02} lies behind its end"
        toc.say(says, line=entry.line, track=entry.number)
        pause = frames
    if entry.mode != "AUDIO":
        disc.data.append(entry.number)
    charset = sheet.charsets.get(0, 0)
    disc.tracks.append(_track(entry, FIRST_PAUSE + begin, pause, charset))
    disc.sound += sounds.padded(frames * SAMPLES_PER_FRAME)
    disc.at = min(begin + frames, LONGEST // SAMPLES_PER_FRAME)
    if any(mark >= FIRST_PAUSE + disc.at for mark in disc.tracks[-1].indexes):
        says = f"an INDEX of track {entry.number:02} lies behind its end"
        toc.say(says, line=entry.line, track=entry.number)


def _pieces(entry: Entry, disc: _Disc) -> tuple[Sound, int]:
    """Return the sound of a track, and the samples that stand before its INDEX 01."""
    sounds, before_start = silence(entry.pregap), entry.pregap
    for place, piece in enumerate(entry.pieces):
        if entry.start == -1 and place == entry.started:
            before_start = sounds.length
        sounds = (sounds + _piece(piece, entry, disc)).cut(0, LONGEST)
    if entry.start == -1 and entry.started == len(entry.pieces):
        before_start = sounds.length
    elif entry.start is not None and entry.start > 0:
        before_start = entry.pregap + entry.start
    if not disc.ends:  # a file of unknown length holds its marks at least
        latest = before_start + max((0, *entry.indexes))
        return sounds.padded(max(sounds.length, latest + _LEAST)), before_start
    return sounds, before_start


def _track(entry: Entry, first: int, pause: int, charset: int) -> Track:
    """Return a track whose data begins at *first*, with its INDEX 01 *pause* later."""
    start = first + pause
    gap = Frames(first) if pause else None
    words = entry.languages.get(0, Words())
    return Track(
        number=entry.number,
        start=Frames(start),
        pause=Frames(0) if entry.number == 1 else gap,
        indexes=tuple(
            Frames(start + index // SAMPLES_PER_FRAME) for index in entry.indexes
        ),
        isrc=entry.isrc,
        flags=frozenset(entry.flags),
        texts=_texts(words, charset),
        data=entry.mode != "AUDIO",
    )


def _piece(piece: Piece, entry: Entry, disc: _Disc) -> Sound:
    """Return the sound of one piece; data, and what is missing, stand as silence."""
    if not piece.name:
        return silence(piece.length or 0)
    found = _file(piece, disc)
    if found is None or piece.data:
        return silence(_data_length(piece, disc, found))
    there = found.sound.length
    start = piece.start
    stop = there if piece.length is None else start + piece.length
    if stop > there or start > there:
        says = f"track {entry.number:02} takes more of {piece.name!r} than is there"
        disc.toc.say(says, line=piece.line, rule="RB-ORDER", track=entry.number)
        disc.whole = False
        return silence(stop - start if stop > start else 0)
    return found.sound.cut(start, stop)


def _data_length(piece: Piece, disc: _Disc, found: SoundFile | None) -> int:
    if piece.length is not None:
        return piece.length
    if found is not None and piece.data:
        size = sum(each.length for each in found.sound.stretches) * 4
        frames = size // MODES[piece.data] - piece.start // SAMPLES_PER_FRAME
        return max(0, frames) * SAMPLES_PER_FRAME
    disc.ends = False
    return _LEAST


def _file(piece: Piece, disc: _Disc) -> SoundFile | None:
    """Return the file of a piece; tell once what is wrong with it."""
    key = piece.name, piece.swapped
    if key not in disc.opened:
        disc.opened[key] = _open(piece, disc)
    found = disc.opened[key]
    if found is None:
        disc.whole = disc.whole and bool(piece.data)
    elif piece.skip and not piece.data:
        skip = piece.skip // 4
        return SoundFile(sound=found.sound.cut(skip, found.sound.length))
    return found


def _open(piece: Piece, disc: _Disc) -> SoundFile | None:
    toc, wanted = disc.toc, piece.name
    folder = toc.name.rpartition("/")[0]
    parts = re.split(r"[/\\]", wanted)
    inside = ".." not in parts and not wanted.startswith(("/", "\\"))
    tries = ["/".join(parts), parts[-1]] if inside else [parts[-1]]
    found = (find(disc.files, f"{folder}/{one}" if folder else one) for one in tries)
    there = next(filter(None, found), None)
    place = Place(file=toc.name, line=piece.line)
    if there is None:
        says = f"{toc.name!r} names {wanted!r}, which is not beside it"
        toc.findings.append(error("SHEET-FILE", says, place=place))
        return None
    if len(parts) > 1:
        says = f"FILE {wanted!r} has a folder in its name"
        toc.say(says, Severity.WARNING, piece.line, "SHEET-FILE")
    try:
        if there.casefold().endswith(EXTENSIONS):
            return opened(disc.files, there)
        # every other name is raw audio to cdrdao, most significant byte first
        return raw(disc.files, there, big_endian=not piece.swapped)
    except Refusal as refusal:
        toc.findings.extend(refusal.findings)
        return None


def _layout(sheet: Sheet, disc: _Disc) -> Layout:
    leadout = FIRST_PAUSE + disc.at
    last = max(max(track.marks.values()) for track in disc.tracks)
    if leadout > LAST_ADDRESS:
        says = "the disc is longer than its clock: 99:59:74"
        disc.toc.say(says, rule="RB-LENGTH")
        disc.whole = False
    if leadout <= last:
        leadout, disc.ends, disc.whole = last + MINIMUM_TRACK, False, False
    words = sheet.languages.get(0, Words())
    charset = sheet.charsets.get(0, 0)
    numbers = {*sheet.languages, *(n for e in sheet.entries for n in e.languages)}
    return Layout(
        tracks=tuple(disc.tracks),
        leadout=Frames(leadout),
        ean=sheet.ean,
        catalogue=words.catalogue,
        genre=words.genre,
        texts=_texts(words, charset),
        language=sheet.codes.get(0, 0x09),
        charset=charset,
        languages=tuple(_language(n, sheet) for n in sorted(numbers - {0})),
    )


def _language(number: int, sheet: Sheet) -> Language:
    of = sheet.languages.get(number, Words())
    charset = sheet.charsets.get(number, 0)
    tracks = (
        (entry.number, _texts(entry.languages[number], charset))
        for entry in sheet.entries
        if number in entry.languages
    )
    return Language(
        code=sheet.codes.get(number, 0),
        charset=charset,
        texts=_texts(of, charset),
        tracks=tuple(row for row in tracks if row[1] != Texts()),
    )


def _texts(words: Words, charset: int) -> Texts:
    """Return the texts; those of MS-JIS may be bytes, each an escape of its own."""
    texts = words.texts
    if charset == MS_JIS:
        texts = {part: _japanese(text) for part, text in texts.items()}
    return Texts(**texts)


def _japanese(text: str) -> str:
    try:
        return text.encode("latin-1").decode("cp932")
    except UnicodeError:
        return text
