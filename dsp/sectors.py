"""A close look at 16-bit stereo: its levels by short sector, its holes and its repeats.

All is found in one pass over the integers as they are: what is judged is whether two
samples are the same, and a float would add nothing to that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import kernel

Words = NDArray[np.uint32]
Pairs = NDArray[np.int16]
Counts = NDArray[np.int64]

AROUND = 1024
"""Samples before and behind a place that are looked at."""

NEAR = 441
"""Samples on each side of a hole in which there has to be music."""

LEAST_HOLE = 16
MOST_HOLE = 44_100
"""Samples: less is a zero crossing, more a pause."""

AUDIBLE = 512
"""The least peak on both sides of a hole: -36 dBFS."""

LEAST_EDGE, STEEP = 64, 4
"""The least jump at a hole's edge, and how far it exceeds the steps around."""

LEAST_TOP, HIGH, CORNER = 4, 8192, 32
"""Of a flat top: equal samples in a row, the level, the bend at its two ends."""

ANCHOR = 512
"""Samples from which the print of an anchor is made."""

_RARE = 21  # bits of 32: one place in 2048 is an anchor
_HOLES, _ANCHORS = 4096, 1 << 17
_MIX, _TURN = 2_654_435_761, 2_246_822_519


@dataclass(frozen=True, kw_only=True)
class Holes:
    """Runs of exact zeros in one channel, with music up to their edges; by place."""

    starts: Counts
    lengths: Counts
    channels: Counts
    edges: Counts
    """The larger jump into or out of zero."""


class Sectors:
    """Everything that is asked of the integers, kept by sector of *length* samples."""

    def __init__(self, count: int, length: int) -> None:
        """Begin at sample 0 of *count* sectors."""
        self._length = length
        self.peaks = np.zeros((count, 2), np.uint16)
        """The largest absolute sample by sector and channel."""
        self.used = np.zeros(count, np.uint16)
        """The bits that are ever set."""
        self.unlike = np.zeros(count, np.uint16)
        """The bits in which left and right ever differ."""
        self._state = np.zeros(4, np.int64)
        self._holes = np.zeros((_HOLES, 4), np.int64)
        self._places = np.zeros(_ANCHORS, np.int64)
        self._prints = np.zeros(_ANCHORS, np.uint64)
        self._marks = np.zeros(length + 1, np.uint32)

    def look(
        self,
        samples: Pairs,
        at: int,
        values: Words,
        tops: Words,
    ) -> None:
        """Look at *samples*, the first of them number *at*, a whole sector's first.

        There are ``AROUND`` more samples before them, and as many behind. The
        histogram of every fourth sector is added to *values*, by value + 32768, and
        flat tops to *tops* by their level.
        """
        words = samples.view(np.uint32).reshape(-1)
        flat = samples.reshape(-1)
        body = len(words) - 2 * AROUND
        _levels(
            flat[2 * AROUND : 2 * (AROUND + body)], self._length, at // self._length,
            -(-body // self._length), self.peaks, self.used, self.unlike, values,
        )  # fmt: skip
        for channel in range(2):
            _find_holes(flat, channel, AROUND, AROUND + body, at, self._state,
                        self._holes)  # fmt: skip
        _find_tops(flat, AROUND, AROUND + body, tops)
        _find_anchors(words, AROUND, AROUND + body, at, self._marks, self._state,
                      self._places, self._prints)  # fmt: skip

    @property
    def holes(self) -> Holes:
        """The holes found so far."""
        found = self._holes[: self._state[_FOUND]]
        found = found[np.lexsort((found[:, 2], found[:, 0]))]
        return Holes(
            starts=found[:, 0],
            lengths=found[:, 1],
            channels=found[:, 2],
            edges=found[:, 3],
        )

    @property
    def anchors(self) -> tuple[Counts, NDArray[np.uint64]]:
        """The places that were chosen by their sound, and the prints of them."""
        count = int(self._state[_ANCHORED])
        return self._places[:count].copy(), self._prints[:count].copy()


_FOUND, _ANCHORED = 2, 3
"""Places of the state, behind the zeros in a row of both channels."""


@kernel
def _levels(
    flat: NDArray[np.int16],
    length: int,
    first: int,
    sectors: int,
    peaks: NDArray[np.uint16],
    used: NDArray[np.uint16],
    unlike: NDArray[np.uint16],
    values: Words,
) -> None:
    """Fill the rows of sectors from *first* on; the last may be short."""
    for sector in range(sectors):
        part = flat[2 * sector * length : 2 * (sector + 1) * length]
        half = len(part) // 2
        low_l = high_l = low_r = high_r = bits = differ = np.int16(0)
        for at in range(np.uint64(half)):
            left, right = (
                part[np.uint64(2) * at],
                part[np.uint64(2) * at + np.uint64(1)],
            )
            low_l, high_l = min(low_l, left), max(high_l, left)
            low_r, high_r = min(low_r, right), max(high_r, right)
            bits |= left | right
            differ |= left ^ right
        row = first + sector
        peaks[row, 0] = max(np.int32(high_l), -np.int32(low_l))
        peaks[row, 1] = max(np.int32(high_r), -np.int32(low_r))
        used[row], unlike[row] = bits, differ
        if row % 4 == 0:
            for at in range(2 * half):
                values[np.int32(part[at]) + 32768] += np.uint32(1)


@kernel
def _find_holes(
    flat: NDArray[np.int16],
    channel: int,
    begin: int,
    end: int,
    number: int,
    state: Counts,
    found: Counts,
) -> None:
    """Note runs of zeros of one channel that end between *begin* and *end*.

    Every eighth sample is looked at: no run that counts can lie between two of them.
    """
    low, at = begin, begin
    run = state[channel]
    if run:
        while at < end and flat[2 * at + channel] == 0:
            at += 1
            run += 1
        if at == end:
            state[channel] = run
            return
        _weigh(flat, channel, at, run, number + at - begin, state, found)
        low = at
    while at < end:
        if flat[2 * at + channel] != 0:
            at += LEAST_HOLE // 2
            continue
        first, last = at, at
        while first > low and flat[2 * (first - 1) + channel] == 0:
            first -= 1
        while last < end and flat[2 * last + channel] == 0:
            last += 1
        low = first if last == end else last
        if last < end:
            _weigh(flat, channel, last, last - first, number + last - begin, state,
                   found)  # fmt: skip
        at = last + LEAST_HOLE // 2
    run = 0
    while end - 1 - run >= low and flat[2 * (end - 1 - run) + channel] == 0:
        run += 1
    state[channel] = run


@kernel
def _weigh(
    flat: NDArray[np.int16],
    channel: int,
    last: int,
    run: int,
    number: int,
    state: Counts,
    found: Counts,
) -> None:
    """Note a run of zeros before place *last* if it is a hole in music.

    Of a run that began before the samples at hand, only its end can be weighed.
    """
    if run < LEAST_HOLE or run > MOST_HOLE or state[_FOUND] >= len(found):
        return
    after = before = np.int32(0)
    total = np.int32(0)
    limit = min(len(flat) // 2 - 1, last + NEAR)
    for at in range(last, limit):
        value = np.int32(flat[2 * at + channel])
        after = max(after, abs(value))
        if at < last + 32:
            total += abs(np.int32(flat[2 * (at + 1) + channel]) - value)
    out = np.int32(abs(np.int32(flat[2 * last + channel])))
    steep = out >= LEAST_EDGE and 32 * out >= STEEP * total
    edge = out
    first = last - run
    if first > 0:
        total = np.int32(0)
        for at in range(max(0, first - NEAR), first):
            value = np.int32(flat[2 * at + channel])
            before = max(before, abs(value))
            if at >= max(1, first - 32):
                total += abs(value - np.int32(flat[2 * (at - 1) + channel]))
        into = np.int32(abs(np.int32(flat[2 * (first - 1) + channel])))
        steep = steep or (into >= LEAST_EDGE and 32 * into >= STEEP * total)
        edge = max(edge, into)
    else:
        # what lay before is known by its level alone, which the caller keeps
        before = np.int32(AUDIBLE)
    if steep and before >= AUDIBLE and after >= AUDIBLE:
        row = found[state[_FOUND]]
        row[0], row[1], row[2], row[3] = number - run, run, channel, edge
        state[_FOUND] += 1


@kernel
def _find_tops(flat: NDArray[np.int16], begin: int, end: int, tops: Words) -> None:
    """Count runs of equal samples at a high level whose ends are corners, by level."""
    for channel in range(2):
        at = begin
        while at < end:
            value = np.int32(flat[2 * at + channel])
            level = abs(value)
            if level < HIGH or flat[2 * (at - 1) + channel] != value:
                at += LEAST_TOP - 1
                continue
            first, last = at - 1, at + 1
            while first > 1 and flat[2 * (first - 1) + channel] == value:
                first -= 1
            while last < len(flat) // 2 - 1 and flat[2 * last + channel] == value:
                last += 1
            bend = abs(value - np.int32(flat[2 * (first - 1) + channel]))
            bend += abs(value - np.int32(flat[2 * last + channel]))
            if last - first >= LEAST_TOP and bend >= CORNER:
                tops[level if level < 32767 else 32767] += np.uint32(1)
            at = max(at + 1, last + LEAST_TOP - 1)


@kernel
def _find_anchors(
    words: Words,
    begin: int,
    end: int,
    number: int,
    marks: Words,
    state: Counts,
    places: Counts,
    prints: NDArray[np.uint64],
) -> None:
    """Note the places that their own samples choose, and a print of what follows."""
    step = len(marks) - 1
    for start in range(begin, end, step):
        count = min(step, end - start)
        part = words[start : start + count + 1]
        for at in range(np.uint64(len(part) - 1)):
            mixed = part[at] * np.uint32(_MIX) + part[at + np.uint64(1)] * np.uint32(
                _TURN
            )
            marks[at] = (mixed ^ (mixed >> np.uint32(15))) * np.uint32(_MIX)
        for at in range(len(part) - 1):
            if marks[at] >> np.uint32(_RARE) or not part[at]:
                continue
            place = start + at
            if place + ANCHOR > len(words) or state[_ANCHORED] >= len(places):
                continue
            printed = np.uint64(14_695_981_039_346_656_037)
            for next_one in range(place, place + ANCHOR):
                printed = (printed ^ np.uint64(words[next_one])) * np.uint64(
                    1_099_511_628_211
                )
            printed ^= printed >> np.uint64(29)
            places[state[_ANCHORED]] = number + place - begin
            prints[state[_ANCHORED]] = printed
            state[_ANCHORED] += 1
