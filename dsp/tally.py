"""What one pass over a stream leaves behind: enough for every figure, and small.

Some hundred kilobytes a song. Figures come from tallies alone, so a tally that was kept
is as good as the audio, and those of several songs make an album's figures.
"""

import io
import json
from dataclasses import dataclass, fields
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.int64]

VERSION = 4
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
        """Return the tally as bytes, the same for the same tally."""
        plain: dict[str, Any] = {"version": VERSION}
        arrays: dict[str, NDArray[Any]] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                arrays[field.name] = value
            else:
                plain[field.name] = value
        out = io.BytesIO()
        text = json.dumps(plain, sort_keys=True)
        np.savez(out, allow_pickle=False, plain=np.array(text), **arrays)
        return out.getvalue()

    @classmethod
    def from_bytes(cls, kept: bytes) -> Self:
        """Return the tally of ``to_bytes``; raises ValueError for anything else."""
        try:
            with np.load(io.BytesIO(kept), allow_pickle=False) as found:
                arrays = dict(found)
            plain = json.loads(str(arrays.pop("plain")))
            version = plain.pop("version")
        except (OSError, EOFError, KeyError, ValueError, BadZipFile) as bad:
            raise ValueError(f"{len(kept)} bytes are no kept measurement") from bad
        if version != VERSION:
            raise ValueError(f"the measurement was kept by version {version!r}")
        weights = tuple(plain.pop("weights"))
        return cls(weights=weights, **plain, **arrays)
