"""A watch over true peaks: where a stream passes a ceiling, as it goes by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.planes import spread
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

    def __init__(self, channels: int, ceiling: float, step: float = 1.0) -> None:
        """Tell what is higher than *ceiling*, full scale 1.0.

        *step* is what 1 is worth in the blocks to come.
        """
        self._ceiling = np.float32(ceiling)
        self._step = np.float32(step)
        # REACH samples that have been watched, then those that have not
        self._held = np.zeros((channels, REACH), np.float32)
        self._room = np.zeros((channels, 0), np.float32)
        self._at = 0
        self.highest = Peak(-1.0, 0.0)

    def feed(self, *blocks: NDArray[Any]) -> list[Peak]:
        """Hear the next samples, (samples, channels); return the peaks too high."""
        heard = self._laid(blocks)
        stop = heard.shape[1] - 3 * REACH
        self._held = heard[:, max(0, stop - REACH) : stop + REACH].copy()
        if stop <= REACH:
            return []
        found = self._watched(heard, stop)
        self._at += stop - REACH
        return found

    def _laid(self, blocks: Sequence[NDArray[Any]]) -> Singles:
        """Return what is held, *blocks*, and silence behind them, in planes."""
        end = self._held.shape[1] + sum(map(len, blocks))
        if self._room.shape[1] < end + 2 * REACH:
            self._room = np.empty((len(self._held), end + 2 * REACH), np.float32)
        heard = self._room[:, : end + 2 * REACH]
        at = self._held.shape[1]
        heard[:, :at], heard[:, end:] = self._held, 0.0
        for block in blocks:
            spread(np.ascontiguousarray(block), heard, at, self._step)
            at += len(block)
        return heard

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
