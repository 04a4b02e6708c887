import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import firwin

from dsp import peakfilters
from dsp.peakfilters import fine_filters, interpolator
from dsp.truepeak import BLOCK, REACH, find_peak

ALLOWED = (0.2, -0.4)  # dB over and under, EBU Tech 3341


def plane(wave):
    return np.pad(np.asarray(wave, np.float32), 2 * REACH)


def peak(wave):
    samples = plane(wave)
    first = 2 * REACH
    top, at = find_peak(samples, first, first + len(wave), np.float32(0.0), -1.0)
    return float(top), at - first


def unpruned(wave):
    """Return the highest of the deciding filter at every place of every sample."""
    samples = np.pad(np.asarray(wave, np.float32).astype(np.float64), 2 * REACH)
    best = 0.0
    for weights in fine_filters():
        points = np.abs(np.convolve(samples, weights[::-1], mode="valid"))
        before = 2 * REACH - (peakfilters.TAPS // 2 - 1)
        best = max(best, points[before : before + len(wave)].max())
    return best


def faded(wave, rate=48_000):
    edge = np.minimum(1.0, np.arange(1, len(wave) + 1) / (0.01 * rate))
    return wave * edge * edge[::-1]


def decibels(value):
    return 20 * np.log10(value)


@pytest.mark.parametrize(
    ("part", "amplitude", "degrees", "expected"),
    [
        pytest.param(4, 0.50, 0.0, -6.0, id="case 15"),
        pytest.param(4, 0.50, 45.0, -6.0, id="case 16"),
        pytest.param(6, 0.50, 60.0, -6.0, id="case 17"),
        pytest.param(8, 0.50, 67.5, -6.0, id="case 18"),
        pytest.param(4, 1.41, 45.0, 3.0, id="case 19"),
    ],
)
def test_tones_of_3341(part, amplitude, degrees, expected):
    at = np.arange(48_000)
    wave = amplitude * np.sin(2 * np.pi * at / part + np.radians(degrees))
    found = decibels(peak(faded(wave))[0])
    assert expected + ALLOWED[1] <= found <= expected + ALLOWED[0]
    assert found == pytest.approx(decibels(amplitude), abs=0.01)


@pytest.mark.parametrize("offset", range(4), ids=["20", "21", "22", "23"])
def test_bursts_of_3341(offset):
    lead = 0.5 * np.sin(2 * np.pi * np.arange(24 * 200) / 24)
    burst = np.sin(2 * np.pi * np.arange(16) / 16)
    high = np.concatenate((lead, burst, lead))
    low = np.convolve(high, firwin(257, 0.25, window=("kaiser", 9.0)), mode="same")
    found = decibels(peak(low[offset::4])[0])
    assert ALLOWED[1] <= found <= ALLOWED[0]


@pytest.mark.parametrize("part", [0.05, 0.25, 1 / 6, 0.30, 0.38, 0.40, 0.43, 0.45])
def test_no_tone_up_to_0_45_of_the_rate_is_read_too_low(part):
    for turn in np.linspace(0, np.pi, 7):
        wave = faded(np.sin(2 * np.pi * part * np.arange(9600) + turn))
        assert decibels(peak(wave)[0]) == pytest.approx(0.0, abs=0.1)
        assert decibels(peak(wave)[0]) > -0.02


@given(
    seed=st.integers(0, 2**32), loud=st.floats(0.001, 4.0), length=st.integers(1, 4000)
)
@settings(max_examples=60, deadline=None)
def test_leaving_blocks_out_changes_nothing(seed, loud, length):
    rng = np.random.default_rng(seed)
    # music is uneven, and its power falls with the frequency
    wave = np.cumsum(rng.standard_normal(length)) * 0.02 + rng.standard_normal(length)
    wave *= loud * np.exp(
        2 * rng.standard_normal(length // 200 + 1).repeat(200)[:length]
    )
    # with the silence around it: a peak may lie before the first sample
    smooth = np.pad(np.convolve(wave, firwin(63, 0.85), mode="same")[:length], 40)
    found, expected = peak(smooth)[0], unpruned(smooth)
    assert decibels(found) == pytest.approx(decibels(expected), abs=0.02)


def hostile(kind, rng):
    """Return 4000 samples of what is hard for a grid: up to 0.45 of the rate."""
    at = np.arange(4000)
    if kind == "pairs":  # peaks in the middle of two samples, of every height
        wave = np.zeros(4000)
        for place in range(100, 3900, 80):
            near = np.sinc(0.9 * (at - place - rng.random())) * rng.uniform(0.5, 1)
            wave += near * np.exp(-(((at - place) / 12) ** 2))
        return wave
    if kind == "beats":
        parts = rng.uniform(0.3, 0.45, 6)
        turns = rng.uniform(0, 2 * np.pi, 6)
        return np.cos(2 * np.pi * np.outer(at, parts) + turns).sum(axis=1)
    if kind == "limited":
        noise = np.convolve(rng.standard_normal(4000), firwin(63, 0.5), mode="same")
        return np.convolve(np.clip(noise, -0.4, 0.4), firwin(255, 0.86), mode="same")
    if kind == "square":
        wave = np.sign(np.sin(2 * np.pi * at * rng.uniform(0.01, 0.2)))
        return np.convolve(wave, firwin(255, 0.88), mode="same")
    sweep = np.cumsum(np.linspace(0.2, 0.45, 4000)) + rng.random()
    return np.sin(2 * np.pi * sweep) * rng.uniform(0.7, 1, 4000 // 50).repeat(50)


@pytest.mark.parametrize("kind", ["pairs", "beats", "limited", "square", "sweep"])
def test_hostile_signals_lose_nothing_by_what_is_left_out(kind):
    """The bound that is stated: 0.02 dB against the same filter at every place."""
    rng = np.random.default_rng(99)
    for _ in range(25):
        wave = hostile(kind, rng)
        found, expected = peak(wave)[0], unpruned(wave)
        assert decibels(found / expected) == pytest.approx(0.0, abs=0.02)


def test_no_sum_under_the_filter_exceeds_its_bound():
    for weights in fine_filters():
        worst = plane(np.sign(weights[::-1]))
        points = np.convolve(worst.astype(np.float64), weights, mode="valid")
        assert np.abs(points).max() <= peakfilters.largest_gain() * 1.0001


@pytest.mark.parametrize("kind", ["pairs", "beats", "limited", "square", "sweep"])
def test_no_wave_leaves_the_line_by_more_than_its_bends_allow(kind):
    line, bends = peakfilters.line_and_bends()
    wave = plane(hostile(kind, np.random.default_rng(5))).astype(np.float64)
    sharpest = np.abs(np.diff(wave, 2)).max()
    assert unpruned(wave) <= line * np.abs(wave).max() + bends * sharpest


def test_the_bends_that_weigh_most_reach_their_bound():
    """The bound is met by the worst of all waves, and by none is it passed."""
    line, bends = peakfilters.line_and_bends()
    middle = peakfilters.TAPS // 2 - 1
    part = np.arange(peakfilters.PHASES + 1) / peakfilters.PHASES
    worst = 0.0
    for weights, place in zip(fine_filters(), part, strict=True):
        beyond = weights.copy()
        beyond[middle] -= 1 - place
        beyond[middle + 1] -= place
        turned = np.sign(np.cumsum(np.cumsum(beyond)))
        wave = np.cumsum(np.cumsum(turned[::-1]))[::-1]
        slope = np.linspace(wave[middle], 2 * wave[middle + 1] - wave[middle], 2)[1]
        wave -= wave[middle] + (slope - wave[middle]) / 2 * (
            np.arange(len(wave)) - middle
        )
        near = line * np.abs(wave[middle : middle + 2]).max()
        sharpest = np.abs(np.diff(wave, 2)).max()
        assert abs((weights * wave).sum()) <= near + bends * sharpest + 1e-6 * (
            np.abs(wave).max()
        )
        worst = max(worst, abs((beyond * wave).sum()) / (bends * sharpest))
    assert worst > 0.9


def test_the_coarse_filter_keeps_the_gain_the_thresholds_count_on():
    taps = np.arange(peakfilters.COARSE_TAPS) - (peakfilters.COARSE_TAPS // 2 - 1)
    for part in np.linspace(0.0, 0.45, 200):
        for place in (0.25, 0.5, 0.75):
            weights = interpolator(
                peakfilters.COARSE_TAPS, peakfilters._COARSE_BETA, place
            )
            wave = np.exp(2j * np.pi * part * (taps - place))
            assert abs((weights * wave).sum()) >= peakfilters.COARSE_GAIN


def test_the_peak_is_found_where_it_is():
    at = np.arange(20 * BLOCK)
    wave = np.sin(2 * np.pi * 0.19 * (at - 1234.37)) * np.exp(
        -(((at - 1234.6) / 40) ** 2)
    )
    top, place = peak(wave)
    fine = np.linspace(1230, 1240, 100_001)
    true = np.abs(
        np.sin(2 * np.pi * 0.19 * (fine - 1234.37))
        * np.exp(-(((fine - 1234.6) / 40) ** 2))
    )
    assert place == pytest.approx(fine[true.argmax()], abs=0.01)
    assert top == pytest.approx(true.max(), rel=1e-4)


def test_turning_and_mirroring_leave_the_peak():
    wave = np.random.default_rng(5).standard_normal(5000) * 0.1
    wave = np.convolve(wave, firwin(63, 0.8), mode="same")
    level = decibels(peak(wave)[0])
    assert decibels(peak(-wave)[0]) == pytest.approx(level, abs=1e-5)
    assert decibels(peak(wave[::-1])[0]) == pytest.approx(level, abs=1e-3)
