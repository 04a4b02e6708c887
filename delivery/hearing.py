"""What an audit has in hand: the layout of a disc, and all that was heard of it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from delivery.findings import Place
from delivery.heard import WINDOW, Detail, Levels, Part, parts
from delivery.program import Layout
from delivery.reading import Reading
from delivery.redbook import (
    FIRST_PAUSE,
    FRAMES_PER_SECOND,
    LAST_ADDRESS,
    SAMPLES_PER_FRAME,
    Frames,
    clock,
)
from dsp.figures import Figures, Pooled
from dsp.level import decibels

FULL = 32768
SILENT = 16
"""The largest sample of what counts as silence: -66 dBFS, above any dither."""

AUDIBLE = 328
"""The least peak of what counts as music: -40 dBFS."""


@dataclass(frozen=True)
class Heard:
    """A disc that was heard to its end."""

    reading: Reading
    levels: Levels
    detail: Detail

    @property
    def layout(self) -> Layout:
        """The disc's marks."""
        return self.reading.layout

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Tracks of sound, and with number 0 what is hidden before track 1."""
        return tuple(each for each in parts(self.layout) if not each.data)

    @cached_property
    def tracks(self) -> dict[int, Figures]:
        """Figures by track."""
        return self.levels.tracks()

    @cached_property
    def disc(self) -> Pooled | None:
        """Figures of all tracks together."""
        return self.levels.disc() if self.tracks else None

    @cached_property
    def peaks(self) -> NDArray[np.int64]:
        """The largest sample of every frame of the disc, 0 where none was heard."""
        both = self.detail.sectors.peaks
        found = np.zeros(self.detail.end, np.int64)
        found[self.detail.begin :] = both.max(axis=1) if len(both) else 0
        return found

    def of(self, part: Part, rows: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """Return the rows of the sectors that *part* has."""
        begin = self.detail.begin
        return rows[max(part.first - begin, 0) : max(part.stop - begin, 0)]

    def around(self, mark: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the samples before and behind a mark, (samples, 2)."""
        kept = self.detail.around[mark].astype(np.int64)
        return kept[:WINDOW], kept[WINDOW:]

    def place(self, frame: int) -> Place:
        """Return where *frame* of the disc lies: track, time and file."""
        sample = (frame - int(FIRST_PAUSE)) * SAMPLES_PER_FRAME
        sound = self.reading.sound if sample >= 0 else self.reading.head
        at = sample if sample >= 0 else sample + sound.length
        name = ""
        for stretch in sound.stretches:
            name = stretch.name
            if at < stretch.length:
                break
            at -= stretch.length
        numbers = [each.number for each in self.parts if each.first <= frame]
        return Place(
            file=name or None, track=(numbers or [0])[-1] or None, at=time(frame)
        )


def time(frame: int) -> str:
    """Return a frame as the disc's clock shows it."""
    return clock(Frames(max(0, min(frame, int(LAST_ADDRESS)))))


def frame_of(heard: Heard, sample: int) -> int:
    """Return the disc's frame of a sample that was counted from the first heard."""
    return heard.detail.begin + sample // SAMPLES_PER_FRAME


def seconds(frames: int) -> str:
    """Return a number of frames as seconds in words."""
    return f"{frames / FRAMES_PER_SECOND:.2f} s"


def level(peak: float) -> str:
    """Return a sample's size in words."""
    found = decibels(peak / FULL)
    return "digital silence" if found is None else f"{found:.1f} dBFS"


def named(number: int) -> str:
    """Return what a part is called."""
    return f"track {number}" if number else "the hidden music before track 1"
