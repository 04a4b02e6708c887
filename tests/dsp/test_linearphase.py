"""Filters of linear phase: their curves, their place in time, their bits."""

import numpy as np
import pytest
from scipy import signal

from dsp.eq import Eq, cascade, magnitude_db
from dsp.linearphase import LinearPhase, taps
from tests.dsp.streaming import cut_anywhere, response_db, through

HERTZ = np.geomspace(20.0, 20_000.0, 1000)
_RNG = np.random.default_rng(4)
_NOISE = _RNG.standard_normal((90_000, 2))


def _bands() -> list[Eq]:
    hard = [
        Eq(shape="bell", frequency_hz=40.0, gain_db=12.0, q=5.0, phase="linear"),
        Eq(shape="bell", frequency_hz=40.0, gain_db=-12.0, q=5.0, phase="linear"),
        Eq(shape="lowshelf", frequency_hz=40.0, gain_db=12.0, q=0.7, phase="linear"),
        Eq(shape="lowshelf", frequency_hz=45.0, gain_db=-9.0, q=5.0, phase="linear"),
        Eq(shape="highshelf", frequency_hz=18e3, gain_db=12.0, q=5.0, phase="linear"),
        Eq(shape="tilt", frequency_hz=1000.0, gain_db=6.0, phase="linear"),
    ]
    for _ in range(14):
        hard.append(
            Eq(
                shape=("bell", "lowshelf", "highshelf")[_RNG.integers(3)],
                frequency_hz=float(np.exp(_RNG.uniform(np.log(40), np.log(18e3)))),
                gain_db=float(_RNG.uniform(-12, 12)),
                q=float(np.exp(_RNG.uniform(np.log(0.4), np.log(5.0)))),
                phase="linear",
            )
        )
    return hard


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_curves_are_those_of_the_prototypes(rate):
    for band in _bands():
        found = response_db(band.open(rate), rate, HERTZ, seconds=5.0)
        assert np.abs(found - magnitude_db([band], HERTZ)).max() < 0.05


@pytest.mark.parametrize("slope", [6, 12, 48])
def test_passes_have_their_slopes(slope):
    for shape, hertz in (("highpass", 25.0), ("highpass", 120.0), ("lowpass", 16e3)):
        band = Eq(shape=shape, frequency_hz=hertz, slope_db_oct=slope, phase="linear")
        wanted = magnitude_db([band], HERTZ)
        found = response_db(band.open(44_100), 44_100, HERTZ, seconds=5.0)
        heard = wanted > -40.0
        assert np.abs(found - wanted)[heard].max() < 0.05
        assert found[~heard].max(initial=-99.0) < -38.0


def test_nothing_moves_in_time():
    band = Eq(shape="bell", frequency_hz=500.0, gain_db=6.0, phase="linear")
    click = np.zeros((40_000, 2))
    click[20_000] = 1.0
    made = through(band.open(44_100), click)[:, 0]
    assert np.argmax(np.abs(made)) == 20_000
    before, after = made[10_001:20_000], made[20_001:30_000][::-1]
    assert np.abs(before - after).max() < 1e-15


def test_sums_are_those_of_convolution():
    for count in (1, 3, 501, 4095):
        kernel = _RNG.standard_normal(count)
        made = through(LinearPhase(kernel), _NOISE)
        for channel in range(2):
            wanted = signal.fftconvolve(_NOISE[:, channel], kernel, "same")
            assert np.abs(made[:, channel] - wanted).max() < 1e-11


def test_blocks_leave_no_trace():
    kernel = np.hanning(4095)
    for length in (1, 2000, 2047, 28_673, 90_000):
        cut_anywhere(lambda: LinearPhase(kernel), _NOISE[:length])


def test_equal_channels_stay_equal():
    both = np.repeat(_NOISE[:, :1], 2, axis=1)
    made = through(LinearPhase(np.hanning(4095)), both)
    assert not (made[:, 0] - made[:, 1]).any()


def test_the_narrowest_band_sets_the_length():
    def length(rate: int, **settings: float) -> int:
        band = Eq(shape="bell", gain_db=6.0, phase="linear", **settings)
        return len(taps(lambda hertz: 10 ** (magnitude_db([band], hertz) / 20), rate))

    assert length(44_100, frequency_hz=850.0) == 4095
    assert length(96_000, frequency_hz=850.0) == 8191
    assert length(8000, frequency_hz=850.0) == 511
    assert length(44_100, frequency_hz=40.0, q=5.0) > 16_000


def test_bands_of_one_phase_are_one_filter():
    bands = [
        Eq(shape="bell", frequency_hz=h, gain_db=g, phase="linear")
        for h, g in ((200.0, 3.0), (1000.0, -2.0), (9000.0, 1.0))
    ]
    one_by_one = _NOISE
    for band in bands:
        one_by_one = through(band.open(48_000), one_by_one)
    at_once = through(cascade(48_000, bands), _NOISE)
    inside = slice(8000, -8000)
    assert np.abs(at_once - one_by_one)[inside].max() < 2e-3 * np.abs(_NOISE).max()


def test_an_even_filter_has_no_middle():
    with pytest.raises(ValueError, match="4 taps has no middle"):
        LinearPhase(np.ones(4))
