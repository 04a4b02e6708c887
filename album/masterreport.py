"""What was done to a programme as a whole, song by song."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from album.finish import DEEP_DB
from album.timeline import Placement, Timeline
from dsp.processor import Lowered


@dataclass(frozen=True, kw_only=True)
class Reduction:
    """How far the limiter turned one song down."""

    song: str
    deepest_db: float
    mean_db: float
    """Of the steps of a tenth of a second in which the song sounds."""
    share_deep: float
    """The share of them that is lower by more than ``DEEP_DB``."""
    steps: tuple[float, ...]
    """The most in each step, dB, 0 or less."""
    hop_s: float
    """Seconds in a step."""

    def as_json(self) -> dict[str, Any]:
        """Return the figures, without the steps."""
        return {
            "id": self.song,
            "deepest_db": round(self.deepest_db, 2),
            "mean_db": round(self.mean_db, 3),
            "share_over_3_db": round(self.share_deep, 4),
        }


@dataclass(frozen=True, kw_only=True)
class MasterReport:
    """One master of one disc, as it was made for a target."""

    target: str
    disc: int
    master: str
    rate: int
    bits: int
    chain: tuple[str, ...]
    """Its stages, a line each."""
    target_lufs: float | None
    integrated_lufs: float | None
    """Of the programme before the gain."""
    gain_db: float
    limiter: str
    ceiling_dbtp: float | None
    true_peak_dbtp: float | None
    """Of what was written; None without a limiter."""
    again: int
    songs: tuple[Reduction, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the report by the contract; what was not asked for is null."""
        peak, loudness = self.true_peak_dbtp, self.integrated_lufs
        return {
            "target": self.target,
            "disc": self.disc,
            "master": self.master,
            "rate": self.rate,
            "bits": self.bits,
            "chain": list(self.chain),
            "target_lufs": self.target_lufs,
            "integrated_lufs": None if loudness is None else round(loudness, 2),
            "gain_db": self.gain_db,
            "limiter": self.limiter,
            "ceiling_dbtp": self.ceiling_dbtp,
            "true_peak_dbtp": None if peak is None else round(peak, 3),
            "limited_again": self.again,
            "songs": [song.as_json() for song in self.songs],
        }


def reductions(
    timeline: Timeline, lowered: Lowered, rate: int
) -> tuple[Reduction, ...]:
    """Return what a limiter at *rate* did to every song of *timeline*."""
    return tuple(
        _reduction(placed, _steps(placed, lowered, rate, timeline.rate), lowered, rate)
        for placed in timeline.placements
    )


def _steps(
    placed: Placement, lowered: Lowered, rate: int, programme: int
) -> NDArray[np.float32]:
    first = placed.first * rate // programme // lowered.hop
    last = -(-placed.stop * rate // programme // lowered.hop)
    return lowered.deepest[first : max(last, first + 1)]


def _reduction(
    placed: Placement, steps: NDArray[np.float32], lowered: Lowered, rate: int
) -> Reduction:
    found = steps.astype(np.float64)
    return Reduction(
        song=placed.song,
        deepest_db=float(found.min(initial=0.0)),
        mean_db=float(found.mean()) if len(found) else 0.0,
        share_deep=float((found < -DEEP_DB).mean()) if len(found) else 0.0,
        steps=tuple(found.tolist()),
        hop_s=lowered.hop / rate,
    )
