import numpy as np
import pytest

from dsp.logarithm import exp2, log2


def test_logarithms_are_those_of_numpy_from_the_least_normal_number_up() -> None:
    random = np.random.default_rng(1)
    values = 2.0 ** random.uniform(-1021, 1023, 200_000)
    out = np.empty_like(values)
    log2(values, np.empty_like(values), out)
    wanted = np.log2(values)
    assert np.abs(out - wanted).max() < 2.3e-13  # one step of a float at 1023
    assert np.abs(out / wanted - 1).max() < 1e-12


def test_logarithms_near_one_lose_nothing() -> None:
    values = 1.0 + np.linspace(-0.3, 0.42, 100_001)
    out = np.empty_like(values)
    log2(values, np.empty_like(values), out)
    wanted = np.log1p((values - 1).astype(np.longdouble)) / np.log(np.longdouble(2))
    differs = values != 1.0
    assert np.abs(out[differs] / wanted[differs] - 1).max() < 1e-12


def test_powers_are_those_of_numpy() -> None:
    values = np.random.default_rng(2).uniform(-1000, 1000, 200_000)
    out = np.empty_like(values)
    exp2(values, np.empty_like(values), out)
    assert np.abs(out / np.exp2(values) - 1).max() < 1e-12


def test_whole_numbers_are_exact() -> None:
    whole = np.arange(-1000.0, 1001.0)
    out = np.empty_like(whole)
    exp2(whole, np.empty_like(whole), out)
    assert np.array_equal(out, np.exp2(whole))
    back = np.empty_like(whole)
    log2(out, np.empty_like(out), back)
    assert np.array_equal(back, whole)


@pytest.mark.parametrize("function", [log2, exp2])
def test_a_value_does_not_depend_on_its_neighbours(function) -> None:
    values = np.random.default_rng(3).uniform(0.1, 9.0, 133)
    whole = np.empty_like(values)
    function(values, np.empty_like(values), whole)
    for at in range(0, 133, 7):
        part = np.empty(7 if at < 133 else 0)
        function(values[at : at + 7].copy(), np.empty(7), part)
        assert np.array_equal(part, whole[at : at + 7])
