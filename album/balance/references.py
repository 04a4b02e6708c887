"""References: recordings that the record is compared with, level against level.

They are measured where they lie and never copied; nothing of a delivery needs them.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from album.balance.hearing import Voice, voice
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


def find(album: Album) -> list[tuple[Path, Place]]:
    """Return the files that the project names; raises Refusal for what finds none."""
    found: dict[Path, Place] = {}
    faults: list[Finding] = []
    folder = album.path.absolute().parent
    for at, pattern in enumerate(album.tone.references):
        place = album.place("tone", "references", at)
        files = matching([folder / pattern])
        if not files:
            faults.append(_missing(pattern, place))
        for file in files:
            found.setdefault(file, place)
    if faults:
        raise Refusal(faults)
    return list(found.items())


def _missing(pattern: str, place: Place) -> Finding:
    return error(
        "TONE-REFERENCE",
        f'no file is called "{pattern}"',
        place=place,
        help="paths and patterns are relative to the project file",
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
            heard = voice(tally_of(path, advance))
        except BrokenError as fault:
            return _unusable(fault.finding.message, place)
        if heard.figures.loud_part is None:
            return _unusable(f"{path.name} is silent", place)
        return Reference(path=path, voice=heard)

    with ThreadPoolExecutor(jobs) as threads:
        try:
            results = list(threads.map(one, files))
        except BaseException:
            stop.set()
            raise
    if faults := [each for each in results if isinstance(each, Finding)]:
        raise Refusal(faults)
    return tuple(each for each in results if isinstance(each, Reference))


def _unusable(says: str, place: Place) -> Finding:
    return error("TONE-REFERENCE", says, place=place, help="name another recording")
