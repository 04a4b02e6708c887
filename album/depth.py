"""The depth of a target: a stream of floats cut to integers, once.

Dither is added where depth is cut, and nowhere else: what was an integer of that depth
passes bit for bit, and what was silence stays silence.
"""

import numpy as np

from delivery.program import Floats, Integers
from dsp.dither import Over, Quantizer
from dsp.processor import twin
from dsp.shaping import Shape
from dsp.stretches import Stretches, by_window, found, within

BLANK_FRAMES = 15
"""CD frames that have to be digital silence to be blanked: a fifth of a second."""

SILENCE = 2.0**-40
"""What is taken for digital silence: a filter's tail may be left of it."""


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
        blank_every: int = 0,
    ) -> None:
        """Dither in the stretches *dithered*, in samples of the stream.

        With *look_every*, everything else is looked at in windows of that many samples
        too: one that holds a sample which is no integer already is dithered. With
        *blank_every*, a multiple of it, windows of that many samples are looked at as
        well: one that is digital silence is not dithered, wherever it lies.
        """
        self.bits = bits
        self.overs: list[Over] = []
        self._dithered = tuple(dithered)
        self._quantizer = Quantizer(
            bits, seed=seed, dithered=self._dithered, shape=shape, rate=rate
        )
        self._look_every, self._blank_every = look_every, blank_every
        self._window = blank_every or look_every
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
        mask = within(self._dithered, self._at, self._at + len(audio))
        if self._look_every:
            steps = audio * 2.0 ** (self.bits - 1)
            odd = (steps != np.rint(steps)).any(axis=1)
            mask |= by_window(odd, self._look_every)
        if self._blank_every:
            sounds = np.any(np.abs(audio) > SILENCE, axis=1)
            mask &= by_window(sounds, self._blank_every)
        # the same stretch may go on: a shaper does not begin afresh
        before = self._quantizer.dithered
        self._quantizer.dithered = found(mask, self._at, before)
