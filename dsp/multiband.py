"""A compressor for each band of a crossover; what no band touches sums to what it was.

Source: ``formats/dsp.md`` §1.6.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsp import crossover
from dsp.abreast import Abreast
from dsp.butterworth import below_half
from dsp.compressor import Compressor
from dsp.crossover import PHASES, Phase, split
from dsp.depth import deepest
from dsp.processor import Floats, Lowered, Lowering, Stream


@dataclass(frozen=True, kw_only=True)
class Multiband:
    """Corners, rising, and one band more than there are corners."""

    corners_hz: tuple[float, ...]
    bands: tuple[Compressor | None, ...]
    """From the lowest up; None leaves a band alone."""
    phase: Phase = "linear"

    def __post_init__(self) -> None:
        """Check corners, bands and phase."""
        crossover.check(self.corners_hz)
        corners, bands = len(self.corners_hz), len(self.bands)
        if bands != corners + 1:
            make = "corner makes" if corners == 1 else "corners make"
            raise ValueError(f"{corners} {make} {corners + 1} bands, not {bands}")
        if self.phase not in PHASES:
            raise ValueError(
                f"{self.phase!r} is no phase; there are {', '.join(PHASES)}"
            )

    @property
    def idle(self) -> bool:
        """Whether no band would change, whatever the sound."""
        return all(band is None or band.idle for band in self.bands)

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream at *rate* Hz."""
        for corner in self.corners_hz:
            below_half(rate, corner)
        return _Bands(self, rate, start)


class _Bands:
    """The bands at work, summed again."""

    def __init__(self, settings: Multiband, rate: int, start: int) -> None:
        self._rate = rate
        self._split = split(settings.corners_hz, rate, settings.phase)
        self._streams = [
            None if band is None or band.idle else band.open(rate, start=start)
            for band in settings.bands
        ]
        self._abreast = Abreast(len(self._streams))

    def process(self, block: Floats) -> Floats:
        return self._summed(self._worked(self._split.process(block)))

    def finish(self) -> Floats:
        parts = self._worked(self._split.finish())
        for at, stream in enumerate(self._streams):
            if stream is not None:
                parts[at] = np.concatenate((parts[at], stream.finish()))
        return self._summed(parts)

    @property
    def lowered(self) -> Lowered:
        """Return the deepest of all bands."""
        several: list[object] = [*self._streams]
        return deepest(
            self._rate, [each.lowered for each in several if isinstance(each, Lowering)]
        )

    def _worked(self, bands: Floats) -> list[Floats]:
        return [
            band if stream is None else stream.process(band)
            for stream, band in zip(self._streams, bands, strict=True)
        ]

    def _summed(self, parts: Sequence[Floats]) -> Floats:
        first, *others = self._abreast.give(parts)
        out = first.copy()
        for other in others:
            out += other
        return out
