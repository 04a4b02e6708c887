"""The compressor, measured: curve, mix, link, filter, look-ahead, bits."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dsp.compressor import Compressor
from dsp.processor import Lowering

Floats = NDArray[np.float64]
RATE = 48_000


def worked(setting: Compressor, sound: Floats, *cuts: int, rate: int = RATE) -> Floats:
    stream = setting.open(rate)
    edges = [0, *sorted(min(cut, len(sound)) for cut in cuts), len(sound)]
    parts = [stream.process(sound[first:last]) for first, last in pairwise(edges)]
    return np.concatenate([*parts, stream.finish()])


def steady(db: float, seconds: float = 1.0) -> Floats:
    return np.full((round(seconds * RATE), 2), 10 ** (db / 20))


def tone(db: float, hertz: float, seconds: float = 1.0, rate: int = RATE) -> Floats:
    time = np.arange(round(seconds * rate)) / rate
    wave = 10 ** (db / 20) * np.sin(2 * np.pi * hertz * time)
    return np.repeat(wave[:, np.newaxis], 2, axis=1)


def drawn(over: float, ratio: float, knee: float) -> float:
    """The curve as the paper draws it: dB of gain for dB over the threshold."""
    slope = 1 / ratio - 1
    if 2 * over < -knee:
        return 0.0
    if 2 * abs(over) <= knee and knee:
        return slope * (over + knee / 2) ** 2 / (2 * knee)
    return slope * over


def gain_of(out: Floats, sound: Floats) -> float:
    half = len(sound) // 2
    return 10 * np.log10(np.sum(out[half:] ** 2) / np.sum(sound[half:] ** 2))


@given(
    ratio=st.floats(1, 100) | st.just(np.inf),
    threshold=st.floats(-60, 0),
    knee=st.floats(0, 40),
    over=st.floats(-30, 40),
    detector=st.sampled_from(["rms", "peak"]),
)
@settings(max_examples=60, deadline=None)
def test_the_static_curve_is_the_drawn_one(ratio, threshold, knee, over, detector):
    sound = steady(threshold + over, 0.2)
    setting = Compressor(
        ratio=ratio,
        threshold_db=threshold,
        knee_db=knee,
        attack_ms=5,
        detector=detector,
    )
    found = 20 * np.log10(worked(setting, sound)[-1, 0] / sound[-1, 0])
    assert found == pytest.approx(drawn(over, ratio, knee), abs=1e-6)


@pytest.mark.parametrize("hertz", [1000.0, 3150.0, 12_000.0])
@pytest.mark.parametrize("level", [-30.0, -20.0, -15.0, -6.0])
def test_tones_follow_the_curve_by_their_rms(hertz, level):
    setting = Compressor(ratio=4, threshold_db=-18, knee_db=8)
    sound = tone(level, hertz)
    wanted = drawn(level - 10 * np.log10(2) + 18, 4, 8)
    assert gain_of(worked(setting, sound), sound) == pytest.approx(wanted, abs=0.01)


@pytest.mark.parametrize(("hertz", "within"), [(100.0, 0.09), (1000.0, 0.02)])
def test_tones_follow_the_curve_by_their_peak(hertz, within):
    setting = Compressor(ratio=4, threshold_db=-20, knee_db=0, detector="peak")
    sound = tone(-6, hertz)
    assert gain_of(worked(setting, sound), sound) == pytest.approx(-10.5, abs=within)


@given(knee=st.floats(0, 20), below=st.floats(0.001, 30), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_below_the_knee_every_bit_passes(knee, below, seed):
    sound = np.random.default_rng(seed).uniform(-1, 1, (3000, 2))
    sound *= 10 ** ((-20 - knee / 2 - below) / 20)
    for mix in (1.0, 0.6, 0.3):
        for link in (1.0, 0.4):
            setting = Compressor(
                ratio=8,
                threshold_db=-20,
                knee_db=knee,
                detector="peak",
                mix=mix,
                link=link,
            )
            assert np.array_equal(worked(setting, sound), sound)


def test_after_its_release_every_bit_passes_again():
    setting = Compressor(ratio=4, threshold_db=-20, release_ms=20)
    sound = np.concatenate((steady(0, 0.2), steady(-60, 1.0)))
    out = worked(setting, sound)
    assert not np.array_equal(out[:9600], sound[:9600])
    assert np.array_equal(out[-4800:], sound[-4800:])


SETTINGS = [
    Compressor(ratio=2, threshold_db=-30, sidechain_highpass_hz=90),
    Compressor(ratio=np.inf, threshold_db=-20, lookahead_ms=5, auto_release=True),
    Compressor(ratio=3, threshold_db=-30, link=0.5, detector="peak", mix=0.6),
    Compressor(ratio=3, threshold_db=-30, lookahead_ms=2, channel="side"),
    Compressor(ratio=3, threshold_db=-30, makeup_db=3, channel="left"),
]


@pytest.mark.parametrize("setting", SETTINGS)
@given(length=st.integers(0, 6000), cuts=st.lists(st.integers(0, 6000), max_size=6))
@settings(max_examples=20, deadline=None)
def test_blocks_change_no_bit_and_no_length(setting, length, cuts):
    sound = np.random.default_rng(5).standard_normal((length, 2)) * 0.2
    kept = sound.copy()
    whole = worked(setting, sound)
    assert len(whole) == length
    assert np.array_equal(worked(setting, sound, *cuts), whole)
    assert np.array_equal(sound, kept)


@pytest.mark.parametrize("setting", SETTINGS[:3])
def test_what_is_equal_in_both_channels_stays_equal(setting):
    one = np.random.default_rng(6).standard_normal((20_000, 1)) * 0.3
    out = worked(setting, np.repeat(one, 2, axis=1))
    assert np.array_equal(out[:, 0], out[:, 1])


def test_look_ahead_moves_the_gain_and_not_the_sound():
    sound = np.concatenate((steady(-40, 0.1), steady(-10, 0.2)))
    plain = Compressor(ratio=4, threshold_db=-20, detector="peak")
    early = Compressor(ratio=4, threshold_db=-20, detector="peak", lookahead_ms=4)
    ahead = round(0.004 * RATE)
    late = worked(plain, sound)[:, 0] / sound[:, 0]
    soon = worked(early, sound)[:, 0] / sound[:, 0]
    assert np.allclose(soon[:-ahead], late[ahead:], rtol=1e-14)


def test_mix_and_make_up_are_sums_of_the_sound_and_the_compressed():
    sound = np.random.default_rng(7).standard_normal((20_000, 2)) * 0.3
    whole = worked(Compressor(ratio=4, threshold_db=-30), sound)
    made = worked(Compressor(ratio=4, threshold_db=-30, makeup_db=4), sound)
    assert np.allclose(made, whole * 10 ** (4 / 20), rtol=1e-12)
    part = worked(Compressor(ratio=4, threshold_db=-30, makeup_db=4, mix=0.25), sound)
    assert np.allclose(part, 0.75 * sound + 0.25 * made, rtol=1e-12, atol=1e-15)


def test_link_blends_the_levels_in_decibels():
    sound = np.column_stack((steady(-10)[:, 0], steady(-30)[:, 0]))

    def gains(link: float) -> Floats:
        setting = Compressor(ratio=4, threshold_db=-20, knee_db=0, link=link)
        return 20 * np.log10(worked(setting, sound)[-1] / sound[-1])

    assert gains(1.0) == pytest.approx([-7.5, -7.5], abs=1e-6)
    assert gains(0.75) == pytest.approx([-7.5, -3.75], abs=1e-6)
    assert gains(0.5) == pytest.approx([-7.5, 0.0], abs=1e-6)
    assert gains(0.0) == pytest.approx([-7.5, 0.0], abs=1e-6)
    near = worked(Compressor(ratio=4, threshold_db=-20, link=1 - 1e-9), sound)
    assert np.allclose(near, worked(Compressor(ratio=4, threshold_db=-20), sound))


@pytest.mark.parametrize(("hertz", "filter_hz"), [(90, 90), (45, 90), (400, 100)])
def test_the_side_chain_filter_is_a_butterworth_of_12_db_an_octave(hertz, filter_hz):
    sound = tone(-6, hertz, 2.0)
    setting = Compressor(
        ratio=np.inf,
        threshold_db=-40,
        detector="peak",
        sidechain_highpass_hz=filter_hz,
        release_ms=2000,
    )
    lost = 10 * np.log10(1 + (filter_hz / hertz) ** 4)
    out = worked(setting, sound)
    assert gain_of(out, sound) == pytest.approx(-(34 - lost), abs=0.1)


@pytest.mark.parametrize("channel", ["mid", "side", "left", "right"])
def test_a_part_of_the_image_leaves_the_other_alone(channel):
    sound = np.random.default_rng(8).standard_normal((20_000, 2)) * 0.3
    out = worked(Compressor(ratio=4, threshold_db=-30, channel=channel), sound)
    parts = {
        "mid": lambda x: x[:, 0] + x[:, 1],
        "side": lambda x: x[:, 0] - x[:, 1],
        "left": lambda x: x[:, 0],
        "right": lambda x: x[:, 1],
    }
    others = {"mid": "side", "side": "mid", "left": "right", "right": "left"}
    assert not np.allclose(parts[channel](out), parts[channel](sound), atol=1e-3)
    other = parts[others[channel]]
    assert np.allclose(other(out), other(sound), rtol=0, atol=1e-15)
    if channel in ("left", "right"):
        assert np.array_equal(other(out), other(sound))


def test_it_says_how_far_it_turned_down():
    sound = np.concatenate((steady(-40, 0.2), steady(-10, 0.25)))
    setting = Compressor(ratio=4, threshold_db=-20, knee_db=0, attack_ms=1, mix=0.5)
    stream = setting.open(RATE)
    assert isinstance(stream, Lowering)
    parts = [stream.process(sound[at : at + 777]) for at in range(0, len(sound), 777)]
    out = np.concatenate([*parts, stream.finish()])
    lowered = stream.lowered
    assert lowered.hop == RATE // 10
    assert len(lowered.deepest) == 5
    gains = 20 * np.log10(out[:, 0] / sound[:, 0])
    for step, deepest in enumerate(lowered.deepest):
        within = gains[step * lowered.hop : (step + 1) * lowered.hop]
        assert deepest == pytest.approx(within.min(), abs=1e-5)
    assert lowered.deepest[0] == 0


@pytest.mark.parametrize("size", [0.0, 5e-324, 1e-310, 1e150, 1e300])
def test_no_size_of_sound_is_too_small_or_too_large(size):
    sound = np.random.default_rng(9).uniform(-1, 1, (9_000, 2)) * size
    for setting in SETTINGS[:3]:
        with np.errstate(all="raise", under="ignore"):
            out = worked(setting, sound)
        assert np.isfinite(out).all()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"ratio": 0.5}, "0.5"),
        ({"ratio": float("nan")}, "nan"),
        ({"threshold_db": -200}, "-200 dB"),
        ({"attack_ms": -1}, "-1 ms"),
        ({"release_ms": 0}, "0 ms"),
        ({"knee_db": -1}, "-1 dB"),
        ({"lookahead_ms": 1000}, "1000 ms"),
        ({"mix": 1.5}, "150 % .* between 0 and 100 %"),
        ({"link": -0.1}, "-10 %"),
        ({"makeup_db": 100}, "100 dB"),
        ({"sidechain_highpass_hz": 0.5}, "0.5 Hz"),
        ({"detector": "ear"}, "ear"),
        ({"channel": "back"}, "back"),
    ],
)
def test_settings_out_of_range_are_refused(wrong, says):
    with pytest.raises(ValueError, match=says):
        Compressor(**{"ratio": 2.0, "threshold_db": -20.0, **wrong})


def test_a_filter_beyond_the_rate_is_refused_where_the_rate_is_known():
    setting = Compressor(ratio=2, threshold_db=-20, sidechain_highpass_hz=5000)
    with pytest.raises(ValueError, match="half the rate"):
        setting.open(8_000)


def test_idle_is_what_changes_nothing():
    assert Compressor(ratio=1, threshold_db=-20).idle
    assert Compressor(ratio=4, threshold_db=-20, mix=0).idle
    assert not Compressor(ratio=1, threshold_db=-20, makeup_db=1).idle
    assert not Compressor(ratio=1.01, threshold_db=-20).idle
