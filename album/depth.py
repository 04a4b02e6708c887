"""The depth of a target: a stream of floats cut to integers, once.

Dither is added where depth is cut, and nowhere else: what was an integer of that depth
passes bit for bit, and what was silence stays silence.
"""

import numpy as np

from delivery.program import Floats, Integers
from dsp.dither import Over, Quantizer
from dsp.processor import twin
from dsp.shaping import Shape
from dsp.stretches import Mask, Stretches, by_window, found, within

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
        perhaps: Stretches = (),
        window: int = 0,
        look: bool = False,
        blank_every: int = 0,
    ) -> None:
        """Dither in the stretches *dithered*, in samples of the stream.

        Those of *perhaps* are dithered from the first *window* of samples on that holds
        one which is no integer already. With *look*, everything else is too, but window
        by window. With *blank_every*, a multiple of *window*, so many samples that are
        digital silence are not dithered, wherever they lie.
        """
        self.bits = bits
        self.overs: list[Over] = []
        self._dithered = tuple(dithered)
        self._quantizer = Quantizer(
            bits, seed=seed, dithered=self._dithered, shape=shape, rate=rate
        )
        self._perhaps = tuple(perhaps)
        self._begun: frozenset[int] = frozenset()
        """Where those of *perhaps* begin that are being dithered."""
        self._look_every = window if look or perhaps else 0
        self._look_everywhere, self._blank_every = look, blank_every
        self._window = blank_every or self._look_every
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
        last = self._at + len(audio)
        if self._goes_on(last):
            return
        mask = within(self._dithered, self._at, last)
        perhaps = [
            (first, stop)
            for first, stop in self._perhaps
            if first < last and stop > self._at
        ]
        odd = mask  # where nothing has to be looked for
        if self._look_every:
            odd = by_window(no_integers(audio, self.bits), self._look_every)
        if self._look_everywhere:
            mask |= odd
        for first, stop in perhaps:
            self._begin(mask, odd, first, stop)
        if self._blank_every:
            sounds = np.any(np.abs(audio) > SILENCE, axis=1)
            mask &= by_window(sounds, self._blank_every)
        # the same stretch may go on: a shaper does not begin afresh
        before = self._quantizer.dithered
        self._quantizer.dithered = found(mask, self._at, before)

    def _goes_on(self, last: int) -> bool:
        """Say whether all up to *last* is being dithered already, and note it."""
        known = [
            *self._dithered,
            *(each for each in self._perhaps if each[0] in self._begun),
        ]
        if self._blank_every or not any(
            first <= self._at and last <= stop for first, stop in known
        ):
            return False
        before = self._quantizer.dithered
        going = bool(before) and before[-1][1] == self._at
        first = before[-1][0] if going else self._at
        self._quantizer.dithered = [(first, last)]
        return True

    def _begin(self, mask: Mask, odd: Mask, first: int, stop: int) -> None:
        """Put into *mask* what is dithered of a stretch that perhaps is."""
        begin = max(0, first - self._at)
        if first not in self._begun:
            hits = np.flatnonzero(odd[begin : stop - self._at])
            if not len(hits):
                return
            self._begun |= {first}
            begin += int(hits[0])
        mask[begin : stop - self._at] = True


def no_integers(audio: Floats, bits: int) -> Mask:
    """Return which samples have a channel that is no integer of *bits*."""
    steps = audio * 2.0 ** (bits - 1)
    odd = steps != np.rint(steps)
    # of two columns; numpy's any() along an axis takes five times as long
    return np.asarray(odd[:, 0] | odd[:, -1])
