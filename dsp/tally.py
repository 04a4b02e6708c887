"""What one pass over a stream leaves behind: enough for every figure, and small.

Some hundred kilobytes a song. Figures come from tallies alone, so a tally that was kept
is as good as the audio, and those of several songs make an album's figures.
"""

import json
import math
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.int64]

_UNFIT = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
_KINDS = {kind: np.dtype(kind) for kind in ("<f4", "<f8", "<i8")}

VERSION = 6
"""Of what is kept; a tally of another version is not read."""

STEPS = 10
"""Steps in a second, to which levels are kept."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Tally:
    """Sums and peaks of one stream."""

    rate: int
    length: int
    """Samples per channel."""
    weights: tuple[float, ...]
    """What each channel counts for in loudness."""
    energies: Floats
    """Weighted K-filtered sums of squares, by tick of 10 ms."""
    sums: Floats
    """Of the samples, by channel."""
    squares: Floats
    """Sums by step of 100 ms and channel; the last step may be short."""
    products: Floats
    """Sums of left times right by step, of stereo; else zero."""
    step_peaks: Singles
    """By step and channel."""
    block_squares: Floats
    """Sums by block of the DR meter and channel; the last block may be short."""
    block_peaks: Singles
    sample_peaks: Singles
    """By channel, full scale 1.0."""
    sample_peak_at: Integers
    true_peaks: Singles
    true_peak_at: Floats
    """In samples, with the part of a sample."""
    clipping: Integers
    """Of each channel, as ``dsp.survey`` has it."""
    bands: Floats
    """Energies by slot, row of ``dsp.lanefft`` and third-octave band."""
    bins: Floats
    """Energies of everything, by row and bin of the treble."""
    slot: int
    """Samples in a slot."""

    @property
    def channels(self) -> int:
        """How many channels the stream has."""
        return len(self.weights)

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return self.length / self.rate

    def to_bytes(self) -> bytes:
        """Return the tally as bytes, the same for the same tally.

        A line of JSON says what is plain, and of which kind and shape each array is;
        the arrays follow, one behind the other. NumPy's own files are not used: reading
        them builds a syntax tree, which CPython 3.11 cannot do in two threads at once
        (python/cpython#106905).
        """
        plain: dict[str, Any] = {"version": VERSION}
        arrays: dict[str, NDArray[Any]] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                arrays[field.name] = value
            else:
                plain[field.name] = value
        plain["arrays"] = [
            (name, each.dtype.str, each.shape) for name, each in arrays.items()
        ]
        line = json.dumps(plain, sort_keys=True).encode() + b"\n"
        return line + b"".join(each.tobytes() for each in arrays.values())

    @classmethod
    def from_bytes(cls, kept: bytes) -> Self:
        """Return the tally of ``to_bytes``; raises ValueError for anything else."""
        line, _, rest = kept.partition(b"\n")
        try:
            plain = json.loads(line)
            version = plain.pop("version")
            if version != VERSION:
                raise ValueError(f"the measurement was kept by version {version!r}")
            plain |= _arrays(plain.pop("arrays"), rest)
            plain["weights"] = tuple(plain["weights"])
            return cls(**plain)
        except _UNFIT as bad:
            says = f"{len(kept)} bytes are no kept measurement: {bad}"
            raise ValueError(says) from bad


def _arrays(
    told: list[tuple[str, str, list[int]]], rest: bytes
) -> dict[str, NDArray[Any]]:
    """Return the arrays that *rest* holds, as *told*; raises ValueError for others."""
    arrays: dict[str, NDArray[Any]] = {}
    at = 0
    for name, kind, shape in told:
        dtype = _KINDS[kind]
        count = math.prod(shape)
        if not 0 <= count * dtype.itemsize <= len(rest) - at:
            raise ValueError(f"{name} has {count} numbers, which are not there")
        found = np.frombuffer(rest, dtype, count, at)
        arrays[name] = found.reshape(shape).copy()  # writable, as those of a meter
        at += count * dtype.itemsize
    if at != len(rest):
        raise ValueError(f"{len(rest)} bytes of arrays where {at} are told")
    return arrays
