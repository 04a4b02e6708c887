"""A timeline and its mixes become a programme: samples on demand, the same every time.

Any stretch of the programme can be asked for, in any order and from any thread; the
answer depends on nothing but the stretch.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from album.sounds import Sound, apply_ramp, song_sound, tone_sound
from album.timeline import Placement, Timeline, Tone
from delivery.program import Floats, Integers

EXACT = 64
"""Deeper than any target: what must always be dithered."""

Result = TypeVar("Result")


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


class Programme:
    """One disc's audio at the programme's rate."""

    def __init__(
        self,
        timeline: Timeline,
        staging: Path,
        settings: Settings,
        advance: Callable[[int], None] = _unwatched,
    ) -> None:
        """Stage under *staging* what has to be staged, songs in parallel.

        *advance* is told of every song that is ready.
        """
        self.timeline = timeline
        self.rate = timeline.rate
        self.length = timeline.length
        self._settings = settings
        stage = staging / str(timeline.number)
        stage.mkdir()

        def song(number: int) -> Sound:
            placed = timeline.placements[number]
            sound = song_sound(placed, self.rate, stage / f"{number}")
            advance(1)
            return sound

        def tone(number: int) -> Sound:
            return tone_sound(
                timeline.tones[number], self.rate, stage / f"tone-{number}"
            )

        with ThreadPoolExecutor(settings.jobs) as pool:
            songs = pool.map(song, range(len(timeline.placements)))
            tones = pool.map(tone, range(len(timeline.tones)))
            self._parts: list[tuple[Placement | Tone, Sound]] = [
                *zip(timeline.placements, songs, strict=True),
                *zip(timeline.tones, tones, strict=True),
            ]

    def read(self, start: int, stop: int) -> Floats:
        """Return programme samples *start* to *stop*; silence where nothing lies."""
        parts = []
        for placed, sound in self._parts:
            first = max(start, placed.first)
            last = min(stop, placed.first + placed.length)
            if first < last:
                parts.append((first, last, placed, sound))
        if len(parts) == 1 and parts[0][:2] == (start, stop):
            return _placed_audio(*parts[0])
        audio = np.zeros((stop - start, 2))
        for part in parts:
            audio[part[0] - start : part[1] - start] += _placed_audio(*part)
        return audio

    def blocks(self, start: int = 0, stop: int | None = None) -> Iterator[Floats]:
        """Yield the programme in order, read ahead by as many threads as allowed."""
        end = self.length if stop is None else stop
        step = self._settings.block
        stretches = [(at, min(at + step, end)) for at in range(start, end, step)]
        yield from ordered(self.read, stretches, self._settings.jobs)

    def deeper_than(self, bits: int) -> tuple[tuple[int, int], ...]:
        """Return the stretches whose samples may not fit *bits*, in programme samples.

        Silence made by the placing and untouched audio of *bits* or fewer fit.
        """
        found: list[tuple[int, int]] = []
        for placed in self.timeline.placements:
            if needed_bits(placed, self.rate) > bits:
                found.append((placed.first, placed.stop))
            else:
                found.extend(_ramped(placed))
        for tone in self.timeline.tones:
            found.append((tone.first, tone.first + tone.length))
        return _union(found)

    def close(self) -> None:
        """Close the mixes."""
        for _, sound in self._parts:
            sound.close()


def needed_bits(placed: Placement, rate: int) -> int:
    """Return the depth that a placed song's samples need away from its fades."""
    untouched = placed.gain_db == 0 and placed.source.rate == rate
    if not untouched or placed.source.bits is None:
        return EXACT
    return placed.source.bits


def watched(
    blocks: Iterator[Integers], advance: Callable[[int], None]
) -> Iterator[Integers]:
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


def _placed_audio(
    first: int, last: int, placed: Placement | Tone, sound: Sound
) -> Floats:
    """Return a placed sound between two programme samples, its ramps applied."""
    a, b = first - placed.first, last - placed.first
    audio = sound.read(a, b)
    if isinstance(placed, Placement):
        apply_ramp(audio, a, placed.cross_in, placed.length, opening=True)
        apply_ramp(audio, a, placed.cross_out, placed.length, opening=False)
    return audio


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
