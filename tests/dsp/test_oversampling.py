import numpy as np
import pytest

from dsp.oversampling import FACTORS, Oversampler, latency, norm

RATE = 44_100
LENGTH = 4_096


def decibels(gains: np.ndarray) -> np.ndarray:
    return 20 * np.log10(np.abs(gains) + 1e-300)


@pytest.mark.parametrize("factor", FACTORS)
def test_up_and_down_pass_what_is_heard_to_a_hundredth_of_a_decibel(
    factor: int,
) -> None:
    pulse = np.zeros((LENGTH, 2))
    pulse[1_000] = 1.0
    oversampler = Oversampler(factor, LENGTH)
    fine = oversampler.up(pulse).copy()
    out = oversampler.down(fine)
    assert np.abs(out[:, 0]).argmax() == 1_000 + latency(factor)
    heard = np.fft.rfftfreq(LENGTH, 1 / RATE) <= 20_000
    response = np.fft.rfft(np.roll(out[:, 0], -1_000 - latency(factor)))[heard]
    assert np.abs(decibels(response)).max() < 0.001
    # linear in phase: the pulse is the same forwards and backwards
    around = out[1_000 : 1_001 + 2 * latency(factor), 0]
    assert np.abs(around - around[::-1]).max() < 1e-12
    assert np.array_equal(out[:, 0], out[:, 1])

    hertz = np.fft.rfftfreq(LENGTH * factor, 1 / (RATE * factor))
    images = np.fft.rfft(fine[::2])[hertz >= RATE - 20_000] / factor
    assert decibels(images).max() < -120


@pytest.mark.parametrize("factor", FACTORS)
def test_what_lies_above_half_the_rate_is_gone(factor: int) -> None:
    time = np.arange(LENGTH * factor) / (RATE * factor)
    window = np.kaiser(len(time), 20)
    for hertz in np.linspace(RATE - 19_900, RATE * factor / 2 - 200, 9):
        tone = window * np.sin(2 * np.pi * hertz * time)
        out = Oversampler(factor, LENGTH).down(np.repeat(tone, 2))
        assert decibels(out).max() < -120


def test_pieces_of_any_length_are_one_sound() -> None:
    sound = np.random.default_rng(1).standard_normal((LENGTH, 2))
    whole = Oversampler(8, LENGTH)
    pieces = Oversampler(8, 64)
    cut = [pieces.down(pieces.up(part)) for part in np.split(sound, LENGTH // 64)]
    assert np.array_equal(np.concatenate(cut), whole.down(whole.up(sound)))


def test_no_sound_between_the_samples_is_higher_than_the_norm() -> None:
    signs = np.sign(np.random.default_rng(1).standard_normal((LENGTH, 2)))
    for factor in FACTORS:
        highest = np.abs(Oversampler(factor, LENGTH).up(signs)).max()
        assert 1.5 < highest <= norm(factor) < 4.0


def test_other_factors_are_refused() -> None:
    with pytest.raises(ValueError, match="oversampling by 3"):
        Oversampler(3, 64)
