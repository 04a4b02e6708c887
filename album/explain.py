"""What each stage of a song's chain changed, measured before and after it.

The song runs through its chain once, with a meter between every two stages: at its own
rate, from its trims, before its gain and its fades.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from album.rack import BLOCK, Fitted, Hear, Stage, fitted
from delivery.findings import refuse
from delivery.program import Floats
from dsp.figures import Figures, figures
from dsp.meter import Meter
from dsp.processor import Lowering, Stream

BANDS = (("low", 20.0, 250.0), ("mid", 250.0, 4000.0), ("high", 4000.0, 20_000.0))
"""Hz from and to; third-octave bands whose centres lie between."""

WORKING_DB = -0.1
"""From where on a stage counts as turning the level down."""


@dataclass(frozen=True, kw_only=True)
class Levels:
    """What of a sound is compared; None is said of silence."""

    integrated_lufs: float | None
    true_peak_dbtp: float | None
    crest_db: float | None
    width_db: float | None
    """The sides against the middle."""
    bands_db: tuple[float | None, ...]

    def since(self, before: "Levels") -> "Levels":
        """Return the changes since *before*."""
        return Levels(
            integrated_lufs=_change(before.integrated_lufs, self.integrated_lufs),
            true_peak_dbtp=_change(before.true_peak_dbtp, self.true_peak_dbtp),
            crest_db=_change(before.crest_db, self.crest_db),
            width_db=_change(before.width_db, self.width_db),
            bands_db=tuple(map(_change, before.bands_db, self.bands_db)),
        )


@dataclass(frozen=True, kw_only=True)
class Reduction:
    """How far a stage turned the level down."""

    deepest_db: float
    mean_db: float
    """Of the time in which it did."""
    share: float
    """Of the time in which it did."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A stage that ran, and the sound after it."""

    stage: Stage
    after: Levels
    reduction: Reduction | None
    remarks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A song's sound before its chain, and after each stage that changed it."""

    before: Levels
    steps: tuple[Step, ...]


def explained(
    stages: Iterable[Stage],
    rate: int,
    sound: Hear,
    start: int,
    advance: Callable[[int], None],
) -> Explained:
    """Return what *stages* do to *sound*, whose first sample is number *start*.

    *advance* is told of every sample that has been heard. Raises Refusal at a stage
    that cannot work on this sound.
    """
    line = _Line(fitted(stages, rate, sound, start), rate, start)
    for block in sound():
        for at in range(0, len(block), BLOCK):
            piece = block[at : at + BLOCK]
            line.process(piece)
            advance(len(piece))
    return line.finish()


class _Line:
    """Stages in series with a meter before, between and after them."""

    def __init__(self, stages: Sequence[Fitted], rate: int, start: int) -> None:
        self._stages = stages
        self._streams = [_opened(each, rate, start) for each in stages]
        self._meters = [Meter(rate, 2) for _ in range(len(stages) + 1)]

    def process(self, block: Floats) -> None:
        self._meters[0].feed(block)
        for stream, meter in zip(self._streams, self._meters[1:], strict=True):
            block = stream.process(block)
            meter.feed(block)

    def finish(self) -> Explained:
        rest = np.zeros((0, 2))
        for stream, meter in zip(self._streams, self._meters[1:], strict=True):
            rest = np.concatenate((stream.process(rest), stream.finish()))
            meter.feed(rest)
        levels = [_levels(figures(meter.finish())) for meter in self._meters]
        steps = tuple(self._steps(levels[1:]))
        return Explained(before=levels[0], steps=steps)

    def _steps(self, levels: Sequence[Levels]) -> Iterator[Step]:
        for each, stream, after in zip(
            self._stages, self._streams, levels, strict=True
        ):
            said = getattr(each.processor, "remarks", getattr(stream, "remarks", ()))
            turned = _reduction(stream) if isinstance(stream, Lowering) else None
            yield Step(
                stage=each.stage, after=after, reduction=turned, remarks=tuple(said)
            )


def _opened(each: Fitted, rate: int, start: int) -> Stream:
    """Open a stage; raises Refusal where it cannot work at *rate*."""
    try:
        return each.processor.open(rate, start=start)
    except ValueError as fault:
        message = f"{each.stage.text!r}: {fault}"
        raise refuse("CHAIN", message, place=each.stage.place) from fault


def _reduction(stream: Lowering) -> Reduction | None:
    deepest = stream.lowered.deepest
    working = deepest[deepest < WORKING_DB]
    if not len(deepest):
        return None
    return Reduction(
        deepest_db=float(deepest.min()),
        mean_db=float(working.mean()) if len(working) else 0.0,
        share=len(working) / len(deepest),
    )


def _levels(found: Figures) -> Levels:
    return Levels(
        integrated_lufs=found.loudness.integrated,
        true_peak_dbtp=found.peaks.true,
        crest_db=found.crest,
        width_db=found.stereo.side_to_mid if found.stereo else None,
        bands_db=tuple(_band(found, low, high) for _, low, high in BANDS),
    )


def _band(found: Figures, low: float, high: float) -> float | None:
    """Return the level of the bands from *low* to *high* Hz together."""
    levels = zip(found.spectrum.centres, found.spectrum.levels, strict=True)
    inside = [at for hertz, at in levels if low <= hertz < high and at is not None]
    power = math.fsum(10.0 ** (level / 10.0) for level in inside)
    return 10.0 * math.log10(power) if power > 0.0 else None


def _change(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
