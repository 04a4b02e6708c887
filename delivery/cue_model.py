"""A CUE sheet in memory: files, tracks, marks as they are written, and findings."""

from dataclasses import dataclass, field

from delivery.cue_lines import Line
from delivery.findings import Finding
from delivery.program import Flag
from delivery.redbook import Frames

MODES = {
    "AUDIO": 2352, "CDG": 2448, "MODE1/2048": 2048, "MODE1/2352": 2352,
    "MODE2/2336": 2336, "MODE2/2352": 2352, "CDI/2336": 2336, "CDI/2352": 2352,
    "MODE2/2048": 2048, "MODE2/2324": 2324, "MODE1_RAW": 2352, "MODE2_RAW": 2352,
}  # fmt: skip
"""Bytes of a sector in a raw file, by the mode of its track."""


@dataclass
class FileEntry:
    """One FILE line."""

    name: str
    kind: str
    line: Line | None


@dataclass
class Mark:
    """One INDEX line: a time in a file."""

    index: int
    time: Frames
    file: int
    """The place of its FILE in the sheet."""
    line: Line


@dataclass
class Entry:
    """One track of a sheet."""

    number: int
    line: Line
    mode: str = "AUDIO"
    file: int = 0
    """The place of the FILE it stands in."""
    texts: dict[str, str] = field(default_factory=dict)
    flags: frozenset[Flag] = frozenset()
    isrc: str = ""
    marks: list[Mark] = field(default_factory=list)
    pregap: Frames | None = None
    postgap: Frames | None = None
    seen: set[str] = field(default_factory=set)
    """Commands that may stand only once."""

    @property
    def sector(self) -> int:
        """Bytes of a sector in a raw file."""
        return MODES.get(self.mode, 2352)

    def mark(self, index: int) -> Mark | None:
        """Return one mark, where it is given."""
        return next((one for one in self.marks if one.index == index), None)


@dataclass
class Sheet:
    """What a sheet says, before its audio is looked at."""

    name: str = ""
    files: list[FileEntry] = field(default_factory=list)
    ean: str = ""
    genre: str = ""
    date: str = ""
    catalogue: str = ""
    packs: str = ""
    """The file of CD-TEXT packs that is named."""
    comment: str = ""
    leadout: tuple[int, Line] | None = None
    """In samples, where metaflac left it."""
    texts: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    lines: dict[tuple[str, int], Line] = field(default_factory=dict)
    """Where codes stand: "ean" of 0, "isrc" of a track."""
