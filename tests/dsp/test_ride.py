"""Rides: levels that hold, glides between them, and only the place in the mix."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dsp.ride import Ride

Floats = NDArray[np.float64]
RATE = 1000


def ridden(ride: Ride, sound: Floats, *cuts: int, start: int = 0) -> Floats:
    stream = ride.open(RATE, start=start)
    edges = [0, *sorted(min(cut, len(sound)) for cut in cuts), len(sound)]
    parts = [stream.process(sound[first:last]) for first, last in pairwise(edges)]
    return np.concatenate([*parts, stream.finish()])


def levels(ride: Ride, seconds: float) -> Floats:
    return 20 * np.log10(ridden(ride, np.ones((round(seconds * RATE), 2)))[:, 0])


def test_levels_hold_from_point_to_point_and_glide_between():
    ride = Ride(points=((1.0, -1.0), (3.0, 2.0)), glide_ms=100)
    found = levels(ride, 5)
    assert not found[:951].any()
    assert found[1050:2950] == pytest.approx(-1.0, abs=1e-12)
    assert found[3050:] == pytest.approx(2.0, abs=1e-12)
    place = np.arange(101) / 100
    raised = (1 - np.cos(np.pi * place)) / 2
    assert found[950:1051] == pytest.approx(-raised, abs=1e-12)
    assert found[2950:3051] == pytest.approx(-1.0 + 3.0 * raised, abs=1e-12)


def test_a_point_at_the_beginning_has_no_glide():
    found = levels(Ride(points=((0.0, -3.0), (1.0, 0.0))), 2)
    assert found[:975] == pytest.approx(-3.0, abs=1e-12)
    assert not found[1025:].any()


def test_at_0_db_every_bit_passes():
    sound = np.random.default_rng(1).uniform(-1, 1, (3000, 2))
    out = ridden(Ride(points=((1.0, -2.0), (2.0, 0.0)), glide_ms=50), sound)
    assert np.array_equal(out[:975], sound[:975])
    assert np.array_equal(out[2025:], sound[2025:])
    assert not np.array_equal(out[1000:2000], sound[1000:2000])


def test_without_a_glide_the_level_steps_at_the_sample():
    found = levels(Ride(points=((1.0, -6.0),), glide_ms=0), 2)
    assert not found[:1000].any()
    assert found[1000:] == pytest.approx(-6.0, abs=1e-12)


def test_glides_that_overlap_add_up_without_a_step():
    ride = Ride(points=((1.0, 6.0), (1.02, -6.0), (1.03, 3.0)), glide_ms=100)
    found = levels(ride, 2)
    assert not found[:951].any()
    assert found[1080:] == pytest.approx(3.0, abs=1e-12)
    assert np.abs(np.diff(found)).max() < 0.5


@given(
    points=st.lists(
        st.tuples(st.floats(0, 3), st.floats(-12, 12)),
        min_size=1,
        max_size=6,
        unique_by=lambda point: point[0],
    ),
    glide=st.floats(0, 900),
    start=st.integers(0, 3000),
    cuts=st.lists(st.integers(0, 3000), max_size=5),
)
@settings(max_examples=80, deadline=None)
def test_the_level_depends_on_the_place_in_the_mix_alone(points, glide, start, cuts):
    ride = Ride(points=tuple(sorted(points)), glide_ms=glide)
    sound = np.random.default_rng(3).uniform(-1, 1, (3000, 2))
    kept = sound.copy()
    whole = ridden(ride, sound)
    assert np.array_equal(ridden(ride, sound, *cuts), whole)
    assert np.array_equal(ridden(ride, sound[start:], start=start), whole[start:])
    assert np.array_equal(sound, kept)


def test_idle_is_a_ride_that_stays_at_0():
    assert Ride(points=((1.0, 0.0), (2.0, 0.0))).idle
    assert not Ride(points=((1.0, 0.0), (2.0, 0.1))).idle


@pytest.mark.parametrize(
    ("points", "glide", "said"),
    [
        ((), 50, "one point"),
        (((-1.0, 0.0),), 50, "no time"),
        (((float("nan"), 0.0),), 50, "no time"),
        (((1.0, 90.0),), 50, "90 dB"),
        (((1.0, 0.0), (1.0, 1.0)), 50, "does not come after"),
        (((2.0, 0.0), (1.0, 1.0)), 50, "does not come after"),
        (((1.0, 0.0),), -1, "glide"),
    ],
)
def test_points_that_make_no_ride_are_refused(points, glide, said):
    with pytest.raises(ValueError, match=said):
        Ride(points=points, glide_ms=glide)
