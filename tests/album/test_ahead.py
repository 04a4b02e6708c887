from collections.abc import Iterator

import pytest

from album.ahead import ahead, beside


@pytest.mark.parametrize("jobs", [1, 2])
def test_blocks_come_in_their_order(jobs: int) -> None:
    assert list(ahead(iter(range(1_000)), jobs)) == list(range(1_000))


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_fails_in_the_making_is_raised_to_who_uses_it(jobs: int) -> None:
    def blocks() -> Iterator[int]:
        yield 1
        raise OSError("no mix")

    with pytest.raises(OSError, match="no mix"):
        list(ahead(blocks(), jobs))


@pytest.mark.parametrize("jobs", [1, 2])
def test_work_beside_answers_with_what_came_of_it(jobs: int) -> None:
    with beside(jobs) as start:
        answers = [start(lambda number=number: 2 * number) for number in range(50)]
        assert [answer() for answer in answers] == [2 * number for number in range(50)]


def test_work_beside_that_fails_raises_where_it_is_asked_for() -> None:
    with beside(2) as start:
        answer = start(lambda: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            answer()
