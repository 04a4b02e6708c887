"""A watch over loudness alone: energies of 10 ms of what goes by, and no more.

What a full meter has to say of a stream costs several times as much as its loudness.
Every sample is weighted, none left out as the meter may do; they agree to 0.003 LU.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.kweighting import ABREAST, TICKS, Weighting, tick_edges, weigh
from dsp.loudness import channel_weights, ticks_in
from dsp.planes import spread

Floats = NDArray[np.float64]

_SPAN = 8 * ABREAST
"""Ticks weighted at a time."""


class LoudnessWatch:
    """One stream being watched, from silence on."""

    def __init__(self, rate: int, channels: int, step: float = 1.0) -> None:
        """Begin; *step* is what 1 is worth in the blocks to come."""
        self._rate = rate
        self._step = np.float32(step)
        self._weights = np.array(channel_weights(channels))
        self._weighting = Weighting(rate, channels)
        longest = -(-_SPAN * rate // TICKS) + 1
        self._planes = np.zeros((channels, longest + rate // TICKS + 1), np.float32)
        self._ticks = 0  # of the spans that are done
        self._before = 0  # samples of them
        self._fill = 0
        self._found: list[Floats] = []

    def feed(self, block: NDArray[Any]) -> None:
        """Hear the next samples, (samples, channels)."""
        while len(block):
            span = self._edge(self._ticks + _SPAN) - self._before
            room = np.ascontiguousarray(block[: span - self._fill])
            spread(room, self._planes, self._fill, self._step)
            self._fill += len(room)
            block = block[len(room) :]
            if self._fill == span:
                self._weigh(_SPAN)
                self._ticks += _SPAN
                self._before += span
                self._fill = 0

    def finish(self) -> Floats:
        """Return the energies by tick, as ``Tally.energies``; a part of one is lost."""
        self._planes[:, self._fill :] = 0.0
        self._weigh(ticks_in(self._before + self._fill, self._rate) - self._ticks)
        return np.concatenate(self._found)

    def _edge(self, tick: int) -> int:
        return (tick * self._rate + TICKS // 2) // TICKS

    def _weigh(self, ticks: int) -> None:
        edges = tick_edges(self._rate, self._ticks, ticks) - self._before
        energies = np.zeros((len(self._planes), ticks))
        w = self._weighting
        for plane, carried, found in zip(
            self._planes, w.carried, energies, strict=True
        ):
            weigh(
                plane, edges, w.variables, w.ends, w.powers, carried, w.lanes, w.quads,
                w.fours, w.rows, w.row_fours, found,
            )  # fmt: skip
        self._found.append(self._weights @ energies)
