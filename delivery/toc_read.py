"""Reading TOC files of cdrdao: discs of one audio image, each fault at its line.

Discs put together from several files, from silence or from data are refused with
their line.
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from delivery import genres
from delivery.packs import TEXT_TYPES
from delivery.program import Flag, Layout, Texts, Track
from delivery.reading import Reading, check_end, raw_span, wave_span
from delivery.redbook import FIRST_PAUSE, SAMPLES_PER_FRAME, Frames
from delivery.toc_tokens import Tokens, decoded

_FLAGS = {"COPY": Flag.DCP, "PRE_EMPHASIS": Flag.PRE}
_PARTS = {part.upper(): part for part in TEXT_TYPES}
_STRINGS = {*_PARTS, "DISC_ID", "UPC_EAN", "ISRC"}
_BINARIES = {"GENRE", "TOC_INFO1", "TOC_INFO2", "SIZE_INFO"}


@dataclass
class _Entry:
    """One track while it is read; times are frames of the image."""

    number: int
    line: int
    texts: dict[str, str] = field(default_factory=dict)
    flags: set[Flag] = field(default_factory=set)
    isrc: str = ""
    start: int = -1
    length: int | None = None
    pause: int = 0
    indexes: list[int] = field(default_factory=list)


class _Reader(Tokens):
    """The tokens of one file, and what has been read of them."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text, name)
        self.file = ""
        self.layout = Layout(tracks=(), leadout=Frames(0))
        self.entries: list[_Entry] = []


def read(path: Path) -> Reading:
    """Return the disc of the TOC file at *path* and of the image that it names."""
    toc = _Reader(decoded(path), path.name)
    while toc.ahead():
        _statement(toc)
    if toc.at < len(toc.tokens):
        toc.next()
    if not toc.entries or not toc.file:
        raise toc.refuse(f"{path.name!r} has no track")
    audio = path.parent / toc.file
    if not audio.is_file():
        raise toc.refuse(f"{path.name!r} names {toc.file!r}, which is not beside it")
    is_wave = toc.file.casefold().endswith(".wav")
    # every other name is raw audio to cdrdao, most significant byte first
    span = wave_span(audio) if is_wave else raw_span(audio, big_endian=True)
    layout = _layout(toc, span.frames)
    check_end(layout, path.name)
    return Reading(
        kind="toc",
        layout=layout,
        audio=audio,
        offset=span.offset,
        length=min(span.length, layout.frames * SAMPLES_PER_FRAME),
        big_endian=span.big_endian,
    )


def _statement(toc: _Reader) -> None:
    entry = toc.entries[-1] if toc.entries else None
    match toc.next():
        case "CD_DA" if entry is None:
            return
        case "CATALOG" if entry is None:
            toc.layout = replace(toc.layout, ean=toc.next(quoted=True))
        case "CD_TEXT":
            _cd_text(toc, entry)
        case "TRACK":
            toc.expect("AUDIO")
            line = toc.tokens[toc.at - 1].line
            toc.entries.append(_Entry(len(toc.entries) + 1, line))
        case word if entry is not None:
            _in_track(toc, entry, word)
        case word:
            raise toc.refuse(f"{word!r} is not read before the first TRACK")


def _in_track(toc: _Reader, entry: _Entry, word: str) -> None:
    match word:
        case "NO":
            entry.flags.discard(_flag(toc, toc.next()))
        case "COPY" | "PRE_EMPHASIS":
            entry.flags.add(_flag(toc, word))
        case "TWO_CHANNEL_AUDIO":
            entry.flags.discard(Flag.FOUR_CHANNEL)
        case "FOUR_CHANNEL_AUDIO":
            entry.flags.add(Flag.FOUR_CHANNEL)
        case "ISRC":
            entry.isrc = toc.next(quoted=True)
        case "FILE" | "AUDIOFILE":
            _file(toc, entry)
        case "START":
            entry.pause = toc.time()
        case "INDEX":
            entry.indexes.append(toc.time())
        case _:
            raise toc.refuse(f"{word!r} is not read here: one image, audio only")


def _flag(toc: _Reader, word: str) -> Flag:
    if word not in _FLAGS:
        raise toc.refuse(f"{word!r} is not a flag")
    return _FLAGS[word]


def _file(toc: _Reader, entry: _Entry) -> None:
    name = toc.next(quoted=True)
    if re.search(r"[/\\\0]", name) or name in {"", ".", "..", "-"}:
        raise toc.refuse(f"FILE {name!r} is not beside the TOC file")
    if entry.start >= 0 or (toc.file and toc.file != name):
        raise toc.refuse("only a disc of one image is read, one FILE in a track")
    toc.file, entry.start = name, toc.time()
    if re.match("[0-9]", toc.ahead()):
        entry.length = toc.time() or None  # 0 is the rest of the file


def _cd_text(toc: _Reader, entry: _Entry | None) -> None:
    toc.expect("{")
    while (word := toc.next()) != "}":
        if word == "LANGUAGE_MAP":
            toc.expect("{")
            while toc.next() != "}":
                pass
        elif word == "LANGUAGE":
            number = toc.next()
            toc.expect("{")
            while (item := toc.next()) != "}":
                _item(toc, entry, item, wanted=number == "0")
        else:
            raise toc.refuse(f"{word!r} is not of a CD_TEXT block")


def _item(toc: _Reader, entry: _Entry | None, item: str, *, wanted: bool) -> None:
    """Take one item of CD-TEXT; further languages are taken and not kept."""
    if item not in _STRINGS | _BINARIES:
        raise toc.refuse(f"{item!r} is not an item of CD-TEXT")
    binary = item in _BINARIES and toc.ahead() == "{"
    value = _binary(toc) if binary else toc.next(quoted=True)
    if not wanted:
        return
    if item in _PARTS and entry is not None:
        entry.texts[_PARTS[item]] = value
    elif item in _PARTS:
        texts = replace(toc.layout.texts, **{_PARTS[item]: value})
        toc.layout = replace(toc.layout, texts=texts)
    elif item == "DISC_ID" and entry is None:
        toc.layout = replace(toc.layout, catalogue=value)
    elif item == "GENRE" and entry is None and len(value) >= 2:
        code = ord(value[0]) << 8 | ord(value[1])
        genre = genres.worded(code, value[2:].split("\0")[0])
        toc.layout = replace(toc.layout, genre=genre)


def _binary(toc: _Reader) -> str:
    toc.expect("{")
    numbers = []
    while (word := toc.next()) != "}":
        if len(word) <= 3 and word.isdigit() and int(word) <= 0xFF:
            numbers.append(int(word))
        elif word != ",":
            raise toc.refuse(f"{word!r} stands where a number 0 … 255 is due")
    return bytes(numbers).decode("latin-1")


def _layout(toc: _Reader, length: Frames) -> Layout:
    """Return the disc; refuse tracks that are not the image laid end to end."""
    tracks, end = [], 0
    for entry in toc.entries:
        if entry.start != end:
            says = f"track {entry.number} does not begin where the one before it ends"
            raise toc.refuse(says, entry.line)
        end = length if entry.length is None else entry.start + entry.length
        tracks.append(_track(entry))
    if end > length:
        raise toc.refuse(f"the last track is longer than {toc.file!r}")
    leadout = Frames(FIRST_PAUSE + end)
    return replace(toc.layout, tracks=tuple(tracks), leadout=leadout)


def _track(entry: _Entry) -> Track:
    first = FIRST_PAUSE + entry.start
    start = Frames(first + entry.pause)
    pause = Frames(first) if entry.pause else None
    return Track(
        number=entry.number,
        start=start,
        pause=Frames(0) if entry.number == 1 else pause,
        indexes=tuple(Frames(start + index) for index in entry.indexes),
        isrc=entry.isrc,
        flags=frozenset(entry.flags),
        texts=Texts(**entry.texts),
    )
