import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp import packed24


@settings(deadline=None)  # the first call compiles
@given(st.binary(min_size=3, max_size=200))
def test_integers_are_those_that_numpy_reads(packed: bytes) -> None:
    raw = np.frombuffer(packed[: len(packed) // 3 * 3], np.uint8).copy()
    words = np.zeros((len(raw) // 3, 4), np.uint8)
    words[:, 1:] = raw.reshape(-1, 3)
    wanted = words.view("<i4").reshape(-1) * 2.0**-31
    assert np.array_equal(packed24.floats(raw), wanted)
    assert packed24.reach(raw) == (wanted.min(), wanted.max())


def test_nothing_is_nothing() -> None:
    assert packed24.floats(np.zeros(0, np.uint8)).shape == (0,)


@pytest.mark.parametrize("place", range(9))
def test_the_lowest_and_the_highest_are_found_wherever_they_stand(place: int) -> None:
    raw = np.zeros(9 * 3, np.uint8)
    raw[3 * place : 3 * place + 3] = (0, 0, 0x80)
    assert packed24.reach(raw) == (-1.0, 0.0)
    raw[3 * place : 3 * place + 3] = (0xFF, 0xFF, 0x7F)
    assert packed24.reach(raw) == (0.0, 1.0 - 2.0**-23)
