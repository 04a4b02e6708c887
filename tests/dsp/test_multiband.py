"""A compressor for each band: what it does, and what it leaves alone."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dsp.compressor import Compressor
from dsp.multiband import Multiband
from dsp.processor import Lowering

Floats = NDArray[np.float64]
RATE = 44_100
HARD = Compressor(ratio=4, threshold_db=-40, knee_db=0, lookahead_ms=3)
NEVER = Compressor(ratio=4, threshold_db=20, knee_db=0)


def worked(setting: Multiband, sound: Floats, *cuts: int) -> Floats:
    stream = setting.open(RATE)
    edges = [0, *sorted(min(cut, len(sound)) for cut in cuts), len(sound)]
    parts = [stream.process(sound[first:last]) for first, last in pairwise(edges)]
    return np.concatenate([*parts, stream.finish()])


def tone(hertz: float, db: float) -> Floats:
    wave = 10 ** (db / 20) * np.sin(2 * np.pi * hertz * np.arange(2 * RATE) / RATE)
    return np.repeat(wave[:, np.newaxis], 2, axis=1)


@pytest.mark.parametrize("phase", ["linear", "minimum"])
def test_a_band_is_compressed_and_the_others_are_left_alone(phase):
    setting = Multiband(corners_hz=(120, 3000), bands=(None, HARD, None), phase=phase)
    inside = slice(RATE, -RATE // 4)
    beside = 2 / 626  # what both neighbours, 2.3 octaves away, hold of the middle
    middle = (1 - beside) * 10 ** (-0.75 * 26.99 / 20) + beside
    wanted_at = {20.0: 0.0, 600.0: 20 * np.log10(middle), 15_000.0: 0.0}
    for hertz, wanted in wanted_at.items():
        sound = tone(hertz, -10)
        out = worked(setting, sound)[inside]
        level = 20 * np.log10(np.std(out) / np.std(sound[inside]))
        assert level == pytest.approx(wanted, abs=0.03)


@pytest.mark.parametrize(
    "bands", [(NEVER, NEVER, NEVER), (None, NEVER, None), (NEVER, None, HARD)]
)
def test_bands_that_are_not_lowered_sum_to_the_sound(bands):
    sound = np.random.default_rng(1).uniform(-1, 1, (30_000, 2))
    if bands[2] is HARD:
        sound *= 1e-4
    out = worked(Multiband(corners_hz=(120, 3000), bands=bands), sound)
    assert np.abs(out - sound).max() < 1e-15


@pytest.mark.parametrize("phase", ["linear", "minimum"])
@given(length=st.integers(0, 30_000), cuts=st.lists(st.integers(0, 30_000), max_size=5))
@settings(max_examples=15, deadline=None)
def test_blocks_change_no_bit_and_no_length(phase, length, cuts):
    setting = Multiband(
        corners_hz=(120, 1000, 3000), bands=(HARD, None, NEVER, HARD), phase=phase
    )
    sound = np.repeat(np.random.default_rng(2).uniform(-1, 1, (length, 1)), 2, axis=1)
    whole = worked(setting, sound)
    assert len(whole) == length
    assert np.array_equal(worked(setting, sound, *cuts), whole)
    assert np.array_equal(whole[:, 0], whole[:, 1])


def test_it_says_how_far_the_deepest_band_was_turned_down():
    setting = Multiband(corners_hz=(500,), bands=(NEVER, HARD))
    stream = setting.open(RATE)
    assert isinstance(stream, Lowering)
    stream.process(tone(4000, -10))
    stream.finish()
    lowered = stream.lowered
    assert lowered.hop == RATE // 10
    assert len(lowered.deepest) == 20
    assert lowered.deepest[10] == pytest.approx(-0.75 * 26.99, abs=0.05)


def test_idle_is_a_multiband_without_a_working_band():
    idle = Compressor(ratio=1, threshold_db=-20)
    assert Multiband(corners_hz=(500,), bands=(None, None)).idle
    assert Multiband(corners_hz=(500,), bands=(idle, None)).idle
    setting = Multiband(corners_hz=(500,), bands=(None, HARD))
    assert not setting.idle
    stream = Multiband(corners_hz=(500,), bands=(None, idle)).open(RATE)
    sound = tone(300, -10)
    out = np.concatenate((stream.process(sound), stream.finish()))
    assert np.abs(out - sound).max() < 1e-15
    assert len(stream.lowered.deepest) == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"bands": (HARD,)}, "1 corner makes 2 bands, not 1"),
        ({"corners_hz": ()}, "one corner"),
        ({"phase": "some"}, "no phase"),
    ],
)
def test_settings_that_do_not_fit_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        Multiband(**{"corners_hz": (500.0,), "bands": (HARD, None), **wrong})


def test_a_corner_beyond_the_rate_is_refused_where_the_rate_is_known():
    with pytest.raises(ValueError, match="half the rate"):
        Multiband(corners_hz=(5000,), bands=(HARD, None)).open(8_000)
