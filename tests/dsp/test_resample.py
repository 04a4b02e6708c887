from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dsp.resample import Resampler, converted_length

RATES = (44_100, 48_000, 88_200, 96_000, 176_400, 192_000)
Floats = NDArray[np.float64]


def convert(audio: Floats, source: int, target: int, *cuts: int) -> Floats:
    length = converted_length(len(audio), source, target)
    resampler = Resampler(
        source, target, audio.shape[1], source_length=len(audio), length=length
    )
    edges = [0, *sorted(cuts), len(audio)]
    parts = [resampler.process(audio[first:last]) for first, last in pairwise(edges)]
    return np.concatenate([*parts, resampler.finish()])


@pytest.mark.parametrize(("source", "target"), list(product(RATES, RATES)))
def test_frames_stay_frames_and_an_impulse_stays_in_place(
    source: int, target: int
) -> None:
    audio = np.zeros((source // 75 * 30, 2))
    audio[source // 75 * 10] = 1.0
    out = convert(audio, source, target)
    assert len(out) == target // 75 * 30
    assert np.abs(out[:, 0]).argmax() == target // 75 * 10
    assert np.array_equal(out[:, 0], out[:, 1])


@given(
    rates=st.tuples(st.sampled_from(RATES), st.sampled_from(RATES)),
    length=st.integers(0, 6_000),
    cuts=st.lists(st.integers(0, 6_000), max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_blocks_change_no_bit_and_no_length(
    rates: tuple[int, int], length: int, cuts: list[int]
) -> None:
    audio = np.random.default_rng(4).standard_normal((length, 2))
    whole = convert(audio, *rates)
    assert len(whole) == -(-length * rates[1] // rates[0])
    assert np.array_equal(
        convert(audio, *rates, *(min(cut, length) for cut in cuts)), whole
    )


def test_the_same_rate_passes_every_bit() -> None:
    audio = np.random.default_rng(4).standard_normal((1_000, 2))
    assert np.array_equal(convert(audio, 48_000, 48_000, 77), audio)


@pytest.mark.parametrize(
    ("source", "target"), [(96_000, 44_100), (96_000, 48_000), (192_000, 44_100)]
)
def test_what_would_alias_is_gone(source: int, target: int) -> None:
    # a sweep over all that the target cannot hold
    time = np.arange(source) / source
    low, high = target * 0.52, source * 0.49
    sweep = np.sin(2 * np.pi * (low * time + (high - low) / 2 * time**2))
    out = convert((sweep * np.hanning(source))[:, None], source, target)
    assert 20 * np.log10(np.abs(out).max()) < -140


@pytest.mark.parametrize(("source", "target"), [(96_000, 44_100), (44_100, 48_000)])
def test_what_is_heard_stays_as_it_is(source: int, target: int) -> None:
    for hertz in (20.0, 997.0, 10_000.0, 19_500.0):
        given_ = np.sin(2 * np.pi * hertz * np.arange(source) / source)[:, None]
        wanted = np.sin(2 * np.pi * hertz * np.arange(target) / target)
        found = convert(given_, source, target)[:, 0]
        inside = slice(target // 4, -target // 4)
        level = np.dot(found[inside], wanted[inside]) / np.dot(
            wanted[inside], wanted[inside]
        )
        assert 20 * np.log10(level) == pytest.approx(0, abs=0.005)
        assert np.abs(found - level * wanted)[inside].max() < 1e-6


def test_lengths_that_are_not_the_same_time_are_refused() -> None:
    with pytest.raises(ValueError, match="are not"):
        Resampler(96_000, 48_000, 2, source_length=200, length=101)


def test_too_much_and_too_little_input_are_refused() -> None:
    resampler = Resampler(96_000, 48_000, 2, source_length=200, length=100)
    resampler.process(np.zeros((150, 2)))
    with pytest.raises(ValueError, match="50 samples short"):
        resampler.finish()
    with pytest.raises(ValueError, match="1 samples beyond"):
        resampler.process(np.zeros((51, 2)))


@pytest.mark.parametrize(
    ("source", "target"),
    [(96_000, 44_100), (88_200, 44_100), (48_000, 44_100), (192_000, 48_000)],
)
def test_a_swept_tone_leaves_no_alias_above_minus_140_db(
    source: int, target: int
) -> None:
    # a sweep through all that the target cannot hold: whatever comes out is an alias
    at = np.arange(4 * source) / source
    low, high = 0.5005 * target, 0.4995 * source
    turns = low * at + (high - low) * at**2 / (2 * at[-1])
    edge = np.minimum(1.0, np.minimum(at, at[-1] - at) / 0.2)
    sweep = np.sin(2 * np.pi * turns) * np.sin(np.pi / 2 * edge) ** 2
    first = 0.01 * 4 * target  # soxr's own band ends beyond 0.5: let it be passed
    out = convert(np.stack((sweep, sweep), axis=1), source, target)[:, 0]
    spectrum = [
        np.abs(np.fft.rfft(out[begin : begin + 8_192] * np.blackman(8_192))).max()
        for begin in range(round(first), len(out) - 8_192, 4_096)
    ]
    assert 20 * np.log10(max(spectrum) / (0.42 * 8_192 / 2)) < -140
