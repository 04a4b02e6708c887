"""Songs that say nothing about a record: silence, clipping, seconds, noise.

Such a song gets a gain like any other where it has a level at all, but no other song's
gain is taken from it.
"""

from dataclasses import dataclass

import numpy as np

from dsp.figures import Figures
from dsp.loudness import MOMENTARY, windows
from dsp.survey import FLAT, SAMPLES
from dsp.tally import Tally

SHORTEST = 10.0
"""Seconds below which a piece is a jingle, an effect or a cut-off file."""

CLIPPED_SHARE = 1e-3
"""Clipped samples of all, in the worst channel: 44 in a second at 44.1 kHz. Those too
that were clipped before the mix was lowered."""

STEADIEST = 1.0
"""LU between the 10th and 95th percentile of momentary loudness, below which a sound is
a test tone or noise: no music is that steady."""


@dataclass(frozen=True)
class Unsound:
    """Why a song says nothing about the record, in words, with the figure."""

    says: str
    measured: float | None
    limit: float | None


def unsound(tally: Tally, figures: Figures) -> Unsound | None:
    """Return why a song is no measure of the others, None where it is one."""
    if figures.loud_part is None:
        return Unsound("it has no level", None, None)
    if figures.seconds < SHORTEST:
        says = f"it lasts {figures.seconds:.1f} s"
        return Unsound(says, round(figures.seconds, 3), SHORTEST)
    clipped, flat = tally.clipping[:, [SAMPLES, FLAT]].max(axis=0) / tally.length
    share = float(max(clipped, flat))
    if share > CLIPPED_SHARE:
        where = "clipped" if clipped >= flat else "on flat tops below full scale"
        says = f"{100 * share:.2g} % of its samples are {where}"
        return Unsound(says, share, CLIPPED_SHARE)
    powers = windows(tally.energies, tally.rate, MOMENTARY)
    heard = np.sort(powers[powers > 0.0])
    low, high = (heard[round((len(heard) - 1) * part)] for part in (0.1, 0.95))
    moves = 10.0 * float(np.log10(high / low))
    if moves < STEADIEST:
        says = f"its level moves by {moves:.2f} LU, as noise or a tone does"
        return Unsound(says, round(moves, 2), STEADIEST)
    return None
