import numpy as np
import pytest

from dsp.dehum import Dehum
from dsp.processor import Floats

RATE = 16_000


def response(stage: Dehum, hertz: Floats, rate: int = 44_100) -> Floats:
    pulse = np.zeros((1 << 18, 2))
    pulse[0] = 1.0
    out = stage.open(rate).process(pulse)[:, 0]
    turns = np.outer(hertz, np.arange(len(pulse))) / rate
    return np.asarray(20 * np.log10(np.abs(np.exp(-2j * np.pi * turns) @ out)))


def scene(hertz: float, db: float = -40.0, seconds: int = 20) -> tuple[Floats, Floats]:
    """Return music-like noise in swells, and the hum to be added to it."""
    rng = np.random.default_rng(21)
    time = np.arange(seconds * RATE) / RATE
    swell = 0.02 + 0.2 * np.sin(2 * np.pi * 0.2 * time) ** 4
    sound = swell[:, None] * rng.standard_normal((len(time), 2)) * 0.3
    hum = sum(
        10 ** ((db - 3 * number) / 20) * np.sin(2 * np.pi * hertz * number * time)
        for number in (1, 2, 3, 4)
    )
    return sound, np.repeat(np.asarray(hum)[:, None], 2, axis=1)


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_the_notches_are_narrow_and_deep(rate: int) -> None:
    stage = Dehum(frequency_hz=50.0, harmonics=4, width_hz=2.0)
    for centre in (50.0, 100.0, 150.0, 200.0):
        assert response(stage, np.array([centre]), rate)[0] < -60
        edges = response(stage, np.array([centre - 1.0, centre + 1.0]), rate)
        assert edges == pytest.approx(-3.01, abs=0.1)
    beside = np.array([20.0, 40.0, 75.0, 125.0, 250.0, 1_000.0, 15_000.0])
    assert np.abs(response(stage, beside, rate)).max() < 0.05


@pytest.mark.parametrize(
    ("named", "true"), [(50.0, 49.97), (50.0, 50.31), (60.0, 60.02), (60.0, 59.55)]
)
def test_the_mains_are_found_where_they_are(named: float, true: float) -> None:
    sound, hum = scene(true)
    learned = Dehum(frequency_hz=named).learned(RATE, lambda: iter([sound + hum]))
    assert learned.frequency_hz == pytest.approx(true, abs=0.005)
    assert learned.remarks[0].startswith(f"hum of {learned.frequency_hz:.3f} Hz")
    rest = learned.open(RATE).process(hum)[3 * RATE :]
    assert 20 * np.log10(np.std(rest) / np.std(hum)) < -40


def test_blocks_change_nothing_of_what_is_learned() -> None:
    sound, hum = scene(50.1)
    both = sound + hum
    whole = Dehum(frequency_hz=50.0).learned(RATE, lambda: iter([both]))
    cut = Dehum(frequency_hz=50.0).learned(
        RATE, lambda: iter([both[:7], both[7:100_000], both[100_000:]])
    )
    assert cut == whole


def test_where_there_is_no_hum_the_notches_stay_where_they_are_named() -> None:
    sound, _ = scene(50.0)
    learned = Dehum(frequency_hz=50.0).learned(RATE, lambda: iter([sound]))
    assert learned.frequency_hz == 50.0
    assert learned.remarks == ("no hum was heard; the notches are at 50 Hz",)
    short = Dehum(frequency_hz=50.0).learned(RATE, lambda: iter([sound[:100]]))
    assert short.frequency_hz == 50.0


def test_a_frequency_that_is_certain_is_not_looked_for() -> None:
    sound, hum = scene(50.3)
    stage = Dehum(frequency_hz=50.0, tune=False)
    assert stage.learned(RATE, lambda: iter([sound + hum])).frequency_hz == 50.0


def test_harmonics_beyond_half_the_rate_are_left_out() -> None:
    stage = Dehum(frequency_hz=1_000.0, harmonics=40)
    sound = np.random.default_rng(1).standard_normal((1_000, 2))
    assert np.isfinite(stage.open(8_000).process(sound)).all()
