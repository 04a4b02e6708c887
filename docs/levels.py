"""Pictures over level and over time: characteristics, gains, waves, as measured."""

from collections.abc import Sequence

import numpy as np

from docs.graph import Axis, Graph, Line, even_axis
from docs.probing import (
    RATE,
    Floats,
    both,
    decibels,
    harmonic,
    noise,
    processed,
    sine,
    through,
)
from dsp.limiter import Limiter


def comp() -> Graph:
    """Draw the static curve: constant levels in, constant levels out."""
    levels = np.arange(-40.0, 0.5, 0.5)
    curves = []
    for what in ("1.5:1", "2:1", "4:1", "20:1"):
        line = f"comp {what} threshold -18dB"
        out = [
            through(line, both(np.full(RATE, 10 ** (x / 20))))[-1, 0] for x in levels
        ]
        curves.append(Line(line, list(levels), list(decibels(np.array(out)))))
    return Graph(
        even_axis("level in, dB", -40, 0, 5),
        even_axis("level out, dB", -40, 0, 10),
        curves,
    )


def comp_times() -> Graph:
    """Draw the gain over a step up, and down again."""
    time = np.arange(3 * RATE) / RATE
    step = np.where((time >= 0.25) & (time < 1.75), 10 ** (-6 / 20), 10 ** (-40 / 20))
    curves = []
    for words in ("release 200ms", "release auto"):
        line = f"comp 4:1 threshold -18dB attack 30ms {words}"
        gain = decibels(through(line, both(step))[:, 0] / step)
        curves.append(Line(line, list(time[::400]), list(gain[::400])))
    return Graph(even_axis("s", 0, 3, 0.5), even_axis("gain, dB", -10, 0, 2), curves)


def harmonics(rows: Sequence[tuple[str, int]]) -> Graph:
    """Draw how a harmonic of 997 Hz grows with the level."""
    levels = np.arange(-40.0, 0.5, 2.5)
    names = {2: "second", 3: "third"}
    curves = [
        Line(
            f"{line}, {names[order]}", list(levels), list(harmonic(line, order, levels))
        )
        for line, order in rows
    ]
    return Graph(
        even_axis("997 Hz, dBFS", -40, 0, 5),
        even_axis("harmonic, dB under the tone", -120, 0, 20),
        curves,
    )


def tape() -> Graph:
    """Draw the third harmonic."""
    return harmonics([("tape 10%", 3), ("tape 50%", 3), ("tape 100%", 3)])


def saturate() -> Graph:
    """Draw the third harmonic, and the second."""
    return harmonics(
        [("saturate 15%", 3), ("saturate 100%", 3), ("saturate 15% even", 2)]
    )


def clip() -> Graph:
    """Draw the characteristic, by a slow sine."""
    wave = sine(20, 0.2)
    rising = slice(RATE // 10, RATE // 10 + RATE // 80)
    inside = list(wave[rising, 0][::4])
    curves = [
        Line(line, inside, list(through(line, wave)[rising, 0][::4]))
        for line in ("clip -3dB", "clip -3dB hard")
    ]
    return Graph(even_axis("in", 0, 1, 0.1), even_axis("out", 0, 1, 0.2), curves)


def denoise() -> Graph:
    """Draw what is turned down, by how far the sound lies above the noise."""
    levels = np.arange(-2.0, 21.0, 1.0)
    curves = []
    for line in (
        "denoise 3dB from 0s to 2s",
        "denoise 6dB from 0s to 2s",
        "denoise 12dB from 0s to 2s",
    ):
        gains = []
        for level in levels:
            gain = np.where(np.arange(4 * RATE) < 2 * RATE, 1.0, 10 ** (level / 20))
            sound = both(1e-3 * noise(4.0) * gain)
            late = slice(int(2.5 * RATE), int(3.5 * RATE))
            made = through(line, sound)[late]
            gains.append(
                float(decibels(np.array([np.std(made) / np.std(sound[late])]))[0])
            )
        curves.append(Line(line, list(levels), gains))
    return Graph(
        even_axis("level above the noise, dB", -2, 20, 2),
        even_axis("gain, dB", -14, 2, 2),
        curves,
    )


def over_time(
    lines: Sequence[str],
    seconds: tuple[float, float, float],
    gain: Axis,
    *,
    linear: bool = False,
) -> Graph:
    """Draw what *lines* do to a constant, in time."""
    low, high, step = seconds
    made = {
        line: through(line, np.ones((int(high * RATE) + RATE, 2)))[:, 0]
        for line in lines
    }
    at = np.arange(
        int(low * RATE), int(high * RATE), max(1, int((high - low) * RATE) // 400)
    )
    curves = [
        Line(line, list(at / RATE), list(wave[at] if linear else decibels(wave[at])))
        for line, wave in made.items()
    ]
    return Graph(even_axis("s", low, high, step), gain, curves)


def ride() -> Graph:
    """Draw the gain over time."""
    lines = ("ride 2s -1dB 6s 0dB", "ride 2s -1dB 6s 0dB over 2s")
    return over_time(lines, (0, 8, 1), even_axis("gain, dB", -1.5, 0.5, 0.5))


def mute() -> Graph:
    """Draw the gain over time."""
    gain = even_axis("gain", 0, 1.2, 0.2)
    return over_time(["mute 1.02s to 1.05s"], (1, 1.07, 0.01), gain, linear=True)


def _tones() -> Floats:
    time = np.arange(2 * RATE) / RATE
    notes = zip((220.0, 331.0, 447.0, 892.0), (0.4, 0.2, 0.15, 0.08), strict=True)
    return both(np.sum([a * np.sin(2 * np.pi * f * time) for f, a in notes], axis=0))


def _waves(waves: Sequence[tuple[str, Floats]], low: float, high: float) -> Graph:
    near = np.arange(int(low * RATE), int(high * RATE), 2)
    curves = [
        Line(name, list(near / RATE * 1000), list(wave[near, 0]))
        for name, wave in waves
    ]
    across = even_axis("ms", low * 1000, high * 1000, 2)
    return Graph(across, even_axis("level", -1, 1, 0.5), curves)


def repair() -> Graph:
    """Draw a stretch that was lost, and made anew."""
    whole = _tones()
    broken = whole.copy()
    broken[RATE : RATE + 441] = 0.0
    made = through("repair 1s to 1.01s", broken)
    return _waves((("with a hole", broken), ("repaired", made)), 0.994, 1.016)


def declick() -> Graph:
    """Draw a click, and what is put in its place."""
    struck = _tones()
    struck[RATE : RATE + 8] += np.array([0.5, -0.5] * 4)[:, None]
    made = through("declick", struck)
    return _waves((("with a click", struck), ("mended", made)), 0.994, 1.006)


def limiter() -> Graph:
    """Draw the gain around a burst that is 6 dB too loud."""
    time = np.arange(RATE) / RATE
    level = np.where((time >= 0.2) & (time < 0.3), 1.0, 0.25)
    sound = both(level * np.sin(2 * np.pi * 997 * time + 1.0))
    curves = []
    for name in ("transparent", "balanced", "loud"):
        made = processed(Limiter(ceiling_dbtp=-6.0, character=name), sound)
        # where the sine is near zero the quotient says nothing
        sure = np.flatnonzero(
            (np.abs(sound[:, 0]) > 0.8 * level) & (time > 0.15) & (time < 0.5)
        )
        sure = sure[::60]
        gain = decibels(made[sure, 0] / sound[sure, 0])
        curves.append(Line(name, list(time[sure]), list(gain)))
    return Graph(
        even_axis("s", 0.15, 0.5, 0.05), even_axis("gain, dB", -8, 1, 1), curves
    )
