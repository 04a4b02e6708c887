import numpy as np
import pytest

from dsp.denoise import Denoise, Gating
from dsp.processor import Floats

RATE = 44_100
STAGE = Denoise(reduction_db=10.0, from_s=0.0, to_s=1.5)


def hiss(seconds: float = 6.0, seed: int = 31) -> Floats:
    rng = np.random.default_rng(seed)
    return 1e-3 * rng.standard_normal((round(seconds * RATE), 2))


def through(stage: Denoise, learn: Floats, sound: Floats) -> tuple[Floats, Gating]:
    stream = stage.learned(RATE, lambda: iter([learn])).open(RATE)
    return np.concatenate([stream.process(sound), stream.finish()]), stream


@pytest.mark.parametrize("reduction_db", [3.0, 6.0, 12.0])
def test_noise_alone_is_turned_down_by_what_is_asked(reduction_db: float) -> None:
    stage = Denoise(reduction_db=reduction_db, from_s=0.0, to_s=1.5)
    sound = hiss()
    out, stream = through(stage, sound, sound)
    change = 20 * np.log10(np.std(out[RATE:]) / np.std(sound[RATE:]))
    assert change == pytest.approx(-reduction_db, abs=0.1)
    assert stream.remarks[0].startswith(f"{reduction_db:.1f} dB less")


def test_what_is_left_of_the_noise_is_noise_and_no_music() -> None:
    # single tones that come and go would make the powers of the spectra more uneven
    sound = hiss(12.0)
    out, _ = through(STAGE, sound, sound)
    unevenness = []
    for each in (sound, out):
        frames = each[RATE : RATE + 1_024 * 400, 0].reshape(-1, 1_024)
        power = np.abs(np.fft.rfft(frames * np.hanning(1_024), axis=1))[:, 5:-5] ** 2
        power /= power.mean(axis=0)
        unevenness.append(np.mean(power**2))
    assert unevenness[1] == pytest.approx(unevenness[0], rel=0.02)


def test_sound_well_above_the_noise_passes_bit_for_bit() -> None:
    loud = np.random.default_rng(32).standard_normal((3 * RATE, 2)) * 0.1
    out, _ = through(STAGE, hiss(), loud)
    # from where the gate has opened
    assert np.array_equal(out[RATE:-RATE], loud[RATE:-RATE])


def test_what_is_taken_away_is_noise_and_not_the_tone() -> None:
    time = np.arange(6 * RATE) / RATE
    tone = np.repeat(0.1 * np.sin(2 * np.pi * 1_000 * time)[:, None], 2, axis=1)
    tone[: 2 * RATE] = 0.0
    noise = hiss()
    out, _ = through(STAGE, noise + tone, noise + tone)
    late = slice(3 * RATE, -RATE)
    rest = (out - tone)[late]
    assert 20 * np.log10(np.std(rest) / np.std(noise[late])) < -9.0
    level = np.dot(out[late, 0], tone[late, 0]) / np.dot(tone[late, 0], tone[late, 0])
    assert 20 * np.log10(level) == pytest.approx(0.0, abs=0.001)


def test_ranges_that_teach_nothing_are_refused() -> None:
    late = Denoise(reduction_db=6.0, from_s=10.0, to_s=11.0)
    with pytest.raises(ValueError, match="outside of the sound"):
        late.learned(RATE, lambda: iter([hiss()]))
    with pytest.raises(ValueError, match="silent"):
        STAGE.learned(RATE, lambda: iter([np.zeros((3 * RATE, 2))]))


def test_times_are_those_of_the_mix() -> None:
    sound = hiss()
    late = Denoise(reduction_db=6.0, from_s=100.0, to_s=101.0)
    early = Denoise(reduction_db=6.0, from_s=0.0, to_s=1.0)
    assert late.learned(RATE, lambda: iter([sound]), start=100 * RATE) == early.learned(
        RATE, lambda: iter([sound])
    )
