"""A reel: blocks as they come, handed out in the lengths that are asked for."""

from collections.abc import Iterator

import numpy as np

from delivery.program import Floats


class Reel:
    """A sound that is played once, from its beginning."""

    def __init__(self, blocks: Iterator[Floats]) -> None:
        """Play *blocks*."""
        self._blocks = blocks
        self._rest = np.zeros((0, 2))

    def some(self, count: int) -> Iterator[Floats]:
        """Yield the next *count* samples in the blocks they come in."""
        while count:
            while not len(self._rest):
                self._rest = next(self._blocks)
            block, self._rest = self._rest[:count], self._rest[count:]
            count -= len(block)
            yield block

    def take(self, count: int) -> Floats:
        """Return the next *count* samples."""
        blocks = list(self.some(count))
        if len(blocks) == 1:
            return blocks[0]
        return np.concatenate([np.zeros((0, 2)), *blocks])

    def ready(self, most: int) -> int:
        """Return how many of the next *most* samples come as they are, in one piece.

        *most* is 1 or more, and that many are still to come.
        """
        while not len(self._rest):
            self._rest = next(self._blocks)
        return min(len(self._rest), most)

    def close(self) -> None:
        """End what makes the blocks."""
        close = getattr(self._blocks, "close", None)
        if close is not None:
            close()


def even(blocks: Iterator[Floats], size: int) -> Iterator[Floats]:
    """Yield *blocks* in blocks of *size*, but for the last."""
    held: list[Floats] = []
    count = 0
    for block in blocks:
        held.append(block)
        count += len(block)
        if count >= size:
            whole = np.concatenate(held)
            for at in range(0, count - size + 1, size):
                yield whole[at : at + size]
            count %= size
            held = [whole[len(whole) - count :]]
    if count:
        yield np.concatenate(held)
