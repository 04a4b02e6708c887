"""The arithmetic of the demo's instruments, the same to the last bit everywhere.

Only operations that IEEE 754 rounds in one way are used: add, subtract, multiply,
divide, square root and integer work. The library's sine, power and Gaussian noise are
not among them (they differ from processor to processor), so they are replaced here.
"""

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]
"""One channel as ``(samples,)``, or two as ``(2, samples)``; full scale is 1.0."""

RATE = 48_000
_LN2 = 0.6931471805599453
_PI = 3.141592653589793
_TAU = 2 * _PI
_OCTAVE_DB = 20 * 0.30102999566398120  # a factor of two in decibels
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SCAN = 64


def halving(count: Sound) -> Sound:
    """Return ``2 ** -count``: the exponent apart, a Taylor polynomial for the rest."""
    whole = np.floor(count)
    rest = (count - whole) * -_LN2
    power = np.ones_like(rest)
    for order in range(11, 0, -1):
        power *= rest / order
        power += 1.0
    return np.ldexp(power, -whole.astype(np.int32))


def halved(count: float) -> float:
    """Return ``2 ** -count`` of one number."""
    return float(halving(np.array([count]))[0])


def level(decibels: float) -> float:
    """Return the factor of a level in dB."""
    return halved(-decibels / _OCTAVE_DB)


def sine(turns: Sound) -> Sound:
    """Return ``sin(2π · turns)``: folded into a quarter turn, a Taylor polynomial."""
    turn = turns - np.floor(turns + 0.5)
    angle = (0.25 - np.abs(np.abs(turn) - 0.25)) * _TAU
    square = angle * angle
    total = np.ones_like(square)
    for order in (10, 8, 6, 4, 2):
        total *= square / (-order * (order + 1))
        total += 1.0
    return np.copysign(total * angle, turn)


def noise(seed: int, count: int) -> Sound:
    """Return *count* samples of white noise in ±1 from the raw words of PCG64."""
    words = np.random.PCG64(seed).random_raw(count)
    return (words >> np.uint64(11)).astype(np.float64) / 2.0**52 - 1.0


def seconds(length: float) -> Sound:
    """Return the times of the samples of *length* seconds."""
    return np.arange(round(length * RATE), dtype=np.float64) / RATE


def key(name: str) -> int:
    """Return the key number of a note name: ``A4`` is 69, ``F#3`` is 54."""
    sharp = name[1:-1].count("#") - name[1:-1].count("b")
    return _SEMITONES[name[0]] + sharp + 12 * (int(name[-1]) + 1)


def pitch(number: float) -> float:
    """Return the frequency in hertz of a key number, equal temperament at A4 = 440."""
    return 440.0 * halved((69 - number) / 12)


def lowpass(sound: Sound, hertz: float) -> Sound:
    """Return *sound* through a one-pole low-pass, 6 dB an octave above *hertz*."""
    keep = halved(_TAU * hertz / RATE / _LN2)
    return _leak(sound * (1.0 - keep), keep)


def highpass(sound: Sound, hertz: float) -> Sound:
    """Return *sound* without what the low-pass at *hertz* lets through."""
    return sound - lowpass(sound, hertz)


def soften(sound: Sound, drive: float = 1.0) -> Sound:
    """Return *sound* driven into a soft limit: Padé's tanh, flat from three on."""
    pushed = np.clip(sound * drive, -3.0, 3.0)
    square = pushed * pushed
    return pushed * (27.0 + square) / (27.0 + 9.0 * square)


def _leak(sound: Sound, keep: float) -> Sound:
    """Return ``y[n] = x[n] + keep · y[n-1]`` along the last axis.

    Blocks of 64 run side by side from silence; the state that each hands to the next
    obeys the same recursion with ``keep ** 64``, and is added afterwards.
    """
    count = sound.shape[-1]
    if count <= _SCAN:
        out = sound.copy()
        for place in range(1, count):
            out[..., place] += keep * out[..., place - 1]
        return out
    blocks = -(-count // _SCAN)
    padded = np.zeros((*sound.shape[:-1], blocks * _SCAN))
    padded[..., :count] = sound
    rows = padded.reshape(*sound.shape[:-1], blocks, _SCAN)
    rows = np.ascontiguousarray(np.moveaxis(rows, -1, 0))
    for place in range(1, _SCAN):
        rows[place] += keep * rows[place - 1]
    powers = np.multiply.accumulate(np.full(_SCAN, keep))
    carried = np.zeros_like(rows[0])
    carried[..., 1:] = _leak(rows[-1], float(powers[-1]))[..., :-1]
    for place in range(_SCAN):
        rows[place] += powers[place] * carried
    return np.moveaxis(rows, 0, -1).reshape(padded.shape)[..., :count]
