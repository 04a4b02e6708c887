import numpy as np
import pytest
from scipy.signal import lfilter, resample_poly

from dsp.kweighting import TICKS, tick_edges
from dsp.loudness import ticks_in
from dsp.thinning import factor

# BS.1770-5 Annex 1, tables 1 and 2
SHELF_48 = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
HIGHPASS_48 = (-1.99004745483398, 0.99007225036621)


def reference(audio, rate, filters):
    """Plain float64 filters over the whole stream, then sums by tick."""
    b0, b1, b2, a1, a2, p1, p2 = filters(rate)
    shelved = lfilter([b0, b1, b2], [1, a1, a2], audio, axis=0)
    weighted = lfilter([1, -2, 1], [1, p1, p2], shelved, axis=0)
    edges = tick_edges(rate, 0, ticks_in(len(audio), rate))
    below = np.concatenate(([0.0], np.cumsum((weighted**2).sum(axis=1))))
    return np.diff(below[edges])


def test_the_48_khz_filters_are_the_tables_of_the_standard(k_filters):
    found = k_filters(48_000)
    assert found[:3] == pytest.approx(SHELF_48[0], abs=1e-13)
    assert found[3:5] == pytest.approx(SHELF_48[1], abs=1e-13)
    assert found[5:] == pytest.approx(HIGHPASS_48, abs=1e-13)


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
@pytest.mark.parametrize("rate", [8000, 11_025, 44_100, 44_101, 96_001])
def test_energies_are_those_of_plain_filters(tally, k_filters, rate, channels):
    rng = np.random.default_rng(rate + channels)
    length = round(rate * (37.77 if rate < 44_000 else 17.31))
    audio = rng.standard_normal((length, channels)) * 0.1 + 0.02
    audio[length // 3 : length // 2] = 0.0
    audio = audio.astype(np.float32).astype(np.float64)
    weights = np.sqrt(tally(np.zeros((1, channels)), rate).weights)
    expected = reference(audio * weights, rate, k_filters)
    found = tally(audio, rate).energies
    assert len(found) == len(expected)
    # 0.0001 dB, and in silence 100 dB under the loudest
    assert found == pytest.approx(expected, rel=2e-5, abs=1e-10 * expected.max())


@pytest.mark.parametrize("rate", [8000, 44_100, 192_001])
@pytest.mark.parametrize("hertz", [25.0, 60.0, 1000.0, 3500.0])
def test_float32_keeps_tones_and_bass_at_every_rate(tally, k_filters, rate, hertz):
    audio = tone(hertz, rate)
    expected = reference(audio.astype(np.float64), rate, k_filters)
    found = tally(audio, rate).energies
    assert found.sum() == pytest.approx(expected.sum(), rel=5e-5)


def tone(hertz, rate):
    wave = 0.7 * np.sin(2 * np.pi * hertz * np.arange(2 * rate) / rate)
    return np.repeat(wave[:, np.newaxis], 2, axis=1).astype(np.float32)


THINNED = [48_000, 88_200, 96_000, 176_400, 192_000, 384_000]
"""Rates of which fewer samples go through the filters."""


@pytest.mark.parametrize("rate", THINNED)
def test_thinned_samples_weigh_tones_as_all_do(tally, k_filters, rate):
    """The bound that is stated: 0.002 dB at any frequency."""
    assert factor(rate, TICKS) > 1
    for hertz in (15, 38, 100, 1000, 4000, 7000, 10_000, 12_000, 14_000, 20_000):
        audio = tone(hertz, rate)
        expected = reference(audio.astype(np.float64), rate, k_filters).sum()
        found = tally(audio, rate).energies.sum()
        assert 10 * np.log10(found / expected) == pytest.approx(0.0, abs=0.002), hertz


def coloured(kind, rate):
    rng = np.random.default_rng(rate)
    noise = rng.standard_normal((rate * 4, 2)) * 0.1
    if kind == "white":
        return noise
    if kind == "bursts":
        return (
            noise
            * (np.sin(2 * np.pi * 3 * np.arange(len(noise)) / rate) > 0)[:, np.newaxis]
        )
    if kind == "clicks":
        return np.where(np.arange(len(noise))[:, np.newaxis] % 4801, 0.0, 0.9)
    # what lies far below hearing outweighs all that is heard by 30 dB
    walk = np.cumsum(noise, axis=0)
    return 0.9 * walk / np.abs(walk).max()


@pytest.mark.parametrize("kind", ["white", "bursts", "clicks", "brown"])
@pytest.mark.parametrize("rate", THINNED)
def test_thinned_samples_weigh_noise_as_all_do(tally, k_filters, rate, kind):
    audio = coloured(kind, rate).astype(np.float32).astype(np.float64)
    found, expected = tally(audio, rate).energies, reference(audio, rate, k_filters)
    assert 10 * np.log10(found.sum() / expected.sum()) == pytest.approx(0, abs=0.003)
    # momentary loudness: what stands at the edges of ticks changes sides
    windows = [np.convolve(each, np.ones(40), "valid") for each in (found, expected)]
    assert np.abs(10 * np.log10(windows[0] / windows[1])).max() < 0.03


@pytest.mark.parametrize("rate", [48_000, 96_000, 192_000])
def test_a_constant_has_no_loudness_however_high(read, rate):
    audio = np.full((rate * 3, 2), 0.9)
    # faded in, for a step is a click
    audio[:rate] *= np.sin(np.linspace(0, np.pi / 2, rate))[:, np.newaxis] ** 2
    assert read(audio, rate).loudness.integrated is None


def test_one_song_reads_the_same_at_every_rate(read):
    rng = np.random.default_rng(3)
    song = rng.standard_normal((48_000 * 6, 2)) * 0.05
    song = resample_poly(song, 2, 5)  # nothing above 9.6 kHz
    song = resample_poly(song, 5, 2)
    at_48 = read(song, 48_000).loudness.integrated
    for up in (2, 4):
        high = read(resample_poly(song, up, 1), 48_000 * up).loudness.integrated
        assert high == pytest.approx(at_48, abs=0.005)


def test_ticks_of_any_rate_fill_its_seconds():
    for rate in (8000, 11_025, 22_050, 44_056, 44_101, 384_000):
        edges = tick_edges(rate, 0, 300)
        assert (edges[0], edges[100], edges[-1]) == (0, rate, 3 * rate)
        assert tick_edges(rate, 100, 200) == pytest.approx(edges[100:], abs=0)
        for samples in (0, *edges[1::7], *(edges[1::7] - 1)):
            assert ticks_in(int(samples), rate) == (edges[1:] <= samples).sum()
