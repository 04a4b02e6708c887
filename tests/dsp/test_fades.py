import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.fades import CURVES, EXP_RANGE_DB, fall, positions, rise

curves = pytest.mark.parametrize("curve", CURVES)


@curves
def test_every_curve_runs_from_silence_to_full(curve: str) -> None:
    assert rise(curve, np.array([0.0, 1.0])).tolist() == [0.0, 1.0]
    assert rise(curve, np.array([-3.0, 7.0])).tolist() == [0.0, 1.0]
    assert fall(curve, np.array([0.0, 1.0])).tolist() == [1.0, 0.0]


@curves
def test_every_curve_rises(curve: str) -> None:
    assert np.all(np.diff(rise(curve, np.linspace(0, 1, 10_001))) > 0)


@curves
@given(length=st.integers(1, 5_000), cuts=st.lists(st.integers(-100, 5_100)))
def test_a_fade_in_blocks_is_the_fade_in_one(
    curve: str, length: int, cuts: list[int]
) -> None:
    whole = rise(curve, positions(length, -100, 5_200))
    edges = [-100, *sorted(cuts), 5_100]
    parts = [
        rise(curve, positions(length, first, last - first))
        for first, last in itertools.pairwise(edges)
    ]
    assert np.array_equal(np.concatenate(parts), whole)


@given(st.integers(1, 5_000))
def test_crossfades_keep_power_or_amplitude(length: int) -> None:
    place = positions(length, 0, length)
    power = rise("equal-power", place) ** 2 + fall("equal-power", place) ** 2
    assert np.allclose(power, 1.0, rtol=0, atol=1e-15)
    for curve in ("linear", "s-curve"):
        total = rise(curve, place) + fall(curve, place)
        assert np.allclose(total, 1.0, rtol=0, atol=1e-15)


def test_positions_lie_in_the_middle_of_their_samples() -> None:
    assert positions(4, -1, 6).tolist() == [0.0, 0.125, 0.375, 0.625, 0.875, 1.0]
    assert positions(0, -1, 3).tolist() == [0.0, 1.0, 1.0]


def test_exp_is_straight_in_decibels_but_for_its_offset() -> None:
    bottom = 10 ** (-EXP_RANGE_DB / 20)
    gains = rise("exp", np.array([1 / 3, 2 / 3])) * (1 - bottom) + bottom
    assert np.allclose(20 * np.log10(gains), [-40.0, -20.0])


def test_an_unknown_curve_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'log' is no fade curve"):
        rise("log", np.array([0.5]))
