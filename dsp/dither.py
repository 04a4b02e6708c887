"""TPDF dither and the one rounding to integers.

The dither of a sample depends on the seed, the sample's number and its channel alone:
the noise is counted (Philox 4x64), not run, so that a block may begin anywhere.
Dither: Lipshitz, Wannamaker and Vanderkooy, JAES 40(5), 1992; two independent uniform
values make the triangle of ±1 LSB, whose error has mean 0 and variance LSB²/4.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Philox
from numpy.typing import NDArray

_WORDS = 4  # values of 64 bits that one count of Philox gives
_CHUNK = 16_384  # samples at a time: the work stays in the processor's cache


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

    samples: NDArray[np.int16] | NDArray[np.int32]
    over: Over | None


def tpdf(seed: int, start: int, count: int, channels: int) -> NDArray[np.float64]:
    """Return triangular dither in LSB, within ±1, for *count* samples from *start*.

    *seed* is 0 … 2**128 - 1.
    """
    first, total = start * channels, count * channels
    noise = Philox(key=seed, counter=first // _WORDS)
    noise.random_raw(first % _WORDS, output=False)
    out = np.empty(total)
    for at in range(0, total, _CHUNK):
        words = noise.random_raw(min(_CHUNK, total - at))
        # both halves of a word are one uniform value each; their sum is a triangle
        high = words >> np.uint64(32)
        words &= np.uint64(0xFFFF_FFFF)
        words += high
        part = np.multiply(words, 2.0**-32, out=out[at : at + _CHUNK])
        part += 2.0**-32 - 1.0
    return out.reshape(count, channels)


def quantize(
    audio: NDArray[np.float64],
    bits: int,
    *,
    start: int,
    seed: int,
    dithered: Sequence[tuple[int, int]] = (),
) -> Quantized:
    """Return *audio* as integers of 16 or 24 *bits*; its first sample is *start*.

    Dither is added only in the stretches *dithered* (absolute samples, sorted, none
    overlapping); elsewhere a value that is an integer already passes bit for bit. A
    half goes to the even neighbour. The step that full scale itself lacks, and what
    dither adds to it, is held at the last integer; a value beyond full scale is
    reported, for the caller to refuse.
    """
    if bits not in (16, 24):
        raise ValueError(f"{bits} bits: integers have 16 or 24")
    full = 2.0 ** (bits - 1)
    out = np.empty(audio.shape, np.int16 if bits == 16 else np.int32)
    work = np.empty((min(_CHUNK, len(audio)), audio.shape[1]))
    over: Over | None = None
    for at in range(0, len(audio), _CHUNK):
        part = audio[at : at + _CHUNK]
        steps = np.multiply(part, full, out=work[: len(part)])
        top, bottom = steps.max(initial=0.0), steps.min(initial=0.0)
        if not (top <= full and bottom >= -full):  # so that not-a-number is caught too
            over = _worse(over, _over(part, start + at))
            np.nan_to_num(steps, copy=False, nan=0.0)
        first = start + at
        for begin, end in _within(dithered, first, first + len(part)):
            noise = tpdf(seed, begin, end - begin, part.shape[1])
            steps[begin - first : end - first] += noise
        np.rint(steps, out=steps)
        if not (top < full - 2.0 and bottom > 2.0 - full):
            np.clip(steps, -full, full - 1.0, out=steps)
        np.copyto(out[at : at + _CHUNK], steps, casting="unsafe")
    return Quantized(samples=out, over=over)


def _within(
    stretches: Sequence[tuple[int, int]], first: int, last: int
) -> Iterator[tuple[int, int]]:
    """Yield the parts of *stretches* between two samples."""
    at = bisect_right(stretches, first, key=lambda stretch: stretch[1])
    while at < len(stretches) and stretches[at][0] < last:
        yield max(first, stretches[at][0]), min(last, stretches[at][1])
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
