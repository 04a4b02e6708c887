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
from dsp import packed24

WIDTHS = {"PCM_16": 2, "PCM_24": 3, "FLOAT": 4}
"""Bytes of a sample, by libsndfile's names of codings."""


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
        return self.at + start * self.frame

    def floats(self, raw: NDArray[np.uint8]) -> Floats:
        """Return what was read as floats, full scale 1.0, shape (samples, channels)."""
        if self.coding == "PCM_24":
            return packed24.floats(raw).reshape(-1, self.channels)
        words = self._words(raw).reshape(-1, self.channels)
        audio: Floats = np.multiply(words, self._scale, dtype=np.float64)
        return audio

    def reach(self, raw: NDArray[np.uint8]) -> tuple[float, float]:
        """Return the lowest and the highest of what was read, which is something."""
        if self.coding == "PCM_24":
            return packed24.reach(raw)
        words = self._words(raw)
        return float(words.min()) * self._scale, float(words.max()) * self._scale

    def _words(self, raw: NDArray[np.uint8]) -> NDArray[Any]:
        return raw.view("<i2" if self.coding == "PCM_16" else "<f4")

    @property
    def _scale(self) -> float:
        """What one step of the words is worth."""
        return 2.0**-15 if self.coding == "PCM_16" else 1.0


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
