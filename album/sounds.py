"""Sounds: what can be read from any sample to any other, the same every time.

A mix is read where it lies, with trims, fades and gain applied on the way. What cannot
be (a mix at another rate, a lossy one) is staged to a file of float64 first.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from album.playing import heard
from album.ramps import apply_ramp
from album.stems import reader
from album.takes import Take
from album.timeline import Placement, Ramp, Tone
from album.treatment import UNTREATED
from delivery.program import Floats
from delivery.redbook import Samples
from dsp.fades import rise
from dsp.level import gain

_TONE_SEAM = 0.5
"""Seconds over which a loop of room tone crosses into its own beginning."""
_TONE_EDGE = 0.02
"""Seconds of fade at both ends of a stretch of room tone."""


class Sound(Protocol):
    """Something that can be read from any sample to any other."""

    def read(self, start: int, stop: int) -> Floats:
        """Return samples *start* to *stop*, stereo."""

    def close(self) -> None:
        """Close what is open."""


class _Mix:
    """A song straight from its file: trims, fades and gain applied on the way."""

    def __init__(self, placed: Placement) -> None:
        self._placed = placed
        self._reader = reader(placed.source)
        self._gain = gain(placed.gain_db)

    def read(self, start: int, stop: int) -> Floats:
        placed = self._placed
        audio = self._reader.read(placed.begin + start, placed.begin + stop)
        total = placed.end - placed.begin
        apply_ramp(audio, start, placed.fade_in, total, opening=True)
        apply_ramp(audio, start, placed.fade_out, total, opening=False)
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
                apply_ramp(audio, start, self._edge, self._total, opening=opening)
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


def take_sound(take: Take, rate: int, path: Path) -> Sound:
    """Return *take* at *rate*; *path* is where it may be staged."""
    if take.plain(rate):
        return _Mix(take.songs[0])
    return _Staged(path, heard(take, rate))


def tone_sound(tone: Tone, rate: int, path: Path) -> Sound:
    """Return room tone that lasts as long as it is asked for."""
    source = tone.source
    whole = Placement(
        song="",
        source=source,
        begin=0,
        end=source.length,
        first=tone.first,
        length=Samples(-(-source.length * rate // source.rate)),
        gain_db=0.0,
    )
    take = Take(songs=(whole,), treatments=(UNTREATED,))
    return _Loop(take_sound(take, rate, path), whole.length, tone, rate)
