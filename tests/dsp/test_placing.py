from typing import Any

import numpy as np
import pytest

from dsp.placing import Balance, Delay, Gain, Polarity, Swap
from dsp.processor import Floats

RATE = 44_100


def through(stage: Any, sound: Floats, rate: int = RATE) -> Floats:
    stream = stage.open(rate)
    return np.concatenate([stream.process(sound), stream.finish()])


def noise(length: int = 20_000) -> Floats:
    return 0.3 * np.random.default_rng(7).standard_normal((length, 2))


def test_gain_is_what_it_says() -> None:
    sound = noise()
    assert np.array_equal(through(Gain(gain_db=6.0), sound), sound * 10 ** (6 / 20))
    assert np.array_equal(through(Gain(gain_db=0.0), sound), sound)


@pytest.mark.parametrize(("side", "sign"), [("left", 1.0), ("right", -1.0)])
def test_balance_is_between_the_sides_and_keeps_the_sum_of_levels(
    side: Any, sign: float
) -> None:
    sound = noise()
    found = 20 * np.log10(through(Balance(gain_db=0.5, side=side), sound) / sound)
    assert np.abs(found[:, 0] - found[:, 1] - sign * 0.5).max() < 1e-9
    assert np.abs(found.sum(axis=1)).max() < 1e-9


def test_swap_and_polarity_change_no_value() -> None:
    sound = noise()
    assert np.array_equal(through(Swap(), sound), sound[:, ::-1])
    for channel, signs in (("left", (-1, 1)), ("right", (1, -1)), ("both", (-1, -1))):
        assert np.array_equal(through(Polarity(channel=channel), sound), sound * signs)


@pytest.mark.parametrize("samples", [0, 1, 12, 5_000, 19_999, 20_000, 30_000])
def test_whole_delays_move_samples_as_they_are(samples: int) -> None:
    sound = noise()
    out = through(Delay(samples=samples, channel="left"), sound)
    assert np.array_equal(out[:, 1], sound[:, 1])
    assert not out[:samples, 0].any()
    assert np.array_equal(out[samples:, 0], sound[: max(20_000 - samples, 0), 0])


def test_milliseconds_that_are_whole_samples_move_them_as_they_are() -> None:
    out = through(Delay(ms=0.3, channel="right"), noise(), rate=10_000)
    assert np.array_equal(out[3:, 1], noise()[:-3, 1])


@pytest.mark.parametrize("delay", [0.01, 0.5, 0.99, 1.25, 13.23, 700.7])
def test_fractional_delays_are_exact_in_time_and_level(delay: float) -> None:
    pulse = np.zeros((8_192, 2))
    pulse[1_000] = 1.0
    out = through(Delay(samples=delay, channel="right"), pulse)
    assert np.array_equal(out[:, 0], pulse[:, 0])
    turns = np.fft.rfftfreq(len(pulse))
    heard = (turns > 0.001) & (turns < 20_000 / RATE)
    response = np.fft.rfft(out[:, 1]) * np.exp(2j * np.pi * turns * (1_000 + delay))
    assert np.abs(20 * np.log10(np.abs(response[heard]))).max() < 0.001
    late = np.angle(response[heard]) / (2 * np.pi * turns[heard])
    assert np.abs(late).max() < 1e-4


def test_both_sides_are_late_alike() -> None:
    sound = noise()
    both = through(Delay(ms=1.3), sound)
    for number, channel in enumerate(("left", "right")):
        assert np.array_equal(
            both[:, number], through(Delay(ms=1.3, channel=channel), sound)[:, number]
        )  # type: ignore[arg-type]
