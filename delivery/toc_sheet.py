"""What a TOC file of cdrdao says: tracks of pieces, marks, codes, texts of 8 languages.

The statements are those of cdrdao's own grammar. A word that is not of the language
ends the reading there; values that are wrong are findings, and the reading goes on.
"""

from dataclasses import dataclass, field

from delivery import genres
from delivery.findings import Severity
from delivery.packs import TEXT_TYPES
from delivery.program import Flag
from delivery.redbook import MAXIMUM_TRACKS, ean_fault, isrc_fault
from delivery.toc_tokens import Tokens

_TYPES = ("CD_DA", "CD_ROM", "CD_ROM_XA", "CD_I")
MODES = {
    "AUDIO": 2352, "MODE0": 2336, "MODE1": 2048, "MODE1_RAW": 2352, "MODE2": 2336,
    "MODE2_RAW": 2352, "MODE2_FORM1": 2048, "MODE2_FORM2": 2324,
    "MODE2_FORM_MIX": 2336,
}  # fmt: skip
"""Bytes of a sector, by the mode of its track."""

_SUBCHANNELS = ("RW", "RW_RAW")
_FLAGS = {"COPY": Flag.DCP, "PRE_EMPHASIS": Flag.PRE}
_CONTROLS = {*_FLAGS, "NO", "TWO_CHANNEL_AUDIO", "FOUR_CHANNEL_AUDIO"}
_PARTS = {part.upper(): part for part in TEXT_TYPES}
_ENCODINGS = {"ENCODING_ASCII": 0x01, "ENCODING_MS_JIS": 0x80}
_STRINGS = {*_PARTS, "DISC_ID", "UPC_EAN", "ISRC", "CLOSED"}
_BINARIES = {
    "GENRE", "TOC_INFO1", "TOC_INFO2", "SIZE_INFO", "RESERVED1", "RESERVED2",
    "RESERVED3", "RESERVED4", "CLOSED",
}  # fmt: skip


@dataclass
class Words:
    """The texts of one language, of the disc or of a track."""

    texts: dict[str, str] = field(default_factory=dict)
    catalogue: str = ""
    genre: str = ""


@dataclass
class Piece:
    """A run of a track: of a file, or of silence where there is none."""

    line: int
    name: str = ""
    start: int = 0
    """In samples; of a data file in frames of 588."""
    length: int | None = None
    """In samples; None is the rest of the file."""
    skip: int = 0
    """Bytes of the file before its beginning."""
    swapped: bool = False
    data: str = ""
    """The mode, where it is data."""


@dataclass
class Entry:
    """One track while it is read."""

    number: int
    line: int
    mode: str = "AUDIO"
    languages: dict[int, Words] = field(default_factory=dict)
    flags: set[Flag] = field(default_factory=set)
    isrc: str = ""
    pieces: list[Piece] = field(default_factory=list)
    pregap: int = 0
    start: int | None = None
    """Samples to INDEX 01; -1 is where the pieces so far end."""
    started: int = 0
    """How many pieces stood before START without a time."""
    indexes: list[int] = field(default_factory=list)


@dataclass
class Sheet:
    """What a TOC file says, before its audio is looked at."""

    ean: str = ""
    languages: dict[int, Words] = field(default_factory=dict)
    codes: dict[int, int] = field(default_factory=dict)
    """By number of a language what CD-TEXT calls it."""
    charsets: dict[int, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)


def statement(toc: Tokens, sheet: Sheet) -> None:
    """Take one statement; raises Refusal at a word that is not of the language."""
    entry = sheet.entries[-1] if sheet.entries else None
    match toc.next():
        case word if word in _TYPES and entry is None:
            return
        case "CATALOG" if entry is None:
            sheet.ean = toc.next(quoted=True)
            fault = ean_fault(sheet.ean)
            if fault and "check digit" not in fault and sheet.ean.strip("0"):
                toc.say(f"CATALOG {sheet.ean[:40]!r} {fault}")
        case "CD_TEXT":
            _cd_text(toc, sheet, entry)
        case "TRACK":
            _track(toc, sheet)
        case word if entry is not None:
            _in_track(toc, entry, word)
        case word:
            raise toc.refuse(f"{word!r} is not read before the first TRACK")


def _track(toc: Tokens, sheet: Sheet) -> None:
    line = toc.line
    mode = toc.next()
    if mode not in MODES:
        raise toc.refuse(f"{mode!r} is no mode of a track")
    number = len(sheet.entries) + 1
    if number > MAXIMUM_TRACKS:
        raise toc.refuse(f"a disc has {MAXIMUM_TRACKS} tracks at most")
    if toc.ahead() in _SUBCHANNELS:
        toc.next()
        says = f"track {number:02} has subchannel data, which is not read"
        toc.say(says, Severity.WARNING)
    sheet.entries.append(Entry(number, line, mode))


def _in_track(toc: Tokens, entry: Entry, word: str) -> None:
    match word:
        case word if word in _CONTROLS:
            _control(toc, entry, word)
        case "ISRC":
            entry.isrc = toc.next(quoted=True)
            if entry.isrc and (fault := isrc_fault(entry.isrc)):
                toc.say(f"the ISRC {entry.isrc[:40]!r} {fault}", track=entry.number)
        case "FILE" | "AUDIOFILE" | "DATAFILE" | "FIFO":
            _file(toc, entry, word)
        case "SILENCE" | "ZERO":
            _silence(toc, entry)
        case "PREGAP":
            entry.pregap = toc.time()
        case "START":
            entry.start = toc.time() if toc.timed() else -1
            entry.started = len(entry.pieces)
        case "END":
            _ = toc.time() if toc.timed() else None
        case "INDEX":
            entry.indexes.append(toc.time())
        case _:
            raise toc.refuse(f"{word!r} is not a statement of a track")


def _control(toc: Tokens, entry: Entry, word: str) -> None:
    if word == "NO":
        entry.flags.discard(_flag(toc, toc.next()))
    elif word == "TWO_CHANNEL_AUDIO":
        entry.flags.discard(Flag.FOUR_CHANNEL)
    elif word == "FOUR_CHANNEL_AUDIO":
        entry.flags.add(Flag.FOUR_CHANNEL)
    else:
        entry.flags.add(_flag(toc, word))


def _flag(toc: Tokens, word: str) -> Flag:
    if word not in _FLAGS:
        raise toc.refuse(f"{word!r} is not a flag")
    return _FLAGS[word]


def _file(toc: Tokens, entry: Entry, word: str) -> None:
    piece = Piece(toc.line, name=toc.next(quoted=True))
    if word == "DATAFILE" or entry.mode != "AUDIO":
        piece.data = entry.mode if entry.mode != "AUDIO" else "MODE1"
    if toc.ahead() in MODES:
        piece.data = toc.next()
    if toc.ahead() == "SWAP":
        toc.next()
        piece.swapped = True
    if toc.ahead().startswith("#"):
        skip = toc.next()[1:]
        piece.skip = int(skip) if skip.isdigit() else 0
    if word in ("DATAFILE", "FIFO"):
        piece.length = _length(toc, piece) if toc.timed() else None
    else:
        piece.start = _length(toc, piece) if toc.timed() else 0
        piece.length = _length(toc, piece) or None if toc.timed() else None
    entry.pieces.append(piece)


def _length(toc: Tokens, piece: Piece) -> int:
    """Take a length in samples; of data a bare number counts bytes."""
    plain = ":" not in toc.ahead()
    value = toc.time()
    if plain and piece.data:
        return value // MODES[piece.data] * 588
    return value


def _silence(toc: Tokens, entry: Entry) -> None:
    piece = Piece(toc.line)
    if entry.mode != "AUDIO":
        piece.data = entry.mode
    while toc.ahead() in MODES or toc.ahead() in _SUBCHANNELS:
        if (word := toc.next()) in MODES:
            piece.data = word
    piece.length = _length(toc, piece)
    entry.pieces.append(piece)


def _cd_text(toc: Tokens, sheet: Sheet, entry: Entry | None) -> None:
    toc.expect("{")
    while (word := toc.next()) != "}":
        if word == "LANGUAGE_MAP":
            _language_map(toc, sheet)
        elif word == "LANGUAGE":
            number = _number(toc, 7)
            toc.expect("{")
            holder = sheet.languages if entry is None else entry.languages
            words = holder.setdefault(number, Words())
            while (item := toc.next()) != "}":
                if item.startswith("ENCODING_"):
                    sheet.charsets[number] = _ENCODINGS.get(item, 0)
                else:
                    _item(toc, words, item, disc=entry is None)
        else:
            raise toc.refuse(f"{word!r} is not of a CD_TEXT block")


def _language_map(toc: Tokens, sheet: Sheet) -> None:
    toc.expect("{")
    while toc.ahead() != "}":
        number = _number(toc, 7)
        toc.expect(":")
        name = toc.next()
        sheet.codes[number] = int(name) & 0xFF if name.isdigit() else 0x09
    toc.next()


def _number(toc: Tokens, most: int) -> int:
    word = toc.next()
    if not word.isdigit() or int(word) > most:
        raise toc.refuse(f"{word!r} stands where a number 0 … {most} is due")
    return int(word)


def _item(toc: Tokens, words: Words, item: str, *, disc: bool) -> None:
    """Take one item of CD-TEXT."""
    if item not in _STRINGS | _BINARIES:
        raise toc.refuse(f"{item!r} is not an item of CD-TEXT")
    binary = item in _BINARIES and toc.ahead() == "{"
    value = _binary(toc) if binary else toc.next(quoted=True)
    if item in _PARTS:
        words.texts[_PARTS[item]] = value
    elif item == "DISC_ID" and disc:
        words.catalogue = value
    elif item == "GENRE" and disc and len(value) >= 2:
        code = ord(value[0]) << 8 | ord(value[1]) & 0xFF
        words.genre = genres.worded(code, value[2:].split("\0")[0])


def _binary(toc: Tokens) -> str:
    toc.expect("{")
    numbers = []
    while (word := toc.next()) != "}":
        if len(word) <= 3 and word.isdigit() and int(word) <= 0xFF:
            numbers.append(int(word))
        elif word != ",":
            raise toc.refuse(f"{word!r} stands where a number 0 … 255 is due")
    return bytes(numbers).decode("latin-1")
