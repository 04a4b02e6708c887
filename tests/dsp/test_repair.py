import numpy as np
import pytest
from numpy.typing import NDArray

from dsp.autoregression import burg, filled, residuals
from dsp.processor import Floats
from dsp.repair import Mute, Repair

RATE = 44_100


def tones(rate: int = RATE, noise: float = 1e-4) -> Floats:
    time = np.arange(rate) / rate
    left = sum(
        level * np.sin(2 * np.pi * hertz * time + hertz)
        for level, hertz in (
            (0.2, 110.0),
            (0.1, 443.0),
            (0.1, 1_234.0),
            (0.03, 5_000.0),
        )
    )
    right = 0.3 * np.sin(2 * np.pi * 220.0 * time)
    rng = np.random.default_rng(6)
    return np.stack([left, right], 1) + noise * rng.standard_normal((rate, 2))


def through(
    stage: Mute | Repair, sound: Floats, rate: int = RATE, start: int = 0
) -> Floats:
    stream = stage.open(rate, start=start)
    return np.concatenate([stream.process(sound), stream.finish()])


@pytest.mark.parametrize("rate", [RATE, 96_000])
@pytest.mark.parametrize("start", [0, 1_000])
def test_mute_is_silent_in_its_range_and_nothing_else_beyond_5_ms(
    rate: int, start: int
) -> None:
    sound = tones(rate)
    out = through(Mute(from_s=0.4, to_s=0.5), sound, rate, start)
    first, last = round(0.4 * rate) - start, round(0.5 * rate) - start
    edge = round(0.005 * rate)
    assert not out[first:last].any()
    assert np.array_equal(out[: first - edge], sound[: first - edge])
    assert np.array_equal(out[last + edge :], sound[last + edge :])
    gains = out[first - edge : first, 1] / sound[first - edge : first, 1]
    assert (np.diff(gains) < 0).all()
    assert gains[0] > 0.99
    assert gains[-1] < 0.01


@pytest.mark.parametrize("rate", [RATE, 96_000, 192_000])
@pytest.mark.parametrize(("gap_ms", "wanted"), [(1, -60), (10, -55), (50, -45)])
def test_what_can_be_predicted_is_made_anew(
    gap_ms: int, wanted: float, rate: int
) -> None:
    sound = tones(rate)
    damaged = sound.copy()
    first, last = rate // 2, rate // 2 + round(gap_ms * rate / 1_000)
    damaged[first:last] = 0.7
    stage = Repair(from_s=0.5, to_s=0.5 + gap_ms / 1_000)
    out = through(stage, damaged, rate)
    assert np.array_equal(out[:first], sound[:first])
    assert np.array_equal(out[last:], sound[last:])
    assert 20 * np.log10(np.abs(out - sound).max()) < wanted


def test_nothing_of_the_damage_is_left_in_the_repair() -> None:
    sound = tones()
    stage = Repair(from_s=0.5, to_s=0.52)
    first, last = RATE // 2, round(0.52 * RATE)
    outs = []
    for damage in (0.0, 1.0):
        sound[first:last] = damage
        outs.append(through(stage, sound))
    assert np.array_equal(*outs)


@pytest.mark.parametrize(("from_s", "to_s"), [(0.0, 0.01), (0.97, 1.0), (0.99, 1.02)])
def test_the_ends_of_a_sound_are_repaired_from_one_side(
    from_s: float, to_s: float
) -> None:
    sound = tones()
    out = through(Repair(from_s=from_s, to_s=to_s), sound)
    changed = np.flatnonzero((out != sound).any(axis=1))
    assert round(from_s * RATE) <= changed[0]
    assert changed[-1] < round(to_s * RATE)
    assert np.abs(out).max() < 1.0


def test_ranges_beyond_the_sound_change_nothing_and_say_so() -> None:
    sound = tones()
    stream = Repair(from_s=2.0, to_s=2.01).open(RATE)
    assert np.array_equal(
        np.concatenate([stream.process(sound), stream.finish()]), sound
    )
    assert "outside" in stream.remarks[0]
    early = through(Repair(from_s=0.0, to_s=0.01), sound, start=RATE)
    assert np.array_equal(early, sound)


def test_silence_is_repaired_by_silence() -> None:
    sound = np.zeros((RATE, 2))
    sound[RATE // 2 : RATE // 2 + 100] = 0.5
    assert not through(Repair(from_s=0.5, to_s=0.503), sound).any()


def test_burg_finds_the_process_that_made_a_sound() -> None:
    rng = np.random.default_rng(8)
    wanted = np.array([1.0, -1.6, 1.2, -0.4])
    sound: NDArray[np.float64] = np.zeros(60_000)
    for at in range(3, len(sound)):
        past = sound[at - 3 : at][::-1]
        sound[at] = rng.standard_normal() - wanted[1:] @ past
    found = burg(sound[:30_000], sound[30_000:], 3)
    assert np.abs(found - wanted).max() < 0.02
    forward, backward = residuals(sound, found)
    assert np.std(forward) == pytest.approx(1.0, abs=0.02)
    assert np.std(backward) == pytest.approx(1.0, abs=0.02)


def test_interpolation_is_the_least_error_of_prediction() -> None:
    rng = np.random.default_rng(9)
    sound = np.convolve(rng.standard_normal(3_000), np.hanning(9), "same")
    first, last, order = 1_500, 1_512, 20
    new = filled(sound, first, last, order)
    predictor = burg(sound[:first], sound[last:], order)

    def error(part: NDArray[np.float64]) -> float:
        mended = sound.copy()
        mended[first:last] = part
        return float(np.sum(np.square(np.convolve(mended, predictor, "valid"))))

    least = error(new)
    for _ in range(20):
        assert error(new + 1e-3 * rng.standard_normal(12)) > least
