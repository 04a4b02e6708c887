"""Interleaved audio laid into planes: one row of float32 for each channel."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import kernel

Planes = NDArray[np.float32]

PACKED = 3
"""Bytes of a sample of packed 24-bit audio."""


def channels_of(block: NDArray[Any]) -> int:
    """Return how many channels *block* has; raises ValueError for a foreign shape."""
    packed = block.ndim == 3 and block.dtype == np.uint8 and block.shape[2] == PACKED
    if not packed and (block.ndim != 2 or block.dtype == np.uint8):
        raise ValueError(
            f"a block of shape {block.shape} and {block.dtype}: "
            "audio is (samples, channels), or bytes of (samples, channels, 3)"
        )
    return int(block.shape[1])


def lay(block: NDArray[Any], planes: Planes, at: int) -> None:
    """Lay *block* into *planes* from sample *at* on, full scale 1.0.

    A block is (samples, channels) of floats or of 16-bit integers, or the bytes of
    little-endian 24-bit integers, (samples, channels, 3).
    """
    if block.ndim == 3:
        raw = np.ascontiguousarray(block).reshape(-1)
        even = len(block) // 2 * 2
        done = 0
        if planes.shape[0] == 2 and even:
            words = raw[: even * 2 * PACKED].view(np.uint32)
            _unpack_stereo(words, planes[0, at:], planes[1, at:])
            done = even
        if done < len(block):
            rest = raw[done * planes.shape[0] * PACKED :]
            _unpack(rest, planes, at + done, len(block) - done)
    elif block.dtype == np.int16:
        spread(np.ascontiguousarray(block), planes, at, np.float32(2.0**-15))
    else:
        singles = np.ascontiguousarray(block, np.float32)
        spread(singles, planes, at, np.float32(1.0))


@kernel
def spread(block: NDArray[Any], planes: Planes, at: int, scale: np.float32) -> None:
    """Lay *block*, of which 1 is worth *scale*, into *planes* from sample *at* on."""
    for channel in range(np.uint64(block.shape[1])):
        plane = planes[channel, at:]
        for sample in range(np.uint64(len(block))):
            plane[sample] = np.float32(block[sample, channel]) * scale


@kernel
def _unpack(raw: NDArray[np.uint8], planes: Planes, at: int, count: int) -> None:
    channels = len(planes)
    for channel in range(channels):
        for sample in range(count):
            byte = (sample * channels + channel) * PACKED
            value = np.uint32(raw[byte]) << np.uint32(8)
            value |= np.uint32(raw[byte + 1]) << np.uint32(16)
            value |= np.uint32(raw[byte + 2]) << np.uint32(24)
            planes[channel, at + sample] = _fraction(value)


@kernel
def _unpack_stereo(
    words: NDArray[np.uint32], left: NDArray[np.float32], right: NDArray[np.float32]
) -> None:
    """Unpack two samples of both channels from three words at a time."""
    byte, half, most = np.uint32(8), np.uint32(16), np.uint32(24)
    high = np.uint32(0xFFFFFF00)
    for pair in range(np.uint64(len(words) // 3)):
        one = words[np.uint64(3) * pair]
        two = words[np.uint64(3) * pair + np.uint64(1)]
        three = words[np.uint64(3) * pair + np.uint64(2)]
        at = np.uint64(2) * pair
        left[at] = _fraction(one << byte)
        right[at] = _fraction((two << half) | ((one >> most) << byte))
        left[at + np.uint64(1)] = _fraction((three << most) | ((two >> half) << byte))
        right[at + np.uint64(1)] = _fraction(three & high)


@kernel
def _fraction(value: np.uint32) -> np.float32:
    """Return a left-aligned integer of 32 bits as a part of full scale."""
    return np.float32(np.int32(value)) * np.float32(2.0**-31)
