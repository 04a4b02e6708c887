"""The loudness watch: the loudness of the meter, whatever the blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.loudness import measured
from dsp.loudnesswatch import LoudnessWatch
from dsp.meter import Meter


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("colour", [1, 30])
def test_its_loudness_is_that_of_the_meter(rate: int, colour: int) -> None:
    white = 0.2 * np.random.default_rng(1).standard_normal((3 * rate + 77, 2))
    audio = np.cumsum(white, axis=0) / 500 if colour > 1 else white
    meter, watch = Meter(rate, 2), LoudnessWatch(rate, 2)
    meter.feed(audio)
    watch.feed(audio)
    tally, energies = meter.finish(), watch.finish()
    assert len(energies) == len(tally.energies)
    theirs = measured([tally.energies], [rate]).integrated
    assert measured([energies], [rate]).integrated == pytest.approx(theirs, abs=0.003)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 40_000), max_size=6), st.sampled_from([16, 24]))
def test_blocks_and_kinds_of_samples_leave_no_trace(cuts: list[int], bits: int) -> None:
    rng = np.random.default_rng(2)
    most = 1 << (bits - 1)
    whole = rng.integers(-most, most, (70_001, 2)).astype(np.int32)
    watch, plain = LoudnessWatch(44_100, 2, 1 / most), LoudnessWatch(44_100, 2)
    at = 0
    for count in (*cuts, 70_001):
        watch.feed(whole[at : at + count])
        at += count
    plain.feed(whole / most)
    assert np.array_equal(watch.finish(), plain.finish())


@pytest.mark.parametrize(("samples", "ticks"), [(0, 0), (440, 0), (441, 1), (900, 2)])
def test_only_whole_ticks_are_told(samples: int, ticks: int) -> None:
    watch = LoudnessWatch(44_100, 2)
    watch.feed(np.ones((samples, 2)))
    assert len(watch.finish()) == ticks
