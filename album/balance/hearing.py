"""Every song as it will be heard, measured: after trims, fades and chain, before gain.

A whole file that nothing is done to is measured as `meter` measures it, and both keep
the one tally. Everything else is played once, and kept under all that decides its
sound: the content of the files, the trims, the fades, and every setting.
"""

import hashlib
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from album import __version__
from album.balance.soundness import Unsound, unsound
from album.namedfiles import named_files
from album.pcmstream import BrokenError
from album.playing import heard
from album.rack import Stage
from album.scanning import unheard
from album.source import Source
from album.takes import Take
from album.tallies import keep, key_of, recall, tally_of, tidy
from album.timeline import Placement
from album.treatment import UNTREATED, Treatment, Treatments
from delivery.findings import Finding, Place, Refusal
from dsp.figures import Figures, figures
from dsp.ltas import loud_levels
from dsp.meter import Meter, NotANumberError
from dsp.processor import Floats
from dsp.tally import VERSION, Tally

Advance = Callable[[int], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Voice:
    """A song as it is heard."""

    tally: Tally
    figures: Figures
    unsound: Unsound | None
    """Why the record is not judged by it."""
    levels: Floats
    """Third octaves of its loud passages, as ``dsp.ltas`` has them."""


def voice(tally: Tally) -> Voice:
    """Return what there is to know of a song from its *tally*."""
    found = figures(tally)
    return Voice(
        tally=tally,
        figures=found,
        unsound=unsound(tally, found),
        levels=loud_levels(tally.bands, tally.rate),
    )


@dataclass(frozen=True)
class Sung:
    """A song, and what is done to it before its gain."""

    placed: Placement
    treatment: Treatment = UNTREATED

    @property
    def untouched(self) -> bool:
        """Whether it is one file from end to end, that nothing is done to."""
        placed, source = self.placed, self.placed.source
        whole = (placed.begin, placed.end) == (0, source.length)
        faded = placed.fade_in or placed.fade_out
        plain = source.channels == 2 and not source.parts and not source.lossy
        return whole and plain and not faded and self.treatment.idle

    def key(self, how: str = "heard") -> str | None:
        """Return the name under which its tally is kept, None if it cannot be.

        *how* it was come by.
        """
        placed, source = self.placed, self.placed.source
        try:
            told = [
                how, VERSION, __version__, source.rate, placed.begin, placed.end,
                repr(placed.fade_in), repr(placed.fade_out),
                [key_of(each) for each in _files(source)],
                [(part.name, part.gain_db) for part in source.parts],
                _told(self.treatment.stages),
                [(name, _told(each)) for name, each in self.treatment.stems.items()],
            ]  # fmt: skip
        except OSError:
            return None
        return hashlib.sha256(repr(told).encode()).hexdigest()


def sung(
    placements: Mapping[str, Placement], treatments: Treatments
) -> dict[str, Sung]:
    """Return all songs with what is done to them."""
    return {
        name: Sung(placed, treatments.get(name, UNTREATED))
        for name, placed in placements.items()
    }


def listen(
    songs: Mapping[str, Sung], jobs: int, advance: Advance, stop: threading.Event
) -> tuple[dict[str, Voice], tuple[Finding, ...]]:
    """Measure *songs* on *jobs* cores; say which of them cannot be read.

    *advance* is told of every sample of a song that is done.
    """

    def one(song: Sung) -> Tally | Refusal:
        try:
            return _tally(song, advance)
        except NotANumberError as bad:
            treated = not song.treatment.idle
            return Refusal([unheard_song(song.placed, bad, treated=treated)])
        except BrokenError as fault:
            return Refusal([_of(song, fault.finding)])
        except Refusal as refusal:
            return Refusal(_of(song, each) for each in refusal.findings)

    longest = sorted(songs, key=lambda name: -songs[name].placed.source.length)
    with ThreadPoolExecutor(jobs) as threads:
        asked = {name: threads.submit(one, songs[name]) for name in longest}
        try:
            results = {name: asked[name].result() for name in songs}
        except BaseException:
            stop.set()
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    tidy()
    broken = [each for each in results.values() if isinstance(each, Refusal)]
    found = {
        name: voice(each) for name, each in results.items() if isinstance(each, Tally)
    }
    return found, tuple(fault for each in broken for fault in each.findings)


def _tally(song: Sung, advance: Advance) -> Tally:
    placed = song.placed
    if song.untouched:
        return tally_of(placed.source.path, advance)
    key = song.key()
    known = recall(key) if key else None
    if known:
        advance(placed.end - placed.begin)
        return known
    meter = Meter(placed.source.rate, 2)
    take = Take(songs=(placed,), treatments=(song.treatment,))
    blocks = heard(_ungained(take), placed.source.rate)
    try:
        for block in blocks:
            meter.feed(block)
            advance(len(block))
        tally = meter.finish()
    finally:
        close = getattr(blocks, "close", None)
        if close is not None:
            close()
    if key and key == song.key():  # nothing was written to meanwhile
        keep(key, tally)
    return tally


def _of(song: Sung, finding: Finding) -> Finding:
    """Return *finding* with the song that it is of."""
    return replace(finding, place=replace(finding.place, song=song.placed.song))


def unheard_song(placed: Placement, bad: NotANumberError, *, treated: bool) -> Finding:
    """Return the error that a song is no audio, by the time in its mix."""
    path, rate = placed.source.path, placed.source.rate
    name = f"{path.name}, through its chain," if treated else path.name
    place = Place(file=str(path), song=placed.song)
    return unheard(name, placed.begin + bad.position, rate, bad.value, place)


def _ungained(take: Take) -> Take:
    return replace(take, songs=tuple(replace(each, gain_db=0.0) for each in take.songs))


def _files(source: Source) -> list[Path]:
    return [part.source.path for part in source.parts] or [source.path]


def _told(stages: tuple[Stage, ...]) -> list[Any]:
    return [
        (repr(each.processor), [key_of(file) for file in named_files(each.processor)])
        for each in stages
    ]
