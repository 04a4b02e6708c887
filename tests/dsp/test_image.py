import numpy as np
import pytest
from scipy import signal

from dsp.image import MonoBelow, Width
from dsp.processor import Floats

RATES = (8_000, 44_100, 96_000)


def through(
    stage: Width | MonoBelow, sound: Floats, rate: int, start: int = 0
) -> Floats:
    stream = stage.open(rate, start=start)
    return np.concatenate([stream.process(sound), stream.finish()])


def noise(length: int = 40_000) -> Floats:
    return 0.3 * np.random.default_rng(7).standard_normal((length, 2))


def side_response(stage: Width | MonoBelow, rate: int) -> tuple[Floats, Floats]:
    pulse = np.zeros((1 << 16, 2))
    pulse[0] = 1.0, -1.0
    out = through(stage, pulse, rate)
    return (
        np.fft.rfftfreq(len(pulse), 1 / rate)[1:],
        np.fft.rfft((out[:, 0] - out[:, 1]) / 2)[1:],
    )


STAGES = [
    Width(width=0.0),
    Width(width=1.3),
    Width(width=2.0, above_hz=250.0),
    Width(width=0.5, from_s=0.1, to_s=0.4),
    MonoBelow(frequency_hz=120.0),
    MonoBelow(frequency_hz=120.0, slope_db_oct=12),
    MonoBelow(frequency_hz=120.0, slope_db_oct=24),
]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("stage", STAGES, ids=repr)
def test_the_mid_is_never_touched(stage: Width, rate: int) -> None:
    sound = noise()
    out = through(stage, sound, rate)
    assert np.abs(out.sum(axis=1) - sound.sum(axis=1)).max() < 1e-15
    sound[:, 1] = sound[:, 0]
    assert np.array_equal(through(stage, sound, rate), sound)


def test_width_is_the_side_times_it() -> None:
    sound = noise()
    for width in (0.0, 0.8, 1.3, 4.0):
        out = through(Width(width=width), sound, 44_100)
        wanted = width * (sound[:, 0] - sound[:, 1])
        assert np.abs(out[:, 0] - out[:, 1] - wanted).max() < 1e-14


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("width", [0.0, 1.05, 1.5])
def test_width_above_a_frequency_is_a_shelf_of_the_side(
    width: float, rate: int
) -> None:
    hertz, found = side_response(Width(width=width, above_hz=250.0), rate)
    analog = 1 + (width - 1) * hertz / (hertz - 250j)
    kept = hertz < 0.4 * rate
    error = 20 * np.log10(np.abs(found[kept]) / np.abs(analog[kept]))
    # down to nothing, what is left far above is the error of both filters
    part = hertz[kept] < (250 if width == 0.0 else 2_500)
    assert np.abs(error[part]).max() < 0.03
    assert np.abs(found - analog)[kept].max() < 0.05


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("slope", "order"), [(6, 1), (12, 2), (24, 4)])
def test_bass_is_mono_by_the_slope_that_is_named(
    slope: int, order: int, rate: int
) -> None:
    stage = MonoBelow(frequency_hz=120.0, slope_db_oct=slope)  # type: ignore[arg-type]
    hertz, found = side_response(stage, rate)
    zeros, poles, gain = signal.butter(order, 1.0, "high", analog=True, output="zpk")
    _, analog = signal.freqs_zpk(zeros, poles, gain, hertz / 120.0)
    part = (hertz > 20) & (hertz < 1_500)
    error = 20 * np.log10(np.abs(found[part]) / np.abs(analog[part]))
    assert np.abs(error).max() < 0.05
    corner = np.abs(hertz - 120.0).argmin()
    assert 20 * np.log10(np.abs(found[corner])) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("start", [0, 3_000])
def test_times_are_those_of_the_mix_and_glides_lie_within(
    rate: int, start: int
) -> None:
    sound = np.full((rate, 2), 0.5)
    sound[:, 1] = -0.25
    stage = Width(width=0.0, from_s=0.5, to_s=0.8)
    side = np.diff(through(stage, sound, rate, start), axis=1)[:, 0] / -0.75
    first, last = round(0.5 * rate) - start, round(0.8 * rate) - start
    glide = round(0.05 * rate)
    assert (side[:first] == 1).all()
    assert (side[last:] == 1).all()
    assert np.abs(side[first + glide : last - glide]).max() < 1e-15
    going = side[first : first + glide]
    assert (np.diff(going) < 0).all()
    assert going[glide // 2] == pytest.approx(0.5, abs=2 / glide)
    assert np.abs(np.diff(side)).max() < 2.0 / glide


def test_an_open_end_holds_to_the_end() -> None:
    sound = noise()
    out = through(Width(width=0.0, from_s=0.1), sound, 44_100)
    assert np.array_equal(out[:4_410], sound[:4_410])
    assert np.abs(np.diff(out[9_000:], axis=1)).max() < 1e-15
    early = through(Width(width=0.0, to_s=0.1), sound, 44_100)
    assert np.abs(np.diff(early[:2_000], axis=1)).max() < 1e-15
    assert np.array_equal(early[4_410:], sound[4_410:])
