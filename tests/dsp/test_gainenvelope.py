import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.gainenvelope import Ballistics, GainEnvelope
from dsp.limiter import CHARACTERS

RATE = 44_100
PIECE = 4_096


def gains(heights: np.ndarray, ballistics: Ballistics, rate: int = RATE) -> np.ndarray:
    """Return the gain of each height's own sample under a ceiling of 1."""
    envelope = GainEnvelope(ballistics, rate, PIECE)
    given_ = np.append(heights, np.zeros(envelope.delay)).astype(np.float32)
    out = np.empty(len(given_))
    for at in range(0, len(given_), PIECE):
        envelope.gains(given_[at : at + PIECE], 1.0, 1.0, out[at : at + PIECE])
    return out[envelope.delay :]


@pytest.mark.parametrize("character", list(CHARACTERS))
@given(seed=st.integers(0, 2**32), rare=st.floats(0.0001, 0.5))
@settings(max_examples=25, deadline=None)
def test_no_sample_keeps_more_than_it_may(
    character: str, seed: int, rare: float
) -> None:
    rng = np.random.default_rng(seed)
    heights = np.where(rng.random(9_000) < rare, rng.uniform(0, 6, 9_000), 0.5)
    heights = heights.astype(np.float32).astype(np.float64)
    found = gains(heights, CHARACTERS[character])
    assert (found * heights <= np.maximum(1.0, heights * 0) + 1e-12).all()
    assert (found <= 1.0).all()
    assert (found > 0.0).all()


@pytest.mark.parametrize("character", list(CHARACTERS))
@pytest.mark.parametrize("rate", [8_000, 44_100, 384_000])
def test_the_gain_falls_over_the_look_ahead_and_not_before(
    character: str, rate: int
) -> None:
    how = CHARACTERS[character]
    heights = np.zeros(rate)
    heights[rate // 2] = 2.0
    found = gains(heights, how, rate)
    assert found[rate // 2] == pytest.approx(0.5, abs=1e-6)
    ahead = round(how.lookahead_ms * rate / 1000)
    assert (found[: rate // 2 - ahead - 2] == 1.0).all()
    assert found[rate // 2 - ahead // 2] < 0.98
    steepest = np.abs(np.diff(found[: rate // 2])).max()
    assert steepest < 3.0 * 0.5 / ahead  # no step: thrice a straight way at most


def test_release_takes_its_time_and_ends_at_exactly_1() -> None:
    how = Ballistics(
        lookahead_ms=2.0,
        hold_ms=10.0,
        release_ms=50.0,
        slow_fall_ms=math.inf,
        slow_rise_ms=0.0,
    )
    heights = np.zeros(3 * RATE)
    heights[RATE] = 2.0
    found = gains(heights, how)
    held = RATE + round(0.010 * RATE)
    assert found[held - 60] == pytest.approx(0.5, abs=1e-6)
    later = held + round(0.050 * RATE)
    assert found[later] == pytest.approx(1 - 0.5 / math.e, abs=0.01)
    assert (found[2 * RATE :] == 1.0).all()


def test_loud_passages_keep_the_release_low() -> None:
    how = CHARACTERS["transparent"]
    once, long = np.zeros(4 * RATE), np.zeros(4 * RATE)
    once[2 * RATE] = 2.0
    long[RATE : 2 * RATE : 200] = 2.0
    long[2 * RATE] = 2.0
    at = 2 * RATE + round(0.15 * RATE)
    assert gains(long, how)[at] < gains(once, how)[at] - 0.1
