"""A watch over true peaks: where a stream passes a ceiling, as it goes by."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.truepeak import REACH, find_peak

Singles = NDArray[np.float32]

WINDOW = 2048
"""Samples of which the highest point is told, where there is one above the ceiling."""


@dataclass(frozen=True)
class Peak:
    """A point of the wave: its sample, between samples too, and its height."""

    at: float
    height: float


class PeakWatch:
    """One stream being watched; a peak is told when what comes after it is known."""

    def __init__(self, channels: int, ceiling: float) -> None:
        """Tell what is higher than *ceiling*, full scale 1.0."""
        self._ceiling = np.float32(ceiling)
        # REACH samples that have been watched, then those that have not
        self._held = np.zeros((channels, REACH), np.float32)
        self._at = 0
        self.highest = Peak(-1.0, 0.0)

    def feed(self, block: NDArray[Any]) -> list[Peak]:
        """Hear the next samples, full scale 1.0; return the peaks above the ceiling."""
        heard = np.concatenate((self._held, np.asarray(block, np.float32).T), axis=1)
        stop = heard.shape[1] - REACH
        if stop <= REACH:
            self._held = heard
            return []
        found = self._watched(np.pad(heard, ((0, 0), (0, 2 * REACH))), stop)
        self._at += stop - REACH
        self._held = heard[:, stop - REACH :].copy()
        return found

    def finish(self) -> list[Peak]:
        """Return the peaks of the end."""
        return self.feed(np.zeros((REACH, len(self._held)), np.float32))

    def _watched(self, heard: Singles, stop: int) -> list[Peak]:
        least = np.float32(min(float(self._ceiling), self.highest.height))
        offset = self._at - REACH
        found: list[Peak] = []
        for plane in heard:
            top, at = find_peak(plane, REACH, stop, least, -1.0)
            if top > self.highest.height:
                self.highest = Peak(at + offset, float(top))
            if top > self._ceiling:
                found += self._all(plane, stop, offset)
        return found

    def _all(self, plane: Singles, stop: int, offset: int) -> list[Peak]:
        """Return the peaks of one channel, the highest of each window."""
        peaks = []
        for begin in range(REACH, stop, WINDOW):
            end = min(begin + WINDOW, stop)
            top, at = find_peak(plane, begin, end, self._ceiling, -1.0)
            if top > self._ceiling:
                peaks.append(Peak(at + offset, float(top)))
        return peaks
