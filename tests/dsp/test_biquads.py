"""Sections in a row, against scipy's and against themselves."""

import numpy as np
import pytest
from scipy import signal

from dsp.biquads import AT_ONCE, GONE, SPAN, Biquads
from tests.dsp.streaming import cut_anywhere, through

_RNG = np.random.default_rng(3)
_NOISE = _RNG.standard_normal((12_000, 2))


def _sections(count: int) -> list[tuple[float, float, float, float, float]]:
    out = []
    for _ in range(count):
        radius, angle = _RNG.uniform(0.2, 0.98), _RNG.uniform(0.05, 3.0)
        zero = _RNG.uniform(-0.9, 0.9, 2)
        out.append(
            (
                1.0, float(zero[0]), float(zero[1]),
                float(-2 * radius * np.cos(angle)), float(radius**2),
            )
        )  # fmt: skip
    return out


@pytest.mark.parametrize("count", [1, 2, 5, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE + 1])
def test_they_are_scipys(count):
    sections = _sections(count)
    table = [[b0, b1, b2, 1.0, a1, a2] for b0, b1, b2, a1, a2 in sections]
    wanted = signal.sosfilt(table, _NOISE, axis=0)
    made = through(Biquads(sections), _NOISE)
    assert np.abs(made - wanted).max() < 1e-11 * np.abs(wanted).max()


def test_blocks_leave_no_trace():
    sections = _sections(AT_ONCE + 2)
    cut_anywhere(lambda: Biquads(sections), _NOISE)
    cut_anywhere(lambda: Biquads(sections), _NOISE[: SPAN + 1])


def test_columns_of_another_array_are_heard_alike():
    wide = np.zeros((12_000, 4))
    wide[:, ::2] = _NOISE
    sections = _sections(3)
    made = through(Biquads(sections), wide[:, ::2])
    assert np.array_equal(made, through(Biquads(sections), _NOISE))


def test_one_channel_does_not_hear_the_other():
    alone = _NOISE.copy()
    alone[:, 1] = 0.0
    sections = _sections(4)
    made, wanted = (through(Biquads(sections), each) for each in (alone, _NOISE))
    assert np.array_equal(made[:, 0], wanted[:, 0])
    assert not made[:, 1].any()


def test_what_is_next_to_nothing_becomes_nothing():
    stream = Biquads([(1.0, 0.0, 0.0, -1.9, 0.9025)])
    stream.process(np.full((SPAN, 2), 1e3 * GONE))
    tail = [stream.process(np.zeros((SPAN, 2))) for _ in range(3)]
    assert not tail[-1].any()


@pytest.mark.parametrize("value", [1e300, np.inf, np.nan, 5e-324])
def test_no_value_makes_it_hang(value):
    Biquads(_sections(5)).process(np.full((5000, 2), value))
