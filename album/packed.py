"""Packed samples: what lies in a WAV as it is, without a decoder between.

Integers of 16 and 24 bits and floats of 32, little-endian: what nearly every mix is.
They are the same numbers that a decoder gives, for a tenth of its time.
"""

from dataclasses import dataclass
from io import FileIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delivery.program import Floats

WIDTHS = {"PCM_16": 2, "PCM_24": 3, "FLOAT": 4}
"""Bytes of a sample, by libsndfile's names of codings."""

EARLIER = 1
"""Bytes that are read ahead of the samples, so that a word may end with each."""

_UPPER = np.int32(-256)


@dataclass(frozen=True)
class Packed:
    """Where the samples of a file lie."""

    at: int
    """The byte of the first."""
    coding: str
    channels: int

    @property
    def frame(self) -> int:
        """Bytes of one sample of all channels."""
        return WIDTHS[self.coding] * self.channels

    def place(self, start: int) -> int:
        """Return the byte from which on to read for sample *start*."""
        return self.at + start * self.frame - EARLIER

    def numbers(self, raw: NDArray[np.uint8]) -> NDArray[Any]:
        """Return what was read as int16, as int32 filled from the left, or as floats.

        The shape is (samples, channels).
        """
        data = raw[EARLIER:]
        if not len(data):
            return np.zeros((0, self.channels))
        if self.coding == "PCM_24":
            words = np.lib.stride_tricks.as_strided(
                raw[:4].view("<i4"), (len(data) // 3,), (3,), writeable=False
            )
            found: NDArray[Any] = np.bitwise_and(words, _UPPER)
            return found.reshape(-1, self.channels)
        kind = "<i2" if self.coding == "PCM_16" else "<f4"
        return data.view(kind).reshape(-1, self.channels)

    def floats(self, raw: NDArray[np.uint8]) -> Floats:
        """Return what was read as floats, full scale 1.0."""
        audio: Floats = np.multiply(self.numbers(raw), self.scale, dtype=np.float64)
        return audio

    @property
    def scale(self) -> float:
        """What one step of the numbers is worth."""
        return {"PCM_16": 2.0**-15, "PCM_24": 2.0**-31, "FLOAT": 1.0}[self.coding]


def read_at(file: FileIO, place: int, raw: NDArray[np.uint8]) -> int:
    """Fill *raw* from byte *place* on; return how much of it the file has."""
    done = 0
    try:
        file.seek(place)
        while done < len(raw) and (count := file.readinto(raw[done:].data)):
            done += count
    except OSError:
        return done
    return done
