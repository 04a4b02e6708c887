"""The demo's pitched instruments: wavetables, plucked strings and frequency modulation.

The wavetables hold one saw wave under a resonant low-pass at seventeen cutoffs, half
an octave apart and relative to the note, so a filter sweep is a walk across tables.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from album.demo.tones import (
    RATE,
    Sound,
    halved,
    halving,
    highpass,
    lowpass,
    noise,
    pitch,
    seconds,
    sine,
)

_POINTS = 1 << 14
_HARMONICS = 180
_TABLES = 17
_BRIGHTEST = 14_000.0


@cache
def _tables() -> Sound:
    """Return the saw wave under each cutoff, ``(tables, points)``, summed by harmonic.

    The response is that of two resonant second-order low-passes in a row.
    """
    circle = sine(np.arange(_POINTS, dtype=np.float64) / _POINTS)
    places = np.arange(_POINTS)
    out = np.zeros((_TABLES, _POINTS))
    for order in range(1, _HARMONICS + 1):
        wave = circle[(places * order) & (_POINTS - 1)] / order
        for table in range(_TABLES):
            ratio = order * halved(table / 2)
            first = (1 - ratio * ratio) * (1 - ratio * ratio)
            gain = 1 / (np.sqrt(first + 0.75 * ratio * ratio) * (1 + 0.4 * ratio))
            if gain > 1e-4:
                out[table] += wave * gain
    return out * 0.5


def _phases(hertz: float | Sound, count: int, start: float = 0.0) -> NDArray[np.int64]:
    """Return the table points that an oscillator visits; 32-bit phase, wrapped."""
    offset = int(start * 2**32)
    if isinstance(hertz, float):
        words = np.arange(count, dtype=np.int64) * round(hertz / RATE * 2**32) + offset
    else:
        words = np.cumsum((hertz * (2.0**32 / RATE)).astype(np.int64)) + offset
    return (words & 0xFFFFFFFF) >> 18


def _swept(number: float, points: NDArray[np.int64], octaves: Sound) -> Sound:
    """Return the wave at *points* with the cutoff *octaves* above the note."""
    roof = 5.0 - (number - 69) / 12  # the brightest table that does not alias
    place = np.clip(octaves, 0.0, max(0.0, min(8.0, roof))) * 2
    table = np.minimum(place.astype(np.int64), _TABLES - 2)
    blend = place - table
    flat = _tables().ravel()
    at = table * _POINTS + points
    low = flat[at]
    return low + blend * (flat[at + _POINTS] - low)


def _gate(count: int, attack: float, release: float) -> Sound:
    """Return a curve from zero to one and back, both ends rounded."""
    shape = np.ones(count)
    rise, fall = round(attack * RATE), round(release * RATE)
    up = np.arange(rise, dtype=np.float64) / max(rise, 1)
    down = np.arange(fall, 0, -1, dtype=np.float64) / max(fall, 1) - 1 / max(fall, 1)
    shape[:rise] = up * up * (3 - 2 * up)
    shape[count - fall :] *= down * down * (3 - 2 * down)
    return shape


def bass(number: int, length: float, force: float, grit: float = 0.5) -> Sound:
    """Return a bass note: saw under a falling filter on top of a sine an octave wide.

    *grit* from 0 to 1 opens the filter and lets it fall more slowly.
    """
    time = seconds(length + 0.04)
    hertz = pitch(number)
    fall = halving(time / (0.05 + 0.12 * grit))
    octaves = 0.9 + 0.9 * grit + (1.2 + 1.8 * grit) * force * fall
    saw = _swept(number, _phases(hertz, len(time)), octaves)
    deep = sine(time * hertz)
    shape = _gate(len(time), 0.004, 0.035) * (
        0.75 * halving(time / 1.0) + 0.25 * halving(time / 0.2)
    )
    return (0.62 * saw + 0.4 * deep) * shape * force


def pad(
    keys: tuple[int, ...], length: float, bright: float, slow: float, release: float
) -> Sound:
    """Return a warm chord in stereo: four detuned saws a note, two on each side.

    *bright* is the cutoff in octaves above each note; *slow*, the attack, and
    *release*, which follows the *length*, are seconds.
    """
    count = round((length + release) * RATE)
    out = np.zeros((2, count))
    tables = _tables()
    for place, number in enumerate(keys):
        roof = 5.0 - (number - 69) / 12
        table = tables[int(2 * max(0.0, min(bright, roof)))]
        for voice, cents in enumerate((-7.0, 4.0, -3.0, 8.0)):
            hertz = pitch(number + (cents + place) / 100)
            start = (0.37 * (4 * place + voice + 1)) % 1.0
            # A pair on each side, with a part of it across, keeps the middle filled.
            wave = table[_phases(hertz, count, start)]
            out[voice % 2] += wave
            out[1 - voice % 2] += 0.35 * wave
    return out * _gate(count, slow, release) * (0.9 / len(keys))


def pluck(number: int, length: float, force: float, bright: float = 3.0) -> Sound:
    """Return a synthetic pluck: two saws whose filter and level fall together."""
    time = seconds(length)
    octaves = 0.4 + bright * (0.55 + 0.45 * force) * halving(time / 0.085)
    wave = _swept(number, _phases(pitch(number - 0.04), len(time)), octaves)
    wave += _swept(number, _phases(pitch(number + 0.05), len(time), 0.4), octaves)
    shape = 0.7 * halving(time / 0.12) + 0.3 * halving(time / 0.4)
    return 1.15 * wave * shape * force * _gate(len(time), 0.002, 0.06)


def reed(number: int, length: float, force: float, bright: float = 2.0) -> Sound:
    """Return a sung lead: a filtered saw with a scoop and a late vibrato."""
    time = seconds(length + 0.12)
    onset = np.clip((time - 0.22) / 0.5, 0.0, 1.0)
    bend = 0.0032 * onset * sine(time * 5.3) - 0.012 * halving(time / 0.02)
    points = _phases(pitch(number) * (1.0 + bend), len(time))
    swell = 1.0 - halving(time / 0.09)
    octaves = 0.7 + bright * (0.4 + 0.6 * force) * (0.55 + 0.45 * swell)
    shape = _gate(len(time), 0.03, 0.12) * (0.8 + 0.2 * swell)
    return _swept(number, points, octaves) * shape * force


def guitar(number: int, length: float, force: float, seed: int = 1) -> Sound:
    """Return a plucked string (Karplus and Strong): a noise runs round a lossy loop.

    The loop's three taps both tune it between two samples and dull it.
    """
    period = RATE / pitch(number)
    dull = 0.16  # the loop's low-pass, and its delay in samples
    lag = int(period - dull)
    part = period - dull - lag
    taps = ((1 - dull) * (1 - part), (1 - dull) * part + dull * (1 - part), dull * part)
    count = round(length * RATE)
    string = np.zeros(count + lag + 2)
    burst = lowpass(noise(seed, lag + 2), 900.0 + 5200.0 * force)
    spot = (lag + 2) // 5  # plucked at a fifth: that mode and its multiples are weak
    string[: lag + 2] = burst - np.concatenate((burst[-spot:], burst[:-spot]))
    keep = halved(period / RATE / 0.55)
    for at in range(lag + 2, len(string), lag):
        end = min(at + lag, len(string))
        size = end - at
        total = taps[0] * string[at - lag : at - lag + size]
        total += taps[1] * string[at - lag - 1 : at - lag - 1 + size]
        total += taps[2] * string[at - lag - 2 : at - lag - 2 + size]
        string[at:end] = keep * total
    tone = highpass(string[lag + 2 :], 70.0)
    return 0.9 * tone * force * _gate(count, 0.001, 0.09)


def bell(number: int, length: float, force: float, glass: float = 3.5) -> Sound:
    """Return a struck bell or glass: a sine bent by a second one, *glass* times up."""
    time = seconds(length)
    hertz = pitch(number)
    bend = 0.32 * force * halving(time / 0.09) * sine(time * hertz * glass)
    tone = sine(time * hertz + bend) * halving(time / 0.28)
    tone += 0.22 * sine(time * hertz * 2.003) * halving(time / 0.16)
    return tone * force * _gate(len(time), 0.0015, 0.08)


def toll(number: int, length: float, force: float) -> Sound:
    """Return a bell for a melody: rounder and longer than struck glass."""
    return bell(number, length + 0.5, 0.7 * force, 2.0)


def piano(number: int, length: float, force: float) -> Sound:
    """Return an electric piano: a bent sine, and a short high one for its tine.

    A harder stroke bends more, so it is brighter as well as louder.
    """
    time = seconds(length + 0.25)
    hertz = pitch(number)
    bend = (0.05 + 0.20 * force) * halving(time / 0.35)
    bend = bend * sine(time * hertz * 1.0007)
    bend += 0.045 * force * halving(time / 0.12) * sine(time * hertz * 5.0)
    body = sine(time * hertz + bend)
    tine = 0.16 * force * force * halving(time / 0.045) * sine(time * hertz * 13.98)
    tone = body + np.where(hertz * 14 < _BRIGHTEST, 1.0, 0.0) * tine
    fade = 0.6 * halving(time / 0.45) + 0.4 * halving(time / 1.6)
    return tone * fade * force * _gate(len(time), 0.003, 0.25)


def waves(length: float, seed: int, swell: float = 5.0) -> Sound:
    """Return the sea in stereo: brown noise, brighter where a wave comes in.

    *swell* is the time from wave to wave in seconds.
    """
    time = seconds(length)
    out = np.empty((2, len(time)))
    for side in (0, 1):
        raw = noise(seed + side, len(time))
        deep = highpass(lowpass(lowpass(raw, 420.0), 900.0), 90.0)
        spray = highpass(lowpass(raw, 3200.0), 500.0)
        tide = 0.5 + 0.5 * sine(time / swell - 0.25 + 0.06 * side)
        out[side] = deep * (0.5 + 0.5 * tide) + 0.3 * spray * tide * tide
    return 2.0 * out * _gate(len(time), min(1.5, length / 3), min(2.0, length / 3))


def riser(length: float, seed: int) -> Sound:
    """Return a noise in stereo that brightens and swells until it stops at once."""
    time = seconds(length)
    climb = time / length
    out = np.empty((2, len(time)))
    for side in (0, 1):
        raw = noise(seed + side, len(time))
        dark, light = lowpass(raw, 700.0), highpass(lowpass(raw, 6000.0), 1500.0)
        out[side] = (dark + climb * (0.6 * light - dark)) * climb * climb
    return out * _gate(len(time), 0.05, 0.02)
