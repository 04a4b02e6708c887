"""The work of a target: what it is given, and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, TypeVar

from album.balance.record import Record
from album.balance.remeasured import Delivered
from album.decoded import DecodedFile
from album.deliverable import Deliverable
from album.finish import Finish
from album.levelling import Level
from album.mastering import Over
from album.masterreport import MasterReport
from album.playback import Played
from album.prepare import Disc
from album.project import Album
from album.render import Programme, Settings
from delivery.files import Written
from delivery.findings import Finding
from delivery.groove import Side
from delivery.proof import Proof
from delivery.replaygain import FileLevel


class Stage(Protocol):
    """Begins a stage that can be watched and stopped."""

    def __call__(self, name: str, total: int) -> Callable[[int], None]:
        """Begin a stage of *total* steps; the answer is called with steps done."""


Tape = TypeVar("Tape")


class Tapes:
    """What several targets are cut from, each made once: by whoever asks for it first.

    Nobody waits for it meanwhile; who comes later goes on when it is there.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = Lock()
        self._made: list[tuple[object, Any]] = []
        self._waiting: list[tuple[object, list[tuple[str, Callable[[Any], Outcome]]]]]
        self._waiting = []

    def made(
        self,
        key: object,
        target: str,
        make: Callable[[], Tape],
        then: Callable[[Tape], "Outcome"],
    ) -> "Outcome":
        """Return what *target* does with the tape of *key*, or that it waits for it."""
        with self._lock:
            found = [tape for other, tape in self._made if other == key]
            waiting = [each for other, each in self._waiting if other == key]
            if not found and waiting:
                waiting[0].append((target, then))
                return Outcome()
            if not found:
                self._waiting.append((key, []))
        if found:
            return then(found[0])
        tape = make()
        with self._lock:
            self._made.append((key, tape))
            others = next(each for other, each in self._waiting if other == key)
            self._waiting = [each for each in self._waiting if each[1] is not others]
        go_on = tuple((name, partial(do, tape)) for name, do in others)
        mine = then(tape)
        return replace(mine, others=(*mine.others, *go_on))


@dataclass(frozen=True, kw_only=True)
class Work:
    """One disc for one target to deliver."""

    album: Album
    disc: Disc
    discs: tuple[Disc, ...]
    """All discs of the album, for what is made once."""
    notes: tuple[Finding, ...]
    """What was said of the album so far, for the paperwork."""
    target: str
    programme: Programme
    finish: Finish
    """What is done to the programme for this target."""
    level: Level | None
    """How its gain was found, where its master has a loudness to reach."""
    record: Record | None
    """How the songs are balanced, where they are."""
    staging: Path
    """A folder for what is needed until the build is done."""
    content: Path
    """The delivery's folder."""
    settings: Settings
    stage: Stage
    sheets: dict[str, list[Side]] = field(default_factory=dict)
    """The sides of records written so far, by target."""
    tapes: Tapes = field(default_factory=Tapes)
    """What the targets of this programme are cut from."""

    @property
    def deliverable(self) -> Deliverable:
        """The target, which is one of files."""
        return self.album.deliver.files[self.target]

    def folder(self, name: str) -> Path:
        """Return the target's folder *name*, one a disc where there are several."""
        folder = self.content / name
        if len(self.album.discs) > 1:
            folder /= str(self.disc.timeline.number)
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@dataclass(frozen=True, kw_only=True)
class HeardFile:
    """A file as its decoder has it."""

    label: str
    """What people call its form."""
    written: Written
    level: FileLevel


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a task has proved, and what would have clipped."""

    proofs: Mapping[str, Proof] = field(default_factory=dict)
    """By form, in people's words: CUE, DDP, FLAC …"""
    findings: tuple[Finding, ...] = ()
    overs: tuple[Over, ...] = ()
    masters: tuple[MasterReport, ...] = ()
    decoded: tuple[DecodedFile, ...] = ()
    played: "tuple[Played, ...]" = ()
    delivered: tuple[Delivered, ...] = ()
    heard: tuple[HeardFile, ...] = ()
    """Files whose tags are to tell players their levels."""
    sums: Mapping[Path, str] = field(default_factory=dict)
    """SHA-256 of files, as they were read back."""
    then: "tuple[Task, ...]" = ()
    """What can be done now that this has been."""
    others: "tuple[tuple[str, Task], ...]" = ()
    """What other targets, by their names, can do now."""


Task = Callable[[], Outcome]
