"""The rack: stages in series, nothing lost, nothing added, whatever the blocks."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from album.rack import fitted, through
from delivery.findings import Place, Refusal
from tests.album.fakes import Ahead, Centre, Plus, Smooth, Stage

Floats = NDArray[np.float64]
SOUND = np.random.default_rng(3).normal(0.1, 0.1, (5_000, 2))


def played(*processors: Any, block: int = 700) -> Floats:
    def sound() -> Iterator[Floats]:
        for at in range(0, len(SOUND), block):
            yield SOUND[at : at + block]

    stages = fitted([Stage(each) for each in processors], 44_100, sound)
    parts = list(through(stages, 44_100, sound()))
    return np.concatenate([np.zeros((0, 2)), *parts])


def test_no_stages_leave_every_bit() -> None:
    assert np.array_equal(played(), SOUND)
    assert np.array_equal(played(Plus(), Smooth(idle=True)), SOUND)


@pytest.mark.parametrize("block", [1, 64, 499, 500, 501, 5_000])
def test_blocks_leave_no_trace(block: int) -> None:
    chain = Smooth(0.9), Ahead(), Centre(), Ahead(3)
    assert np.array_equal(played(*chain, block=block), played(*chain, block=5_000))


def test_what_looks_ahead_comes_out_whole_and_in_time() -> None:
    out = played(Ahead(700), Ahead(1))
    later = np.concatenate((SOUND, np.zeros((701, 2))))
    first = later[:5_001] - 0.5 * later[700:5_701]
    first[5_000:] = 0
    assert np.array_equal(out, first[:5_000] - 0.5 * first[1:5_001])


def test_a_learner_hears_what_the_stages_before_it_leave() -> None:
    out = played(Plus((0.25, -0.5)), Smooth(0.5), Centre())
    assert np.abs(out.mean(axis=0)).max() < 1e-12
    assert np.allclose(played(Centre(), Plus((0.25, -0.5))).mean(axis=0), (0.25, -0.5))


def test_a_stage_that_cannot_work_is_named_with_its_place() -> None:
    place = Place(file="album.toml", line=7)
    stage = Stage(Smooth(1.0), text="smooth 100%", place=place)
    stages = fitted([stage], 44_100, lambda: iter(()))
    with pytest.raises(Refusal, match="'smooth 100%': a memory of 1") as refusal:
        list(through(stages, 44_100, [SOUND]))
    assert refusal.value.findings[0].place.line == 7
