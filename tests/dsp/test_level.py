import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.level import decibels, gain


@given(st.floats(-144, 60))
def test_a_gain_read_in_decibels_is_itself(db: float) -> None:
    assert decibels(gain(db)) == pytest.approx(db, abs=1e-9)


def test_unity_is_exact_and_silence_has_no_level() -> None:
    assert gain(0.0) == 1.0
    assert decibels(0.0) is None
    assert decibels(-1.0) == 0.0
    assert math.isclose(gain(-6.0), 0.5011872336272722)
