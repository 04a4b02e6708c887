"""The equaliser, measured against its analog prototypes and against the clock."""

import itertools
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from dsp.biquads import AT_ONCE
from dsp.decramp import sections
from dsp.eq import Eq, cascade, joinable, magnitude_db
from tests.dsp.streaming import cut_anywhere, response_db, through

HERTZ = np.geomspace(20.0, 20_000.0, 1500)
SHAPES_WITH_GAIN = ("bell", "lowshelf", "highshelf")

_NOISE = np.random.default_rng(1).standard_normal((20_000, 2))
FIVE = (
    Eq(shape="highpass", frequency_hz=22.0),
    Eq(shape="lowshelf", frequency_hz=100.0, gain_db=1.5),
    Eq(shape="bell", frequency_hz=850.0, gain_db=-0.65, q=1.1),
    Eq(shape="bell", frequency_hz=3200.0, gain_db=1.0, q=0.8),
    Eq(shape="highshelf", frequency_hz=12_000.0, gain_db=2.0),
)
"""Five bands, and as many sections."""


def _analog_db(band: Eq, hertz: np.ndarray) -> np.ndarray:
    """The cookbook's bells and shelves, from their transfer functions."""
    s = 1j * hertz / band.frequency_hz
    a = 10.0 ** (band.gain_db / 40.0)
    q = band.q or 1.0
    h = {
        "bell": lambda: (s * s + s * a / q + 1) / (s * s + s / (a * q) + 1),
        "lowshelf": lambda: (
            a
            * (s * s + s * math.sqrt(a) / q + a)
            / (a * s * s + s * math.sqrt(a) / q + 1)
        ),
        "highshelf": lambda: (
            a
            * (a * s * s + s * math.sqrt(a) / q + 1)
            / (s * s + s * math.sqrt(a) / q + a)
        ),
    }[band.shape]()
    return 20.0 * np.log10(np.abs(h))


def _digital_db(band: Eq, rate: int, hertz: np.ndarray) -> np.ndarray:
    out = np.zeros(len(hertz))
    for prototype in band.prototypes:
        for b0, b1, b2, a1, a2 in sections(prototype, rate):
            assert abs(a2) < 1 and abs(a1) < 1 + a2, "unstable"  # noqa: PT018
            b, a = (b0, b1, b2), (1.0, a1, a2)
            _, h = signal.freqz(b, a, hertz, fs=rate)
            out += 20.0 * np.log10(np.maximum(np.abs(h), 1e-15))
    return out


def _bands(count: int, seed: int, low: float = 20.0) -> list[Eq]:
    """Return bands at random, the edges of the range among them."""
    rng = np.random.default_rng(seed)
    corners = [
        Eq(shape=shape, frequency_hz=18_000.0, gain_db=gain, q=q)
        for shape in SHAPES_WITH_GAIN
        for gain in (-12.0, -3.0, 0.5, 12.0)
        for q in (0.4, 1.0, 5.0)
    ]
    return corners + [
        Eq(
            shape=SHAPES_WITH_GAIN[rng.integers(3)],
            frequency_hz=float(np.exp(rng.uniform(np.log(low), np.log(18_000.0)))),
            gain_db=float(rng.uniform(-12.0, 12.0)),
            q=float(np.exp(rng.uniform(np.log(0.4), np.log(5.0)))),
        )
        for _ in range(count)
    ]


def _worst(bands: list[Eq], rate: int) -> float:
    return max(
        float(np.abs(_digital_db(band, rate, HERTZ) - _analog_db(band, HERTZ)).max())
        for band in bands
    )


@pytest.mark.parametrize(
    ("rate", "most"), [(44_100, 0.06), (48_000, 0.06), (88_200, 0.02), (192_000, 0.02)]
)
def test_bells_and_shelves_are_those_of_the_analog_world(rate, most):
    assert _worst(_bands(60, rate), rate) <= most


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "most"), [(44_100, 0.06), (96_000, 0.02)])
def test_every_corner_of_the_range_is_fitted(rate, most):
    assert _worst(_bands(600, 11) + _bands(600, 12, low=4000.0), rate) <= most


@pytest.mark.parametrize("rate", [44_100, 96_000])
@pytest.mark.parametrize("shape", ["highpass", "lowpass"])
@pytest.mark.parametrize("slope", range(6, 49, 6))
def test_passes_are_butterworths(shape, slope, rate):
    for hertz in (30.0, 300.0, 3000.0, 10_000.0, 16_000.0, 18_000.0):
        band = Eq(shape=shape, frequency_hz=hertz, slope_db_oct=slope)
        x = (HERTZ / hertz) ** (slope // 3)
        power = (x if shape == "highpass" else 1.0) / (1.0 + x)
        wanted = 10.0 * np.log10(power)
        heard = wanted > -60.0
        found = _digital_db(band, rate, HERTZ)
        assert np.abs(found - wanted)[heard].max() < 0.1
        assert found[~heard].max(initial=-100.0) < -59.0
        assert _digital_db(band, rate, np.array([hertz])) == pytest.approx(
            -3.0103, abs=0.1
        )


def test_a_tilt_turns_about_its_pivot():
    band = Eq(shape="tilt", frequency_hz=1000.0, gain_db=3.0)
    found = _digital_db(band, 44_100, np.array([20.0, 1000.0, 20_000.0]))
    assert found == pytest.approx([-1.5, 0.0, 1.5], abs=0.02)
    every = _digital_db(band, 44_100, HERTZ)
    assert np.abs(every - magnitude_db([band], HERTZ)).max() < 0.02
    assert (np.diff(every) > -1e-4).all()


@pytest.mark.parametrize("hertz", [50.0, 1000.0, 15_000.0])
def test_a_notch_lets_nothing_through_and_leaves_the_rest(hertz):
    band = Eq(shape="notch", frequency_hz=hertz, q=30.0)
    assert _digital_db(band, 44_100, np.array([hertz]))[0] < -150
    away = HERTZ[np.abs(np.log2(HERTZ / hertz)) > 0.01]
    wanted = magnitude_db([band], away)
    assert np.abs(_digital_db(band, 44_100, away) - wanted).max() < 0.06
    half = _digital_db(band, 44_100, hertz * np.array([1 - 1 / 60, 1 + 1 / 60]))
    assert half == pytest.approx([-3.01, -3.01], abs=0.15)


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 384_000])
def test_any_rate_has_the_same_curve(rate):
    top = min(20_000.0, rate * 20 / 44.1)
    hertz = np.geomspace(20.0, top, 400)
    for band in _bands(20, rate):
        if band.frequency_hz < 0.9 * top:
            wanted = _analog_db(band, hertz)
            assert np.abs(_digital_db(band, rate, hertz) - wanted).max() < 0.06


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_above_hearing_nothing_is_out_of_bounds(rate):
    hertz = np.linspace(20_000.0, rate / 2 * 0.999, 60)
    for band in _bands(100, 5, low=5000.0):
        wanted = _analog_db(band, hertz)
        assert np.abs(_digital_db(band, rate, hertz) - wanted).max() < 2.5


def test_hundredths_of_a_decibel_are_kept():
    for phase in ("minimum", "linear"):
        band = Eq(shape="bell", frequency_hz=850.0, gain_db=-0.65, q=1.1, phase=phase)
        for rate in (44_100, 96_000):
            hertz = np.array([20.0, 850.0, 20_000.0])
            found = response_db(band.open(rate), rate, hertz, seconds=2.0)
            assert found == pytest.approx([0.0, -0.65, 0.0], abs=0.003)


def test_the_stream_does_what_the_design_says():
    for band in (*FIVE, *_bands(6, 3)):
        found = response_db(band.open(48_000), 48_000, HERTZ)
        heard = np.abs(magnitude_db([band], HERTZ)) < 60
        wanted = magnitude_db([band], HERTZ)
        assert np.abs(found - wanted)[heard].max() < 0.07


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(SHAPES_WITH_GAIN),
    st.floats(5.0, 0.49 * 44_100),
    st.floats(-36.0, 36.0),
    st.floats(0.1, 100.0),
)
def test_whatever_is_asked_for_is_stable(shape, hertz, gain, q):
    band = Eq(shape=shape, frequency_hz=hertz, gain_db=gain, q=q)
    assert np.isfinite(_digital_db(band, 44_100, HERTZ)).all()


def test_neighbours_in_one_pass_have_the_bits_of_one_after_the_other():
    many = [*FIVE, *FIVE[::-1], *FIVE[1:4]]
    for count in range(1, 2 * AT_ONCE + 2):
        for channel in ("stereo", "left", "right"):
            bands = [
                Eq(shape=b.shape, frequency_hz=b.frequency_hz, gain_db=b.gain_db,
                   q=b.q, channel=channel)
                for b in many[:count]
            ]  # fmt: skip
            one_by_one = _NOISE
            for band in bands:
                one_by_one = through(band.open(44_100), one_by_one)
            assert np.array_equal(through(cascade(44_100, bands), _NOISE), one_by_one)


def test_blocks_leave_no_trace():
    cut_anywhere(lambda: cascade(44_100, FIVE), _NOISE)
    for channel in ("mid", "side", "left"):
        band = Eq(shape="bell", frequency_hz=300.0, gain_db=3.0, channel=channel)
        cut_anywhere(lambda band=band: band.open(44_100), _NOISE)


def test_what_is_equal_stays_equal():
    both = np.repeat(_NOISE[:, :1], 2, axis=1)
    for phase, channel in itertools.product(
        ("minimum", "linear"), ("stereo", "mid", "side")
    ):
        band = Eq(
            shape="lowshelf", frequency_hz=200.0, gain_db=5.0,
            phase=phase, channel=channel,
        )  # fmt: skip
        made = through(band.open(44_100), both)
        assert not (made[:, 0] - made[:, 1]).any()
        if channel == "side":
            assert np.array_equal(made, both)


def test_a_tail_ends_in_digital_silence_and_is_not_slow():
    stream = cascade(44_100, FIVE)
    through_noise = stream.process(_NOISE)
    assert through_noise.any()
    silence = np.zeros((65_536, 2))
    took = []
    for _ in range(40):
        began = time.process_time()
        made = stream.process(silence)
        took.append(time.process_time() - began)
    assert not made.any()
    assert max(sorted(took)[:-3]) < 4 * min(took) + 0.002


def test_gains_of_nothing_are_idle():
    for shape in (*SHAPES_WITH_GAIN, "tilt"):
        assert Eq(shape=shape, frequency_hz=100.0).idle
        assert not Eq(shape=shape, frequency_hz=100.0, gain_db=0.01).idle
    assert not Eq(shape="highpass", frequency_hz=22.0).idle
    assert not Eq(shape="notch", frequency_hz=22.0).idle


def test_only_equals_are_neighbours():
    bell = Eq(shape="bell", frequency_hz=100.0, gain_db=1.0)
    assert joinable(bell, FIVE[0])
    for other in ({"phase": "linear"}, {"channel": "mid"}):
        assert not joinable(
            bell, Eq(shape="bell", frequency_hz=100.0, gain_db=1.0, **other)
        )


@pytest.mark.parametrize(
    ("settings_", "says"),
    [
        ({"shape": "peak", "frequency_hz": 100.0}, "none of bell, lowshelf"),
        ({"shape": "bell", "frequency_hz": 1.0}, "from 5 Hz up"),
        ({"shape": "bell", "frequency_hz": math.nan}, "from 5 Hz up"),
        ({"shape": "bell", "frequency_hz": 100.0, "gain_db": 40.0}, "at most 36 dB"),
        ({"shape": "bell", "frequency_hz": 100.0, "q": 0.0}, "takes 0.1 to 100"),
        ({"shape": "tilt", "frequency_hz": 100.0, "q": 1.0}, "tilt takes no Q"),
        ({"shape": "notch", "frequency_hz": 100.0, "gain_db": 1.0}, "takes no gain"),
        ({"shape": "notch", "frequency_hz": 50.0, "phase": "linear"}, "ring before"),
        ({"shape": "bell", "frequency_hz": 100.0, "phase": "zero"}, "neither minimum"),
        ({"shape": "bell", "frequency_hz": 100.0, "channel": "rear"}, "'rear'"),
        ({"shape": "bell", "frequency_hz": 9.0, "slope_db_oct": 6}, "takes no slope"),
        ({"shape": "lowpass", "frequency_hz": 9.0, "slope_db_oct": 9}, "6, 12"),
        (
            {"shape": "lowpass", "frequency_hz": 9.0, "slope_db_oct": 24, "q": 1.0},
            "at 12 dB/oct only",
        ),
    ],
)
def test_what_makes_no_filter_is_refused(settings_, says):
    with pytest.raises(ValueError, match=says):
        Eq(**settings_)


@pytest.mark.parametrize("phase", ["minimum", "linear"])
def test_what_the_rate_cannot_carry_is_refused(phase):
    band = Eq(shape="bell", frequency_hz=25_000.0, gain_db=1.0, phase=phase)
    with pytest.raises(ValueError, match="25000 Hz is too high for a rate of 44100 Hz"):
        band.open(44_100)
    band.open(96_000)
