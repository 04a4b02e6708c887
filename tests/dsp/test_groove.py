"""The groove: bass against the middle, treble against everything."""

import numpy as np
import pytest

from dsp.groove import Groove, GrooveMeter

RATE = 48_000
AT = np.arange(3 * RATE) / RATE


def heard(audio: np.ndarray, size: int = 10_000) -> Groove:
    meter = GrooveMeter(RATE, 150.0)
    for first in range(0, len(audio), size):
        meter.feed(audio[first : first + size])
    return meter.finish()


def tone(hertz: float, apart: float = 0.0, size: float = 0.5) -> np.ndarray:
    left = size * np.sin(2 * np.pi * hertz * AT)
    return np.stack([left, size * np.sin(2 * np.pi * hertz * AT + apart)], axis=1)


@pytest.mark.parametrize("apart", [0.0, 0.5, 1.5, np.pi])
def test_bass_correlates_by_the_cosine_of_its_phase(apart: float) -> None:
    groove = heard(tone(60, apart))
    assert groove.bass_correlation()[5:] == pytest.approx(np.cos(apart), abs=0.01)
    if 0 < apart < np.pi:
        wanted = 20 * np.log10(np.tan(apart / 2))
        assert groove.bass_side_db()[5:] == pytest.approx(wanted, abs=0.2)


def test_what_is_above_the_bass_does_not_count() -> None:
    groove = heard(tone(60) + tone(1_000, np.pi))
    assert groove.bass_correlation()[5:].min() > 0.99


def test_silence_says_nothing() -> None:
    groove = heard(np.zeros((RATE, 2)))
    assert np.isnan(groove.bass_correlation()).all()
    assert groove.treble_db().max() < -150


@pytest.mark.parametrize(("hertz", "share"), [(7_000, -2.0), (500, -35.0)])
def test_treble_is_from_five_to_ten_kilohertz(hertz: float, share: float) -> None:
    groove = heard(tone(hertz))
    found = (groove.treble_db() - groove.level_db())[5:-1]
    assert found.max() == pytest.approx(share, abs=1.0) or found.max() < share


def test_blocks_leave_no_trace() -> None:
    one, other = heard(tone(90, 1.0)), heard(tone(90, 1.0), 777)
    for name in ("bass", "treble", "whole"):
        assert np.allclose(getattr(one, name), getattr(other, name), rtol=1e-12)
