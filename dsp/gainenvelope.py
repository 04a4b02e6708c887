"""From heights to a gain that never lets one pass the ceiling, and never jumps.

What each sample may have at most is held for a time, released slowly and smoothed by
three running means one after the other, whose weights are positive and sum to 1. They
run in integers, so they are exact for ever: after the last peak the gain comes back
to exactly 1. Method: ``formats/dsp.md`` §1.9.
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact
from dsp.processor import twin

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Singles = NDArray[np.float32]

ONE = 1 << 30
"""The gain 1."""

_SHARES = (0.46, 0.32, 0.22)
_CREEP = 0.002  # of the gain in a second, so that a slow release has an end


@dataclass(frozen=True, kw_only=True)
class Ballistics:
    """How a gain moves."""

    lookahead_ms: float
    """Over this time it falls before a peak: never at once."""
    hold_ms: float
    """It stays as long after a peak; a wave of half that period is not bent."""
    release_ms: float
    """Time constant of the way back, up to the slow gain."""
    slow_fall_ms: float
    """Time constant of the slow gain after what is wanted, down …"""
    slow_rise_ms: float
    """… and up: how long what was loud keeps the release low."""


class GainEnvelope:
    """A stream of heights, given as gains for the samples ``delay`` before."""

    def __init__(self, ballistics: Ballistics, rate: int, longest: int) -> None:
        """Take pieces of up to *longest* heights."""
        ahead = max(6, round(ballistics.lookahead_ms * rate / 1000)) + 2
        lengths = [max(1, round(share * ahead)) for share in _SHARES]
        self.delay = sum(lengths) - 3
        """Samples by which a gain comes after the height it belongs to."""
        window = self.delay + 1 + round(ballistics.hold_ms * rate / 1000)
        self._settings = np.array(
            [
                _share(ballistics.release_ms, rate),
                _share(ballistics.slow_fall_ms, rate),
                _share(ballistics.slow_rise_ms, rate),
                _CREEP * ONE / rate,
            ]
        )
        self._lengths = np.array([window, *lengths])
        self._released = np.array([ONE, ONE], np.float64)
        self._counts = np.zeros(4, np.int64)
        size = 1 << (window + 1).bit_length()
        self._wanted = np.zeros((size, 2), np.int64)
        sums = [ONE * math.prod(lengths[:done]) for done in range(4)]
        self._sums = np.array(sums[1:])
        self._boxes = np.zeros((3, max(lengths) + longest), np.int64)
        for box, before in zip(self._boxes, sums[:3], strict=True):
            box[:] = before
        self._full = float(sums[3])
        self._settled = self.delay + 1
        self._steps = np.empty(longest, np.int64)

    def snapshot(self) -> Self:
        """Return the stream as it is now: both go on from here, by themselves."""
        own = ("_released", "_counts", "_wanted", "_sums", "_boxes", "_steps")
        return twin(self, **{name: getattr(self, name).copy() for name in own})

    def gains(
        self, heights: Singles, threshold: float, target: float, gains: Floats
    ) -> None:
        """Fill *gains*, one a height.

        What stands higher than *threshold* is brought to *target*.
        """
        _gains(
            heights,
            threshold,
            target,
            self._settings,
            self._lengths,
            self._released,
            self._counts,
            self._wanted,
            self._boxes,
            self._sums,
            self._full,
            self._settled,
            self._steps,
            gains,
        )


def _share(milliseconds: float, rate: int) -> float:
    """Return how much of the way is made in a sample, for a time constant."""
    if milliseconds <= 0:
        return 1.0
    return 1.0 - math.exp(-1000.0 / (milliseconds * rate))


@exact
def _release(
    heights: Singles,
    threshold: float,
    target: float,
    settings: Floats,
    lengths: Integers,
    released: Floats,
    counts: Integers,
    wanted: Integers,
    steps: Integers,
) -> bool:
    """Fill *steps* with the gain held and released; return whether any is below 1.

    *wanted* is a ring of gains that rise and their times: the lowest of a window is
    its first.
    """
    release, fall, rise, creep = settings[0], settings[1], settings[2], settings[3]
    now, head, tail, quiet = counts[0], counts[1], counts[2], counts[3]
    gain, slow = released[0], released[1]
    one, window, mask = float(ONE), lengths[0], len(wanted) - 1
    moving = False
    for at in range(len(heights)):
        height = heights[at]
        if height > threshold:
            most = np.int64(target / height * one)
            while head < tail and wanted[(tail - 1) & mask, 0] >= most:
                tail -= 1
            wanted[tail & mask, 0] = most
            wanted[tail & mask, 1] = now
            tail += 1
        if head < tail and wanted[head & mask, 1] <= now - window:
            head += 1
        now += 1
        if head < tail:
            allowed = float(wanted[head & mask, 0])
        elif gain == one and slow == one:
            quiet += 1
            steps[at] = ONE
            continue
        else:
            allowed = one
        moving = True
        quiet = 0
        lower = slow * (1.0 - fall) + fall * allowed
        higher = slow * (1.0 - rise) + (rise * allowed + creep)
        higher = higher if higher < allowed else allowed
        slow = lower if allowed < slow else higher
        # the way back ends at the slow gain; the quarter step makes it end at all
        way = slow if slow < allowed else allowed
        nearer = gain * (1.0 - release) + (release * way + 0.25)
        gain += 0.25
        gain = nearer if nearer > gain else gain
        gain = gain if gain < allowed else allowed
        steps[at] = np.int64(gain)
    counts[0], counts[1], counts[2], counts[3] = now, head, tail, quiet
    released[0], released[1] = gain, slow
    return moving


@exact
def _means(
    steps: Integers, lengths: Integers, boxes: Integers, sums: Integers, count: int
) -> None:
    """Turn *steps* into their running sum, of a length, three times over."""
    for number in range(3):
        length, total, box = lengths[number + 1], sums[number], boxes[number]
        leaving, coming = box[:count], box[length : length + count]
        for at in range(count):
            coming[at] = steps[at]
        for at in range(count):
            total += coming[at] - leaving[at]
            steps[at] = total
        sums[number] = total
        for at in range(length):
            box[at] = box[count + at]


@exact
def _gains(
    heights: Singles,
    threshold: float,
    target: float,
    settings: Floats,
    lengths: Integers,
    released: Floats,
    counts: Integers,
    wanted: Integers,
    boxes: Integers,
    sums: Integers,
    full: float,
    settled: int,
    steps: Integers,
    gains: Floats,
) -> None:
    """Fill *gains*: what is released, smoothed; 1 where nothing has moved for long."""
    count, quiet = len(heights), counts[3]
    moving = _release(
        heights, threshold, target, settings, lengths, released, counts, wanted, steps
    )
    if not moving and quiet >= settled:
        gains[:] = 1.0
        return
    _means(steps, lengths, boxes, sums, count)
    for at in range(count):
        # a product with 1/full would not give exactly 1
        gains[at] = steps[at] / full
