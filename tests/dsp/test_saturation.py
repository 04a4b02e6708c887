from collections.abc import Callable

import numpy as np
import pytest

from dsp.figures import Figures
from dsp.processor import Floats
from dsp.saturation import Coloured, Saturate, Tape

RATE = 44_100
SECOND = np.arange(RATE) / RATE


def tone(hertz: float, db: float, seconds: int = 2) -> Floats:
    wave = np.sin(2 * np.pi * hertz * np.arange(seconds * RATE) / RATE)
    return np.repeat(10 ** (db / 20) * wave[:, None], 2, axis=1)


def through(
    stage: Tape | Saturate | Coloured, sound: Floats, rate: int = RATE
) -> Floats:
    if not isinstance(stage, Coloured):
        stage = stage.learned(rate, lambda: iter([sound]))
    stream = stage.open(rate)
    return np.concatenate([stream.process(sound), stream.finish()])


def lines(sound: Floats, hertz: float) -> tuple[Floats, Floats]:
    """Return the powers of a second's spectrum, and which bins hold harmonics."""
    part = sound[RATE // 2 : RATE // 2 + RATE, 0] * np.kaiser(RATE, 24)
    power = np.abs(np.fft.rfft(part)) ** 2
    bins = np.arange(len(power))
    harmonic = np.abs((bins + hertz / 2) % hertz - hertz / 2) < 14
    return power, harmonic


@pytest.mark.parametrize(
    "stage",
    [
        Tape(amount=0.1),
        Tape(amount=1.0),
        Saturate(amount=1.0),
        Saturate(amount=1.0, curve="even"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("hertz", [1_245, 4_999, 9_973])
def test_nothing_is_heard_beside_the_harmonics(stage: Tape, hertz: int) -> None:
    power, harmonic = lines(through(stage, tone(hertz, -1.0)), hertz)
    heard_bins = np.arange(len(power)) < 20_000
    harmonic[:20] = True  # the DC of even harmonics is asked for elsewhere
    alias = power[~harmonic & heard_bins].sum() / power[hertz - 14 : hertz + 14].sum()
    assert 10 * np.log10(alias) < -120


@pytest.mark.parametrize("stage", [Tape(amount=1.0), Saturate(amount=1.0)], ids=repr)
@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_quiet_sound_is_not_altered_at_any_frequency(stage: Tape, rate: int) -> None:
    for hertz in (20.0, 150.0, 997.0, 10_000.0, 18_000.0):
        wave = 0.01 * np.sin(2 * np.pi * hertz * np.arange(rate) / rate)
        sound = np.repeat(wave[:, None], 2, axis=1)
        out = through(stage, sound, rate)
        level = np.dot(out[:, 0], wave) / np.dot(wave, wave)
        assert 20 * np.log10(level) == pytest.approx(0.0, abs=0.005)


def harmonic_db(stage: Tape | Saturate, number: int, hertz: int = 997) -> float:
    power, _ = lines(through(stage, tone(hertz, -10.0)), hertz)
    at = number * hertz
    return float(
        10
        * np.log10(
            power[at - 14 : at + 15].sum() / power[hertz - 14 : hertz + 15].sum()
        )
    )


@pytest.mark.parametrize(
    ("stage", "number", "wanted"),
    [
        (Tape(amount=0.1), 3, -62.9),
        (Tape(amount=0.5), 3, -35.5),
        (Tape(amount=1.0), 3, -24.6),
        (Saturate(amount=0.15), 3, -50.9),
        (Saturate(amount=1.0), 3, -20.4),
        (Saturate(amount=0.15, curve="even"), 2, -32.1),
    ],
    ids=repr,
)
def test_the_harmonics_are_those_of_the_page(
    stage: Tape, number: int, wanted: float
) -> None:
    assert harmonic_db(stage, number) == pytest.approx(wanted, abs=0.5)


def test_odd_means_odd_and_even_brings_both() -> None:
    assert harmonic_db(Tape(amount=0.5), 2) < -150
    assert harmonic_db(Saturate(amount=0.5), 2) < -150
    assert harmonic_db(Saturate(amount=0.5, curve="even"), 2) > -40


def test_tape_bends_the_lows_less() -> None:
    low = harmonic_db(Tape(amount=0.3), 3, hertz=60)
    high = harmonic_db(Tape(amount=0.3), 3, hertz=3_000)
    assert high - low > 3.0


def test_even_harmonics_leave_no_dc() -> None:
    out = through(Saturate(amount=1.0, curve="even"), tone(441.0, -3.0, 4))
    assert abs(out[2 * RATE :].mean()) < 1e-5


@pytest.mark.parametrize(
    "stage",
    [
        Tape(amount=0.1),
        Tape(amount=1.0),
        Saturate(amount=0.5),
        Saturate(amount=0.3, curve="even"),
    ],
    ids=repr,
)
def test_loud_sound_stays_as_loud_as_it_is(
    stage: Tape, read: Callable[[Floats, int], Figures]
) -> None:
    rng = np.random.default_rng(2)
    swell = np.repeat(rng.uniform(0.05, 0.4, 20), RATE // 2)[:, None]
    sound = swell * rng.laplace(size=(10 * RATE, 2)).cumsum(axis=0) % 0.7 - 0.35
    before = read(sound, RATE).loudness.integrated
    after = read(through(stage, sound), RATE).loudness.integrated
    assert before is not None
    assert after == pytest.approx(before, abs=0.05)


def test_a_silent_sound_is_given_no_gain() -> None:
    silence = np.zeros((RATE, 2))
    stage = Tape(amount=0.5).learned(RATE, lambda: iter([silence]))
    assert stage.makeup_db == 0.0
    assert not through(stage, silence).any()


def test_what_is_given_back_is_said() -> None:
    stage = Tape(amount=1.0).learned(RATE, lambda: iter([tone(997.0, -3.0)]))
    assert stage.open(RATE).remarks == (
        f"{stage.makeup_db:+.2f} dB keep the loudness as it was",
    )
