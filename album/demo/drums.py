"""The demo's drum kit: every stroke is synthesised, no two hats are the same noise.

All strokes are one channel, at full force near full scale.
"""

import numpy as np

from album.demo.tones import Sound, halving, highpass, lowpass, noise, seconds, sine

_METAL = (2.0, 3.0, 4.16, 5.43, 6.79, 8.21)  # ratios of a struck plate's partials


def kick(deep: float = 48.0, length: float = 0.085) -> Sound:
    """Return a bass drum: a sine that falls to *deep* Hz, and a beater's tick."""
    time = seconds(0.5)
    fall = deep * (1 + 2.4 * halving(time / 0.014) + 5.0 * halving(time / 0.003))
    body = sine(np.cumsum(fall) / 48_000) * halving(time / length)
    tick = lowpass(noise(11, len(time)), 3500.0) * halving(time / 0.0025)
    return _closed(1.0 * body + 0.5 * tick, 0.04)


def snare(seed: int, tone: float = 186.0, wires: float = 0.05) -> Sound:
    """Return a snare drum: two modes of the head and the rattle of the wires."""
    time = seconds(0.45)
    bend = 1 + 0.25 * halving(time / 0.01)
    turns = np.cumsum(tone * bend) / 48_000
    head = 0.75 * sine(turns) * halving(time / 0.038)
    head += 0.4 * sine(turns * 1.78) * halving(time / 0.022)
    rattle = highpass(lowpass(noise(seed, len(time)), 7500.0), 700.0)
    body = rattle * (0.9 * halving(time / wires) + 0.9 * halving(time / 0.012))
    return _closed(0.8 * head + body, 0.06)


def rim(seed: int) -> Sound:
    """Return a cross stick: two short wooden tones and a tick."""
    time = seconds(0.16)
    wood = 0.8 * sine(time * 1710.0) * halving(time / 0.007)
    wood += 0.7 * sine(time * 820.0) * halving(time / 0.012)
    tick = highpass(noise(seed, len(time)), 2000.0) * halving(time / 0.003)
    return _closed(0.8 * wood + 0.35 * tick, 0.03)


def clap(seed: int) -> Sound:
    """Return hand claps: four bursts of one noise, the last one with a room's tail."""
    time = seconds(0.4)
    hands = highpass(lowpass(noise(seed, len(time)), 5200.0), 800.0)
    shape = 1.1 * np.where(time < 0.033, 0.0, halving((time - 0.033) / 0.04))
    for late in (0.0, 0.011, 0.022):
        shape += np.where(time < late, 0.0, halving((time - late) / 0.003))
    return _closed(1.2 * hands * shape, 0.06)


def hat(seed: int, length: float = 0.018) -> Sound:
    """Return a hi-hat: a plate's square-wave partials and air, decaying by *length*.

    *length* is the time of one halving: 0.018 s is closed, 0.1 s is open.
    """
    time = seconds(min(12 * length + 0.02, 1.6))
    base = 411.0 + 3.0 * (seed % 5)
    plate = np.zeros_like(time)
    for ratio in _METAL:
        plate += np.where((time * base * ratio) % 1.0 < 0.5, 1.0, -1.0)
    air = plate / 8.0 + 0.7 * noise(seed, len(time))
    bright = lowpass(highpass(highpass(air, 6500.0), 5000.0), 12_000.0)
    return _closed(4.2 * bright * halving(time / length), 0.01)


def shaker(seed: int, length: float = 0.022) -> Sound:
    """Return a shaker or, longer, a brush: noise that swells before it falls."""
    time = seconds(10 * length)
    swell = (1.0 - halving(time / 0.008)) * halving(time / length)
    grain = highpass(lowpass(noise(seed, len(time)), 6500.0), 2200.0)
    return _closed(3.6 * grain * swell, 0.02)


def _closed(sound: Sound, length: float) -> Sound:
    """Return *sound* with its last *length* seconds led to exactly zero."""
    count = round(length * 48_000)
    sound[-count:] *= np.arange(count, 0, -1, dtype=np.float64) / count - 1.0 / count
    return sound
