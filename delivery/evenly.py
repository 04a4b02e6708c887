"""Blocks of one length, whatever length they came in."""

from collections.abc import Iterable, Iterator

import numpy as np

from delivery.program import AnyFloats


def windows(blocks: Iterable[AnyFloats], size: int) -> Iterator[AnyFloats]:
    """Yield the audio of *blocks* in blocks of *size*; the last may be shorter."""
    held: list[AnyFloats] = []
    count = 0
    for block in blocks:
        held.append(block)
        count += len(block)
        if count < size:
            continue
        whole = held[0] if len(held) == 1 else np.concatenate(held)
        last = count - count % size
        for at in range(0, last, size):
            yield whole[at : at + size]
        held, count = [whole[last:]], count - last
    if count:
        yield np.concatenate(held)
