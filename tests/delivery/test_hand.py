import threading
from collections.abc import Callable

import pytest

from delivery.hand import Hand


@pytest.mark.parametrize("jobs", [1, 2])
def test_everything_is_done_in_its_order(jobs: int) -> None:
    done: list[int] = []
    with Hand(jobs) as hand:
        for number in range(100):
            hand.do(done.append, number)
        hand.rest()
    assert done == list(range(100))


def test_who_gives_waits_where_too_much_is_waiting() -> None:
    gate, given = threading.Event(), []
    with Hand(2) as hand:

        def give() -> None:
            for number in range(50):
                hand.do(gate.wait)
                given.append(number)

        giver = threading.Thread(target=give)
        giver.start()
        giver.join(0.2)
        assert len(given) < 20
        gate.set()
        giver.join()
        hand.rest()
    assert len(given) == 50


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_fails_is_raised_to_who_gave_it(jobs: int) -> None:
    def fail() -> None:
        raise OSError("no room")

    with Hand(jobs) as hand, pytest.raises(OSError, match="no room"):
        _given(hand, fail)


def _given(hand: Hand, work: Callable[[], None]) -> None:
    hand.do(work)
    hand.rest()
