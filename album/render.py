"""A timeline and its mixes become a programme: samples on demand, the same every time.

Any stretch of the programme can be asked for, in any order and from any thread; the
answer depends on nothing but the stretch.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from album.ahead import ahead
from album.playing import heard
from album.rack import BLOCK
from album.ramps import apply_ramp
from album.reel import Reel
from album.sounds import Sound, take_sound, tone_sound
from album.takes import Take, takes
from album.timeline import Placement, Timeline, Tone
from album.treatment import Treatments
from delivery.program import Floats

EXACT = 64
"""Deeper than any target: what must always be dithered."""

Result = TypeVar("Result")
Block = TypeVar("Block", bound=NDArray[Any])


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the work is done; never what comes out of it."""

    jobs: int
    block: int

    def alone(self) -> "Settings":
        """Return the settings of a task that runs beside others of its kind."""
        return Settings(jobs=1, block=self.block)


def _unwatched(_: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, eq=False)
class _Part:
    """What stands somewhere in a programme; played as it is made where not staged."""

    placed: Take | Tone
    sound: Sound | None

    @cached_property
    def first(self) -> int:
        return self.placed.first

    @cached_property
    def stop(self) -> int:
        return self.placed.first + self.placed.length


class Programme:
    """One disc's audio at the programme's rate."""

    def __init__(
        self,
        timeline: Timeline,
        staging: Path,
        settings: Settings,
        advance: Callable[[int], None] = _unwatched,
        *,
        treatments: Treatments = MappingProxyType({}),
        live: bool = False,
    ) -> None:
        """Stage under *staging* what has to be staged, songs in parallel.

        *advance* is told of every song that is ready. A programme that is *live* stages
        nothing of the songs: it can be played from its beginning only.
        """
        self.timeline = timeline
        self.rate = timeline.rate
        self.length = timeline.length
        self._settings = settings
        self._takes = takes(timeline.placements, treatments, self.rate)
        staging.mkdir(exist_ok=True)
        stage = Path(mkdtemp(dir=staging, prefix=f"{timeline.number}-"))

        def song(number: int) -> Sound | None:
            take = self._takes[number]
            try:
                if live and not take.plain(self.rate):
                    return None
                return take_sound(take, self.rate, stage / f"{number}")
            finally:
                advance(len(take.songs))

        def tone(number: int) -> Sound:
            return tone_sound(
                timeline.tones[number], self.rate, stage / f"tone-{number}"
            )

        with ThreadPoolExecutor(settings.jobs) as pool:
            songs = pool.map(song, range(len(self._takes)))
            tones = pool.map(tone, range(len(timeline.tones)))
            self._parts = [
                *map(_Part, self._takes, songs),
                *map(_Part, timeline.tones, tones),
            ]
        self.live = any(part.sound is None for part in self._parts)

    def read(self, start: int, stop: int) -> Floats:
        """Return programme samples *start* to *stop*; silence where nothing lies."""

        def audio(part: _Part, first: int, last: int) -> Floats:
            assert part.sound is not None, "a live programme is played in order"
            return part.sound.read(first, last)

        return self._mixed(start, stop, audio)

    def blocks(self, start: int = 0, stop: int | None = None) -> Iterator[Floats]:
        """Yield the programme in order, made ahead by as many threads as allowed."""
        end = self.length if stop is None else stop
        if self.live:
            if (start, end) != (0, self.length):
                raise ValueError("a live programme is played from its beginning only")
            yield from ahead(self._played(), self._settings.jobs)
            return
        step = self._settings.block
        stretches = [(at, min(at + step, end)) for at in range(start, end, step)]
        yield from ordered(self.read, stretches, self._settings.jobs)

    def _played(self) -> Iterator[Floats]:
        """Yield the programme from its beginning, songs played as they are made."""
        reels = {
            part: Reel(heard(part.placed, self.rate))
            for part in self._parts
            if part.sound is None and isinstance(part.placed, Take)
        }

        def audio(part: _Part, first: int, last: int) -> Floats:
            if part.sound is not None:
                return part.sound.read(first, last)
            return reels[part].take(last - first)

        step = min(self._settings.block, BLOCK)
        at = 0
        try:
            while at < self.length:
                stop = min(at + step, self.length)
                # a song alone goes on in the pieces it comes in: nothing is joined
                begins = [part.first for part in reels if at < part.first < stop]
                stop = min(begins, default=stop)
                for part, reel in reels.items():
                    if part.first <= at:
                        stop = at + reel.ready(min(stop, part.stop) - at)
                yield self._mixed(at, stop, audio)
                at = stop
                for part in [each for each in reels if each.stop <= stop]:
                    reels.pop(part).close()
        finally:
            for reel in reels.values():
                reel.close()

    def _mixed(
        self, start: int, stop: int, audio: Callable[[_Part, int, int], Floats]
    ) -> Floats:
        """Return programme samples *start* to *stop* of what *audio* gives of parts."""
        parts = []
        for part in self._parts:
            if part.first < stop and part.stop > start:
                first, last = max(start, part.first), min(stop, part.stop)
                sound = audio(part, first - part.first, last - part.first)
                _cross(sound, first - part.first, part.placed)
                parts.append((first, last, sound))
        if len(parts) == 1 and parts[0][:2] == (start, stop):
            return parts[0][2]
        mixed = np.zeros((stop - start, 2))
        for first, last, sound in parts:
            mixed[first - start : last - start] += sound
        return mixed

    def deeper_than(self, bits: int) -> tuple[tuple[int, int], ...]:
        """Return the stretches whose samples may not fit *bits*, in programme samples.

        Silence made by the placing and untouched audio of *bits* or fewer fit.
        """
        found: list[tuple[int, int]] = []
        for take in self._takes:
            if needed_bits(take, self.rate) > bits and not may_stay(
                take, self.rate, bits
            ):
                found.append((take.first, take.first + take.length))
            else:
                found.extend(ramp for song in take.songs for ramp in _ramped(song))
        for tone in self.timeline.tones:
            found.append((tone.first, tone.first + tone.length))
        return _union(found)

    def perhaps_deeper(self, bits: int) -> tuple[tuple[int, int], ...]:
        """Return the stretches that fit *bits* where their chains do nothing."""
        return tuple(
            (take.first, take.first + take.length)
            for take in self._takes
            if may_stay(take, self.rate, bits)
        )

    def sounding(self) -> tuple[tuple[int, int], ...]:
        """Return the stretches in which something lies, in programme samples."""
        return _union([(part.first, part.stop) for part in self._parts])

    def close(self) -> None:
        """Close the mixes."""
        for part in self._parts:
            if part.sound is not None:
                part.sound.close()


def needed_bits(take: Take, rate: int) -> int:
    """Return the depth that a take's samples need away from its fades."""
    bits = take.songs[0].source.bits
    untouched = take.plain(rate) and take.songs[0].gain_db == 0
    return bits if untouched and bits is not None else EXACT


def may_stay(take: Take, rate: int, bits: int) -> bool:
    """Return whether a chain is all that may make a take's samples need more *bits*."""
    source = take.songs[0].source
    own = source.bits is not None and source.bits <= bits
    alone = source.rate == rate and not any(song.gain_db for song in take.songs)
    return own and alone and not source.lossy and not take.plain(rate)


def watched(blocks: Iterator[Block], advance: Callable[[int], None]) -> Iterator[Block]:
    """Yield *blocks*, telling *advance* the length of each that has been used."""
    for block in blocks:
        yield block
        advance(len(block))


def ordered(
    work: Callable[[int, int], Result],
    stretches: Sequence[tuple[int, int]],
    jobs: int,
) -> Iterator[Result]:
    """Yield *work* of every stretch in order, at most *jobs* + 1 of them ahead."""
    if jobs < 2:
        for stretch in stretches:
            yield work(*stretch)
        return
    waiting: deque[Future[Result]] = deque()
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        for stretch in stretches:
            waiting.append(pool.submit(work, *stretch))
            if len(waiting) > jobs + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _cross(audio: Floats, at: int, placed: Take | Tone) -> None:
    """Fade *audio*, which begins at sample *at* of a take, where takes overlap."""
    if isinstance(placed, Take):
        apply_ramp(audio, at, placed.cross_in, placed.length, opening=True)
        apply_ramp(audio, at, placed.cross_out, placed.length, opening=False)


def _ramped(placed: Placement) -> Iterator[tuple[int, int]]:
    """Yield the stretches of the programme in which a placed song fades."""
    for ramp in (placed.fade_in, placed.cross_in):
        if ramp:
            yield placed.first, placed.first + ramp.length
    for ramp in (placed.fade_out, placed.cross_out):
        if ramp:
            yield placed.stop - ramp.length, placed.stop


def _union(stretches: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return *stretches* sorted, those that touch joined."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(stretches):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)
