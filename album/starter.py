"""A first album.toml for a folder of mixes: their order, titles and codes, guessed.

Nothing is written here; every guess is told, so that it can be looked through.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from album.titles import natural, taken_apart
from delivery.findings import Place, refuse
from delivery.redbook import isrc_fault

EXTENSIONS = frozenset(
    {".wav", ".wave", ".rf64", ".w64", ".aif", ".aiff", ".caf"}
    | {".flac", ".ogg", ".mp3", ".opus"}
)
HEADINGS = ("", "file", "length", "sound", "title", "title from")

_DEPTHS = {
    "PCM_16": "16 bit",
    "PCM_24": "24 bit",
    "PCM_32": "32 bit",
    "FLOAT": "32 float",
    "DOUBLE": "64 float",
}
_TAGS = {
    "title": ("title", "TIT2", "INAM"),
    "artist": ("artist", "TPE1", "IART"),
    "album": ("album", "TALB", "IPRD"),
    "number": ("tracknumber", "TRCK", "ITRK"),
    "isrc": ("isrc", "TSRC"),
    "date": ("date", "TDRC", "ICRD"),
}


@dataclass(frozen=True)
class Found:
    """One mix of the folder."""

    path: Path
    seconds: float
    rate: int
    depth: str
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The title of the tags, else the one in the file's name."""
        return self.tags.get("title") or taken_apart(self.path.stem).title

    @property
    def title_from(self) -> str:
        """Where the title was found."""
        return "its tags" if self.tags.get("title") else "the file's name"

    @property
    def number(self) -> int | None:
        """The track number of the tags, else the one in the file's name."""
        match = re.match(r"\s*([0-9]{1,4})", self.tags.get("number", ""))
        return int(match[1]) if match else taken_apart(self.path.stem).number


@dataclass(frozen=True)
class Proposal:
    """A project for a folder: its text, and what of it was guessed."""

    text: str
    guesses: tuple[str, ...]
    songs: tuple[Found, ...]

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """What was found, as a table with headings."""
        songs = (
            (
                str(place),
                song.path.name,
                _minutes(song.seconds),
                f"{song.rate / 1000:g} kHz {song.depth}",
                song.title,
                song.title_from,
            )
            for place, song in enumerate(self.songs, 1)
        )
        return (HEADINGS, *songs)


def propose(folder: Path) -> Proposal:
    """Return a project for the mixes in *folder*, or in its folder "mixes".

    Raises Refusal where there are none, or where one cannot be read.
    """
    paths = _mixes(folder) or _mixes(folder / "mixes")
    if not paths:
        message = f'no audio files in "{folder}"'
        way_out = "put the mixes there, or in a folder mixes/ inside it"
        raise refuse("FILE-MISSING", message, place=_at(folder), help=way_out)
    songs, guesses = _ordered([_found(path) for path in paths])
    agreed = {key: _agreed(songs, key) for key in ("artist", "album", "date")}
    for song in songs:
        if not song.tags.get("title"):
            guesses.append(f'"{song.title}" is the title in the name {song.path.name}')
    for key, what in (("artist", "the artist"), ("album", "the album's title")):
        if agreed[key]:
            guesses.append(f'{what} is "{agreed[key]}", as the tags of all mixes say')
    text = "\n".join((*_album(agreed), *_sequence(), *_songs(songs, folder)))
    return Proposal(text + "\n", tuple(guesses), tuple(songs))


def _at(path: Path) -> Place:
    return Place(file=str(path))


def _mixes(folder: Path) -> list[Path]:
    try:
        entries = list(folder.iterdir()) if folder.is_dir() else []
    except OSError as bad:
        message = f'cannot read the folder "{folder}"'
        raise refuse("FILE-MISSING", message, place=_at(folder)) from bad
    for path in entries:
        if not path.name.isprintable():  # also bytes that are no UTF-8
            message = f"{path.name!a} has characters that a project file cannot name"
            raise refuse("FILE-NAME", message, place=_at(folder), help="rename it")
    return [
        path
        for path in entries
        if path.suffix.lower() in EXTENSIONS
        and not path.name.startswith(".")
        and path.is_file()
    ]


def _found(path: Path) -> Found:
    import soundfile

    try:
        about = soundfile.info(str(path))
    except soundfile.LibsndfileError as bad:
        message = f'cannot read "{path.name}" as audio'
        way_out = "take it out of the folder, or bounce it again"
        raise refuse("SRC-READ", message, place=_at(path), help=way_out) from bad
    depth = _DEPTHS.get(about.subtype, str(about.subtype).replace("_", " ").lower())
    return Found(path, float(about.duration), about.samplerate, depth, _tags(path))


def _tags(path: Path) -> dict[str, str]:
    """Return the tags of a file by our names; none where it has none or bad ones."""
    import mutagen

    try:
        tags = getattr(mutagen.File(path), "tags", None)
    except mutagen.MutagenError:
        return {}
    found: dict[str, str] = {}
    for key, names in _TAGS.items():
        for name in names if tags else ():
            if text := _tag(tags, name):
                found.setdefault(key, text)
    return found


def _tag(tags: object, name: str) -> str:
    """Return the first text of a tag, with its white space made plain."""
    try:
        value = tags[name]  # type: ignore[index]
    except (KeyError, ValueError):  # Vorbis comments refuse names of other formats
        return ""
    texts = getattr(value, "text", value)
    first = texts[0] if isinstance(texts, list) and texts else texts
    words = re.sub(r"[\x00-\x20\x7f-\x9f]+", " ", str(first) if first else "")
    return words.strip()


def _ordered(songs: list[Found]) -> tuple[list[Found], list[str]]:
    """Return *songs* in the order their numbers say, and how that was guessed."""
    by_name = sorted(songs, key=lambda song: (natural(song.path.name), song.path.name))
    numbers = [song.number for song in by_name]
    if len(songs) < 2:
        return by_name, []
    if None in numbers or len(set(numbers)) != len(numbers):
        return by_name, ["the running order is that of the file names"]
    numbered: Callable[[Found], int] = lambda song: song.number or 0  # noqa: E731
    return sorted(by_name, key=numbered), ["the running order is that of the numbers"]


def _agreed(songs: Sequence[Found], key: str) -> str:
    """Return what the tags of all *songs* say, where they say the same."""
    said = {song.tags.get(key, "") for song in songs}
    return said.pop() if len(said) == 1 else ""


def _album(agreed: dict[str, str]) -> list[str]:
    date = agreed["date"]
    known = re.fullmatch(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-8]))?)?", date)
    missing = "   # to be filled in"
    return [
        "[album]",
        f"artist = {quoted(agreed['artist'])}" + ("" if agreed["artist"] else missing),
        f"title = {quoted(agreed['album'])}" + ("" if agreed["album"] else missing),
        f"date = {quoted(date)}"
        if known and date[:4] != "0000"
        else '# date = "2026-10-03"',
        '# label = ""',
        '# catalogue = ""',
        '# ean = ""                # 13 digits, or 12 of a UPC',
        '# genre = ""',
        '# cover = "cover.jpg"',
        "",
    ]


def _sequence() -> list[str]:
    return [
        "[sequence]",
        'gap = "2s"                # silence between songs',
        "# The songs play in the order they are written. To order them by name and to",
        "# join them otherwise, write them as [song.some-name], and here:",
        '# order = ["some-name", "gap 1s", "another", "segue", "a-third"]',
        "",
    ]


def _songs(songs: Sequence[Found], folder: Path) -> list[str]:
    lines = []
    for song in songs:
        isrc = re.sub(r"[\s-]", "", song.tags.get("isrc", "")).upper()
        lines += [
            "[[song]]",
            f"title = {quoted(song.title)}",
            f"mix = {quoted(song.path.relative_to(folder).as_posix())}",
            f"isrc = {quoted(isrc)}" if _valid_once(isrc, songs) else '# isrc = ""',
            "",
        ]
    return lines[:-1]


def _valid_once(isrc: str, songs: Sequence[Found]) -> bool:
    written = [
        re.sub(r"[\s-]", "", song.tags.get("isrc", "")).upper() for song in songs
    ]
    return bool(isrc) and isrc_fault(isrc) is None and written.count(isrc) == 1


def quoted(text: str) -> str:
    """Return *text* as a TOML string."""
    # JSON escapes what TOML must have escaped, except DEL
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 10), 600)
    return f"{minutes}:{rest / 10:04.1f}"
