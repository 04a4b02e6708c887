import numpy as np
import pytest

from dsp.clip import Clip, Clipping, Shape
from dsp.processor import Floats

RATE = 44_100
CEILING = 10 ** (-6 / 20)


def through(stage: Clip, sound: Floats) -> tuple[Floats, Clipping]:
    stream = stage.open(RATE)
    return np.concatenate([stream.process(sound), stream.finish()]), stream


def tone(hertz: float, level: float, length: int = 2 * RATE) -> Floats:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(length) / RATE)
    return np.repeat(wave[:, None], 2, axis=1)


@pytest.mark.parametrize(("shape", "knee_db"), [("hard", -6.0), ("soft", -9.0)])
def test_what_stays_below_the_knee_passes_bit_for_bit(
    shape: Shape, knee_db: float
) -> None:
    sound = tone(997.0, 10 ** ((knee_db - 0.01) / 20))
    out, stream = through(Clip(ceiling_db=-6.0, shape=shape), sound)
    assert np.array_equal(out, sound)
    assert stream.remarks == ("nothing reached the knee",)


@pytest.mark.parametrize("shape", ["hard", "soft"])
def test_sound_far_from_what_is_clipped_passes_bit_for_bit(shape: Shape) -> None:
    sound = tone(313.0, 0.2)
    sound[30_000:30_200] *= 4.0
    out, _ = through(Clip(ceiling_db=-6.0, shape=shape), sound)
    changed = np.flatnonzero((out != sound).any(axis=1))
    assert 29_880 < changed[0] < changed[-1] < 30_320


@pytest.mark.parametrize("shape", ["hard", "soft"])
def test_low_tones_are_held_at_the_ceiling(shape: Shape) -> None:
    sound = tone(100.0, 1.0)
    out, stream = through(Clip(ceiling_db=-6.0, shape=shape), sound)
    assert np.abs(out).max() < CEILING * 10 ** (0.6 / 20)
    assert "samples changed" in stream.remarks[0]
    if shape == "hard":
        # what is not cut stays where it was, beyond the reach of the ringing
        low = np.abs(sound) < 0.2
        assert np.abs(out - sound)[low].max() < 2e-3


def test_how_far_the_ceiling_is_passed_is_said() -> None:
    sound = np.sign(tone(1_234.5, 1.0))
    out, stream = through(Clip(ceiling_db=-6.0, shape="hard"), sound)
    over = 20 * np.log10(np.abs(out).max() / CEILING)
    assert 0.3 < over < 3.0
    assert f"by up to {over:.2f} dB" in stream.remarks[1]


@pytest.mark.parametrize(
    ("shape", "hertz", "wanted"),
    [
        ("soft", 4_999, -120),
        ("soft", 9_973, -105),
        ("hard", 4_999, -75),
        ("hard", 9_973, -65),
    ],
)
def test_little_is_heard_beside_the_harmonics(
    shape: Shape, hertz: int, wanted: float
) -> None:
    out, _ = through(Clip(ceiling_db=-6.0, shape=shape), tone(hertz, 0.89))
    part = out[RATE // 2 : RATE // 2 + RATE, 0] * np.kaiser(RATE, 24)
    power = np.abs(np.fft.rfft(part)) ** 2
    bins = np.arange(len(power))
    harmonic = np.abs((bins + hertz / 2) % hertz - hertz / 2) < 14
    alias = power[~harmonic & (bins < 20_000)].sum()
    assert 10 * np.log10(alias / power[hertz - 14 : hertz + 15].sum()) < wanted


def test_rests_between_loud_parts_change_no_bit() -> None:
    # the filters rest where it is quiet, and are set going again by what is kept
    rng = np.random.default_rng(5)
    sound = 0.05 * rng.standard_normal((40_000, 2))
    for place in (3_000, 14_500, 15_360, 33_000):
        sound[place : place + 40] *= 30.0
    stage = Clip(ceiling_db=-6.0, shape="hard")
    out, _ = through(stage, sound)
    awake = stage.open(RATE)
    awake._safe = -1.0
    assert np.array_equal(out, np.concatenate([awake.process(sound), awake.finish()]))
