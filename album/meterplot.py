"""A file's measurement as one picture, PNG or SVG: something to put into a mail.

The same measurement gives the same bytes: no dates, no random names, fonts as outlines
of the typeface that matplotlib brings along.
"""

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from album.console import visible
from album.metering import Measured
from album.titles import clock
from dsp.figures import loudness_series
from dsp.tally import STEPS

KINDS = (".png", ".svg")

_SIZE = 10.0, 8.2  # inches
_DPI = 160
_INK, _PALE, _FAINT = "#1f2933", "#6b7c8c", "#d9e0e6"
_BLUE, _LIGHT, _RED = "#1769aa", "#8fbce0", "#c0392b"
_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.hashsalt": "glassmaster",
    "svg.fonttype": "path",
    "axes.edgecolor": _PALE,
    "axes.labelcolor": _PALE,
    "axes.linewidth": 0.6,
    "xtick.color": _PALE,
    "ytick.color": _PALE,
    "text.color": _INK,
    "text.parse_math": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": _FAINT,
    "grid.linewidth": 0.5,
    "legend.edgecolor": "none",
    "legend.framealpha": 0.85,
}
_ROUND_TIMES = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600)  # seconds
_MOST_TIMES = 12
_LABELLED = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000, 31500, 63000)


def draw(measured: Measured, kind: str) -> bytes:
    """Return the picture of *measured*; *kind* is one of ``KINDS``."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # a letter that the typeface lacks is drawn as a box
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained")
        rows = figure.subplot_mosaic(
            [["head"], ["loudness"], ["waveform"], ["spectrum"]],
            height_ratios=(0.55, 2.2, 1.2, 2.0),
        )
        _head(rows["head"], measured)
        _loudness(rows["loudness"], measured)
        _waveform(rows["waveform"], measured)
        for name in ("loudness", "waveform"):
            _time_axis(rows[name], measured.figures.seconds)
        _spectrum(rows["spectrum"], measured)
        out = io.BytesIO()
        # no date and no version, so that the bytes are the same
        metadata = {"Date": None, "Creator": None} if kind == ".svg" else None
        if kind == ".png":
            metadata = {"Software": None}
        figure.savefig(out, format=kind[1:], metadata=metadata)
    return out.getvalue()


def kind_of(path: Path) -> str | None:
    """Return which of ``KINDS`` a file's name asks for, None for another."""
    suffix = path.suffix.lower()
    return suffix if suffix in KINDS else None


def _head(axes: Any, measured: Measured) -> None:
    found = measured.figures
    loud, peaks = found.loudness, found.peaks
    axes.axis("off")
    name = visible(measured.stream.path.stem)
    axes.text(0, 1.0, name, fontsize=15, weight="bold", va="top")
    cells = (
        ("integrated", loud.integrated, "LUFS", 1),
        ("range", loud.range, "LU", 1),
        ("max short-term", loud.max_short_term, "LUFS", 1),
        ("true peak", peaks.true, "dBTP", 2),
        ("PLR", found.peak_to_loudness, "LU", 1),
        ("dynamic range", found.dynamic_range, "DR", 0),
        ("correlation", found.stereo.correlation if found.stereo else None, "", 2),
    )
    for place, (name, value, unit, digits) in enumerate(cells):
        at = place / len(cells)
        text = "–" if value is None else f"{value:.{digits}f} {unit}".strip()
        axes.text(at, 0.28, text, fontsize=11, weight="bold")
        axes.text(at, -0.12, name, fontsize=8, color=_PALE)
    about = f"{clock(found.seconds)[:-4]}  ·  {found.rate / 1000:g} kHz"
    axes.text(1, 1.0, about, ha="right", va="top", color=_PALE)


def _loudness(axes: Any, measured: Measured) -> None:
    times, momentary, short = loudness_series(measured.tally)
    axes.plot(times, momentary, color=_LIGHT, lw=0.6, label="momentary")
    axes.plot(times, short, color=_BLUE, lw=1.4, label="short-term")
    level = measured.figures.loudness.integrated
    top = measured.figures.loudness.max_momentary
    if level is not None:
        axes.axhline(level, color=_RED, lw=0.9, ls="--", label="integrated")
    high = 0.0 if top is None else top
    axes.set_ylim(min(high, level if level is not None else high) - 24, high + 2)
    axes.set_ylabel("LUFS")
    axes.legend(loc="lower right", ncols=3, fontsize=8)
    axes.tick_params(labelbottom=False)


def _waveform(axes: Any, measured: Measured) -> None:
    tally = measured.tally
    peaks = tally.step_peaks.max(axis=1)
    counts = np.full(len(peaks), tally.rate / STEPS)
    level = np.sqrt(tally.squares.mean(axis=1) / counts)
    times = (np.arange(len(peaks)) + 0.5) / STEPS
    axes.fill_between(times, -peaks, peaks, color=_LIGHT, lw=0)
    axes.fill_between(times, -level, level, color=_BLUE, lw=0)
    at = measured.figures.peaks.true_at
    if at is not None:
        height = float(tally.true_peaks.max())
        axes.plot([at], [height], "v", color=_RED, ms=5, label="true peak")
        axes.legend(loc="lower right", fontsize=8)
    axes.set_ylim(-1.15, 1.15)
    axes.set_yticks([-1, 0, 1])
    axes.set_ylabel("peak and RMS")


def _time_axis(axes: Any, seconds: float) -> None:
    """Mark round times, about ten of them."""
    step = next(
        (each for each in _ROUND_TIMES if seconds / each <= _MOST_TIMES),
        _ROUND_TIMES[-1],
    )
    times = np.arange(0, seconds + step / 1000, step)
    axes.set_xticks(times, [clock(float(each))[:-4] for each in times])
    axes.set_xlim(0, max(seconds, 0.1))


def _spectrum(axes: Any, measured: Measured) -> None:
    found = measured.figures.spectrum
    middles = np.array(found.centres)
    axes.set_xscale("log")
    for levels, name, look in (
        (found.levels, "whole", {"color": _LIGHT, "lw": 1.4}),
        (found.loud_levels, "loud passages", {"color": _BLUE, "lw": 1.4}),
    ):
        if levels:
            heights = [np.nan if level is None else level for level in levels]
            axes.plot(middles, heights, label=name, marker="o", ms=2.5, **look)
    known = [level for level in found.levels if level is not None]
    high = max((*known, *(each for each in found.loud_levels if each)), default=0.0)
    axes.set_ylim(max(min(known, default=-60.0), high - 72) - 4, high + 4)
    ticks = [hertz for hertz in _LABELLED if hertz <= middles[-1] * 1.1]
    axes.set_xticks(ticks, [_hertz(each) for each in ticks], minor=False)
    axes.set_xticks([], minor=True)
    axes.set_xlim(middles[0] / 1.12, middles[-1] * 1.12)
    axes.set_ylabel("dB in a third of an octave")
    axes.set_xlabel("Hz")
    if known:
        axes.legend(loc="lower left", ncols=2, fontsize=8)


def _hertz(frequency: float) -> str:
    return f"{frequency / 1000:g}k" if frequency >= 1000 else f"{frequency:g}"
