"""Agreement of a lossy file with what it was made of.

A codec keeps what is heard, not the samples: it drops the top of the spectrum and
shapes its noise. Compared is what every codec keeps, the lower half of the spectrum,
tenth by tenth of a second, so that a swap, a shift, a gap or a wrong song shows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from delivery.evenly import windows
from delivery.program import AnyFloats, Floats
from dsp.likeness import TAPS, likeness

NEEDED_DB = 10.0
"""Signal over error. At 320 kbit/s music keeps 30 dB and more, noise 15 dB; another
song has -3 dB."""

FLOOR_DB = -80.0
"""An error below this (dB re full scale, rms) is no fault, whatever the signal."""

WINDOWS = 10
"""In a second. One lost block of a codec (1152 samples) shows in a tenth."""

_RINGS, _FADES_DB = 6, 12.0

_ALIKE = 0.5
"""Correlation of an error with the signal from which on it is the signal's own."""

_AT_ONCE = 8
"""Windows that are compared in one go."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How well two recordings agree."""

    margin_db: float | None
    """Signal over error where it is worst; None where no error is worth a word."""
    seconds: float
    """Where it is worst."""
    shifted: bool
    """Whether they agree better one sample apart."""
    lowered: float
    """How much lower the sound has become where most, 0 to 1: not what a codec leaves
    out or adds, but what went down with its waves, as where its numbers end."""

    @property
    def good(self) -> bool:
        """Whether one is the other, within what a codec may change."""
        return not self.shifted and (
            self.margin_db is None or self.margin_db >= NEEDED_DB
        )


_NOTHING = Agreement(margin_db=None, seconds=0.0, shifted=False, lowered=0.0)


@dataclass(frozen=True)
class Beside:
    """What was encoded just before and after, and smears over the edges."""

    before: AnyFloats = field(default_factory=lambda: np.zeros((0, 2)))
    after: AnyFloats = field(default_factory=lambda: np.zeros((0, 2)))

    def nearest(self, rate: int) -> "Beside":
        """Return as much of both as `compare` looks at."""
        size = rate // WINDOWS
        whole = min(_RINGS, len(self.before) // size) * size
        before = self.before[len(self.before) - whole :]
        return Beside(before.copy(), self.after[:size].copy())


_ALONE = Beside()


def compare(
    reference: Iterable[AnyFloats],
    decoded: Iterable[AnyFloats],
    rate: int,
    beside: Beside = _ALONE,
) -> Agreement:
    """Return how *decoded* agrees with *reference*, both at *rate* and equally long."""
    size = rate // WINDOWS
    stretches = (windows(reference, _AT_ONCE * size), windows(decoded, _AT_ONCE * size))
    energies = [_energies(*each, size) for each in zip(*stretches, strict=False)]
    if not energies:
        return _NOTHING
    table = np.concatenate(energies)
    values, signal, fault, apart, common = table.T
    close = beside.nearest(rate)
    lead, trail = (_signals(part, size) for part in (close.before, close.after))
    nearby = _nearby(np.concatenate((lead, signal, trail)))[len(lead) :][: len(signal)]
    heard = fault > values * 10.0 ** (FLOOR_DB / 10.0)
    if not heard.any():
        return _NOTHING
    margins = np.full(len(table), np.inf)
    margins[heard] = 10.0 * np.log10(np.maximum(nearby[heard], 1e-30) / fault[heard])
    worst = int(margins.argmin())
    return Agreement(
        margin_db=float(margins[worst]),
        seconds=worst / WINDOWS,
        shifted=bool(apart.sum() < 0.5 * fault.sum()),
        lowered=_lowered(*(each[heard] for each in (signal, fault, common, nearby))),
    )


def _signals(audio: AnyFloats, size: int) -> Floats:
    """Return the signal of *audio* in windows of *size*."""
    signals: Floats = _energies(audio, audio, size)[:, 1]
    return signals


def _nearby(signal: Floats) -> Floats:
    """Return what an error is held against: the loudest of its neighbourhood.

    An attack smears over the codec's blocks into its neighbours; after a sudden end
    Opus sounds on, 16 dB less with every tenth of a second.
    """
    around = np.pad(signal, 1)
    near: Floats = np.maximum.reduce([around[:-2], around[1:-1], around[2:]])
    for tenths in range(2, _RINGS + 1):
        before = np.concatenate((np.zeros(tenths), signal))[: len(signal)]
        near = np.maximum(near, before * 10.0 ** (-_FADES_DB * (tenths - 1) / 10.0))
    return near


def _lowered(signal: Floats, fault: Floats, common: Floats, nearby: Floats) -> float:
    """Return the largest share of the level that an error has taken off as a whole.

    Such an error is the signal itself, turned over: of what is left out somewhere in
    the spectrum that is true to the share that it is of the signal, and no more.
    """
    gone = signal - common
    alike = gone >= _ALIKE * np.sqrt(signal * fault)
    shares = gone[alike] / np.maximum(nearby[alike], 1e-30)
    return float(np.max(shares, initial=0.0))


def _energies(reference: AnyFloats, decoded: AnyFloats, size: int) -> Floats:
    """Return a row a window: values, the signal, its error in place and one sample off.

    A few samples at the very end have no neighbours to be smoothed with, and no say.
    """
    length = min(len(reference), len(decoded))
    found = likeness(reference[:length], decoded[:length], size)
    lengths = np.minimum(size, length - size * np.arange(len(found)))
    values = np.maximum(0, lengths - TAPS - 1) * reference.shape[1]
    shifted = np.minimum(found[:, 2], found[:, 3])
    return np.column_stack((values, found[:, :2], shifted, found[:, 4]))
