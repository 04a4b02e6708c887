"""Power spectra of sixteen frames at a time: a Fourier transform in float32.

Two channels go through one complex transform, left as the real part and right as the
imaginary one; what is even and odd about the result tells them apart again.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import LANES, kernel

Singles = NDArray[np.float32]

LEFT, RIGHT, REAL, IMAGINARY = range(4)
"""Rows of a spectrum: both powers, and left times the conjugate of right."""


class Spectrograph:
    """Sums of power spectra over frames of *size* samples, a power of two."""

    def __init__(self, size: int) -> None:
        """Transform frames under a sine window.

        At half a frame the squares of such windows add up to one, and every sample
        counts the same; elsewhere they do so on average.
        """
        self.size = size
        angle = np.arange(size) * (-2.0 * np.pi / size)
        window = np.sin((np.arange(size) + 0.5) * (np.pi / size))
        # mean squares: of a two-sided spectrum, for windows whose squares have mean 1/2
        window *= np.sqrt(2.0) / size
        self.tables: tuple[Singles, Singles, Singles, Singles] = (
            window.astype(np.float32),
            np.cos(angle).astype(np.float32),
            np.sin(angle).astype(np.float32),
            np.zeros((4, size * LANES), np.float32),
        )
        """What ``add_frames`` works with: window, cosines, sines, and room."""

    def add(
        self, left: Singles, right: Singles, hop: int, sums: NDArray[np.float64]
    ) -> None:
        """Add sixteen frames to *sums*; see ``add_frames``."""
        add_frames(left, right, hop, *self.tables, sums)


@kernel
def add_frames(
    left: Singles,
    right: Singles,
    hop: int,
    window: Singles,
    cosines: Singles,
    sines: Singles,
    work: Singles,
    sums: NDArray[np.float64],
) -> None:
    """Add sixteen frames to *sums*, rows by ``LEFT`` … ``IMAGINARY``.

    A frame begins every *hop* samples. The sum over bins of a row of powers is the mean
    square of a channel, times the frames.
    """
    _load(left, hop, window, work[0])
    _load(right, hop, window, work[1])
    re, im = _transform(work[0], work[1], work[2], work[3], cosines, sines)
    _add_powers(re, im, sums)


@kernel
def _transform(
    re: Singles,
    im: Singles,
    re2: Singles,
    im2: Singles,
    cosines: Singles,
    sines: Singles,
) -> tuple[Singles, Singles]:
    """Return the transforms of the lanes, in the arrays they ended in.

    Stockham's form: no bits are reversed, and every inner loop runs over neighbours.
    """
    rest = len(re) // LANES
    # not a constant, for which the compiler would make a kernel of its own
    run = np.int64(LANES)
    while rest > 2:
        _fourfold(re, im, re2, im2, run, cosines, sines)
        re, im, re2, im2 = re2, im2, re, im
        run *= 4
        rest //= 4
    if rest == 2:
        _twofold(re, re2)
        _twofold(im, im2)
        return re2, im2
    return re, im


@kernel
def _twofold(part: Singles, out: Singles) -> None:
    """Join two halves, which at the end need no turning."""
    half = len(part) // 2
    one, other, plus, minus = part[:half], part[half:], out[:half], out[half:]
    for k in range(np.uint64(half)):
        plus[k] = one[k] + other[k]
        minus[k] = one[k] - other[k]


@kernel
def _fourfold(
    re: Singles,
    im: Singles,
    out_re: Singles,
    out_im: Singles,
    run: int | np.int64,
    cosines: Singles,
    sines: Singles,
) -> None:
    """Turn and join four quarters, *run* neighbours at a time."""
    quarter = len(re) // 4
    for at in range(0, quarter, run):
        turn = at // LANES
        c1, c2, c3 = cosines[turn], cosines[2 * turn], cosines[3 * turn]
        s1, s2, s3 = sines[turn], sines[2 * turn], sines[3 * turn]
        # whole slices by their ends: sliced twice, they cost a third more
        a0, a1, a2, a3 = at, at + quarter, at + 2 * quarter, at + 3 * quarter
        x0, x1 = re[a0 : a0 + run], re[a1 : a1 + run]
        x2, x3 = re[a2 : a2 + run], re[a3 : a3 + run]
        y0, y1 = im[a0 : a0 + run], im[a1 : a1 + run]
        y2, y3 = im[a2 : a2 + run], im[a3 : a3 + run]
        b0 = 4 * at
        b1, b2, b3, b4 = b0 + run, b0 + 2 * run, b0 + 3 * run, b0 + 4 * run
        u0, u1, u2, u3 = out_re[b0:b1], out_re[b1:b2], out_re[b2:b3], out_re[b3:b4]
        v0, v1, v2, v3 = out_im[b0:b1], out_im[b1:b2], out_im[b2:b3], out_im[b3:b4]
        for k in range(np.uint64(run)):
            even_re, even_im = x0[k] + x2[k], y0[k] + y2[k]
            odd_re, odd_im = x1[k] + x3[k], y1[k] + y3[k]
            rise_re, rise_im = x0[k] - x2[k], y0[k] - y2[k]
            turn_re, turn_im = y1[k] - y3[k], x3[k] - x1[k]
            u0[k], v0[k] = even_re + odd_re, even_im + odd_im
            a, b = rise_re + turn_re, rise_im + turn_im
            u1[k], v1[k] = a * c1 - b * s1, a * s1 + b * c1
            a, b = even_re - odd_re, even_im - odd_im
            u2[k], v2[k] = a * c2 - b * s2, a * s2 + b * c2
            a, b = rise_re - turn_re, rise_im - turn_im
            u3[k], v3[k] = a * c3 - b * s3, a * s3 + b * c3


@kernel
def _load(plane: Singles, hop: int, window: Singles, out: Singles) -> None:
    """Lay sixteen windowed frames side by side."""
    size, step = np.uint64(len(window)), np.uint64(LANES)
    for lane in range(0, LANES, 4):
        p0 = plane[lane * hop :]
        p1 = plane[(lane + 1) * hop :]
        p2 = plane[(lane + 2) * hop :]
        p3 = plane[(lane + 3) * hop :]
        row = out[lane:]
        for at in range(size):
            weight = window[at]
            row[step * at] = p0[at] * weight
            row[step * at + np.uint64(1)] = p1[at] * weight
            row[step * at + np.uint64(2)] = p2[at] * weight
            row[step * at + np.uint64(3)] = p3[at] * weight


@kernel
def _add_powers(re: Singles, im: Singles, sums: NDArray[np.float64]) -> None:
    """Tell the two channels apart; add their powers and products over the lanes."""
    size = len(re) // LANES
    for k in range(size // 2 + 1):
        mirror = (size - k) % size
        a, b = re[k * LANES :][:LANES], im[k * LANES :][:LANES]
        c, d = re[mirror * LANES :][:LANES], im[mirror * LANES :][:LANES]
        left = right = real = imaginary = np.float32(0.0)
        for lane in range(LANES):
            left_re, left_im = a[lane] + c[lane], b[lane] - d[lane]
            right_re, right_im = b[lane] + d[lane], c[lane] - a[lane]
            left += left_re * left_re + left_im * left_im
            right += right_re * right_re + right_im * right_im
            real += left_re * right_re + left_im * right_im
            imaginary += left_im * right_re - left_re * right_im
        # the halves squared, and both sides of the spectrum in one
        weight = 0.25 if 2 * k % size == 0 else 0.5
        sums[LEFT, k] += weight * left
        sums[RIGHT, k] += weight * right
        sums[REAL, k] += weight * real
        sums[IMAGINARY, k] += weight * imaginary
