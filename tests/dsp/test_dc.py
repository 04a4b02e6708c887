from itertools import pairwise

import numpy as np
import pytest

from dsp.dc import Dc, Offset
from dsp.processor import Floats

RATE = 44_100


def learned(sound: Floats, *cuts: int) -> Offset:
    edges = [0, *cuts, len(sound)]
    parts = [sound[first:last] for first, last in pairwise(edges)]
    return Dc().learned(RATE, lambda: iter(parts))


@pytest.mark.parametrize("offset", [(0.1, -0.02), (1e-5, 0.0), (1.5e-7, 0.5)])
def test_no_mean_is_left(offset: tuple[float, float]) -> None:
    rng = np.random.default_rng(4)
    sound = 0.3 * rng.standard_normal((3 * RATE, 2)) + offset
    out = learned(sound).open(RATE).process(sound)
    assert np.abs(out.mean(axis=0)).max() < 1e-14  # -280 dBFS
    assert np.abs(np.diff(out - sound, axis=0)).max() < 1e-15


def test_blocks_change_nothing_of_what_is_learned() -> None:
    sound = np.random.default_rng(4).standard_normal((RATE, 2)) + 0.01
    assert learned(sound, 1, 77, 30_000) == learned(sound)


def test_less_than_minus_140_dbfs_is_left_alone() -> None:
    sound = np.full((RATE, 2), 0.9e-7)
    assert learned(sound).idle
    assert learned(np.zeros((0, 2))).idle
    assert learned(sound).remarks == ("no DC found",)


def test_what_was_found_is_said() -> None:
    sound = np.zeros((RATE, 2))
    sound[:, 1] = 0.01
    assert learned(sound).remarks == ("DC of -40.0 dBFS taken from the right",)
