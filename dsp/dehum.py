"""Mains hum: narrow notches at a frequency and its harmonics.

The mains are rarely at 50.00 Hz. The whole sound is heard beforehand for lines that
stay: in the quietest of its spectra, which music leaves and hum does not. They give the
fundamental to some thousandths of a hertz, within half a hertz of the one named.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact
from dsp.processor import Floats
from dsp.steps import Steps

MOST = 40
"""Harmonics, with the fundamental."""
TUNED_HZ = 0.5
"""How far the mains may lie from the frequency that is named."""

_WINDOW_S, _HOP_S = 4.0, 1.0
_STAYS = 0.2
"""The share of the spectra in which a line is looked for: the quietest ones."""
_LINE_DB = 12.0
"""How far a line stands above what is beside it."""


@dataclass(frozen=True, kw_only=True)
class Dehum:
    """Notches at *frequency_hz* and its multiples, *harmonics* in all.

    Each is *width_hz* wide, 3 dB down. With *tune* the frequency is looked for within
    0.5 Hz of the one named.
    """

    frequency_hz: float
    harmonics: int = 4
    width_hz: float = 2.0
    tune: bool = True

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 10.0 <= self.frequency_hz <= 1000.0:
            raise ValueError(
                f"dehum works at 10 to 1000 Hz, not at {self.frequency_hz:g} Hz"
            )
        if not 1 <= self.harmonics <= MOST:
            raise ValueError(f"dehum takes 1 to {MOST} harmonics, not {self.harmonics}")
        if not 0.1 <= self.width_hz <= 20.0:
            raise ValueError(f"a notch is 0.1 to 20 Hz wide, not {self.width_hz:g} Hz")

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return False

    def learned(
        self, rate: int, sound: Callable[[], Iterator[Floats]], *, start: int = 0
    ) -> "Notches":
        """Return the notches for the mains of *sound*."""
        if not self.tune:
            return self._notches(self.frequency_hz, ())
        numbers = np.arange(1, self.harmonics + 1)
        numbers = numbers[numbers * (self.frequency_hz + 2.0) < 0.45 * rate]
        quiet = _quiet_spectra(rate, sound, self.frequency_hz, numbers)
        fundamental, lines = _fundamental(quiet, self.frequency_hz, numbers)
        return self._notches(fundamental, lines)

    def open(self, rate: int, *, start: int = 0) -> "Notching":
        """Begin a stream with the notches at the frequency that is named."""
        return self._notches(self.frequency_hz, ()).open(rate, start=start)

    def _notches(self, frequency_hz: float, lines: tuple[int, ...]) -> "Notches":
        return Notches(frequency_hz, self.harmonics, self.width_hz, lines)


@dataclass(frozen=True)
class Notches:
    """Notches at an exact frequency and its multiples."""

    frequency_hz: float
    harmonics: int
    width_hz: float
    lines: tuple[int, ...]
    """The harmonics that were heard."""

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return False

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return where the hum is."""
        if not self.lines:
            return (f"no hum was heard; the notches are at {self.frequency_hz:g} Hz",)
        heard = ", ".join(f"{self.frequency_hz * n:.0f} Hz" for n in self.lines)
        return (f"hum of {self.frequency_hz:.3f} Hz, heard at {heard}",)

    def open(self, rate: int, *, start: int = 0) -> "Notching":
        """Begin a stream; harmonics that the rate cannot hold are left out."""
        return Notching(self, rate)


class Notching(Steps):
    """Notches at work."""

    def __init__(self, settings: Notches, rate: int) -> None:
        """Begin a stream at *rate* Hz."""
        centres = settings.frequency_hz * np.arange(1, settings.harmonics + 1)
        self._sections = np.array(
            [_notch(hz, settings.width_hz, rate) for hz in centres if hz < 0.45 * rate]
        ).reshape(-1, 3)
        self._state = np.zeros((len(self._sections), 2, 2))
        self.remarks = settings.remarks
        super().__init__(self._notched)

    def _notched(self, block: Floats, at: int) -> Floats:
        made = block.copy()
        _filter(made, self._sections, self._state)
        return made


def _notch(frequency_hz: float, width_hz: float, rate: int) -> tuple[float, ...]:
    """Return the gain, the middle of the numerator re. it, and a2 of a notch.

    The numerator is ``g (1 + c z⁻¹ + z⁻²)``, the denominator ``1 + g c z⁻¹ + a2 z⁻²``.
    """
    half = math.tan(math.pi * width_hz / rate)
    level = 1.0 / (1.0 + half)
    return (
        level,
        -2.0 * math.cos(2.0 * math.pi * frequency_hz / rate),
        (1.0 - half) / (1.0 + half),
    )


@exact
def _filter(made: Floats, sections: Floats, state: Floats) -> None:
    """Filter both sides of *made* in place, section after section."""
    for number in range(len(sections)):
        level, middle, a2 = sections[number]
        a1 = level * middle
        s1, s2 = state[number, 0]
        t1, t2 = state[number, 1]
        for at in range(len(made)):
            x, z = made[at, 0], made[at, 1]
            u = level * x + s1
            v = level * z + t1
            s1 = a1 * (x - u) + s2
            t1 = a1 * (z - v) + t2
            s2 = level * x - a2 * u
            t2 = level * z - a2 * v
            made[at, 0], made[at, 1] = u, v
        state[number, 0, 0], state[number, 0, 1] = s1, s2
        state[number, 1, 0], state[number, 1, 1] = t1, t2


def _quiet_spectra(
    rate: int,
    sound: Callable[[], Iterator[Floats]],
    frequency_hz: float,
    numbers: NDArray[np.int64],
) -> Floats:
    """Return the power about each harmonic in the quieter spectra of *sound*.

    Of ``(harmonics, bins)``; the bins, a quarter of a window's own apart, cover 3 Hz on
    each side.
    """
    length, hop = round(_WINDOW_S * rate), round(_HOP_S * rate)
    time = np.arange(length)
    window = np.hanning(length)
    bins = _offsets()
    # the few bins that are looked at, each from its own wave, of a tenth of the rate
    tall = [
        np.exp(-2j * np.pi * (frequency_hz * number / rate) * time) * window
        for number in numbers
    ]
    step = max(rate // 100, 1)
    near = np.exp(-2j * np.pi * np.outer(bins, np.arange(length // step) * step / rate))
    found = []
    for seen in _windows(sound, length, hop):
        power = np.zeros((len(numbers), len(bins)))
        for side in range(2):
            for row, wave in enumerate(tall):
                mixed = seen[:, side] * wave
                slow = mixed[: len(near[0]) * step].reshape(-1, step).sum(axis=1)
                power[row] += np.abs(near @ slow) ** 2
        found.append(power)
    if not found:
        return np.zeros((len(numbers), len(bins)))
    return np.quantile(np.array(found), _STAYS, axis=0)


def _offsets() -> Floats:
    """Return the distances from a harmonic that are looked at, in Hz."""
    return np.arange(-48, 49) / (4.0 * _WINDOW_S)


def _windows(
    sound: Callable[[], Iterator[Floats]], length: int, hop: int
) -> Iterator[Floats]:
    """Yield stretches of *length*; the last is filled up where there is no other."""
    kept = np.zeros((0, 2))
    whole = False
    for block in sound():
        kept = np.concatenate([kept, block])
        while len(kept) >= length:
            yield kept[:length]
            kept, whole = kept[hop:], True
    if not whole and len(kept):
        yield np.concatenate([kept, np.zeros((length - len(kept), 2))])


def _fundamental(
    quiet: Floats, frequency_hz: float, numbers: NDArray[np.int64]
) -> tuple[float, tuple[int, ...]]:
    """Return the fundamental that the lines share, and which harmonics have one."""
    offsets = _offsets()
    lines, places, weights = [], [], []
    for number, power in zip(numbers, quiet, strict=True):
        reach = np.abs(offsets) <= min(TUNED_HZ * number, offsets[-2]) + 1e-9
        top = int(np.argmax(np.where(reach, power, 0.0)))
        beside = np.median(power)
        if beside <= 0.0 or power[top] < beside * 10.0 ** (_LINE_DB / 10.0):
            continue
        if not 0 < top < len(power) - 1:
            continue
        below, peak, above = np.log(power[top - 1 : top + 2] + 1e-300)
        bend = below - 2.0 * peak + above
        shift = 0.5 * (below - above) / bend if bend else 0.0
        place = offsets[top] + shift * (offsets[1] - offsets[0])
        lines.append(int(number))
        places.append(frequency_hz + place / number)
        weights.append(float(number) * math.sqrt(math.log(power[top] / beside)))
    if not lines:
        return frequency_hz, ()
    # the lines have to agree: the middle one says where, those near it how exactly
    middle = float(np.median(places))
    agree = [at for at, place in enumerate(places) if abs(place - middle) < 0.06]
    if not agree:
        return frequency_hz, ()
    share = np.array([weights[at] for at in agree])
    mean = float(share @ np.array([places[at] for at in agree]) / share.sum())
    return mean, tuple(lines[at] for at in agree)
