"""What a reader of a disc found: one model for every form a disc is delivered in.

Every reader (``ddp_read``, ``cue_read``, ``toc_read``, ``tracks_read``) returns a
``Reading``: a ``Layout``, where the audio lies, and findings. ``sound`` is a ``Pcm``
from 00:02:00 to the lead-out, as long as the layout says: with the layout it makes a
``Program`` that every writer takes. ``head`` is what an image holds before 00:02:00.
Nothing here decodes audio.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from delivery.fileset import Fileset
from delivery.findings import Finding, Place
from delivery.program import Layout
from delivery.sound import Sound


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One line of a checksum file: the sum that a file should have."""

    file: str
    kind: str
    """md5, crc32, sha1 or sha256."""
    digest: str
    """In small letters."""
    place: Place


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One disc as read from a DDP set, a CUE sheet, a TOC file or a folder of tracks.

    *whole* says that all the audio is there; where it is False *sound* is empty. *ends*
    says that the lead-out is known: a CUE sheet has it from its files alone, and behind
    a file that is missing its marks are guesses too.
    """

    kind: str
    """ddp, cue, toc or tracks."""
    layout: Layout
    files: Fileset
    name: str
    """The sheet in *files*; for a DDP its DDPID."""
    sound: Sound = Sound()
    """From 00:02:00 to the lead-out."""
    head: Sound = Sound()
    """What an image has before 00:02:00."""
    whole: bool = True
    ends: bool = True
    dialect: str = ""
    """What wrote it, or which version it is, in words."""
    sheet: Mapping[int, tuple[str, Mapping[int, int]]] = field(default_factory=dict)
    """By track the file of its INDEX 01 and its indexes as the sheet writes them."""
    checksums: Mapping[str, str] = field(default_factory=dict)
    """MD5 by file name, as computed from the files."""
    claims: tuple[Claim, ...] = ()
    """Sums of the audio files that are still to be compared."""
    places: Mapping[tuple[str, int], Place] = field(default_factory=dict)
    """Where the reader found what rules judge later: by "mark", "isrc", "ean" or
    "text", and by track (0 is the disc)."""
    findings: tuple[Finding, ...] = ()

    @property
    def path(self) -> Path:
        """Where people find it: a folder or zip, or the sheet in it."""
        if self.kind in ("ddp", "tracks"):
            return self.files.path
        return self.files.path / self.name

    def placed(self, finding: Finding) -> Finding:
        """Return *finding* with the file, and where it can be told the packet or line.

        What rules say of a layout has a track at most.
        """
        if finding.place.file is not None:
            return finding
        part = _PARTS.get(finding.rule.partition("-")[0], "mark")
        track = finding.place.track or 0
        tries = ((part, track), ("mark", track), (part, 0), ("mark", 0))
        found = next((self.places[one] for one in tries if one in self.places), None)
        known = found or Place(file=self.name)
        whole = replace(known, track=finding.place.track, at=finding.place.at)
        return replace(finding, place=whole)


_PARTS = {"ISRC": "isrc", "EAN": "ean", "TXT": "text"}
