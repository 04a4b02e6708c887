"""References: recordings that the record is compared with, level against level.

They are measured where they lie and never copied; nothing of a delivery needs them.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from album.balance.hearing import Voice, voice
from album.balance.soundness import SHORTEST, judges
from album.near import matching
from album.pcmstream import BrokenError
from album.project import Album
from album.tallies import tally_of
from delivery.findings import Finding, Place, Refusal, error


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference:
    """A recording to compare with."""

    path: Path
    voice: Voice
    judge: bool = True
    """Whether the record is held to it."""


def find(album: Album) -> list[tuple[Path, Place]]:
    """Return the files that the project names; raises Refusal for what finds none."""
    found: dict[Path, Place] = {}
    faults: list[Finding] = []
    folder = album.path.absolute().parent
    for at, pattern in enumerate(album.tone.references):
        place = album.place("tone", "references", at)
        files = matching([folder / pattern])
        if not files:
            is_folder = (folder / pattern).is_dir()
            faults.append(_missing(pattern, place, folder=is_folder))
        for file in files:
            found.setdefault(file, place)
    if faults:
        raise Refusal(faults)
    return list(found.items())


def _missing(pattern: str, place: Place, *, folder: bool) -> Finding:
    way = "paths and patterns are relative to the project file"
    return error(
        "TONE-REFERENCE",
        f'"{pattern}" is a folder' if folder else f'no file is called "{pattern}"',
        place=place,
        help=f'its files are "{pattern.rstrip("/")}/*"' if folder else way,
    )


def listen(
    files: Sequence[tuple[Path, Place]],
    jobs: int,
    advance: Callable[[int], None],
    stop: threading.Event,
) -> tuple[Reference, ...]:
    """Measure references; raises Refusal with all that cannot be read or compared."""

    def one(found: tuple[Path, Place]) -> Reference | Finding:
        path, place = found
        try:
            tally = tally_of(path, advance)
        except BrokenError as fault:
            return _unusable(fault.finding.message, place)
        if not tally.length:
            return _unusable(f"{path.name} has no samples", place)
        heard = voice(tally)
        if heard.figures.loud_part is None:
            short = heard.figures.seconds < SHORTEST
            says = f"{path.name} is silent, or too short to have a level"
            return _unusable(says if short else f"{path.name} is silent", place)
        return Reference(path=path, voice=heard)

    with ThreadPoolExecutor(jobs) as threads:
        try:
            results = list(threads.map(one, files))
        except BaseException:
            stop.set()
            raise
    if faults := [each for each in results if isinstance(each, Finding)]:
        raise Refusal(faults)
    found = [each for each in results if isinstance(each, Reference)]
    judging = judges({str(each.path): each.voice.unsound for each in found})
    return tuple(replace(each, judge=str(each.path) in judging) for each in found)


def _unusable(says: str, place: Place) -> Finding:
    return error("TONE-REFERENCE", says, place=place, help="name another recording")
