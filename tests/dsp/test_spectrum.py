import numpy as np
import pytest
from scipy.signal import firwin, lfilter

from dsp import spectrum
from dsp.bandwidth import bandwidth
from dsp.kernels import LANES
from dsp.lanefft import IMAGINARY, LEFT, REAL, RIGHT, Spectrograph
from dsp.machinecode import kind_of
from dsp.meter import Meter
from dsp.thirds import centres, edges, nominal

NOMINAL = [20, 25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630]
NOMINAL += [800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000, 10_000]
NOMINAL += [12_500, 16_000, 20_000]


def plain(left, right, size, hop):
    window = np.sin((np.arange(size) + 0.5) * np.pi / size) * np.sqrt(2) / size
    sums = np.zeros((4, size // 2 + 1))
    for at in range(0, LANES * hop, hop):
        one = np.fft.rfft(left[at : at + size].astype(np.float64) * window)
        other = np.fft.rfft(right[at : at + size].astype(np.float64) * window)
        weight = np.where(np.arange(size // 2 + 1) % (size // 2) == 0, 1.0, 2.0)
        cross = one * other.conj()
        sums[LEFT] += weight * abs(one) ** 2
        sums[RIGHT] += weight * abs(other) ** 2
        sums[REAL] += weight * cross.real
        sums[IMAGINARY] += weight * cross.imag
    return sums


@pytest.mark.parametrize("size", [128, 256, 512, 1024, 2048])
def test_spectra_are_those_of_a_plain_transform_in_float64(size):
    rng = np.random.default_rng(size)
    graph, hop = Spectrograph(size), size // 2
    span = (LANES - 1) * hop + size
    left, right = rng.standard_normal((2, span)).astype(np.float32)
    right += np.float32(0.7) * np.roll(left, 3)
    sums = np.zeros((4, size // 2 + 1))
    graph.add(left, right, hop, sums)
    expected = plain(left, right, size, size // 2)
    assert sums == pytest.approx(expected, rel=1e-4, abs=1e-5 * expected.max())


def test_bands_are_named_as_in_the_standard():
    assert [nominal(centre) for centre in centres(44_100)] == NOMINAL
    assert centres(44_100)[17] == pytest.approx(1000.0)
    assert edges(48_000)[17:19] == pytest.approx([891.25, 1122.02], abs=0.01)
    assert nominal(centres(96_000)[-1]) == 40_000
    assert nominal(centres(8000)[-1]) == 4000


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("hertz", [31.5, 63, 125, 400, 500, 630, 1000, 8000])
def test_a_tone_stands_in_its_band(tones, read, rate, hertz):
    exact = centres(rate)[[nominal(each) for each in centres(rate)].index(hertz)]
    found = read(tones([(-12.0, 12)], rate, hertz=exact), rate).spectrum
    levels = [-200 if level is None else level for level in found.levels]
    best = int(np.argmax(levels))
    assert nominal(found.centres[best]) == hertz
    # what a band is less wide than the window leaks into its neighbours
    assert levels[best] == pytest.approx(-12.0, abs=0.35)
    near = 10 ** (np.array(levels[max(0, best - 2) : best + 3]) / 10)
    assert 10 * np.log10(near.sum()) == pytest.approx(-12.0, abs=0.05)


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_pink_noise_is_level(read, rate):
    rng = np.random.default_rng(8)
    count = rate * 40
    spectrum = rng.standard_normal((2, count // 2 + 1, 2)) @ [1, 1j]
    spectrum /= np.sqrt(np.maximum(np.arange(count // 2 + 1), 1))
    audio = np.fft.irfft(spectrum, count).T
    audio *= 0.1 / audio.std()
    levels = np.array(read(audio, rate).spectrum.levels[3:30])  # 40 Hz to 16 kHz
    # the deviation of a narrow band: some degrees of freedom only
    assert np.abs(levels - np.median(levels)).max() < 1.0


def test_bands_hold_all_the_energy(read):
    audio = np.random.default_rng(2).standard_normal((44_100 * 9, 2)) * 0.1
    found = read(audio, 44_100)
    whole = 10 * np.log10(sum(10 ** (level / 10) for level in found.spectrum.levels))
    missing = 10 * np.log10(1 - 17.8 / 22_050)  # below 20 Hz
    assert whole == pytest.approx(found.rms + missing, abs=0.02)


def test_loud_passages_have_a_spectrum_of_their_own(tones, read):
    audio = np.concatenate(
        [tones([(-30, 30)], hertz=200.0), tones([(-10, 30)], hertz=2000.0)]
    )
    found = read(audio, 48_000).spectrum
    low, high = (
        [nominal(each) for each in found.centres].index(hertz) for hertz in (200, 2000)
    )
    assert found.levels[low] == pytest.approx(-33.0, abs=0.3)
    assert found.loud_levels[low] is None or found.loud_levels[low] < -36
    assert found.loud_levels[high] == pytest.approx(-10.0, abs=0.5)


def test_folding_losses_are_told_by_band(tones, read):
    low, high = tones([(-12, 6)], hertz=100.0), tones([(-12, 6)], hertz=4000.0)
    found = read(low + high * [1.0, -0.9], 48_000).spectrum
    names = [nominal(each) for each in found.centres]
    assert found.mono_losses[names.index(100)] == pytest.approx(0.0, abs=0.05)
    assert found.mono_losses[names.index(4000)] < -20


@pytest.mark.parametrize(("cut", "rate"), [(16_000, 44_100), (20_000, 96_000)])
def test_bandwidth_is_where_a_filter_cut(read, cut, rate):
    audio = np.random.default_rng(6).standard_normal((rate * 8, 2)) * 0.1
    audio = lfilter(firwin(511, cut, fs=rate), 1, audio, axis=0)
    found = read(audio, rate).spectrum.bandwidth
    assert found == pytest.approx(cut, rel=0.04)


def test_bandwidth_without_a_cut_is_all_of_it():
    falling = 1.0 / np.arange(1, 514) ** 3
    assert bandwidth(falling, 43.07) == pytest.approx(512 * 43.07)
    assert bandwidth(np.zeros(513), 43.07) is None


def test_partials_are_no_cut():
    falling = 1.0 / np.arange(1, 514) ** 2
    for partial in range(10, 500, 13):
        falling[partial] *= 300
    assert bandwidth(falling, 46.875) == pytest.approx(512 * 46.875)
    falling[300:] *= 1e-4
    assert bandwidth(falling, 46.875) == pytest.approx(299 * 46.875, rel=0.04)


@pytest.mark.parametrize("rate", [44_100, 96_000])
@pytest.mark.parametrize("beat", [0.25, 0.3413, 0.5])
def test_frames_that_are_left_out_do_not_show(tally, monkeypatch, rate, beat):
    """Bursts of noise in time and out of time with the frames, over 80 seconds."""
    rng = np.random.default_rng(round(beat * 1000))
    count = 80 * rate
    time = np.arange(count) / rate % beat
    audio = rng.standard_normal((count, 2)) * 0.1 * np.exp(-time / 0.04)[:, np.newaxis]
    some = tally(audio, rate).bands.sum(axis=0)
    monkeypatch.setattr(spectrum, "WHOLE", 1000)
    # frames side by side count their edges less: those half a frame on make it up
    half = np.zeros((int(spectrum.SIZE * spectrum.scale(rate)) // 2, 2))
    shifted = tally(np.concatenate((half, audio)), rate)
    every = (tally(audio, rate).bands.sum(axis=0) + shifted.bands.sum(axis=0)) / 2
    error = 10 * np.log10(some[:2] / every[:2])
    assert np.abs(error).max() < 0.5
    assert np.sqrt((error**2).mean()) < 0.15


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000])
def test_the_meter_needs_the_code_that_was_rehearsed(rate, channels, monkeypatch):
    kinds = []
    monkeypatch.setattr(
        spectrum, "_hear", lambda *given: kinds.append(kind_of(given)) or 0
    )
    spectrum.rehearse()
    Meter(rate, channels).feed(np.zeros((600_000, channels), np.float32))
    assert len(kinds) > 1
    assert len(set(kinds)) == 1
    assert None not in kinds
