"""The memory of blocks: kept for the next one, not given back to the system.

Threads that make and use blocks of half a megabyte would else have the system clear
the same pages thousands of times, which on two cores costs more than the equalizer.
"""

import ctypes
import sys

_TRIM, _MMAP = -1, -3
"""What glibc calls the limits: memory given back, memory asked for by itself."""

LARGEST = 4 << 20
"""Bytes of a block that comes from what was kept."""

KEPT = 32 << 20
"""Bytes that are kept at most, beyond what is in use, for each thread."""


def keep_blocks() -> None:
    """Tell the C library to keep the memory of blocks, where it can be told."""
    if sys.platform != "linux":
        return
    try:
        tell = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # another C library than glibc
        return
    tell(_MMAP, LARGEST)
    tell(_TRIM, KEPT)
