"""Songs that say nothing about a record: silence, clipping, seconds, noise.

Such a song gets a gain like any other where it has a level at all, but no other song's
gain is taken from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

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

SILENT_UNDER = 30.0
"""dB below the loudest moment, where a piece is as good as silent."""

CONSTANT = 0.55
"""dB by which third octaves move against one another, from three seconds to three, as
a median; below that a sound is noise, faded or not: music has 0.7 and more, noise 0.2
to 0.5 (measured on 589 pieces)."""

STEADIEST = 1.0
"""LU between the 10th and 95th percentile of momentary loudness, below which a sound is
a test tone or noise: no music is that steady."""


_FEWEST = 5  # stretches of three seconds; of fewer, some music moves as little as noise
_SILENT = 10.0 ** (-SILENT_UNDER / 10.0)


@dataclass(frozen=True)
class Unsound:
    """Why a song says nothing about the record, in words, with the figure."""

    says: str
    measured: float | None
    limit: float | None
    mild: bool = False
    """Whether it may judge all the same where no other song can."""


def judges(faults: Mapping[str, Unsound | None]) -> frozenset[str]:
    """Return those that a record is judged by: the sound ones.

    Where none is, those whose faults are mild; where none is of these, all.
    """
    sound = frozenset(name for name, fault in faults.items() if fault is None)
    mild = frozenset(name for name, fault in faults.items() if fault and fault.mild)
    return sound or mild or frozenset(faults)


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
    sounding = float(np.count_nonzero(powers > powers.max() * _SILENT)) / 10.0
    if sounding < SHORTEST:
        says = f"no more than {sounding:.1f} s of it are not silent"
        return Unsound(says, round(sounding, 1), SHORTEST)
    heard = np.sort(powers[powers > 0.0])
    low, high = (heard[round((len(heard) - 1) * part)] for part in (0.1, 0.95))
    moves = 10.0 * float(np.log10(high / low))
    if moves < STEADIEST:
        says = f"its level moves by {moves:.2f} LU, as noise or a tone does"
        return Unsound(says, round(moves, 2), STEADIEST)
    constant = _moves(tally)
    if constant is not None and constant < CONSTANT:
        says = f"its spectrum moves by {constant:.2f} dB, as that of noise does"
        return Unsound(says, round(constant, 2), CONSTANT, mild=True)
    return None


def _moves(tally: Tally) -> float | None:
    """Return by how many dB third octaves move against one another, as a median.

    None of a piece that is too short to tell.
    """
    slots = tally.bands.sum(axis=1)
    energies = slots.sum(axis=1)
    slots = slots[energies > energies.max() * _SILENT]
    if len(slots) < _FEWEST:
        return None
    whole = slots.sum(axis=0)
    present = slots[:, whole > whole.max() * _SILENT]
    levels = 10.0 * np.log10(np.maximum(present, 1e-30))
    levels -= levels.mean(axis=1, keepdims=True)
    # not numpy's own, which would load its masks
    return median(map(float, levels.std(axis=0)))
