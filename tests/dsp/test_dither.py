import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.dither import quantize, tpdf


@given(
    seed=st.integers(0, 2**128 - 1),
    start=st.integers(0, 2**40),
    cuts=st.lists(st.integers(0, 300), max_size=5),
    channels=st.integers(1, 3),
)
def test_noise_depends_on_place_alone(
    seed: int, start: int, cuts: list[int], channels: int
) -> None:
    whole = tpdf(seed, start, 300, channels)
    edges = [0, *sorted(cuts), 300]
    for first, last in itertools.pairwise(edges):
        part = tpdf(seed, start + first, last - first, channels)
        assert np.array_equal(part, whole[first:last])


def test_noise_is_the_same_on_every_machine_and_release() -> None:
    words = np.round(tpdf(7, 1_000_003, 2, 2) * 2**32).astype(np.int64)
    assert words.tolist() == [[2007391874, 1259886943], [2702911697, -2011400763]]


def test_noise_is_a_triangle_without_mean_or_memory() -> None:
    noise = tpdf(3, 0, 1 << 20, 2)
    count = len(noise)
    assert np.abs(noise).max() < 1.0
    assert np.abs(noise.mean(axis=0)).max() < 5 * np.sqrt(1 / 6 / count)
    assert np.allclose(noise.var(axis=0), 1 / 6, rtol=0.01)
    shares, _ = np.histogram(noise, bins=20, range=(-1, 1))
    edges = np.linspace(-1, 1, 21)
    area = np.sign(edges) * (np.abs(edges) - edges**2 / 2)
    assert np.allclose(shares / noise.size, np.diff(area), atol=1e-3)
    left, right = noise.T
    for lag in (1, 2, 4, 1024, 131_072):
        assert abs(np.mean(left[lag:] * left[:-lag])) < 1e-3
    assert abs(np.mean(left * right)) < 1e-3
    assert not np.array_equal(noise[:100], tpdf(4, 0, 100, 2))


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
