"""Pre-emphasis: the curve of the network, and nothing is left of it when taken off."""

import numpy as np
import pytest

from dsp.emphasis import SETTLED, Deemphasis, Preemphasis, deemphasised
from tests.dsp.streaming import cut_anywhere, response_db, through

TABLE = {
    1: -0.37, 2: -1.29, 3: -2.43, 4: -3.54, 5: -4.53, 6: -5.38, 7: -6.09, 8: -6.69,
    9: -7.19, 10: -7.60, 12: -8.24, 14: -8.71, 16: -9.04, 18: -9.30, 20: -9.49,
}  # fmt: skip
"""dB by kHz, as published (formats/redbook.md §7)."""


@pytest.mark.parametrize("rate", [44_100, 48_000, 88_200, 96_000, 192_000])
def test_the_curve_is_the_published_one(rate: int) -> None:
    hertz = 1000.0 * np.array(list(TABLE))
    down = response_db(Deemphasis().open(rate), rate, hertz, 1.0)
    assert np.abs(down - list(TABLE.values())).max() < 0.011  # the table's rounding
    up = response_db(Preemphasis().open(rate), rate, hertz, 1.0)
    assert np.abs(up + down).max() < 1e-9


@pytest.mark.parametrize("rate", [8_000, 44_100, 384_000])
def test_what_is_put_on_comes_off(rate: int) -> None:
    sound = np.random.default_rng(3).standard_normal((20_000, 2))
    raised = through(Preemphasis().open(rate), sound)
    back = through(Deemphasis().open(rate), raised)
    assert np.abs(back - sound).max() < 1e-13


def test_blocks_and_sides() -> None:
    sound = np.repeat(np.random.default_rng(3).standard_normal((9_000, 1)), 2, axis=1)
    cut_anywhere(lambda: Deemphasis().open(44_100), sound)
    made = through(Deemphasis().open(44_100), sound)
    assert np.array_equal(made[:, 0], made[:, 1])


def test_a_look_anywhere_hears_what_the_whole_is() -> None:
    sound = np.random.default_rng(3).standard_normal((9_000, 2))
    whole = through(Deemphasis().open(44_100), sound)
    part = deemphasised(sound[5_000 - SETTLED : 5_000], sound[5_000:6_000], 44_100)
    assert np.abs(part - whole[5_000:6_000]).max() < 1e-15
