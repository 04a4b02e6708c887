import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from album.reel import Reel

LENGTHS = st.lists(st.integers(0, 50), min_size=1, max_size=12)


@given(lengths=LENGTHS, taken=st.lists(st.integers(1, 70), max_size=20))
def test_a_reel_gives_the_sound_in_order_whatever_is_asked_for(
    lengths: list[int], taken: list[int]
) -> None:
    sound = np.random.default_rng(1).standard_normal((sum(lengths), 2))
    parts = np.split(sound, np.cumsum(lengths)[:-1])
    reel, at = Reel(iter(parts)), 0
    for number, wanted in enumerate(taken):
        count = min(wanted, len(sound) - at)
        if not count:
            break
        if number % 2:
            count = reel.ready(count)
            assert count > 0
        assert np.array_equal(reel.take(count), sound[at : at + count])
        at += count


def test_what_is_ready_comes_without_a_copy() -> None:
    parts = [np.ones((10, 2)), np.ones((7, 2))]
    reel = Reel(iter(parts))
    assert reel.ready(100) == 10
    assert np.shares_memory(reel.take(10), parts[0])
    assert reel.ready(3) == 3
    assert np.shares_memory(reel.take(3), parts[1])
