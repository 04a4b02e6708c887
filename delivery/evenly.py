"""Blocks of one length, whatever length they came in."""

from collections.abc import Iterable, Iterator

import numpy as np

from delivery.program import Floats


def windows(blocks: Iterable[Floats], size: int) -> Iterator[Floats]:
    """Yield the audio of *blocks* in blocks of *size*; the last may be shorter."""
    held: Floats | None = None
    for block in blocks:
        whole = block if held is None else np.concatenate((held, block))
        last = len(whole) - len(whole) % size
        for at in range(0, last, size):
            yield whole[at : at + size]
        held = whole[last:]
    if held is not None and len(held):
        yield held
