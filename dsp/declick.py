"""Clicks: defects of some samples, found by what no prediction expects, and mended.

A click begins where the past does not predict the sound, and ends where the future does
not: between the two lies what is replaced, by interpolation from both sides
(`dsp.autoregression`). An attack of music begins like a click but does not end like
one, and a pulse of a voice or a string comes again: neither is touched.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.autoregression import burg, filled, residuals
from dsp.kernels import exact
from dsp.pieces import Pieces
from dsp.processor import Floats
from dsp.steps import sample

LONGEST_S = 32 / 44_100
"""Of a click: what is longer is left alone."""

_HOP_S, _AROUND_S = 0.1, 0.06
"""What is searched at a time, and what is heard of each side of it."""
_NEAR_S = 0.025
"""What a click has to stand out from, on each side."""
_CLOSE_S = 0.0015
"""Where music that begins with a burst goes on with one."""
_ROUNDS = 3
_GUARD = 1
"""Samples that are replaced beside what stands out, on each side."""
_AGAIN = 2
"""As many of its kind may lie around a click: more of them are pulses."""
_MEMORY_S, _MODEL_S = 0.0008, 0.007
"""How far back the search looks, and the interpolation."""


@dataclass(frozen=True, kw_only=True)
class Declick:
    """Mend clicks of up to 0.7 ms; *sensitivity* 0 … 1 finds fewer or more."""

    sensitivity: float = 0.5

    def __post_init__(self) -> None:
        """Check the range."""
        if not 0.0 <= self.sensitivity <= 1.0:
            raise ValueError(
                f"declick takes 0 to 100 %, not {100.0 * self.sensitivity:g} %"
            )

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return not self.sensitivity

    @property
    def threshold(self) -> float:
        """Return how many times the errors around it a click's error has to be."""
        return float(12.0 * 3.0 ** (1.0 - 2.0 * self.sensitivity))

    def open(self, rate: int, *, start: int = 0) -> "Declicking":
        """Begin a stream whose first sample is number *start* of the mix."""
        return Declicking(self.threshold, rate, start)


class Declicking(Pieces):
    """A search for clicks at work."""

    def __init__(self, threshold: float, rate: int, start: int) -> None:
        """Search at *rate* Hz from sample *start* on."""
        self._rate = rate
        self._threshold = threshold
        self._around = sample(_AROUND_S, rate)
        self._order = max(sample(_MEMORY_S, rate), 8)
        self._longest = max(sample(LONGEST_S, rate), 8)
        super().__init__(
            sample(_HOP_S, rate), 2 * self._around, self._around, start=start
        )
        self._count = 0
        self._samples = 0
        self._worst = (0, 0)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return how many were mended, and where the longest was."""
        if not self._count:
            return ("no click found",)
        longest, place = self._worst
        minutes, seconds = divmod(place / self._rate, 60.0)
        clicks = "1 click" if self._count == 1 else f"{self._count} clicks"
        return (
            f"{clicks} mended, {self._samples} samples in all; the longest "
            f"{longest} samples at {int(minutes)}:{seconds:06.3f}",
        )

    def work(self, seen: Floats, at: int) -> Floats:
        """Mend the clicks that begin in the middle; what follows is kept mended."""
        begin, end = self._around, len(seen) - self._around
        for side in range(2):
            samples = np.ascontiguousarray(seen[:, side])
            # what was hidden by a click is found once that is mended
            for _ in range(_ROUNDS):
                clicks = self._clicks(samples, begin, end)
                if not len(clicks):
                    break
                for first, last in clicks:
                    self._mend(samples, first, last)
                    seen[first:last, side] = samples[first:last]
                    self._told(first, last, at + first - begin)
        return seen[begin:end].copy()

    def _clicks(self, samples: Floats, begin: int, end: int) -> NDArray[np.int64]:
        """Return where clicks begin and end; they begin from *begin* on before *end*.

        The first search hears its own prediction disturbed by them: where it finds
        any, a second one hears the sound without.
        """
        clean = samples
        found = np.zeros((0, 2), np.int64)
        for threshold in (max(self._threshold / 2.0, 6.0), self._threshold):
            errors = self._errors(samples, clean)
            found = _bursts(
                errors,
                threshold,
                self._longest,
                sample(_NEAR_S, self._rate),
                sample(_CLOSE_S, self._rate),
                _AGAIN,
            )
            if not len(found):
                break
            clean = samples.copy()
            for first, last in found:
                clean[first:last] = np.linspace(
                    samples[first - 1], samples[last], last - first + 2
                )[1:-1]
        return found[(found[:, 0] >= begin) & (found[:, 0] < end)]

    def _errors(self, samples: Floats, clean: Floats) -> Floats:
        """Return what lies between an unexpected beginning and an unexpected end."""
        predictor = burg(
            clean[: len(clean) // 2], clean[len(clean) // 2 :], self._order
        )
        forward, backward = residuals(samples, predictor)
        past = _highest(np.abs(forward), self._longest)
        future = _highest(np.abs(backward[::-1]), self._longest)[::-1]
        return np.minimum(past, future)

    def _mend(self, samples: Floats, first: int, last: int) -> None:
        reach = 4 * sample(_MODEL_S, self._rate)
        begin, end = max(first - reach, 0), min(last + reach, len(samples))
        samples[first:last] = filled(
            samples[begin:end],
            first - begin,
            last - begin,
            sample(_MODEL_S, self._rate),
        )

    def _told(self, first: int, last: int, place: int) -> None:
        self._count += 1
        self._samples += last - first
        self._worst = max(
            self._worst, (last - first, place), key=lambda worst: worst[0]
        )


def _highest(values: Floats, count: int) -> Floats:
    """Return the highest of each value and the *count* - 1 before it."""
    made = values.copy()
    reach = 1
    while reach < count:
        step = min(reach, count - reach)
        made[step:] = np.maximum(made[step:], made[:-step].copy())
        reach += step
    return made


@exact
def _bursts(
    errors: Floats, threshold: float, longest: int, near: int, close: int, again: int
) -> NDArray[np.int64]:
    """Return first and last of the bursts of *errors* that are clicks."""
    found = np.zeros((len(errors) // 2, 2), np.int64)
    count = 0
    level = threshold * np.median(errors) / 2.0
    at = near
    while at < len(errors) - near:
        if errors[at] <= level or errors[at] <= 0.0:
            at += 1
            continue
        last = at
        while last < len(errors) - near and errors[last] > level:
            last += 1
        top = at + int(np.argmax(errors[at:last]))
        peak = errors[top]
        foot = max(3.0 * np.median(errors[top - near : top + near]), 0.02 * peak)
        first, last = _about(errors, top, foot)
        clear = 3.0
        # what adjoins it, and is far less, is not of it
        if last - first > longest:
            clear = 6.0
            first, last = _about(errors, top, max(foot, peak / clear))
        at = max(at, last) + 1
        if last - first > longest:
            continue
        if first < near or last + near > len(errors):
            continue
        before, after = errors[first - near : first], errors[last : last + near]
        if peak < threshold * max(np.median(before), np.median(after)):
            continue
        loudest = max(
            errors[first - close : first].max(), errors[last : last + close].max()
        )
        if peak < clear * loudest:
            continue
        if _peaks(before, peak / 3.0) + _peaks(after, peak / 3.0) > again:
            continue
        found[count, 0], found[count, 1] = first - _GUARD, last + _GUARD
        count += 1
    return found[:count]


@exact
def _about(errors: Floats, top: int, foot: float) -> tuple[int, int]:
    """Return first and last of the errors about *top* that are more than *foot*."""
    first, last = top, top + 1
    while first > 0 and errors[first - 1] > foot:
        first -= 1
    while last < len(errors) and errors[last] > foot:
        last += 1
    return first, last


@exact
def _peaks(errors: Floats, level: float) -> int:
    """Return how often *errors* rise above a level."""
    count = 0
    above = False
    for error in errors:
        count += (error > level) & (not above)
        above = error > level
    return count
