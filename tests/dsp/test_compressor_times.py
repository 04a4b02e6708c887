"""The compressor's times: attack, release, and what an automatic release remembers."""

import numpy as np
import pytest
from numpy.typing import NDArray

from dsp.compressor import Compressor

Floats = NDArray[np.float64]
RATE = 48_000


def worked(setting: Compressor, sound: Floats, rate: int = RATE) -> Floats:
    stream = setting.open(rate)
    return np.concatenate((stream.process(sound), stream.finish()))


def steady(db: float, seconds: float) -> Floats:
    return np.full((round(seconds * RATE), 2), 10 ** (db / 20))


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
@pytest.mark.parametrize(
    ("attack", "release"),
    [(1, 20), (10, 150), (30, 200), (100, 20), (80, 2000), (0, 50)],
)
def test_times_are_63_percent_of_the_way_in_decibels(rate, attack, release):
    setting = Compressor(
        ratio=4,
        threshold_db=-20,
        knee_db=0,
        attack_ms=attack,
        release_ms=release,
        detector="peak",
    )
    loud = round(rate * max(0.1, attack / 1000 * 12))
    quiet = round(rate * 0.05)
    after = round(rate * release / 1000 * 3) + 10
    levels = np.repeat([-40.0, -10.0, -40.0], [quiet, loud, after])
    sound = np.repeat(10 ** (levels[:, np.newaxis] / 20), 2, axis=1)
    gains = 20 * np.log10(worked(setting, sound, rate)[:, 0] / sound[:, 0])
    whole = -7.5
    down = np.argmax(gains[quiet:] <= whole * (1 - np.exp(-1))) + 1
    up = np.argmax(gains[quiet + loud :] >= whole * np.exp(-1)) + 1
    assert down == pytest.approx(attack * rate / 1000, rel=0.02, abs=1)
    assert up == pytest.approx(release * rate / 1000, rel=0.02, abs=1)


@pytest.mark.parametrize(("attack", "release"), [(10, 50), (10, 150), (30, 400)])
@pytest.mark.parametrize("over", [4.0, 12.0, 24.0])
def test_times_of_the_rms_detector_hold_for_12_db_and_nearly_for_others(
    attack, release, over
):
    setting = Compressor(
        ratio=4, threshold_db=-30, knee_db=0, attack_ms=attack, release_ms=release
    )
    quiet, loud = round(RATE * 0.05), round(RATE * 0.5)
    sound = np.concatenate(
        (steady(-60, 0.05), steady(-30 + over, 0.5), steady(-60, release / 300))
    )
    gains = 20 * np.log10(worked(setting, sound)[:, 0] / sound[:, 0])
    whole = -0.75 * over
    down = np.argmax(gains[quiet:] <= whole * (1 - np.exp(-1))) + 1
    up = np.argmax(gains[quiet + loud :] >= whole * np.exp(-1)) + 1
    late, later = down / RATE * 1000 - attack, up / RATE * 1000 - release
    if over == 12.0:
        assert abs(late) < 0.02 * attack
        assert abs(later) < 0.02 * release
    assert -2.0 < late < 3.5
    assert abs(later) < 5.0


def test_an_automatic_release_is_fast_after_a_peak_and_slow_after_a_passage():
    setting = Compressor(
        ratio=4, threshold_db=-20, knee_db=0, release_ms=100, auto_release=True
    )

    def left(seconds: float) -> float:
        """dB of reduction that are left 300 ms after *seconds* of loud sound."""
        sound = np.concatenate((steady(-10, seconds), steady(-40, 0.3)))
        return 20 * np.log10(worked(setting, sound)[-1, 0] / sound[-1, 0])

    assert left(0.05) > -0.8
    assert left(10.0) < -5.5
