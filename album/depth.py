"""The depth of a target: a stream of floats cut to integers, once.

Dither is added where depth is cut, and nowhere else: what was an integer of that depth
passes bit for bit, and what was silence stays silence.
"""

from collections.abc import Sequence

import numpy as np

from delivery.program import Floats, Integers
from dsp.dither import Over, Quantizer
from dsp.processor import twin
from dsp.shaping import Shape

Stretches = Sequence[tuple[int, int]]


class Depth:
    """A stream cut to *bits*."""

    def __init__(
        self,
        bits: int,
        rate: int,
        *,
        seed: int,
        shape: Shape = "flat",
        dithered: Stretches = (),
        look_every: int = 0,
    ) -> None:
        """Dither in the stretches *dithered*, in samples of the stream.

        With *look_every*, everything else is looked at in windows of that many samples
        too: one that holds a sample which is no integer already is dithered.
        """
        self.bits = bits
        self.overs: list[Over] = []
        self._dithered = tuple(dithered)
        self._quantizer = Quantizer(
            bits, seed=seed, dithered=self._dithered, shape=shape, rate=rate
        )
        self._window = look_every
        self._held = np.zeros((0, 2))
        self._at = 0

    def process(self, block: Floats) -> Integers:
        """Return what is due of the next *block*: whole windows."""
        if not self._window:
            return self._cut(block)
        sound = np.concatenate((self._held, block))
        due = len(sound) // self._window * self._window
        self._held = sound[due:]
        self._look(sound[:due])
        return self._cut(sound[:due])

    def finish(self) -> Integers:
        """Return the rest."""
        rest, self._held = self._held, np.zeros((0, 2))
        self._look(rest)
        return self._cut(rest)

    def snapshot(self) -> "Depth":
        """Return the stream as it is now: both go on from here, by themselves."""
        return twin(
            self, overs=self.overs.copy(), _quantizer=self._quantizer.snapshot()
        )

    def _cut(self, audio: Floats) -> Integers:
        self._at += len(audio)
        done = self._quantizer.process(audio)
        if done.over is not None:
            self.overs.append(done.over)
        return done.samples

    def _look(self, audio: Floats) -> None:
        """Find the stretches to dither in *audio*, which begins with a window."""
        if not len(audio):
            return
        steps = audio * 2.0 ** (self.bits - 1)
        odd = (steps != np.rint(steps)).any(axis=1)
        begins = np.arange(0, len(audio), self._window)
        odd = np.repeat(np.logical_or.reduceat(odd, begins), self._window)[: len(audio)]
        last = self._at + len(audio)
        for begin, end in self._dithered:
            if begin < last and end > self._at:
                odd[max(0, begin - self._at) : end - self._at] = True
        edges = np.flatnonzero(np.diff(np.concatenate(([0], odd, [0])))) + self._at
        found = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
        before = self._quantizer.dithered
        if found and before and before[-1][1] == found[0][0]:
            # the same stretch, going on: a shaper does not begin afresh
            found[0] = before[-1][0], found[0][1]
        self._quantizer.dithered = found
