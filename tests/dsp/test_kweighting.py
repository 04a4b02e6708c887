import numpy as np
import pytest
from scipy.signal import lfilter, resample_poly

from dsp.kweighting import TICKS, coefficients, tick_edges
from dsp.loudness import ticks_in

# BS.1770-5 Annex 1, tables 1 and 2
SHELF_48 = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
HIGHPASS_48 = (-1.99004745483398, 0.99007225036621)


def reference(audio, rate):
    """Plain float64 filters over the whole stream, then sums by tick."""
    b0, b1, b2, a1, a2, p1, p2 = coefficients(rate)
    shelved = lfilter([b0, b1, b2], [1, a1, a2], audio, axis=0)
    weighted = lfilter([1, -2, 1], [1, p1, p2], shelved, axis=0)
    seconds = -(-len(audio) // rate)
    edges = np.concatenate([tick_edges(rate)[:-1] + at * rate for at in range(seconds)])
    edges = np.append(edges, seconds * rate)[: ticks_in(len(audio), rate) + 1]
    below = np.concatenate(([0.0], np.cumsum((weighted**2).sum(axis=1))))
    return np.diff(below[edges])


def test_the_48_khz_filters_are_the_tables_of_the_standard():
    found = coefficients(48_000)
    assert found[:3] == pytest.approx(SHELF_48[0], abs=1e-13)
    assert found[3:5] == pytest.approx(SHELF_48[1], abs=1e-13)
    assert found[5:] == pytest.approx(HIGHPASS_48, abs=1e-13)


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
@pytest.mark.parametrize("rate", [8000, 11_025, 44_100, 44_101, 96_000])
def test_energies_are_those_of_plain_filters(tally, rate, channels):
    rng = np.random.default_rng(rate + channels)
    length = round(rate * (37.77 if rate < 44_000 else 17.31))
    audio = rng.standard_normal((length, channels)) * 0.1 + 0.02
    audio[length // 3 : length // 2] = 0.0
    audio = audio.astype(np.float32).astype(np.float64)
    weights = np.sqrt(tally(np.zeros((1, channels)), rate).weights)
    expected = reference(audio * weights, rate)
    found = tally(audio, rate).energies
    assert len(found) == len(expected)
    # what a lane does not know of the past: below 1e-9 of the loudest
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9 * expected.max())


def test_one_song_reads_the_same_at_every_rate(read):
    rng = np.random.default_rng(3)
    song = rng.standard_normal((48_000 * 6, 2)) * 0.05
    song = resample_poly(song, 2, 5)  # nothing above 9.6 kHz
    song = resample_poly(song, 5, 2)
    at_48 = read(song, 48_000).loudness.integrated
    for up in (2, 4):
        high = read(resample_poly(song, up, 1), 48_000 * up).loudness.integrated
        assert high == pytest.approx(at_48, abs=0.005)


def test_ticks_of_any_rate_fill_its_second():
    for rate in (8000, 11_025, 22_050, 44_056, 44_101, 384_000):
        edges = tick_edges(rate)
        assert (edges[0], edges[-1], len(edges)) == (0, rate, TICKS + 1)
        assert ticks_in(rate * 3, rate) == 300
        assert ticks_in(rate * 3 - 1, rate) == 299
