"""TPDF dither, flat or shaped, and the one rounding to integers.

The dither of a sample depends on the seed, the sample's number and its channel alone
(`dsp.noise`), so that a block may begin anywhere. The error of flat dither has mean 0
and variance LSB²/4 (Lipshitz, Wannamaker and Vanderkooy, JAES 40(5), 1992).

A shaper (`dsp.shaping`) remembers errors, and so a way. It begins afresh with each
dithered stretch, and every ``RESTART`` samples: nine samples of flatter noise, far
below what is heard, for which any stretch can be made by itself.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact, kernel
from dsp.noise import key_of, triangle
from dsp.processor import twin
from dsp.shaping import LENGTH, Shape, feedback

RESTART = 1 << 16
"""A shaper begins afresh at every multiple of this sample number."""

_CHUNK = 32_768  # samples at a time: the work stays in the processor's cache

_TO_WHOLE = 1.5 * 2.0**52
"""Added and taken off again, it leaves the nearest integer, of two the even one."""

_SIZE, _ONE = np.int64(0x7FFF_FFFF_FFFF_FFFF), np.int64(0x3FF0_0000_0000_0000)
"""The bits of a float without its sign; those of 1."""

Steps = NDArray[np.int16] | NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Over:
    """Audio beyond full scale: what rounding would have clipped."""

    position: int
    """The absolute sample of the worst."""
    channel: int
    value: float
    """The worst value, full scale 1.0; not a number where the audio holds none."""
    count: int
    """How many values lie beyond full scale."""


@dataclass(frozen=True, kw_only=True)
class Quantized:
    """A block of integers, right-aligned, and what did not fit them."""

    samples: Steps
    over: Over | None


class Quantizer:
    """A stream of audio, given as integers of 16 or 24 bits."""

    def __init__(
        self,
        bits: int,
        *,
        seed: int,
        start: int = 0,
        dithered: Sequence[tuple[int, int]] = (),
        shape: Shape = "flat",
        rate: int = 44_100,
    ) -> None:
        """Begin at sample *start*, with no error behind it.

        Dither is added only in the stretches *dithered* (absolute samples, sorted, none
        overlapping); elsewhere a value that is an integer already passes bit for bit. A
        shaped stream equals the same stretch of a longer one if *start* is a multiple
        of ``RESTART``, or lies in no stretch. A shaper is made for *rate*.
        """
        if bits not in (16, 24):
            raise ValueError(f"{bits} bits: integers have 16 or 24")
        self._bits = bits
        self._seed = np.uint64(seed)
        self._at = start
        self.dithered = dithered
        self._feedback = np.array(feedback(shape, rate))
        self._shaped = shape != "flat"
        self._errors = np.zeros((0, LENGTH))

    def process(self, audio: NDArray[np.float64]) -> Quantized:
        """Return the next samples as integers.

        A half goes to the even neighbour. The step that full scale itself lacks, and
        what dither adds to it, is held at the last integer; a value beyond full scale
        is reported, for the caller to refuse.
        """
        full = 2.0 ** (self._bits - 1)
        out = np.empty(audio.shape, np.int16 if self._bits == 16 else np.int32)
        if len(self._errors) != audio.shape[1]:
            self._errors = np.zeros((audio.shape[1], LENGTH))
        over: Over | None = None
        for at in range(0, len(audio), _CHUNK):
            part = audio[at : at + _CHUNK]
            if _beyond(np.ascontiguousarray(part).reshape(-1).view(np.int64)):
                over = _worse(over, _over(part, self._at))
                part = np.clip(np.nan_to_num(part, nan=0.0), -2.0, 2.0)
            self._round(part, full, out[at : at + _CHUNK])
            self._at += len(part)
        return Quantized(samples=out, over=over)

    def snapshot(self) -> Self:
        """Return the stream as it is now: both go on from here, by themselves."""
        return twin(self, _errors=self._errors.copy())

    def _round(self, part: NDArray[np.float64], full: float, out: Steps) -> None:
        """Round *part* into *out*, stretch by stretch."""
        first, done = self._at, 0
        for begin, end, afresh in self._pieces(first, first + len(part)):
            begin, end = begin - first, end - first
            if done < begin:
                _plain(part[done:begin], full, out[done:begin])
            count = np.uint64((begin + first) * part.shape[1])
            if self._shaped:
                if afresh:
                    self._errors[:] = 0.0
                for channel in range(0, part.shape[1], 2):
                    _shaped(
                        part[begin:end],
                        channel,
                        full,
                        self._seed,
                        count,
                        self._feedback,
                        self._errors,
                        out[begin:end],
                    )
            else:
                _flat(part[begin:end], full, self._seed, count, out[begin:end])
            done = end
        if done < len(part):
            _plain(part[done:], full, out[done:])

    def _pieces(self, first: int, last: int) -> Iterator[tuple[int, int, bool]]:
        """Yield what is dithered between two samples, and where a shaper is afresh."""
        for stretch, begin, end in _within(self.dithered, first, last):
            for at in range(begin - begin % RESTART, end, RESTART):
                low = max(begin, at)
                yield low, min(end, at + RESTART), low in (at, stretch)


def quantize(
    audio: NDArray[np.float64],
    bits: int,
    *,
    start: int,
    seed: int,
    dithered: Sequence[tuple[int, int]] = (),
) -> Quantized:
    """Return *audio* as integers with flat dither; its first sample is *start*.

    As `Quantizer` does, for a stretch by itself.
    """
    return Quantizer(bits, seed=seed, start=start, dithered=dithered).process(audio)


def _within(
    stretches: Sequence[tuple[int, int]], first: int, last: int
) -> Iterator[tuple[int, int, int]]:
    """Yield where a stretch begins, and its part between two samples."""
    at = bisect_right(stretches, first, key=lambda stretch: stretch[1])
    while at < len(stretches) and stretches[at][0] < last:
        begin, end = stretches[at]
        yield begin, max(first, begin), min(last, end)
        at += 1


def _over(part: NDArray[np.float64], start: int) -> Over:
    """Return what of *part* lies beyond full scale, or is no number."""
    size = np.abs(part)
    size[np.isnan(size)] = np.inf
    position, channel = np.unravel_index(int(size.argmax()), size.shape)
    return Over(
        position=start + int(position),
        channel=int(channel),
        value=float(part[position, channel]),
        count=int(np.count_nonzero(size > 1.0)),
    )


def _worse(one: Over | None, other: Over) -> Over:
    """Return the worse of two, with the count of both."""
    if one is None:
        return other
    sizes = [
        np.inf if np.isnan(over.value) else abs(over.value) for over in (one, other)
    ]
    worst = other if sizes[1] > sizes[0] else one
    return Over(
        position=worst.position,
        channel=worst.channel,
        value=worst.value,
        count=one.count + other.count,
    )


@kernel
def _beyond(bits: NDArray[np.int64]) -> int:
    """Return whether any float of these *bits* lies beyond ±1, or is no number.

    Without the sign they are in the order of the sizes, and what is no number is last.
    """
    most = np.int64(0)
    for at in range(len(bits)):
        most = max(most, bits[at] & _SIZE)
    return 1 if most > _ONE else 0


@exact
def _plain(audio: NDArray[np.float64], full: float, out: Steps) -> None:
    """Round without dither."""
    for at in range(len(audio)):
        for channel in range(audio.shape[1]):
            whole = audio[at, channel] * full + _TO_WHOLE - _TO_WHOLE
            out[at, channel] = np.int32(min(max(whole, -full), full - 1.0))


@exact
def _flat(
    audio: NDArray[np.float64],
    full: float,
    seed: np.uint64,
    count: np.uint64,
    out: Steps,
) -> None:
    """Round with flat dither; the first value is number *count*."""
    key, channels = key_of(seed), audio.shape[1]
    for at in range(len(audio)):
        for channel in range(channels):
            noise = triangle(key, count + np.uint64(at * channels + channel))
            whole = audio[at, channel] * full + noise + _TO_WHOLE - _TO_WHOLE
            out[at, channel] = np.int32(min(max(whole, -full), full - 1.0))


@exact
def _shaped(
    audio: NDArray[np.float64],
    channel: int,
    full: float,
    seed: np.uint64,
    count: np.uint64,
    weights: NDArray[np.float64],
    errors: NDArray[np.float64],
    out: Steps,
) -> None:
    """Round *channel* and the next, if there is one, feeding their errors back.

    Two at once, as each waits for its own last error. What is held at full scale is no
    error of rounding and is not fed back, so the errors stay within 1.5.
    """
    key, channels = key_of(seed), audio.shape[1]
    other = min(channel + 1, channels - 1)
    w0, w1, w2, w3, w4 = weights[0], weights[1], weights[2], weights[3], weights[4]
    w5, w6, w7, w8 = weights[5], weights[6], weights[7], weights[8]
    one, two = errors[channel], errors[other]
    a0, a1, a2, a3, a4 = one[0], one[1], one[2], one[3], one[4]
    a5, a6, a7, a8 = one[5], one[6], one[7], one[8]
    b0, b1, b2, b3, b4 = two[0], two[1], two[2], two[3], two[4]
    b5, b6, b7, b8 = two[5], two[6], two[7], two[8]
    for at in range(len(audio)):
        place = count + np.uint64(at * channels)
        a9 = audio[at, channel] * full - (
            (w8 * a8 + w7 * a7 + w6 * a6 + w5 * a5)
            + (w4 * a4 + w3 * a3 + w2 * a2 + w1 * a1)
        )
        b9 = audio[at, other] * full - (
            (w8 * b8 + w7 * b7 + w6 * b6 + w5 * b5)
            + (w4 * b4 + w3 * b3 + w2 * b2 + w1 * b1)
        )
        a9 -= w0 * a0
        b9 -= w0 * b0
        left = a9 + triangle(key, place + np.uint64(channel)) + _TO_WHOLE - _TO_WHOLE
        right = b9 + triangle(key, place + np.uint64(other)) + _TO_WHOLE - _TO_WHOLE
        a8, a7, a6, a5, a4, a3, a2, a1, a0 = a7, a6, a5, a4, a3, a2, a1, a0, left - a9
        b8, b7, b6, b5, b4, b3, b2, b1, b0 = b7, b6, b5, b4, b3, b2, b1, b0, right - b9
        out[at, channel] = np.int32(min(max(left, -full), full - 1.0))
        out[at, other] = np.int32(min(max(right, -full), full - 1.0))
    one[0], one[1], one[2], one[3], one[4] = a0, a1, a2, a3, a4
    one[5], one[6], one[7], one[8] = a5, a6, a7, a8
    two[0], two[1], two[2], two[3], two[4] = b0, b1, b2, b3, b4
    two[5], two[6], two[7], two[8] = b5, b6, b7, b8
