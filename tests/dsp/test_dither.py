import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dsp.dither import RESTART, Quantizer, quantize
from dsp.shaping import Shape, feedback


@pytest.mark.parametrize("bits", [16, 24])
@given(block=st.integers(7_000, 60_000), start=st.integers(0, 2**33))
@settings(max_examples=10, deadline=None)
def test_integers_pass_bit_for_bit(bits: int, block: int, start: int) -> None:
    full = 1 << (bits - 1)
    given_ = np.random.default_rng(1).integers(-full, full, (60_000, 2))
    given_[:2] = [[-full, full - 1], [0, -1]]
    audio = given_ / full
    for at in range(0, len(audio), block):
        found = quantize(audio[at : at + block], bits, start=start + at, seed=1)
        assert found.over is None
        assert found.samples.dtype == (np.int16 if bits == 16 else np.int32)
        assert np.array_equal(found.samples, given_[at : at + block])


@given(cuts=st.lists(st.integers(0, 40_000), max_size=4))
@settings(max_examples=20, deadline=None)
def test_dither_stays_in_its_stretches_whatever_the_blocks(cuts: list[int]) -> None:
    audio = np.full((40_000, 2), 0.25)
    stretches = [(105, 200), (300, 20_100), (39_900, 60_000)]
    whole = quantize(audio, 16, start=100, seed=5, dithered=stretches).samples
    edges = [0, *sorted(cuts), len(audio)]
    parts = [
        quantize(
            audio[first:last], 16, start=100 + first, seed=5, dithered=stretches
        ).samples
        for first, last in itertools.pairwise(edges)
    ]
    assert np.array_equal(np.concatenate(parts), whole)
    touched = np.flatnonzero((whole != 8192).any(axis=1)) + 100
    inside = np.zeros(60_000, bool)
    for first, last in stretches:
        inside[first:last] = True
    assert inside[touched].all()
    assert len(touched) > 0.4 * inside[100:40_100].sum()


def test_the_error_of_dithered_audio_has_no_mean_and_a_quarter_lsb_squared() -> None:
    for level in (0.0, 0.2, 0.5, 0.77):
        audio = np.full((200_000, 2), level / 32768)
        error = (
            quantize(audio, 16, start=0, seed=9, dithered=[(0, 200_000)]).samples
            - level
        )
        assert abs(error.mean()) < 0.004
        assert error.var() == pytest.approx(0.25, rel=0.01)


def test_a_tone_at_minus_120_db_comes_through_straight() -> None:
    count = 1 << 20
    tone = np.sin(2 * np.pi * 23_706 / count * np.arange(count))
    audio = (tone * 10 ** (-120 / 20))[:, None]
    out = quantize(audio, 16, start=0, seed=2, dithered=[(0, count)]).samples[:, 0]
    level = 2 * np.mean(out * tone) / 32768
    assert 20 * np.log10(abs(level)) == pytest.approx(-120, abs=0.7)
    spectrum = np.abs(np.fft.rfft(out * np.hanning(count)))
    floor = np.sqrt(np.mean(spectrum**2))
    for harmonic in (2, 3, 5, 7):
        assert spectrum[23_706 * harmonic] < 4 * floor


def test_a_half_goes_to_the_even_neighbour() -> None:
    audio = np.array([[0.5, 1.5, 2.5, -0.5, -1.5]]) / 32768
    assert quantize(audio, 16, start=0, seed=0).samples.tolist() == [[0, 2, 2, 0, -2]]


@pytest.mark.parametrize("bits", [16, 24])
def test_full_scale_is_held_and_no_fault(bits: int) -> None:
    audio = np.tile([[1.0, -1.0]], (50_000, 1))
    found = quantize(audio, bits, start=0, seed=0, dithered=[(0, 40_000)])
    top = (1 << (bits - 1)) - 1
    assert found.over is None
    assert found.samples.max() == top
    assert found.samples.min() == -top - 1
    assert found.samples[:, 0].min() >= top - 1
    assert found.samples[:, 1].max() <= -top + 1


def test_audio_beyond_full_scale_is_reported_with_its_worst() -> None:
    audio = np.zeros((40_000, 2))
    audio[17, 0], audio[30_000, 1], audio[39_000, 0] = 1.0000001, -1.5, 1.2
    over = quantize(audio, 16, start=1_000, seed=0).over
    assert over is not None
    assert (over.position, over.channel, over.value) == (31_000, 1, -1.5)
    assert over.count == 3


def test_what_is_no_number_is_reported() -> None:
    audio = np.zeros((4, 2))
    audio[2, 1] = np.nan
    found = quantize(audio, 24, start=10, seed=0)
    assert found.over is not None
    assert (found.over.position, found.over.count) == (12, 1)
    assert not found.samples.any()


def test_nothing_in_is_nothing_out() -> None:
    found = quantize(np.zeros((0, 2)), 16, start=0, seed=0, dithered=[(0, 9)])
    assert found.samples.shape == (0, 2)
    assert found.over is None


def test_other_depths_are_refused() -> None:
    with pytest.raises(ValueError, match="20 bits"):
        quantize(np.zeros((1, 2)), 20, start=0, seed=0)


ENDLESS = [(0, 1 << 40)]


def shaped(
    audio: NDArray[np.float64],
    *cuts: int,
    start: int = 0,
    dithered: Sequence[tuple[int, int]] = ENDLESS,
    shape: Shape = "shaped",
    bits: int = 16,
) -> NDArray[np.int_]:
    stream = Quantizer(bits, seed=4, start=start, dithered=dithered, shape=shape)
    edges = [0, *sorted(min(cut, len(audio)) for cut in cuts), len(audio)]
    return np.concatenate(
        [
            stream.process(audio[low:high]).samples
            for low, high in itertools.pairwise(edges)
        ]
    )


@given(
    cuts=st.lists(st.integers(0, 90_000), max_size=5),
    channels=st.integers(1, 3),
    start=st.integers(0, 2**40),
)
@settings(max_examples=15, deadline=None)
def test_shaped_bytes_do_not_depend_on_blocks(
    cuts: list[int], channels: int, start: int
) -> None:
    audio = np.random.default_rng(2).uniform(-0.5, 0.5, (90_000, channels))
    stretches = [(start + 5, start + 40_000), (start + 41_000, start + 80_000)]
    whole = shaped(audio, start=start, dithered=stretches)
    assert np.array_equal(shaped(audio, *cuts, start=start, dithered=stretches), whole)


def test_a_shaped_stretch_can_be_made_by_itself_from_every_restart() -> None:
    audio = np.random.default_rng(2).uniform(-0.5, 0.5, (3 * RESTART, 2))
    whole = shaped(audio)
    for first in (RESTART, 2 * RESTART):
        assert np.array_equal(shaped(audio[first:], start=first), whole[first:])


def test_channels_are_shaped_by_themselves() -> None:
    audio = np.random.default_rng(2).uniform(-0.5, 0.5, (5_000, 3))
    other = audio.copy()
    other[:, 1] = 0.0
    assert np.array_equal(shaped(audio)[:, [0, 2]], shaped(other)[:, [0, 2]])


def test_silence_and_integers_between_shaped_stretches_stay_as_they_are() -> None:
    given_ = np.random.default_rng(1).integers(-32768, 32768, (50_000, 2))
    given_[20_000:30_000] = 0
    stretches = [(1_000, 19_000), (30_500, 40_000)]
    out = shaped(given_ / 32768, dithered=stretches)
    inside = np.zeros(len(given_), bool)
    for first, last in stretches:
        inside[first:last] = True
    assert np.array_equal(out[~inside], given_[~inside])
    assert (out[inside] != given_[inside]).mean() > 0.4


@pytest.mark.parametrize(("shape", "most"), [("flat", 1.5), ("shaped", 7.0)])
def test_a_stretch_begins_and_ends_without_a_click(shape: Shape, most: float) -> None:
    level = np.full((40_000, 2), 1000.3 / 32768)
    stretches = [(at, at + 500) for at in range(0, 40_000, 600)]
    error = shaped(level, dithered=stretches, shape=shape) - 1000.3
    assert np.abs(error).max() <= most  # no more at an edge than everywhere


@pytest.mark.parametrize(
    "shape",
    ["flat", "shaped", "strong", "lipshitz", "modified-e", "f-weighted", "improved-e"],
)
def test_the_spectrum_of_the_noise_is_the_designed_one(shape: Shape) -> None:
    size, count = 1 << 10, 1 << 19
    quiet = np.full((count, 1), 0.37 / 32768)
    error = (shaped(quiet, shape=shape) - 0.37)[:, 0].reshape(-1, size)
    window = np.hanning(size)
    power = np.mean(np.abs(np.fft.rfft(error * window, axis=1)) ** 2, axis=0)
    power /= 0.25 * np.sum(window**2)  # of flat TPDF dither and rounding
    at = np.arange(size // 2 + 1) / size
    weights = feedback(shape, 44_100)
    phases = np.exp(-2j * np.pi * np.outer(at, np.arange(1, len(weights) + 1)))
    expected = np.abs(1 - phases @ np.array(weights)) ** 2
    bands = np.abs(10 * np.log10(power / expected))
    assert bands[(at > 0.01) & (at < 0.49) & (expected > 1e-2)].max() < 1.5
    assert power[2:-2].mean() == pytest.approx(expected[2:-2].mean(), rel=0.03)


@pytest.mark.parametrize("shape", ["flat", "shaped", "strong"])
def test_a_tone_at_minus_90_db_has_no_harmonic_above_the_noise(shape: Shape) -> None:
    count, cycles = 1 << 20, 23_706
    tone = np.sin(2 * np.pi * cycles / count * np.arange(count))
    out = shaped((tone * 10 ** (-90 / 20))[:, None], shape=shape)[:, 0]
    level = 2 * np.mean(out * tone) / 32768
    assert 20 * np.log10(abs(level)) == pytest.approx(-90, abs=0.1)
    spectrum = np.abs(np.fft.rfft(out * np.hanning(count))) ** 2
    for harmonic in range(2, 20):
        at = cycles * harmonic
        floor = spectrum[at - 400 : at + 401].mean()
        # over so few lines noise itself stands up to 10 dB above its mean
        assert spectrum[at - 1 : at + 2].max() < 16 * floor


def test_errors_of_full_scale_are_not_fed_back() -> None:
    audio = np.zeros((20_000, 2))
    audio[5_000:6_000] = 1.0
    out = shaped(audio)
    assert out.max() == 32767
    assert np.abs(out[6_000:]).max() <= 7
