import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import cheby2, firwin, sosfilt, upfirdn

from dsp.limiter import CHARACTERS, Limiter
from dsp.processor import Lowering

Floats = NDArray[np.float64]
RATE = 44_100
CEILING = -1.0

_UP, _HALF = 16, 64
_METER = firwin(2 * _HALF * _UP + 1, 1 / _UP, window=("kaiser", 10.0)) * _UP


def true_peak_db(audio: Floats) -> float:
    """Read the true peak 16 times over-sampled, 128 taps a phase."""
    best = 0.0
    step, margin = 1 << 16, 2 * _HALF
    padded = np.pad(audio, ((margin, margin), (0, 0)))
    for at in range(0, len(audio), step):
        part = padded[at : at + step + 2 * margin]
        wave = upfirdn(_METER, part, _UP, axis=0)
        inner = wave[2 * _HALF * _UP : -2 * _HALF * _UP]
        best = max(best, float(np.abs(inner).max(initial=0.0)))
    return 20 * np.log10(best)


def limited(
    audio: Floats, *cuts: int, rate: int = RATE, start: int = 0, **how
) -> Floats:
    how = {"ceiling_dbtp": CEILING} | how
    stream = Limiter(**how).open(rate, start=start)
    edges = [0, *sorted(min(cut, len(audio)) for cut in cuts), len(audio)]
    parts = [stream.process(audio[low:high]) for low, high in itertools.pairwise(edges)]
    return np.concatenate([*parts, stream.finish()])


def sine(
    hertz: float, level_db: float, seconds: float = 3.0, rate: int = RATE
) -> Floats:
    wave = np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate + 0.3)
    return np.repeat(10 ** (level_db / 20) * wave[:, None], 2, axis=1)


def music(seconds: float, rate: int = RATE, seed: int = 0) -> Floats:
    """Make a loud mix: bass, chords, drums that decay, and a voice's noise, clipped."""
    rng = np.random.default_rng(seed)
    at = np.arange(round(seconds * rate)) / rate
    beat = at % 0.43
    bass = 0.6 * np.sin(2 * np.pi * 55 * at) * np.exp(-beat * 3)
    chord = sum(np.sin(2 * np.pi * f * at + f) for f in (220.0, 277.2, 329.6, 1318.5))
    drum = np.sin(2 * np.pi * 90 * np.exp(-beat * 20) * beat) * np.exp(-beat * 9)
    sounds = []
    for _ in range(2):
        noise = rng.standard_normal(len(at)) * np.exp(-((at + 0.21) % 0.43) * 25)
        mix = bass + 0.15 * chord + drum + 0.5 * noise
        sounds.append(np.tanh(1.4 * mix))
    high = cheby2(14, 90, min(20_000, 0.46 * rate), fs=rate, output="sos")
    return sosfilt(high, np.stack(sounds, axis=1), axis=0)


def distortion_db(audio: Floats, hertz: int, rate: int = RATE) -> float:
    """Return all harmonics against the tone, over the last second."""
    last = audio[-rate - rate // 2 : -rate // 2, 0] * np.hanning(rate)
    power = np.abs(np.fft.rfft(last)) ** 2
    lines = [power[at - 2 : at + 3].sum() for at in range(hertz, 20_000, hertz)]
    return 10 * np.log10(sum(lines[1:]) / lines[0])


characters = pytest.mark.parametrize("character", list(CHARACTERS))


@characters
@pytest.mark.parametrize("drive", [3.0, 9.0, 15.0])
def test_no_point_of_music_passes_the_ceiling(character: str, drive: float) -> None:
    out = limited(music(4), drive_db=drive, character=character)
    assert CEILING - 0.02 < true_peak_db(out) <= CEILING + 0.01


def bursts(hertz: float) -> Floats:
    on = np.sin(2 * np.pi * 3.3 * np.arange(2 * RATE) / RATE) > 0
    return sine(hertz, 6.0, 2.0) * on[:, None]


def noise(upto: float) -> Floats:
    rng = np.random.default_rng(7)
    low = cheby2(16, 80, upto, fs=RATE, output="sos")
    return sosfilt(low, rng.standard_normal((2 * RATE, 2)), axis=0)


HARD: dict[str, Callable[[], Floats]] = {
    **{f"burst {f}": lambda f=f: bursts(f) for f in (997, 11_025, 15_000, 19_000)},
    **{f"noise to {f}": lambda f=f: noise(f) for f in (8_000, 18_000, 20_500)},
    "sweep": lambda: np.repeat(
        2
        * np.sin(np.cumsum(np.geomspace(20, 20_000, 2 * RATE)) * 2 * np.pi / RATE)[
            :, None
        ],
        2,
        axis=1,
    ),
    "clicks": lambda: (
        3.0 * (np.arange(2 * RATE) % 5000 == 77)[:, None] * np.ones((1, 2))
    ),
}


@characters
@pytest.mark.parametrize("name", list(HARD))
def test_hard_signals_stay_within_a_tenth(name: str, character: str) -> None:
    assert true_peak_db(limited(HARD[name](), character=character)) <= CEILING + 0.02


def test_noise_to_the_nyquist_frequency_stays_within_the_documented_excess() -> None:
    rng = np.random.default_rng(0)
    white = rng.standard_normal((3 * RATE, 2)) * 0.7
    assert true_peak_db(limited(white)) <= CEILING + 0.03
    signs = np.sign(rng.standard_normal((3 * RATE, 2)))
    assert true_peak_db(limited(signs)) <= CEILING + 0.2


@pytest.mark.parametrize("rate", [8_000, 48_000, 96_000, 192_000])
def test_every_rate_has_the_same_limiter(rate: int) -> None:
    out = limited(music(0.5, rate), rate=rate, drive_db=9.0)
    assert true_peak_db(out) <= CEILING + 0.01
    tone = sine(100, 5.0, 1.5, rate)
    level = np.abs(limited(tone, rate=rate)[rate : rate + rate // 4]).max()
    assert 20 * np.log10(level) == pytest.approx(CEILING, abs=0.01)


def test_the_transparent_limiter_bends_no_bass() -> None:
    assert distortion_db(limited(sine(50, 5.0)), 50) < -140
    assert distortion_db(limited(sine(30, 5.0)), 30) < -85


def test_each_preset_is_cleaner_than_the_next_is_loud() -> None:
    tone, mix = sine(50, 5.0), music(4)
    bent = [distortion_db(limited(tone, character=each), 50) for each in CHARACTERS]
    assert bent == sorted(bent)
    assert bent[1] < -100
    assert bent[2] < -58
    power = [
        np.mean(limited(mix, character=each, drive_db=9.0) ** 2) for each in CHARACTERS
    ]
    assert power == sorted(power)


@characters
@given(cuts=st.lists(st.integers(0, 30_000), max_size=7), drive=st.floats(-3, 20))
@settings(max_examples=12, deadline=None)
def test_blocks_change_no_bit(character: str, cuts: list[int], drive: float) -> None:
    audio = np.concatenate([music(0.4), np.zeros((9_000, 2)), music(0.2)])
    how = {"drive_db": drive, "character": character, "extra": ((900, 7_001, 1.5),)}
    whole = limited(audio, **how)
    assert len(whole) == len(audio)
    assert np.array_equal(limited(audio, *cuts, **how), whole)


def test_single_samples_give_the_same_bits() -> None:
    audio = 3 * music(0.1)
    assert np.array_equal(limited(audio, *range(len(audio))), limited(audio))


def test_what_stays_below_the_ceiling_passes_bit_for_bit() -> None:
    audio = music(2)
    audio *= 10 ** ((CEILING - 0.01 - true_peak_db(audio)) / 20)
    assert np.array_equal(limited(audio), audio)
    for hertz in (50, 1000, 11_025, 19_000):
        tone = sine(hertz, CEILING - 0.002) * np.hanning(3 * RATE)[:, None]
        assert np.array_equal(limited(tone), tone)


@characters
def test_after_the_last_peak_every_bit_passes_again(character: str) -> None:
    audio = 0.5 * music(12)
    audio[1_000:3_000] *= 8
    out = limited(audio, character=character)
    assert not np.array_equal(out[:5_000], audio[:5_000])
    assert np.array_equal(out[-3 * RATE :], audio[-3 * RATE :])


def test_drive_is_a_gain_before_and_none_at_0_db() -> None:
    audio = 0.1 * music(1)
    assert np.array_equal(limited(audio, drive_db=6.0), audio * 10 ** (6 / 20))
    assert np.array_equal(limited(audio), audio)


def test_the_stereo_image_stands_still() -> None:
    left = music(1)[:, :1]
    same = limited(np.repeat(left, 2, axis=1), drive_db=12.0)
    assert np.array_equal(same[:, 0], same[:, 1])
    half = limited(np.concatenate((left, 0.5 * left), axis=1), drive_db=12.0)
    assert np.array_equal(half[:, 0], 2 * half[:, 1])


@given(
    begin=st.integers(0, 60_000),
    length=st.integers(1, 30_000),
    lower=st.floats(0.01, 3.0),
    offset=st.integers(0, 2**40),
)
@settings(max_examples=8, deadline=None)
def test_a_lowered_ceiling_holds_in_its_stretch_and_blends(
    begin: int, length: int, lower: float, offset: int
) -> None:
    audio = sine(997, 6.0, 2.5)
    first = begin + offset
    out = limited(audio, start=offset, extra=((first, first + length, lower),))
    inside = np.abs(out[begin : begin + length]).max()
    assert 20 * np.log10(inside) <= CEILING - lower
    assert true_peak_db(out) <= CEILING + 0.01
    gains = out[:, 0] / audio[:, 0]
    loud = np.abs(audio[:, 0]) > 0.1
    moved = np.abs(np.diff(gains[loud]))
    assert moved[2_000:].max(initial=0.0) < 0.01  # no step of 0.1 dB anywhere
    far = audio[: max(0, begin - 1_000)]
    assert np.array_equal(out[: len(far)], limited(audio)[: len(far)])


def test_of_stretches_that_overlap_the_lowest_counts() -> None:
    audio = sine(997, 6.0, 2.0)
    both = ((30_000, 50_000, 1.0), (40_000, 60_000, 2.0))
    out = np.abs(limited(audio, extra=both))
    levels = [
        20 * np.log10(out[at : at + 200].max()) for at in (35_000, 45_000, 55_000)
    ]
    assert levels[0] <= CEILING - 1.0
    assert max(levels[1:]) <= CEILING - 2.0


def test_what_was_lowered_is_told_in_tenths_of_a_second() -> None:
    audio = sine(997, -10.0, 2.0)
    audio[RATE : RATE + 2_001] *= 1.0 + 3.0 * np.hanning(2_001)[:, None]
    stream = Limiter(ceiling_dbtp=CEILING).open(RATE)
    for at in range(0, len(audio), 1_500):
        stream.process(audio[at : at + 1_500])
    stream.finish()
    assert isinstance(stream, Lowering)
    lowered = stream.lowered
    assert (lowered.hop, len(lowered.deepest)) == (4_410, 20)
    assert not lowered.deepest[:9].any()
    wanted = CEILING - (-10.0 + 20 * np.log10(4))
    assert lowered.deepest.min() == pytest.approx(wanted, abs=0.03)
    assert int(lowered.deepest.argmin()) == 10


def test_a_snapshot_goes_on_by_itself() -> None:
    audio = music(1)
    stream = Limiter(ceiling_dbtp=CEILING, drive_db=9.0).open(RATE)
    stream.process(audio[:20_000])
    kept = stream.snapshot()
    one = np.concatenate([stream.process(audio[20_000:]), stream.finish()])
    kept.process(np.ones((5_000, 2)))
    again = kept.snapshot()
    assert not np.array_equal(again.process(audio[20_000:])[:1000], one[:1000])
    other = Limiter(ceiling_dbtp=CEILING, drive_db=9.0).open(RATE)
    other.process(audio[:20_000])
    twin = other.snapshot()
    assert np.array_equal(
        np.concatenate([twin.process(audio[20_000:]), twin.finish()]), one
    )


def test_nothing_in_is_nothing_out() -> None:
    assert limited(np.zeros((0, 2))).shape == (0, 2)
    assert np.array_equal(limited(np.full((3, 2), 0.25)), np.full((3, 2), 0.25))


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300, 5e-324])
def test_absurd_samples_end(value: float) -> None:
    audio = np.full((3_000, 2), 0.1)
    audio[700] = value
    assert len(limited(audio)) == len(audio)


def test_the_input_stays_as_it_is() -> None:
    audio = 3 * music(0.5)
    before = audio.copy()
    limited(audio, drive_db=3.0)
    assert np.array_equal(audio, before)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"ceiling_dbtp": 0.5}, "ceiling 0.5 dBTP"),
        ({"ceiling_dbtp": -1, "character": "brutal"}, "transparent, balanced, loud"),
        ({"ceiling_dbtp": -1, "drive_db": 60.0}, "drive 60 dB"),
        ({"ceiling_dbtp": -1, "extra": ((5, 5, 1.0),)}, "from 5 to 5"),
    ],
)
def test_settings_out_of_range_are_refused(how: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Limiter(**how)
