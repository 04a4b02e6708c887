"""What holds for every stage of colour, image and repair alike."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.clip import Clip
from dsp.dc import Dc
from dsp.declick import Declick
from dsp.dehum import Dehum
from dsp.denoise import Denoise
from dsp.image import MonoBelow, Width
from dsp.placing import Balance, Delay, Gain, Polarity, Swap
from dsp.processor import Floats, Learner
from dsp.repair import Mute, Repair
from dsp.saturation import Saturate, Tape

RATE = 16_000

STAGES: list[Any] = [
    Tape(amount=0.4),
    Saturate(amount=0.3),
    Saturate(amount=0.3, curve="even"),
    Clip(ceiling_db=-9.0),
    Clip(ceiling_db=-9.0, shape="hard"),
    Width(width=1.3),
    Width(width=0.2, above_hz=250.0, from_s=0.05, to_s=0.4),
    MonoBelow(frequency_hz=120.0),
    MonoBelow(frequency_hz=120.0, slope_db_oct=24),
    Balance(gain_db=0.5),
    Swap(),
    Polarity(channel="left"),
    Delay(samples=700.0, channel="left"),
    Delay(ms=0.33),
    Gain(gain_db=-3.0),
    Dc(),
    Declick(),
    Dehum(frequency_hz=50.0),
    Denoise(reduction_db=6.0, from_s=0.0, to_s=0.3),
    Mute(from_s=0.1, to_s=0.2),
    Repair(from_s=0.1, to_s=0.103),
]
OF_ONE_SIDE = (Balance, Delay, Polarity)


def noise(length: int, seed: int = 3) -> Floats:
    sound = 0.2 * np.random.default_rng(seed).standard_normal((length, 2)) + 0.01
    sound[length // 3 : length // 3 + 3, 0] += 0.9
    return sound


def taught(stage: Any, sound: Floats) -> Any:
    if isinstance(stage, Learner):
        return stage.learned(RATE, lambda: iter([sound]))
    return stage


def through(stage: Any, sound: Floats, *cuts: int, start: int = 0) -> Floats:
    stream = stage.open(RATE, start=start)
    edges = [0, *sorted(min(cut, len(sound)) for cut in cuts), len(sound)]
    parts = [stream.process(sound[first:last]) for first, last in pairwise(edges)]
    return np.concatenate([*parts, stream.finish()])


@pytest.mark.parametrize("stage", STAGES, ids=repr)
@given(
    cuts=st.lists(st.integers(0, 9_000), max_size=6),
    start=st.sampled_from([0, 1, 2_345]),
)
@settings(max_examples=12, deadline=None)
def test_blocks_change_no_bit_and_no_length(
    stage: Any, cuts: list[int], start: int
) -> None:
    sound = noise(9_000)
    kept = sound.copy()
    stage = taught(stage, sound)
    whole = through(stage, sound, start=start)
    assert whole.shape == sound.shape
    assert np.array_equal(through(stage, sound, *cuts, start=start), whole)
    assert np.array_equal(sound, kept)


@pytest.mark.parametrize("stage", STAGES, ids=repr)
def test_what_comes_out_is_the_callers_to_keep(stage: Any) -> None:
    sound = noise(9_000)
    stream = taught(stage, sound).open(RATE)
    given_out = [stream.process(sound[:5_000])]
    kept = given_out[0].copy()
    stream.process(sound[5_000:])
    stream.finish()
    assert np.array_equal(given_out[0], kept)


@pytest.mark.parametrize(
    "stage", [each for each in STAGES if not isinstance(each, OF_ONE_SIDE)], ids=repr
)
def test_the_same_on_both_sides_stays_the_same_on_both_sides(stage: Any) -> None:
    sound = noise(9_000)
    sound[:, 1] = sound[:, 0]
    out = through(taught(stage, sound), sound)
    assert np.array_equal(out[:, 0], out[:, 1])


@pytest.mark.parametrize("stage", STAGES, ids=repr)
def test_silence_and_no_sound_at_all_pass(stage: Any) -> None:
    stage = taught(stage, noise(9_000))
    assert through(stage, np.zeros((0, 2))).shape == (0, 2)
    assert through(stage, np.zeros((1, 2))).shape == (1, 2)
    assert np.abs(through(stage, np.zeros((5_000, 2)))).max() < 0.02  # but for the DC


@pytest.mark.parametrize("stage", STAGES, ids=repr)
def test_the_loudest_and_the_faintest_numbers_do_no_harm(stage: Any) -> None:
    stage = taught(stage, noise(9_000))
    for size in (1e-310, 1e6):
        assert np.isfinite(through(stage, size * noise(9_000))).all()


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: Tape(amount=1.1), "0 to 100 %"),
        (lambda: Saturate(amount=-0.1), "0 to 100 %"),
        (lambda: Saturate(amount=0.1, curve="odder"), "odd and even"),  # type: ignore[arg-type]
        (lambda: Clip(ceiling_db=1.0), "-40 and 0 dBFS"),
        (lambda: Clip(ceiling_db=-1.0, shape="round"), "soft and hard"),  # type: ignore[arg-type]
        (lambda: Width(width=5.0), "0 to 400 %"),
        (lambda: Width(width=1.1, from_s=3.0, to_s=2.0), "ends after it began"),
        (lambda: Width(width=1.1, above_hz=9_000.0).open(RATE), "half the rate"),
        (lambda: MonoBelow(frequency_hz=3.0), "10 to 2000 Hz"),
        (lambda: MonoBelow(frequency_hz=99.0, slope_db_oct=7), "6, 12 and 24"),  # type: ignore[arg-type]
        (lambda: Balance(gain_db=99.0), "±40 dB"),
        (lambda: Polarity(channel="mid"), "left, right and both"),  # type: ignore[arg-type]
        (lambda: Delay(samples=-1.0), "delay the other"),
        (lambda: Delay(ms=1_001.0).open(RATE), "longest is 1 s"),
        (lambda: Gain(gain_db=float("nan")), "±120 dB"),
        (lambda: Declick(sensitivity=2.0), "0 to 100 %"),
        (lambda: Dehum(frequency_hz=5.0), "10 to 1000 Hz"),
        (lambda: Dehum(frequency_hz=50.0, harmonics=0), "harmonics"),
        (lambda: Denoise(reduction_db=13.0, from_s=0.0, to_s=1.0), "0 to 12 dB"),
        (lambda: Denoise(reduction_db=6.0, from_s=0.0, to_s=0.1), "0.2 s"),
        (lambda: Mute(from_s=1.0, to_s=1.0), "ends after it began"),
        (lambda: Repair(from_s=1.0, to_s=1.051), "longest is 50 ms"),
        (lambda: Dc().open(RATE), "hear the whole sound"),
    ],
)
def test_what_cannot_be_done_is_refused(
    make: Callable[[], Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        make()


def test_idle_settings_say_so() -> None:
    for stage in (
        Tape(amount=0.0),
        Saturate(amount=0.0),
        Width(width=1.0),
        Balance(gain_db=0.0),
        Delay(),
        Gain(gain_db=0.0),
        Declick(sensitivity=0.0),
        Denoise(reduction_db=0.0, from_s=0.0, to_s=1.0),
    ):
        assert stage.idle
