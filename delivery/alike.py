"""Two recordings of one disc: by how much one is late, and what differs after that.

Drives read some samples early or late, and rips lack an edge. The offset is found in a
few loud stretches, each on its own; the one that most agree on counts. Then everything
that both have is compared, sample for sample.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from delivery.program import Integers
from delivery.redbook import RATE
from delivery.sound import Sound
from dsp.alignment import Aligner

REACHES = 170_000, 7 * RATE
"""Samples on either side in which an offset is looked for, first near, then far."""

_LOOKS = 24
"""Places at which a recording is looked at for loud stretches."""

_ENOUGH = 3
"""Stretches whose offsets have to agree."""

_MOST = 7
_LOOK = 1 << 12
_CLEAR = 8.0
"""How far a peak stands out of a response that is no accident."""


_LIKE = 0.5
"""The least correlation of two recordings of one."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What differs in the samples that both recordings have."""

    offset: int
    """By how many samples the other is late."""
    swapped: bool
    """Whether left and right are exchanged in the other."""
    compared: int
    """Samples per channel."""
    different: int
    first: int | None
    """The first that differs, counted from 00:02:00 of the one."""
    last: int | None
    largest: int
    """Of the differences, in steps of 16 bits."""
    gain_db: float | None
    """How much louder the other is, where it is the same at another level."""
    missing_before: int
    """Samples of the one, at its begin, that the other does not have."""
    missing_after: int
    lost: int
    """The largest sample among the missing."""


def offset(one: Sound, other: Sound) -> tuple[int, bool] | None:
    """Return by how much *other* is late, and whether its channels are exchanged.

    None where nothing of the one is found in the other.
    """
    for reach in REACHES:
        votes: Counter[tuple[int, bool]] = Counter()
        for at in _loud(one)[:_MOST]:
            vote = _vote(one, other, at, reach)
            if vote is not None:
                votes[vote] += 1
                if votes[vote] >= _ENOUGH:
                    return vote
        if votes:
            return votes.most_common(1)[0][0]
    return None


def _vote(one: Sound, other: Sound, at: int, reach: int) -> tuple[int, bool] | None:
    """Return the offset of the stretch of *one* at *at* alone."""
    for swapped in (False, True):
        aligner = Aligner(RATE, reach)
        length = min(aligner.stretch, one.length - at)
        ours = _floats(one, at, length)
        theirs = _floats(other, at - reach, length + 2 * reach)
        heard = theirs[:, ::-1] if swapped else theirs
        found = aligner.add(ours, heard)
        if found is None or found.clarity < _CLEAR:
            continue
        begin = reach + found.samples
        there = theirs[begin : begin + length]
        straight, crossed = (_likeness(ours, each) for each in (there, there[:, ::-1]))
        if max(straight, crossed) >= _LIKE:
            return found.samples, crossed > straight
    return None


def _likeness(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the size of the correlation of two stretches, 0 to 1."""
    scale = math.sqrt(float((one * one).sum()) * float((other * other).sum()))
    return abs(float((one * other).sum())) / scale if scale else 0.0


def _loud(sound: Sound) -> list[int]:
    """Return places of *sound*, the loudest of those that were looked at first."""
    step = max(1, sound.length // _LOOKS)
    levels = [
        (float(np.abs(sound.read(at, _LOOK).astype(np.int32)).max(initial=0)), -at)
        for at in range(0, sound.length, step)
    ]
    return [-at for level, at in sorted(levels, reverse=True) if level > 0]


def _floats(sound: Sound, start: int, count: int) -> NDArray[np.float64]:
    """Return *count* samples from *start*, with zeros where there are none."""
    out = np.zeros((count, 2))
    first, last = max(0, start), min(sound.length, start + count)
    if first < last:
        out[first - start : last - start] = sound.read(first, last - first)
    return out / 32768.0


def difference(
    one: Sound, other: Sound, late: int, swapped: bool, advance: Callable[[int], None]
) -> Difference:
    """Compare everything that both have, the *other* being *late* by so many samples.

    Raises Refusal where a file ends early.
    """
    begin, end = max(0, -late), min(one.length, other.length - late)
    ours, theirs = one.cut(begin, end), other.cut(begin + late, end + late)
    different, largest = 0, 0
    first: int | None = None
    last: int | None = None
    ours_square = theirs_square = product = 0.0
    at = begin
    for left, right in _abreast(ours.blocks(), theirs.blocks()):
        seen = right[:, ::-1] if swapped else right
        if not np.array_equal(left, seen):
            apart = np.abs(left.astype(np.int32) - seen.astype(np.int32)).max(axis=1)
            places = np.flatnonzero(apart)
            different += len(places)
            largest = max(largest, int(apart.max()))
            first = at + int(places[0]) if first is None else first
            last = at + int(places[-1])
        mine, yours = left.astype(np.float32), seen.astype(np.float32)
        ours_square += float(np.vdot(mine, mine))
        theirs_square += float(np.vdot(yours, yours))
        product += float(np.vdot(mine, yours))
        at += len(left)
        advance(len(left))
    edges = one.cut(0, begin) + one.cut(max(begin, end), one.length)
    return Difference(
        offset=late,
        swapped=swapped,
        compared=max(0, end - begin),
        different=different,
        first=first,
        last=last,
        largest=largest,
        gain_db=_gain(ours_square, theirs_square, product) if different else None,
        missing_before=begin,
        missing_after=max(0, one.length - max(begin, end)),
        lost=max(
            (int(np.abs(each.astype(np.int32)).max(initial=0)) for each in
             edges.blocks()), default=0,
        ),
    )  # fmt: skip


_SAME = 0.999
"""The correlation of what is the same at another level."""


def _gain(ours: float, theirs: float, product: float) -> float | None:
    """Return the level of the other beside the one, None where they are not alike."""
    if not ours or not theirs or abs(product) < _SAME * math.sqrt(ours * theirs):
        return None
    return 20.0 * math.log10(abs(product) / ours)


def _abreast(
    one: Iterator[Integers], other: Iterator[Integers]
) -> Iterator[tuple[Integers, Integers]]:
    """Yield blocks of both that are of the same length."""
    left: Integers = np.zeros((0, 2), np.int16)
    right: Integers = left
    while True:
        if not len(left):
            left = next(one, left)
        if not len(right):
            right = next(other, right)
        count = min(len(left), len(right))
        if not count:
            return
        yield left[:count], right[:count]
        left, right = left[count:], right[count:]
