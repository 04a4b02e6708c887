"""Sample-rate conversion of a stream: soxr at its very high quality, in float64.

Ripple to 20 kHz is 0.002 dB and aliases lie below -180 dB (``formats/dsp.md`` §1.11).
soxr takes its own delay out: sample 0 of the output is sample 0 of the input, and the
bytes do not depend on how the input is cut into blocks.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import soxr
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def converted_length(samples: int, source_rate: int, target_rate: int) -> int:
    """Return the length of *samples* at another rate; whole CD frames stay whole."""
    return -(-samples * target_rate // source_rate)


class Resampler:
    """A stream at one rate, given at another, with an agreed length on both sides."""

    def __init__(
        self,
        source_rate: int,
        target_rate: int,
        channels: int,
        *,
        source_length: int,
        length: int,
    ) -> None:
        """Take exactly *source_length* samples and give exactly *length*.

        Raises ValueError where *length* is not the same time to a sample.
        """
        if abs(length * source_rate - source_length * target_rate) >= source_rate:
            raise ValueError(
                f"{source_length} samples at {source_rate} Hz are not "
                f"{length} samples at {target_rate} Hz"
            )
        self._channels = channels
        self._awaited = source_length
        self._due = length
        self._stream = None
        if source_rate != target_rate:
            self._stream = soxr.ResampleStream(
                source_rate, target_rate, channels, dtype="float64", quality="VHQ"
            )
            # what a length rounded up may need beyond the input's own end
            self._spare = 2 * -(-source_rate // target_rate)

    def process(self, block: Floats) -> Floats:
        """Take the next *block*; return what is ready, which may be nothing."""
        self._awaited -= len(block)
        if self._awaited < 0:
            raise ValueError(f"{-self._awaited} samples beyond the agreed length")
        if self._stream is None:
            return self._give(block)
        return self._give(self._stream.resample_chunk(np.ascontiguousarray(block)))

    def finish(self) -> Floats:
        """Return the rest of the output; raises ValueError where input is missing."""
        if self._awaited:
            raise ValueError(f"{self._awaited} samples short of the agreed length")
        if self._stream is None:
            return np.zeros((0, self._channels))
        silence = np.zeros((self._spare, self._channels))
        rest = self._give(self._stream.resample_chunk(silence, last=True))
        assert not self._due, "soxr gave less than the time it was given"
        return rest

    def _give(self, block: Floats) -> Floats:
        """Return *block* up to the agreed length."""
        block = block[: self._due]
        self._due -= len(block)
        return block


def converted(
    blocks: Iterable[Floats], rate: int, target: int, length: int, wanted: int
) -> Iterator[Floats]:
    """Yield *length* samples at *rate* as *wanted* samples at *target*."""
    resampler = Resampler(rate, target, 2, source_length=length, length=wanted)
    for block in blocks:
        yield resampler.process(block)
    yield resampler.finish()
