import numpy as np
import pytest

from dsp.kfilters import state_variables
from dsp.thinning import LOWEST, factor, thin, workspace


def thinned(samples, share, begin, count):
    low = np.zeros(count, np.float32)
    thin(np.asarray(samples, np.float32), begin, low, share, workspace(share, count))
    return low


def test_ticks_stay_whole_and_enough_is_left():
    for rate in range(8000, 384_001, 25):
        share = factor(rate, 100)
        assert rate % share == 0
        assert share == 1 or (rate % (share * 100) == 0 and rate >= share * LOWEST)
    shares = [factor(rate, 100) for rate in (44_100, 48_000, 88_200, 96_000, 192_000)]
    assert shares == [1, 2, 2, 4, 8]


@pytest.mark.parametrize("share", [2, 4, 8, 16])
def test_one_sample_stands_for_the_middle_of_its_cell(share):
    hertz = 0.003 / share * 4
    at = np.arange(4000)
    low = thinned(np.sin(2 * np.pi * hertz * at), share, 400, 100)
    middles = 400 + share * np.arange(100) + (share - 1) / 2
    assert low == pytest.approx(np.sin(2 * np.pi * hertz * middles), abs=2e-5)


@pytest.mark.parametrize("share", [2, 4, 8, 16])
def test_nothing_is_read_beyond_the_reach(share):
    samples = np.full(2000, np.nan)
    first, count = 400, 20
    reach = 2 * (share - 1)
    samples[first - reach : first + count * share + reach] = 0.3137
    assert (thinned(samples, share, first, count) == np.float32(0.3137)).all()


@pytest.mark.parametrize("share", [2, 4, 8])
def test_what_folds_into_the_bass_is_75_db_lower(share):
    at = np.arange(20_000)
    for multiple in range(1, share // 2 + 1):
        for away in (-560, -200, 200, 560):
            part = (multiple * LOWEST + away) / (LOWEST * share)
            wave = np.sin(2 * np.pi * part * at)
            low = thinned(wave, share, 400, 19_000 // share)
            assert np.abs(low).max() < 10 ** (-75 / 20)


@pytest.mark.parametrize(("rate", "share"), [(48_000, 2), (96_000, 4), (192_000, 8)])
def test_the_shelf_of_fewer_samples_is_that_of_all(rate, share):
    def power(variables, hertz, rate):
        a, ab, gg, ggg, first, second = variables[:6].astype(np.float64)
        z = np.exp(2j * np.pi * hertz / rate)
        step = np.array(
            [
                [1 - gg * ab, -gg * a],
                [gg - ggg * ab, 1 - ggg * a],
            ]
        )
        gain = np.array([gg * a, ggg * a])
        out = np.array([second - first * ab, 1 - first * a])
        found = out @ np.linalg.solve(z * np.eye(2) - step, gain) + first * a
        return abs(found) ** 2

    for hertz in np.geomspace(20, 0.49 * rate / share, 40):
        some = power(state_variables(rate, share), hertz, rate / share)
        every = power(state_variables(rate), hertz, rate)
        assert 10 * np.log10(some / every) == pytest.approx(0, abs=0.001)
