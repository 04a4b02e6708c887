"""Sums, peaks, clipping, DR and stereo against plain numpy in float64."""

import numpy as np
import pytest

from dsp.survey import CLIPPED

RATE = 44_100


def noise(seconds, seed=1, rate=RATE):
    return np.random.default_rng(seed).standard_normal((round(seconds * rate), 2)) * 0.1


def test_peaks_sums_and_dc_are_those_of_numpy(tally):
    audio = noise(21.3).astype(np.float32).astype(np.float64)
    audio += [0.01, -0.02]
    audio = audio.astype(np.float32).astype(np.float64)
    audio[777_777, 1] = -0.9
    found = tally(audio, RATE)
    assert found.sample_peaks == pytest.approx(np.abs(audio).max(axis=0))
    assert list(found.sample_peak_at) == list(np.abs(audio).argmax(axis=0))
    assert found.sums == pytest.approx(audio.sum(axis=0), rel=1e-9)
    assert found.squares.sum(axis=0) == pytest.approx((audio**2).sum(axis=0))
    assert found.products.sum() == pytest.approx((audio[:, 0] * audio[:, 1]).sum())
    assert len(found.squares) == 213


def test_clipped_runs_are_counted_across_chunks(read):
    audio = noise(20, rate=8000)
    full = 32767 / 32768
    audio[127_998:128_003, 0] = full  # across the end of the first chunk
    audio[500:502, 0] = 1.0  # two are no run
    audio[600:603, 1] = -1.0
    peaks = read(audio, 8000).peaks
    assert float(CLIPPED) == pytest.approx(full, rel=1e-7)
    assert (peaks.clipped_runs, peaks.clipped_samples, peaks.longest_clip) == (2, 8, 5)
    assert peaks.first_clip_at == pytest.approx(600 / 8000)


def plain_dr(audio, rate):
    block = 132_480 if rate == 44_100 else 3 * rate
    blocks = [audio[at : at + block] for at in range(0, len(audio), block)]
    rms = np.array([np.sqrt(2 * (part**2).mean(axis=0)) for part in blocks])
    peaks = np.array([np.abs(part).max(axis=0) for part in blocks])
    count = max(1, int(0.2 * len(blocks)))
    loudest = np.sort(rms, axis=0)[-count:]
    second = np.sort(peaks, axis=0)[-2]
    return np.mean(20 * np.log10(second / np.sqrt((loudest**2).mean(axis=0))))


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_dr_is_that_of_the_tt_meter(read, rate):
    audio = noise(40.5, rate=rate) * np.linspace(0.1, 2, round(40.5 * rate))[:, None]
    audio = audio.astype(np.float32).astype(np.float64)
    found = read(audio, rate).dynamic_range
    assert found == pytest.approx(plain_dr(audio, rate), abs=1e-4)


def test_dr_needs_three_blocks(read):
    assert read(noise(5.9, rate=8000), 8000).dynamic_range is None
    assert read(noise(6.1, rate=8000), 8000).dynamic_range is not None


def test_crest_plr_and_psr_of_a_sine(tones, read):
    found = read(tones([(-6.0, 10)]), 48_000)
    assert found.crest == pytest.approx(3.01, abs=0.01)
    assert found.rms == pytest.approx(-6.0, abs=0.01)
    assert found.peak_to_loudness == pytest.approx(0.0, abs=0.02)
    assert found.least_peak_to_short_term == pytest.approx(0.0, abs=0.02)


def test_two_that_are_alike_are_mono(read):
    one = noise(10)[:, :1]
    sides = read(np.hstack([one, one]), RATE).stereo
    assert sides.correlation == pytest.approx(1.0)
    assert sides.mono_loss == pytest.approx(0.0, abs=1e-9)
    assert sides.side_to_mid is None
    assert (sides.inverted, sides.delay) == (False, None)


def test_two_that_are_unlike_are_wide(read):
    sides = read(noise(20), RATE).stereo
    assert sides.correlation == pytest.approx(0.0, abs=0.01)
    assert sides.mono_loss == pytest.approx(-3.01, abs=0.05)
    assert sides.side_to_mid == pytest.approx(0.0, abs=0.1)
    assert (sides.inverted, sides.delay) == (False, None)


def test_one_upside_down_is_suspected(read):
    one = noise(10)[:, :1]
    sides = read(np.hstack([one, -one]) + noise(10, 2) * 0.1, RATE).stereo
    assert sides.inverted
    assert sides.delay is None
    assert sides.correlation < -0.9
    assert read(np.hstack([one, -one]), RATE).stereo.mono_loss is None


@pytest.mark.parametrize("late", [-30, -1, 1, 7, 200])
def test_a_channel_that_is_late_is_suspected(read, late):
    one = noise(10)[:, 0]
    audio = np.column_stack([one, np.roll(one, late)]) + noise(10, 2) * 0.2
    sides = read(audio, RATE).stereo
    assert sides.delay == pytest.approx(late / RATE)
    assert not sides.inverted


def test_a_wide_mix_with_one_channel_upside_down_or_late_is_suspected(read):
    both, apart = noise(10)[:, :1], noise(10, 2) * 1.15
    mix = both + apart
    plain, turned, late = (
        read(each, RATE).stereo
        for each in (
            mix,
            mix * [1.0, -1.0],
            np.column_stack([mix[:, 0], np.roll(mix[:, 1], 15)]),
        )
    )
    assert 0.4 < plain.correlation < 0.5
    assert (plain.inverted, plain.delay) == (False, None)
    assert (turned.inverted, turned.delay) == (True, None)
    assert (late.inverted, late.delay) == (False, pytest.approx(15 / RATE))


def test_balance_is_right_over_left(read):
    audio = noise(10) * [1.0, 0.5]
    assert read(audio, RATE).stereo.balance == pytest.approx(-6.02, abs=0.05)
    assert read(audio * [1.0, 0.0], RATE).stereo.balance is None


def test_width_of_the_low_end_is_told_apart(tones, read):
    low = tones([(-12, 6)], hertz=60.0)
    high = tones([(-12, 6)], hertz=3000.0)
    wide_bass = read(low * [1, -0.8] + high, 48_000).stereo
    wide_treble = read(low + high * [1, -0.8], 48_000).stereo
    assert wide_bass.low_side_to_mid > 15
    assert wide_treble.low_side_to_mid is None or wide_treble.low_side_to_mid < -30


def test_correlation_over_time_finds_the_worst_place(read):
    one = noise(12)[:, :1]
    audio = np.hstack([one, one])
    audio[5 * RATE : 6 * RATE, 1] *= -1
    sides = read(audio, RATE).stereo
    assert sides.lowest_correlation == pytest.approx(-1.0, abs=1e-6)
    assert sides.correlation > 0.8
