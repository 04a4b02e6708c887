import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.depth import Depth, decibels


@settings(deadline=None)  # the first example loads the kernel
@given(
    sizes=st.lists(st.integers(0, 25_000), min_size=1, max_size=8),
    lanes=st.sampled_from([1, 2]),
    rate=st.sampled_from([8_000, 44_100, 192_000]),
)
def test_steps_are_the_least_gains_whatever_the_blocks(
    sizes: list[int], lanes: int, rate: int
) -> None:
    gains = 1.0 - np.random.default_rng(1).random((lanes, sum(sizes)))
    depth, at, hop = Depth(rate), 0, rate // 10
    for size in sizes:
        depth.take(gains[:, at : at + size])
        at += size
    least = [gains[:, a : a + hop].min() for a in range(0, gains.shape[1], hop)]
    assert depth.lowered.hop == hop
    assert np.array_equal(depth.lowered.deepest, decibels(np.array(least)))


def test_a_copy_goes_on_by_itself() -> None:
    depth = Depth(1_000)
    depth.take(np.full((1, 150), 0.5))
    other = depth.snapshot()
    other.take(np.full((1, 50), 0.25))
    assert depth.lowered.deepest == pytest.approx([-6.0206, -6.0206], abs=1e-3)
    assert other.lowered.deepest == pytest.approx([-6.0206, -12.0412], abs=1e-3)
