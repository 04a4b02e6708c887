"""Broad bands found again in curves that were planted."""

import numpy as np
import pytest

from dsp.eq import Eq, magnitude_db
from dsp.fitting import BROAD, LEAST_DB, fitted

HERTZ = np.geomspace(31.5, 16_000.0, 82)


@pytest.mark.parametrize("seed", range(8))
def test_planted_bands_are_found(seed):
    gains = np.random.default_rng(seed).uniform(-4, 4, len(BROAD))
    gains[np.abs(gains) < 0.6] = 0.0
    planted = [
        Eq(shape=b.shape, frequency_hz=b.frequency_hz, gain_db=float(g), q=b.q)
        for b, g in zip(BROAD, gains, strict=True)
    ]
    found = fitted(HERTZ, magnitude_db(planted, HERTZ))
    by_hertz = {band.frequency_hz: band.gain_db for band in found}
    for band in planted:
        assert by_hertz.get(band.frequency_hz, 0.0) == pytest.approx(
            band.gain_db, abs=0.3
        )
    missed = magnitude_db(planted, HERTZ) - magnitude_db(list(found), HERTZ)
    assert np.sqrt(np.mean(np.square(missed))) < 0.1


@pytest.mark.parametrize(
    "planted",
    [
        Eq(shape="lowshelf", frequency_hz=130.0, gain_db=3.0),
        Eq(shape="highshelf", frequency_hz=7000.0, gain_db=-3.0),
        Eq(shape="tilt", frequency_hz=900.0, gain_db=4.0),
        Eq(shape="bell", frequency_hz=300.0, gain_db=-2.5, q=0.6),
    ],
)
def test_other_broad_curves_are_followed(planted):
    wanted = magnitude_db([planted], HERTZ)
    found = fitted(HERTZ, wanted)
    missed = wanted - magnitude_db(list(found), HERTZ)
    assert np.sqrt(np.mean(np.square(missed))) < 0.3
    assert np.abs(missed).max() < 0.8


def test_what_is_not_worth_it_is_left_out():
    assert fitted(HERTZ, np.zeros(len(HERTZ))) == ()
    bell = Eq(shape="bell", frequency_hz=1000.0, gain_db=2.0, q=0.8)
    found = fitted(HERTZ, magnitude_db([bell], HERTZ))
    assert [band.frequency_hz for band in found] == [1000.0]
    assert all(abs(band.gain_db) >= LEAST_DB for band in found)


def test_gains_are_bounded_and_of_hundredths():
    found = fitted(HERTZ, np.where(HERTZ > 1000, 9.0, -9.0), most_db=3.0)
    assert max(abs(band.gain_db) for band in found) == 3.0
    assert all(band.gain_db == round(band.gain_db, 2) for band in found)


def test_opposite_curves_have_opposite_settings():
    wanted = 2.0 * np.sin(np.log(HERTZ))
    up, down = fitted(HERTZ, wanted), fitted(HERTZ, -wanted)
    assert [b.gain_db for b in up] == pytest.approx(
        [-b.gain_db for b in down], abs=0.05
    )
