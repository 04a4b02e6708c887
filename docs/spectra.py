"""Pictures over frequency: what stages do to the spectrum, as measured."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from docs.graph import Graph, Line, even_axis, hertz_axis
from docs.probing import RATE, both, decibels, noise, processed, response, through
from dsp.match import Match
from dsp.thirds import centres


def responses(
    lines: Sequence[str], gain: tuple[float, float, float], *, side: bool = False
) -> Graph:
    """Return what *lines* do to each frequency of mid, or of *side*."""
    curves = [Line(line, *map(list, response(line, side=side))) for line in lines]
    label = "gain of the side, dB" if side else "gain, dB"
    return Graph(hertz_axis(), even_axis(label, *gain), curves)


def eq() -> Graph:
    """Draw bells, shelves and passes."""
    lines = (
        "eq bell 850Hz -3dB Q1.1",
        "eq highshelf 8kHz 4dB",
        "eq bell 16kHz 6dB Q2",
        "eq highpass 40Hz 24dB/oct",
    )
    return responses(lines, (-12, 9, 3))


def phases() -> Graph:
    """Draw the same bell in both phases, as it answers a click."""
    lines = ("eq bell 850Hz 6dB Q2", "eq bell 850Hz 6dB Q2 phase linear")
    click = np.zeros((RATE, 2))
    click[RATE // 2] = 1.0
    near = np.arange(RATE // 2 - 220, RATE // 2 + 221)
    curves = [
        Line(
            line,
            list((near - RATE // 2) / RATE * 1000),
            list(through(line, click)[near, 0]),
        )
        for line in lines
    ]
    across = even_axis("ms from the click", -5, 5, 1)
    return Graph(across, even_axis("level", -0.05, 0.1, 0.05), curves)


def multiband() -> Graph:
    """Draw each band by itself, and all of them together."""
    bands = "120Hz 3kHz / {} / {} / {}"
    off = "1:1 threshold 20dB makeup -60dB"
    curves = []
    for number, name in enumerate(("low", "mid", "high")):
        said = [off, off, off]
        said[number] = "off"
        line = "multiband " + bands.format(*said)
        curves.append(Line(name, *map(list, response(line))))
    flat = "1:1 threshold 20dB makeup 0.0001dB"
    line = "multiband " + bands.format(flat, flat, flat)
    curves.append(Line("all together", *map(list, response(line))))
    return Graph(hertz_axis(), even_axis("gain, dB", -48, 6, 6), curves)


def deess() -> Graph:
    """Draw what a clear "s" loses at each frequency."""
    time = np.arange(3 * RATE) / RATE
    spectrum = np.fft.rfft(noise(3.0))
    hertz = np.fft.rfftfreq(3 * RATE, 1 / RATE)
    ess = np.fft.irfft(spectrum * ((hertz > 5000) & (hertz < 9000)), 3 * RATE)
    bed = 1e-3 * noise(3.0, 2)
    sound = both(0.2 * ess * (np.abs(time - 1.5) < 0.1) + bed)
    inner = slice(int(1.43 * RATE), int(1.57 * RATE))
    curves = []
    for line in ("deess 6.8kHz 2dB", "deess 6.8kHz 6dB", "deess 6.8kHz 4dB wide"):
        made = through(line, sound)
        window = np.hanning(inner.stop - inner.start)
        before = np.fft.rfft(window * sound[inner, 0])
        after = np.fft.rfft(window * made[inner, 0])
        step = RATE / len(window)
        bands = np.geomspace(500, 18_000, 80)
        gains = []
        for low, high in pairwise(bands):
            few = slice(int(low / step), int(high / step) + 2)
            cross = np.vdot(before[few], after[few]) / np.vdot(before[few], before[few])
            gains.append(float(decibels(np.array([abs(cross)]))[0]))
        curves.append(Line(line, list(np.sqrt(bands[1:] * bands[:-1])), gains))
    return Graph(hertz_axis(500), even_axis("gain, dB", -8, 2, 2), curves)


def width() -> Graph:
    """Draw the side."""
    lines = ("width 150%", "width 150% above 250Hz", "width 80% above 250Hz")
    return responses(lines, (-3, 5, 1), side=True)


def mono() -> Graph:
    """Draw the side."""
    slopes = ("", " 12dB/oct", " 24dB/oct")
    return responses(
        [f"mono below 120Hz{slope}" for slope in slopes], (-48, 6, 6), side=True
    )


def delay() -> Graph:
    """Draw the level of a fraction of a sample."""
    click = np.zeros((1 << 14, 2))
    click[1 << 13] = 1.0
    made = through("delay 0.5samples", click)[:, 0]
    gain = decibels(np.fft.rfft(made))[:-1:32]
    across = even_axis("kHz", 0, 22, 2)
    hertz = np.arange(len(gain)) * 32 * RATE / len(click) / 1000
    line = Line("delay 0.5samples", list(hertz), list(gain))
    return Graph(across, even_axis("gain, dB", -6, 1, 1), [line])


def deemphasis() -> Graph:
    """Draw the curve."""
    return responses(("deemphasis",), (-11, 1, 1))


def dehum() -> Graph:
    """Draw the notches."""
    lines = ("dehum 50Hz fixed", "dehum 50Hz width 10Hz fixed")
    curves = []
    for line in lines:
        hertz = response(line, 20, 500)[0]
        # between the points of the curve a notch would be missed
        at = np.unique(
            np.concatenate(
                [hertz, *(50.0 * k + np.arange(-6, 6.5, 0.5) for k in range(1, 5))]
            )
        )
        click = np.zeros((20 * RATE, 2))
        click[0] = 1.0
        wave = through(line, click)[:, 0]
        bins = np.unique(np.round(at * 20).astype(int))
        curves.append(
            Line(line, list(bins / 20), list(decibels(np.fft.rfft(wave)[bins])))
        )
    return Graph(hertz_axis(20, 500), even_axis("gain, dB", -40, 10, 10), curves)


def match() -> Graph:
    """Draw the curve that is drawn where a song has more treble than the reference."""
    middles = centres(RATE)
    levels = -3.0 * np.log2(middles / 1000.0) - 20.0
    treble = 5.0 / (1.0 + (2000.0 / middles) ** 2)
    bass = -3.0 / (1.0 + (middles / 100.0) ** 2)
    hertz = np.geomspace(20, 20_000, 200)
    reference = (tuple(float(each) for each in levels),)
    curves = []
    for amount in (0.25, 0.5, 1.0):
        curve = Match(references=reference, amount=amount).curve(
            levels + treble + bass, RATE
        )
        click = np.zeros((1 << 17, 2))
        click[1 << 16] = 1.0
        wave = processed(curve, click)[:, 0]
        bins = np.round(hertz * (1 << 17) / RATE).astype(int)
        gain = decibels(np.fft.rfft(wave)[bins])
        curves.append(Line(f"match {100 * amount:g}%", list(hertz), list(gain)))
    return Graph(hertz_axis(), even_axis("gain, dB", -4, 4, 1), curves)
