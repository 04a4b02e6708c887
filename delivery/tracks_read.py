"""Reading a folder of track files as a disc: in the order of their names.

Each file is a track; laid end to end they are the programme. Titles, performers and
ISRCs come from the comments of FLAC files. A file called 00 is what is hidden before
track 1.
"""

import re
from dataclasses import replace

from delivery.fileset import Fileset
from delivery.findings import Finding, Place, Refusal, refuse, warning
from delivery.program import Layout, Texts, Track
from delivery.reading import Reading
from delivery.redbook import FIRST_PAUSE, LAST_ADDRESS, SAMPLES_PER_FRAME, Frames
from delivery.sound import Sound
from delivery.soundfiles import EXTENSIONS, SoundFile, opened

NO_DISC = (
    "tracks of a disc are judged here; files for listening are checked with the "
    "delivery they belong to: verify the folder that holds its manifest.json"
)

_NUMBER = re.compile(r"\s*(?:\d-)?(\d{1,3})(?!\d)")
_PART = re.compile(r"(\d+)")


def track_files(files: Fileset) -> tuple[str, ...]:
    """Return the names of the audio files of *files*, in the order of tracks.

    Only its own folder is looked through; numbers in names count as numbers.
    """
    found = [
        name
        for name in files.names()
        if "/" not in name and name.casefold().endswith(EXTENSIONS)
    ]
    return tuple(sorted(found, key=_key))


def read_in(files: Fileset, name: str = "") -> Reading:
    """Return the disc that the track files in *files* make.

    Raises Refusal where none of them can be read.
    """
    names = track_files(files)
    findings: list[Finding] = []
    read: list[tuple[str, SoundFile | None]] = []
    for each in names:
        try:
            read.append((each, opened(files, each)))
        except Refusal as refusal:
            told = refusal.findings
            findings += [replace(one, help=one.help or NO_DISC) for one in told]
            read.append((each, None))
    if not any(found for _, found in read):
        if findings:
            raise Refusal(findings)
        place = Place(file=files.path.name)
        raise refuse("TRACK-FILES", "there is no audio file", place=place)
    _check_numbers(names, findings)
    layout, sound = _laid(read, findings)
    whole = all(found for _, found in read)
    length = layout.frames * SAMPLES_PER_FRAME
    return Reading(
        kind="tracks",
        layout=layout,
        files=files,
        name=name or files.path.name,
        sound=sound.padded(length) if whole else Sound(),
        whole=whole,
        ends=whole,
        dialect=f"{len(names)} files",
        findings=tuple(findings),
    )


def _laid(
    read: list[tuple[str, SoundFile | None]], findings: list[Finding]
) -> tuple[Layout, Sound]:
    sound, at = Sound(), 0
    tracks: list[Track] = []
    disc = Texts()
    hidden = bool(read) and _number(read[0][0]) == 0 and len(read) > 1
    for place, (name, found) in enumerate(read):
        if found is None:
            continue
        findings.extend(found.findings)
        odd = found.sound.length % SAMPLES_PER_FRAME
        if odd and place < len(read) - 1:
            says = f"{name!r} ends {odd} samples into a CD frame; silence fills it up"
            way = "cut the files at CD frames, or the disc has a gap here"
            at_file = Place(file=name, track=len(tracks) + 1)
            findings.append(warning("RB-GRID", says, place=at_file, help=way))
        if not (hidden and place == 0):
            texts = Texts(
                title=found.tags.get("TITLE", ""),
                performer=found.tags.get("ARTIST", ""),
                composer=found.tags.get("COMPOSER", ""),
            )
            tracks.append(
                Track(
                    number=len(tracks) + 1,
                    start=Frames(FIRST_PAUSE + at),
                    pause=None if tracks else Frames(0),
                    isrc=found.tags.get("ISRC", "").replace("-", "").upper(),
                    texts=texts,
                )
            )
        album = found.tags.get("ALBUM", "")
        disc = replace(disc, title=disc.title or album)
        performer = found.tags.get("ALBUMARTIST", "")
        disc = replace(disc, performer=disc.performer or performer)
        sound += found.sound.padded(found.frames * SAMPLES_PER_FRAME)
        at += found.frames
        if at > LAST_ADDRESS:
            raise refuse("RB-LENGTH", "the files together are longer than any disc",
                         place=Place(file=name))  # fmt: skip
    leadout = Frames(FIRST_PAUSE + at)
    return Layout(tracks=tuple(tracks), leadout=leadout, texts=disc), sound


def _check_numbers(names: tuple[str, ...], findings: list[Finding]) -> None:
    """Find numbers in the names that leave a gap, or stand twice."""
    numbers = [_number(name) for name in names]
    if any(number is None for number in numbers):
        says = "not every file name begins with its track's number"
        way = "the order is that of the names; number them 01, 02 …"
        odd = names[numbers.index(None)]
        findings.append(warning("TRACK-FILES", says, place=Place(file=odd), help=way))
        return
    first = numbers[0] if numbers[0] in (0, 1) else 1
    for due, (number, name) in enumerate(zip(numbers, names, strict=True), first or 0):
        if number != due:
            says = f"{name!r} stands where track {due} is due"
            findings.append(warning("TRACK-FILES", says, place=Place(file=name)))
            return


def _number(name: str) -> int | None:
    match = _NUMBER.match(name)
    return int(match[1]) if match else None


def _key(name: str) -> list[tuple[int, int, str]]:
    """Return what sorts *name* as people would: 2 before 10."""
    parts = _PART.split(name.casefold())
    return [
        (0, int(each[:18]), each) if each.isdigit() and each.isascii() else (1, 0, each)
        for each in parts
        if each
    ]
