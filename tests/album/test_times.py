import datetime
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from album.times import LONGEST, BadTime, Time, parse


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2s", Fraction(2)),
        ("0.1s", Fraction(1, 10)),
        (".5 s", Fraction(1, 2)),
        ("250ms", Fraction(1, 4)),
        ("3:41.250", Fraction(22125, 100)),
        ("1:02:03.5", Fraction(37235, 10)),
        ("71:30", Fraction(4290)),
        ("40f", Fraction(40, 75)),
        (0, Fraction(0)),
        (60, Fraction(60)),
        (0.1, Fraction(1, 10)),
        (1.6, Fraction(8, 5)),
    ],
)
def test_times_are_exact_fractions_of_their_decimals(written, seconds):
    assert parse(written) == Time(seconds=seconds)


def test_musical_times_take_the_tempo():
    assert parse("4 beats").resolve(120, 4) == 2
    assert parse("2 bars").resolve(90.5, 3) == Fraction(360) / Fraction("90.5")
    assert parse("1 bar") == Time(bars=Fraction(1))
    with pytest.raises(ValueError, match="`bpm`"):
        parse("4beats").resolve(None, 4)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (2000, 'would be 33 minutes.*"2s" or "2000ms".*"2000s"'),
        (61, 'would be 61 seconds.*"0.061s" or "61ms"'),
        (10**6, "longer than a day"),
        pytest.param(16**9000, "longer than a day", id="long"),
        pytest.param(-(16**9000), "negative", id="long negative"),
        (-1, "negative"),
        ("-1s", "negative"),
        (float("nan"), "not a length"),
        (float("inf"), "not a length"),
        (True, "not a time"),
        (None, "not a time"),
        ("", "no time"),
        ("2", 'has no unit.*"2s" or "2ms"'),
        ("2 sec", 'unit "sec": write "2s"'),
        ("2 parsecs", 'unknown unit "parsecs"'),
        ("3:71", "60 seconds"),
        ("3:4", "not a time"),
        ("1:2:03", "no minutes"),
        ("0.5f", "whole number of CD frames"),
        ("90000s", "longer than a day"),
        ("9" * 200, "too long"),
        ("9999999 bars", "more than 100000"),
        ("²s", "not a time"),
        ("two", "not a time"),
        (datetime.time(0, 3, 41), 'without quotes: write "3:41"'),
        (datetime.time(1, 3, 41, 500000), 'write "1:03:41.5"'),
    ],
)
def test_what_is_no_time_is_refused_with_the_way_out(written, says):
    with pytest.raises(BadTime, match=says):
        parse(written)


@settings(max_examples=100)
@given(
    st.one_of(
        st.builds(
            lambda milliseconds: Time(seconds=Fraction(milliseconds, 10**6)),
            st.integers(0, int(LONGEST) * 10**6),
        ),
        st.builds(lambda f: Time(seconds=Fraction(f, 75)), st.integers(0, 6_000_000)),
        st.builds(lambda b: Time(beats=Fraction(b, 8)), st.integers(0, 10_000)),
        st.builds(lambda b: Time(bars=Fraction(b, 8)), st.integers(0, 10_000)),
    )
)
def test_a_time_is_read_back_from_its_text(time):
    assert parse(str(time)) == time


@settings(max_examples=100)
@given(st.one_of(st.text(), st.floats(), st.integers(), st.times()))
def test_anything_is_a_time_or_refused(written):
    try:
        time = parse(written)
    except BadTime:
        return
    assert time.musical or 0 <= time.seconds <= LONGEST
