"""The demo's echo and room: feedback through delay lines, one block at a time.

A block is never longer than the shortest line, so what a block hears is already known
and no loop runs sample by sample.
"""

import numpy as np

from album.demo.tones import RATE, Sound, halved, highpass, lowpass

_LINES = (1447, 1613, 1811, 1993, 2203, 2411, 2633, 2879)  # primes: no common echo
_DIFFUSERS = (241, 337, 443, 613)
_BEFORE = 960  # samples until the room answers


def echo(sound: Sound, late: int, feedback: float = 0.42) -> Sound:
    """Return echoes that change sides at each repeat and grow darker."""
    out = np.zeros_like(sound)
    source = lowpass(highpass(sound, 220.0), 4200.0)
    turn = 0.5 * (source[0] + source[1])
    gain, side = 0.6, 0
    for repeat in range(1, 7):
        at = late * repeat
        if at >= sound.shape[1]:
            break
        heard = turn[: sound.shape[1] - at] * gain
        out[side, at:] += heard
        out[1 - side, at:] += 0.25 * heard
        turn = lowpass(turn, 3600.0)
        gain, side = gain * feedback, 1 - side
    return out


def room(sound: Sound, decay: float) -> Sound:
    """Return what a room adds to *sound*: eight crossed delay lines (Jot's network).

    *decay* is the time in seconds in which it falls by 60 dB; high tones fall faster.
    """
    source = lowpass(highpass(sound, 160.0), 7500.0)
    source = np.stack([_diffused(side, turn) for turn, side in enumerate(source)])
    count = sound.shape[1]
    longest = max(_LINES) + 1
    gains = np.array([halved(9.9658 * lag / RATE / decay) for lag in _LINES])[:, None]
    block = min(_LINES)
    past = np.zeros((8, longest))
    out = np.zeros_like(sound)
    for at in range(0, count, block):
        size = min(block, count - at)
        heard = np.empty((8, size))
        for row, lag in enumerate(_LINES):
            head = longest - lag
            # One part of the sample before dulls what goes round again.
            near = past[row, head - 1 : head - 1 + size]
            heard[row] = 0.72 * past[row, head : head + size] + 0.28 * near
        heard *= gains
        out[0, at : at + size] = heard[0] - heard[2] + heard[4] - heard[6]
        out[1, at : at + size] = heard[1] - heard[3] + heard[5] - heard[7]
        mixed = _crossed(heard)
        mixed[0::2] += source[0, at : at + size]
        mixed[1::2] += source[1, at : at + size]
        past = np.concatenate((past[:, size:], mixed), axis=1)
    late = np.zeros_like(out)
    late[:, _BEFORE:] = out[:, : count - _BEFORE]
    return 0.5 * late


def _crossed(rows: Sound) -> Sound:
    """Return the eight rows through a Hadamard matrix, by three rounds of sums."""
    for half in (4, 2, 1):
        pairs = rows.reshape(8 // (2 * half), 2, half, -1)
        sums, differences = pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]
        rows = np.stack((sums, differences), axis=1).reshape(8, -1)
    return np.divide(rows, np.sqrt(8.0))


def _diffused(sound: Sound, turn: int) -> Sound:
    """Return one channel through four all-passes (Schroeder), which smear attacks."""
    for lag in _DIFFUSERS:
        length = lag + 13 * turn
        inner = np.zeros(len(sound) + length)
        for at in range(0, len(sound), length):
            size = min(length, len(sound) - at)
            past = inner[at : at + size]
            inner[length + at : length + at + size] = sound[at : at + size] + 0.6 * past
        sound = inner[: len(sound)] - 0.6 * inner[length:]
    return sound
