import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.noise import tpdf


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**64 - 1),
    start=st.integers(0, 2**40),
    cuts=st.lists(st.integers(0, 300), max_size=5),
    channels=st.integers(1, 3),
)
def test_noise_depends_on_place_alone(
    seed: int, start: int, cuts: list[int], channels: int
) -> None:
    whole = tpdf(seed, start, 300, channels)
    edges = [0, *sorted(cuts), 300]
    for first, last in itertools.pairwise(edges):
        part = tpdf(seed, start + first, last - first, channels)
        assert np.array_equal(part, whole[first:last])


def test_noise_is_the_same_on_every_machine_and_release() -> None:
    words = np.round(tpdf(7, 1_000_003, 2, 2) * 2**32).astype(np.int64)
    assert words.tolist() == [
        [-2387231638, 2402664697],
        [-229526505, 1099621104],
    ]


def test_noise_is_a_triangle_without_mean_or_memory() -> None:
    noise = tpdf(3, 0, 1 << 20, 2)
    count = len(noise)
    assert np.abs(noise).max() < 1.0
    assert np.abs(noise.mean(axis=0)).max() < 5 * np.sqrt(1 / 6 / count)
    assert np.allclose(noise.var(axis=0), 1 / 6, rtol=0.01)
    shares, _ = np.histogram(noise, bins=20, range=(-1, 1))
    edges = np.linspace(-1, 1, 21)
    area = np.sign(edges) * (np.abs(edges) - edges**2 / 2)
    assert np.allclose(shares / noise.size, np.diff(area), atol=1e-3)
    left, right = noise.T
    for lag in (1, 2, 4, 1024, 131_072):
        assert abs(np.mean(left[lag:] * left[:-lag])) < 1e-3
    assert abs(np.mean(left * right)) < 1e-3
    for seed in (2, 4, 3 + (1 << 32), 3 + (1 << 63)):
        other = tpdf(seed, 0, len(noise), 2)
        assert abs(np.mean(noise * other)) < 1e-3


@pytest.mark.slow
def test_noise_is_white() -> None:
    size = 1 << 12
    frames = tpdf(11, 1 << 35, size * 1024, 2).T.reshape(2, -1, size)
    power = np.mean(np.abs(np.fft.rfft(frames, axis=2)) ** 2, axis=1) / size
    # a line is the mean of 1024 squares: 3 % of spread, none further than six times it
    assert np.abs(power[:, 1:-1] * 6 - 1).max() < 6 / np.sqrt(1024)


def test_the_halves_of_a_word_are_independent() -> None:
    noise = tpdf(5, 0, 1 << 20, 1)[:, 0]
    assert np.mean(noise**4) == pytest.approx(1 / 15, rel=0.01)  # of a triangle
    assert np.mean(noise**2) == pytest.approx(1 / 6, rel=0.005)
