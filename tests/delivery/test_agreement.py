"""The agreement of a lossy file with its source: what is forgiven, and what is not."""

import numpy as np

from delivery.agreement import Beside, compare

RATE = 44_100


def test_a_quiet_beginning_is_held_against_what_was_encoded_beside_it():
    rng = np.random.default_rng(5)
    loud = 0.5 * rng.standard_normal((RATE, 2))
    quiet = 1e-6 * rng.standard_normal((RATE, 2))
    smeared = quiet.copy()
    smeared[:1_000] += 3e-3 * rng.standard_normal((1_000, 2))
    assert not compare([quiet], [smeared], RATE).good
    assert compare([quiet], [smeared], RATE, Beside(before=loud)).good
    assert compare([quiet[::-1]], [smeared[::-1]], RATE, Beside(after=loud)).good


def test_another_song_is_no_smear_of_what_lies_beside():
    rng = np.random.default_rng(6)
    one, other, beside = (0.1 * rng.standard_normal((RATE, 2)) for _ in range(3))
    assert not compare([one], [other], RATE, Beside(beside, beside)).good


def test_what_has_gone_down_as_a_whole_is_told_from_what_was_left_out():
    rng = np.random.default_rng(8)
    noise = rng.standard_normal((RATE + 31, 2))
    bass = 0.05 * np.lib.stride_tricks.sliding_window_view(noise, 32, 0).sum(axis=2)
    clipped = bass.copy()
    clipped[17_640:26_460] *= 0.9
    assert 0.05 < compare([bass], [clipped], RATE).lowered < 0.11
    spectrum = np.fft.rfft(bass, axis=0)
    spectrum[rng.random(len(spectrum)) < 0.05] = 0.0
    holes = np.fft.irfft(spectrum, len(bass), axis=0)
    assert compare([bass], [holes], RATE).lowered == 0.0
    noisy = bass + 0.02 * rng.standard_normal(bass.shape)
    assert compare([bass], [noisy], RATE).lowered == 0.0
