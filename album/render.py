"""A timeline and its mixes become a programme: samples on demand, the same every time.

Any stretch of the programme can be asked for, in any order and from any thread; the
answer depends on nothing but the stretch. What cannot be read that way (a mix at
another rate, a lossy one) is staged to a file of float64 first.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from album.source import Reader
from album.timeline import Placement, Ramp, Timeline, Tone
from delivery.program import Floats, Integers
from dsp.fades import rise
from dsp.level import gain
from dsp.resample import Resampler

BLOCK = 1 << 17
"""Samples that are moved at a time, where nothing else is asked for."""

EXACT = 64
"""Deeper than any target: what must always be dithered."""

_TONE_SEAM = 0.5
"""Seconds over which a loop of room tone crosses into its own beginning."""
_TONE_EDGE = 0.02
"""Seconds of fade at both ends of a stretch of room tone."""


Result = TypeVar("Result")


class Sound(Protocol):
    """Something that can be read from any sample to any other."""

    def read(self, start: int, stop: int) -> Floats:
        """Return samples *start* to *stop*, stereo."""

    def close(self) -> None:
        """Close what is open."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the work is done; never what comes out of it."""

    jobs: int
    block: int

    def alone(self) -> "Settings":
        """Return the settings of a task that runs beside others of its kind."""
        return Settings(jobs=1, block=self.block)


class Programme:
    """One disc's audio at the programme's rate."""

    def __init__(self, timeline: Timeline, staging: Path, settings: Settings) -> None:
        """Stage under *staging* what has to be staged, songs in parallel."""
        self.timeline = timeline
        self.rate = timeline.rate
        self.length = timeline.length
        self._settings = settings
        stage = staging / str(timeline.number)
        stage.mkdir()

        def song(number: int) -> Sound:
            return _song(timeline.placements[number], self.rate, stage / f"{number}")

        def tone(number: int) -> Sound:
            return _tone(timeline.tones[number], self.rate, stage / f"tone-{number}")

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
        _apply_ramp(audio, a, placed.cross_in, placed.length, opening=True)
        _apply_ramp(audio, a, placed.cross_out, placed.length, opening=False)
    return audio


def _apply_ramp(
    audio: Floats, at: int, ramp: Ramp | None, total: int, *, opening: bool
) -> None:
    """Fade *audio*, which begins at sample *at* of *total*, in place.

    Sample k of a fade over n samples has position (k + ½)/n, counted from its silent
    end: a pure function of the place, whatever block it comes in.
    """
    if ramp is None:
        return
    base = 0 if opening else total - ramp.length
    first, last = max(at, base), min(at + len(audio), base + ramp.length)
    if first >= last:
        return
    place = np.arange(first - base, last - base, dtype=np.float64) + 0.5
    position = place / ramp.length
    curve = rise(ramp.curve, position if opening else 1.0 - position)
    audio[first - at : last - at] *= curve[:, np.newaxis]


class _Mix:
    """A song straight from its file: trims, fades and gain applied on the way."""

    def __init__(self, placed: Placement) -> None:
        self._placed = placed
        self._reader = Reader(placed.source)
        self._gain = gain(placed.gain_db)

    def read(self, start: int, stop: int) -> Floats:
        placed = self._placed
        audio = self._reader.read(placed.begin + start, placed.begin + stop)
        total = placed.end - placed.begin
        _apply_ramp(audio, start, placed.fade_in, total, opening=True)
        _apply_ramp(audio, start, placed.fade_out, total, opening=False)
        if placed.gain_db:
            audio *= self._gain
        return audio

    def close(self) -> None:
        self._reader.close()


class _Staged:
    """Audio that lies in a file of float64, stereo."""

    def __init__(self, path: Path, blocks: Iterator[Floats]) -> None:
        with path.open("wb") as file:
            for block in blocks:
                file.write(np.ascontiguousarray(block, dtype="<f8").data)
        self._path = path

    def read(self, start: int, stop: int) -> Floats:
        count = (stop - start) * 2
        audio = np.fromfile(self._path, dtype="<f8", count=count, offset=start * 16)
        return audio.reshape(-1, 2)

    def close(self) -> None:
        self._path.unlink(missing_ok=True)


class _Loop:
    """Room tone without end: the file crosses into its own beginning, by power."""

    def __init__(self, sound: Sound, length: int, tone: Tone, rate: int) -> None:
        self._sound = sound
        self._seam = min(int(_TONE_SEAM * rate), length // 3)
        self._period = length - self._seam
        self._total = tone.length
        self._edge = Ramp(min(int(_TONE_EDGE * rate), tone.length // 2), "equal-power")

    def read(self, start: int, stop: int) -> Floats:
        audio = np.empty((stop - start, 2))
        at = start
        while at < stop:
            turn, inside = divmod(at, self._period)
            count = min(stop - at, self._period - inside)
            audio[at - start : at - start + count] = self._turn(turn, inside, count)
            at += count
        for opening in (True, False):
            if self._edge.length:
                _apply_ramp(audio, start, self._edge, self._total, opening=opening)
        return audio

    def _turn(self, turn: int, inside: int, count: int) -> Floats:
        audio = self._sound.read(inside, inside + count)
        crossing = min(count, self._seam - inside)
        if turn and crossing > 0:
            place = np.arange(inside, inside + crossing) + 0.5
            position = (place / self._seam)[:, np.newaxis]
            old = self._sound.read(
                self._period + inside, self._period + inside + crossing
            )
            audio[:crossing] *= rise("equal-power", position)
            audio[:crossing] += old * rise("equal-power", 1.0 - position)
        return audio

    def close(self) -> None:
        self._sound.close()


def _song(placed: Placement, rate: int, path: Path) -> Sound:
    mix = _Mix(placed)
    if placed.source.rate == rate and not placed.source.lossy:
        return mix
    return _staged(mix, placed.end - placed.begin, placed.source.rate, rate, path)


def _tone(tone: Tone, rate: int, path: Path) -> Sound:
    source = tone.source
    whole = Placement(
        song="",
        source=source,
        begin=0,
        end=source.length,
        first=tone.first,
        length=tone.length,
        gain_db=0.0,
    )
    length = -(-source.length * rate // source.rate)
    return _Loop(_song(whole, rate, path), length, tone, rate)


def _staged(mix: _Mix, length: int, rate: int, target: int, path: Path) -> _Staged:
    """Stage *mix* at *target* Hz, exactly as long as its placement expects."""
    blocks = (mix.read(at, min(at + BLOCK, length)) for at in range(0, length, BLOCK))
    try:
        if rate == target:
            return _Staged(path, blocks)
        wanted = -(-length * target // rate)
        return _Staged(path, converted(blocks, rate, target, length, wanted))
    finally:
        mix.close()


def converted(
    blocks: Iterator[Floats], rate: int, target: int, length: int, wanted: int
) -> Iterator[Floats]:
    """Yield *length* samples at *rate* as *wanted* samples at *target*."""
    resampler = Resampler(rate, target, 2, source_length=length, length=wanted)
    for block in blocks:
        yield resampler.process(block)
    yield resampler.finish()


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
