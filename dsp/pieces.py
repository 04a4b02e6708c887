"""A stream that works in pieces of one length, whatever the blocks it is given.

The pieces begin at whole multiples of their length in the mix, so what comes out
depends on neither the blocks nor where the work was begun.
"""

import numpy as np

from dsp.processor import Floats


class Pieces:
    """The base of streams with a piece length; `work` is what each of them does."""

    def __init__(self, hop: int, context: int, late: int, *, start: int = 0) -> None:
        """Work on *hop* new samples at a time, seen after *context* older ones.

        What `work` returns is *late* samples behind the newest it has seen.
        """
        self._hop = hop
        self._context = context
        self._lead = start % hop
        self._seen = np.zeros((context + hop, 2))
        self._filled = self._lead
        self._excess = self._lead + late
        self._due = 0
        self._at = start - self._lead - late

    def work(self, seen: Floats, at: int) -> Floats:
        """Return the next piece, whose first sample is number *at* of the mix.

        *seen* is the context and the new samples, in that order. What is changed in it
        stays changed in the context of the next piece.
        """
        raise NotImplementedError

    def process(self, block: Floats) -> Floats:
        """Take the next *block*; return the pieces that are complete."""
        self._due += len(block)
        return self._given(block)

    def finish(self) -> Floats:
        """Return the rest, worked on as if silence followed."""
        rest = [np.zeros((0, 2))]
        silence = np.zeros((self._hop, 2))
        while self._due:
            rest.append(self._given(silence))
        return np.concatenate(rest)

    def _given(self, block: Floats) -> Floats:
        done = []
        taken = 0
        while taken < len(block):
            count = min(len(block) - taken, self._hop - self._filled)
            place = self._context + self._filled
            self._seen[place : place + count] = block[taken : taken + count]
            self._filled += count
            taken += count
            if self._filled == self._hop:
                done.append(self._piece())
        if not done:
            return np.zeros((0, 2))
        return done[0] if len(done) == 1 else np.concatenate(done)

    def _piece(self) -> Floats:
        made = self.work(self._seen, self._at)
        self._seen[: self._context] = self._seen[self._hop :].copy()
        self._filled = 0
        self._at += self._hop
        early = min(self._excess, len(made))
        self._excess -= early
        made = made[early : early + self._due]
        self._due -= len(made)
        return made
