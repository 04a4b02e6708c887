import numpy as np
import pytest
from scipy.signal import butter, resample_poly, sosfilt

from dsp.alignment import Aligner, Null

RATE = 8000
REACH = RATE


def _music(seconds, seed=1):
    noise = np.random.default_rng(seed).normal(size=(int(seconds * RATE), 2))
    noise[:, 1] = 0.6 * noise[:, 0] + 0.4 * noise[:, 1]
    return 0.1 * sosfilt(butter(2, 0.2, output="sos"), noise, axis=0)


def _offset(one, other):
    """Return the offset of *other* against *one*, fed stretch by stretch."""
    aligner = Aligner(RATE, REACH)
    padded = np.pad(other, ((REACH, len(one) + aligner.stretch), (0, 0)))
    for at in range(0, len(one), aligner.stretch):
        stretch = one[at : at + aligner.stretch]
        aligner.add(stretch, padded[at : at + aligner.stretch + 2 * REACH])
    return aligner.offset()


@pytest.mark.parametrize("late", [0, 1, 137, 7900, -1, -2500])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_shift_is_found_to_the_sample_with_its_polarity(late, sign):
    music = _music(30)
    shifted = np.roll(np.pad(music, ((0, 8000), (0, 0))), late, axis=0)
    found = _offset(music, sign * shifted)
    assert (found.samples, found.inverted) == (late, sign < 0)
    assert abs(found.remainder) <= 1 / 64
    assert found.clarity > 50


def test_an_equaliser_in_between_does_not_move_it():
    music = _music(30)
    worked = np.tanh(sosfilt(butter(1, 0.02, "high", output="sos"), music, axis=0) * 3)
    found = _offset(music, np.roll(worked, 41, axis=0))
    assert found.samples == 41
    assert abs(found.remainder) < 0.2


def test_a_part_of_a_sample_is_told():
    music = _music(30)
    fine = resample_poly(music, 4, 1, axis=0)
    found = _offset(music, np.roll(fine, 4 * 12 + 1, axis=0)[::4])
    assert (found.samples, round(found.remainder * 4)) == (12, 1)


def test_unrelated_music_has_no_peak():
    assert _offset(_music(30), _music(30, seed=2)).clarity < 11


def test_silence_lies_nowhere():
    silence = np.zeros((RATE * 10, 2))
    assert _offset(silence, _music(10)) is None
    assert _offset(_music(10), silence) is None


def _difference(one, other, size=1000):
    null = Null(RATE)
    for at in range(0, len(one), size):
        null.add(one[at : at + size], other[at : at + size])
    return null.difference()


def test_a_gain_is_no_difference():
    music = _music(12)
    found = _difference(music, 0.5 * music)
    assert found.gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert found.residual_db < -120
    assert found.alike == pytest.approx(1)


def test_the_residual_is_that_of_what_was_added():
    music, noise = _music(20), _music(20, seed=3)
    noise *= np.sqrt((music**2).sum() / (noise**2).sum())
    found = _difference(music, music + 0.01 * noise)
    assert found.residual_db == pytest.approx(-40, abs=0.3)
    assert all(left == pytest.approx(-40, abs=2) for _, left in found.bands)
    assert [centre for centre, _ in found.bands][:2] == [63, 125]


def test_exchanged_channels_are_seen():
    noise = np.random.default_rng(5).normal(size=(RATE * 5, 2))
    found = _difference(noise, noise[:, ::-1])
    assert found.crossed == pytest.approx(1, abs=0.02)
    assert abs(found.alike) < 0.1


def test_blocks_leave_no_trace():
    music, other = _music(9), _music(9, seed=4) * 0.1 + _music(9)
    one, two = _difference(music, other, 1000), _difference(music, other, 24_000)
    assert one.residual_db == pytest.approx(two.residual_db, abs=1e-9)
