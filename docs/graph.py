"""A graph as SVG: axes, lines, a legend. The same figures give the same bytes."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 316
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 14, 82
INKS = ("#1769aa", "#c0392b", "#2d8659", "#8a5fb0", "#b7791f")
TEXT, PALE, FAINT = "#1f2933", "#6b7c8c", "#d9e0e6"
_LETTER = 6.3  # of the legend's type, on average


@dataclass(frozen=True)
class Axis:
    """What one direction means, and where it is named."""

    label: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    log: bool = False

    def share(self, value: float) -> float:
        """Return where *value* lies, the axis from 0 to 1."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Line:
    """One curve, and what it is called."""

    label: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True)
class Graph:
    """Some curves in one frame."""

    across: Axis
    up: Axis
    lines: Sequence[Line]


def hertz_axis(low: float = 20, high: float = 20_000) -> Axis:
    """Return an axis of frequency."""
    named = (20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
    ticks = [(f, f"{f // 1000}k" if f >= 1000 else f"{f}") for f in named]
    return Axis("Hz", low, high, [t for t in ticks if low <= t[0] <= high], log=True)


def even_axis(label: str, low: float, high: float, step: float) -> Axis:
    """Return an axis with a tick at every *step*."""
    count = round((high - low) / step)
    values = [low + step * number for number in range(count + 1)]
    return Axis(label, low, high, [(v, f"{v:g}".replace("-", "−")) for v in values])


def svg(graph: Graph) -> str:
    """Return *graph* as a picture of some kilobytes."""
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="11">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<clipPath id="frame"><rect x="{LEFT}" y="{TOP}" width="{wide}" '
        f'height="{high}"/></clipPath>',
    ]
    for value, text in graph.across.ticks:
        x = LEFT + wide * graph.across.share(value)
        out += [
            f'<path d="M{x:.1f} {TOP}v{high}" stroke="{FAINT}"/>',
            _text(x, TOP + high + 15, text, "middle", PALE),
        ]
    for value, text in graph.up.ticks:
        y = TOP + high * (1 - graph.up.share(value))
        out += [
            f'<path d="M{LEFT} {y:.1f}h{wide}" stroke="{FAINT}"/>',
            _text(LEFT - 6, y + 4, text, "end", PALE),
        ]
    out += [
        f'<rect x="{LEFT}" y="{TOP}" width="{wide}" height="{high}" fill="none" '
        f'stroke="{PALE}"/>',
        _text(LEFT + wide, TOP + high + 30, graph.across.label, "end", PALE),
        f'<g transform="translate(14 {TOP + high / 2:g}) rotate(-90)">'
        + _text(0, 0, graph.up.label, "middle", PALE)
        + "</g>",
    ]
    at, y = float(LEFT), HEIGHT - 30
    for line, ink in zip(graph.lines, INKS, strict=False):
        places = " ".join(
            f"{LEFT + wide * graph.across.share(x):.1f},"
            f"{TOP + high * _held(1 - graph.up.share(y)):.1f}"
            for x, y in zip(line.x, line.y, strict=True)
        )
        out.append(
            f'<polyline points="{places}" fill="none" stroke="{ink}" '
            'stroke-width="1.6" stroke-linejoin="round" clip-path="url(#frame)"/>'
        )
        if line.label:
            long = 21 + _LETTER * len(line.label) + 14
            if at + long > WIDTH:
                at, y = float(LEFT), y + 18
            out += [
                f'<path d="M{at:.1f} {y - 4}h16" stroke="{ink}" stroke-width="2"/>',
                _text(at + 21, y, line.label, "start", TEXT),
            ]
            at += long
    return "\n".join([*out, "</svg>", ""])


def _held(share: float) -> float:
    """Keep what leaves the frame near it."""
    return min(max(share, -0.5), 1.5)


def _text(x: float, y: float, words: str, anchor: str, ink: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{ink}">'
        f"{html.escape(words)}</text>"
    )
