"""The demo's cover: a night ferry between glass planes, drawn pixel by pixel.

Only exact arithmetic (see `tones`) draws it, so its pixels are the same everywhere;
PNG is written here as well: a header, one deflated picture, an end.
"""

import struct
import zlib
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from album.demo.tones import noise

_DRAWN = 1500
_LARGER = 2
SIZE = _LARGER * _DRAWN
"""What stores ask for: every pixel that is drawn becomes four."""
_HORIZON = 0.635
_SKY = ((0.0, (7, 10, 28)), (0.38, (20, 30, 66)), (0.56, (46, 66, 104)))
_GLOW = (_HORIZON, (196, 128, 104))
_LAMP = (255, 226, 176)
_MOON = (0.665, 0.255, 0.088)  # place and radius
_HULL, _FUNNEL, _TOPLIGHT = (9, 12, 24), (176, 62, 58), (230, 70, 60)

Picture = NDArray[np.float64]


def cover() -> bytes:
    """Return the cover as the bytes of a PNG file, square, eight bits a colour."""
    grid = (np.arange(_DRAWN, dtype=np.float64) + 0.5) / _DRAWN
    x, y = grid[None, :], grid[:, None]
    picture = _sky(y)
    _moon(picture, x, y)
    _panes(picture, x, y)
    _sea(picture, x)
    _ferry(picture, x, y)
    drawn = np.rint(np.clip(picture, 0, 255)).astype(np.uint8)
    return _png(drawn.repeat(_LARGER, axis=0).repeat(_LARGER, axis=1))


def _sky(y: Picture) -> Picture:
    """Return the night with a last warm line at the horizon."""
    rows = np.zeros((_DRAWN, 3))
    for (high, upper), (low, lower) in pairwise([*_SKY, _GLOW]):
        part = np.clip((y - high) / (low - high), 0.0, 1.0)
        here = (y >= high) & ((y < low) | (low == _HORIZON))
        first, second = np.array(upper, float), np.array(lower, float)
        rows = np.where(here, first + part * (second - first), rows)
    return np.repeat(rows[:, None, :], _DRAWN, axis=1)


def _blend(picture: Picture, cover: Picture, colour: tuple[int, ...]) -> None:
    """Lay *colour* over *picture* where *cover*, 0 to 1, says so."""
    picture += cover[..., None] * (np.array(colour, dtype=np.float64) - picture)


def _edge(distance: Picture) -> Picture:
    """Return the coverage of a shape from the distance inside its edge; smooth."""
    return np.clip(distance * _DRAWN + 0.5, 0.0, 1.0)


def _moon(picture: Picture, x: Picture, y: Picture) -> None:
    """Hang the moon and its halo, in even rings as behind thin glass."""
    across, down, radius = _MOON
    far = np.sqrt((x - across) * (x - across) + (y - down) * (y - down))
    for ring, strength in ((3.6, 0.035), (2.7, 0.045), (2.0, 0.06), (1.45, 0.09)):
        _blend(picture, strength * _edge(radius * ring - far), (168, 190, 226))
    _blend(picture, 0.94 * _edge(radius - far), (240, 234, 220))


def _panes(picture: Picture, x: Picture, y: Picture) -> None:
    """Stand leaning panes of glass in the sky: each tints, and shines at one edge."""
    panes = (
        (-0.02, 0.21, 0.30, (92, 150, 190), 0.13),
        (0.13, 0.17, 0.30, (150, 110, 190), 0.13),
        (0.395, 0.115, -0.22, (90, 180, 190), 0.16),
        (0.565, 0.23, -0.22, (120, 150, 210), 0.15),
        (0.86, 0.13, 0.17, (196, 120, 140), 0.14),
    )
    above = _edge(_HORIZON - y)
    for left, width, lean, tint, strength in panes:
        inside = x - left - lean * (_HORIZON - y)
        pane = np.minimum(_edge(inside), _edge(width - inside)) * above
        _blend(picture, strength * pane, tint)
        shine = np.minimum(_edge(inside), _edge(0.0022 - inside)) * above
        _blend(picture, 0.55 * shine, (214, 236, 246))


def _sea(picture: Picture, x: Picture) -> None:
    """Lay the sea: the sky upside down in strips, each shifted, darker as it nears."""
    top = round(_HORIZON * _DRAWN)
    shifts = noise(1201, 400)
    row, strip = top, 0
    while row < _DRAWN:
        depth = (row - top) / (_DRAWN - top)
        height = 3 + round(20 * depth)
        source = max(0, top - 1 - round((row - top) * 1.55))
        shift = round(shifts[strip] * (4 + 70 * depth))
        mirrored = np.roll(picture[source], shift, axis=0)
        dim = (0.66 + 0.12 * shifts[strip + 200]) * (1 - 0.5 * depth)
        picture[row : row + height] = mirrored * dim + np.array([3.0, 7.0, 14.0])
        _glint(picture[row : row + max(2, height // 3)], x, depth, shifts[strip + 100])
        row, strip = row + height, strip + 1


def _glint(rows: Picture, x: Picture, depth: float, chance: float) -> None:
    """Break the moon's light on one strip of water, wider as it comes nearer."""
    middle = _MOON[0] + 0.03 * chance * (0.3 + depth)
    half = (0.018 + 0.085 * depth) * (0.55 + 0.45 * abs(chance))
    lit = np.broadcast_to(_edge(half - np.abs(x - middle)), rows.shape[:2])
    _blend(rows, (0.62 - 0.42 * depth) * lit, (236, 226, 206))


def _ferry(picture: Picture, x: Picture, y: Picture) -> None:
    """Put the ferry on the horizon, its windows lit, its light on the water."""
    base = _HORIZON + 0.008
    bow = np.minimum(x - 0.155 - 0.45 * (y - base + 0.05), 0.475 - x + 0.6 * (base - y))
    hull = np.minimum(np.minimum(bow, y - base + 0.042), base - y)
    _blend(picture, _edge(hull), _HULL)
    for left, right, low, high in (
        (0.175, 0.452, 0.040, 0.066),
        (0.195, 0.425, 0.064, 0.088),
        (0.360, 0.415, 0.086, 0.104),
        (0.245, 0.285, 0.086, 0.124),
        (0.3875, 0.3905, 0.100, 0.150),
    ):
        _box(picture, _HULL, (left, right, base - high, base - low))
    _box(picture, _FUNNEL, (0.245, 0.285, base - 0.114, base - 0.104))
    for row, (left, count) in enumerate(((0.188, 22), (0.208, 18))):
        top = base - 0.059 - 0.023 * row
        for place in range(count):
            at = left + 0.0118 * place
            _box(picture, _LAMP, (at, at + 0.0066, top, top + 0.0085))
            if (place + row) % 3 != 1:
                _streak(picture, at, base, (place * 7 + row * 3) % 5)
    _box(picture, _TOPLIGHT, (0.385, 0.393, base - 0.156, base - 0.15))


def _box(picture: Picture, colour: tuple[int, ...], sides: tuple[float, ...]) -> None:
    """Paint a box, given its left, right, top and bottom edges."""
    left, right, top, bottom = sides
    across = slice(int(left * _DRAWN) - 1, int(right * _DRAWN) + 2)
    down = slice(int(top * _DRAWN) - 1, int(bottom * _DRAWN) + 2)
    grid = (np.arange(_DRAWN, dtype=np.float64) + 0.5) / _DRAWN
    x, y = grid[None, across], grid[down, None]
    inside = np.minimum(
        np.minimum(x - left, right - x), np.minimum(y - top, bottom - y)
    )
    _blend(picture[down, across], _edge(inside), colour)


def _streak(picture: Picture, at: float, base: float, turn: int) -> None:
    """Let a window's light fall on the water in short broken strokes."""
    for stroke in range(4 + turn % 3):
        row = round((base + 0.012 + 0.017 * stroke + 0.002 * turn) * _DRAWN)
        left = round((at + 0.0011 * ((stroke * 3 + turn) % 5 - 2)) * _DRAWN)
        patch = picture[row : row + 4 + stroke, left : left + 10 + stroke]
        _blend(patch, np.full(patch.shape[:2], 0.5 - 0.075 * stroke), _LAMP)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """Return *pixels* as PNG; every row is told as its difference from the one above.

    Where the row above is the same, which in this picture is often, that is nothing.
    """
    above = np.zeros_like(pixels)
    above[1:] = pixels[:-1]
    rows = np.empty((SIZE, 1 + 3 * SIZE), dtype=np.uint8)
    rows[:, 0] = 2
    rows[:, 1:] = (pixels - above).reshape(SIZE, -1)
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    """Return one chunk: its length, kind, content and checksum."""
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
