"""The documents' own signals: EBU Tech 3341 v4, EBU Tech 3342 v4, ITU-R BS.2217-2."""

import numpy as np
import pytest

from dsp.figures import loudness_series
from dsp.loudness import channel_weights

RATES = (44_100, 48_000, 96_000)
TOLERANCE = 0.1  # LU, of 3341 and BS.2217
RANGE_TOLERANCE = 1.0  # LU, of 3342


@pytest.mark.parametrize("rate", [*RATES, 192_000])
@pytest.mark.parametrize(
    ("case", "level"), [(1, -23.0), (2, -33.0)], ids=["case 1", "case 2"]
)
def test_steady_tone_reads_its_level_on_all_scales(tones, read, case, level, rate):
    loud = read(tones([(level, 20.0)], rate), rate).loudness
    for reading in (loud.integrated, loud.max_momentary, loud.max_short_term):
        assert reading == pytest.approx(level, abs=TOLERANCE), case


GATING = {
    3: [(-36, 10), (-23, 60), (-36, 10)],
    4: [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],
    5: [(-26, 20), (-20, 20.1), (-26, 20)],
}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", GATING)
def test_gates_leave_out_what_is_quiet(tones, read, case, rate):
    loud = read(tones(GATING[case], rate), rate).loudness
    assert loud.integrated == pytest.approx(-23.0, abs=TOLERANCE)


@pytest.mark.parametrize("lfe", [False, True], ids=["5.0", "5.1"])
def test_case_6_weighs_the_surround_channels(tones, read, lfe):
    front, centre, surround = (
        tones([(level, 20.0)], channels=1) for level in (-28, -24, -30)
    )
    low = [np.full_like(front, 0.9)] if lfe else []  # counts nothing
    audio = np.hstack([front, front, centre, *low, surround, surround])
    assert read(audio, 48_000).loudness.integrated == pytest.approx(-23, abs=TOLERANCE)


@pytest.mark.parametrize("rate", RATES)
def test_case_9_short_term_is_constant(tones, tally, rate):
    found = tally(tones([(-20, 1.34), (-30, 1.66)] * 5, rate), rate)
    times, _, short = loudness_series(found)
    assert short[times >= 3.0] == pytest.approx(-23.0, abs=TOLERANCE)


@pytest.mark.parametrize("step", range(20))
def test_case_10_short_term_maximum_wherever_it_begins(tones, read, step):
    audio = tones([(None, step * 0.15), (-23, 3.0), (None, 1.0)])
    loud = read(audio, 48_000).loudness
    assert loud.max_short_term == pytest.approx(-23.0, abs=TOLERANCE)


def test_case_11_short_term_maxima_of_a_stream(tones, tally):
    parts = [
        part
        for step in range(20)
        for part in (
            (None, step * 0.15), (-38.0 + step, 3.0), (None, 3.0 - step * 0.15),
        )
    ]  # fmt: skip
    times, _, short = loudness_series(tally(tones(parts), 48_000))
    for step in range(20):
        inside = (times > step * 6.0 + 1e-6) & (times <= (step + 1) * 6.0 + 1e-6)
        assert np.nanmax(short[inside]) == pytest.approx(-38.0 + step, abs=TOLERANCE)


@pytest.mark.parametrize("rate", RATES)
def test_case_12_momentary_is_constant(tones, tally, rate):
    found = tally(tones([(-20, 0.18), (-30, 0.22)] * 25, rate), rate)
    times, momentary, _ = loudness_series(found)
    assert momentary[times >= 1.0] == pytest.approx(-23.0, abs=TOLERANCE)


@pytest.mark.parametrize("step", range(20))
def test_case_13_momentary_maximum_wherever_it_begins(tones, read, step):
    audio = tones([(None, step * 0.02), (-23, 0.4), (None, 1.0)])
    loud = read(audio, 48_000).loudness
    assert loud.max_momentary == pytest.approx(-23.0, abs=TOLERANCE)


def test_case_14_momentary_maxima_rise_with_every_burst(tones, read):
    parts = []
    for step in range(20):
        parts += [(None, step * 0.02), (-38.0 + step, 0.4), (None, 0.4 - step * 0.02)]
        loud = read(tones(parts), 48_000).loudness
        assert loud.max_momentary == pytest.approx(-38.0 + step, abs=TOLERANCE)


RANGES = {
    1: (10.0, [(-20, 20), (-30, 20)]),
    2: (5.0, [(-20, 20), (-15, 20)]),
    3: (20.0, [(-40, 20), (-20, 20)]),
    4: (15.0, [(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)]),
}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", RANGES)
def test_loudness_range_of_3342(tones, read, case, rate):
    expected, parts = RANGES[case]
    loud = read(tones(parts, rate), rate).loudness
    assert loud.range == pytest.approx(expected, abs=RANGE_TOLERANCE)


def test_loudness_range_of_a_signal_played_twice_is_the_same(tones, read):
    once = read(tones(RANGES[4][1]), 48_000).loudness.range
    twice = read(tones(RANGES[4][1] * 2), 48_000).loudness.range
    assert twice == pytest.approx(once, abs=0.3)


def gain_at(k_filters, hertz, rate=48_000):
    b0, b1, b2, a1, a2, p1, p2 = k_filters(rate)
    z = np.exp(-2j * np.pi * hertz / rate)
    shelf = (b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z)
    high = (1 - 2 * z + z * z) / (1 + p1 * z + p2 * z * z)
    return 20 * np.log10(abs(shelf * high))


@pytest.mark.parametrize("target", [-23.0, -24.0])
@pytest.mark.parametrize("hertz", [25, 100, 500, 1000, 2000, 10_000])
def test_itu_tones_read_their_level(tones, read, k_filters, hertz, target):
    level = target + 0.691 - gain_at(k_filters, hertz)
    loud = read(tones([(level, 20.0)], hertz=hertz), 48_000).loudness
    assert loud.integrated == pytest.approx(target, abs=TOLERANCE)


@pytest.mark.parametrize("channel", range(6))
def test_itu_channel_check(tones, read, channel):
    weight = channel_weights(6)[channel]
    level = -24.0 + 3.01 - (10 * np.log10(weight) if weight else 0.0)
    audio = np.zeros((48_000 * 10, 6))
    audio[:, channel] = tones([(level, 10.0)], hertz=997.0)[:, 0]
    loud = read(audio, 48_000).loudness.integrated
    if weight:
        assert loud == pytest.approx(-24.0, abs=TOLERANCE)
    else:
        assert loud is None


def test_itu_relative_gate(tones, read):
    parts = [(None, 0.5), (-19.9, 0.9), (-7.1, 1.3), (-19.9, 0.8), (None, 0.5)]
    audio = (
        tones(parts) + np.random.default_rng(1).integers(-1, 2, (192_000, 2)) / 2**15
    )
    assert read(audio, 48_000).loudness.integrated == pytest.approx(-10, abs=TOLERANCE)


def test_itu_absolute_gate(tones, read):
    burst = -69.48
    parts = [(None, 0.8), (burst, 0.5), (None, 0.5), (burst, 0.5), (None, 0.5)]
    audio = tones([*parts, (burst, 0.5), (None, 0.7)])
    noise = np.random.default_rng(1).integers(-1, 2, audio.shape) / 2**15
    found = read(audio + noise * (audio == 0), 48_000).loudness.integrated
    assert found == pytest.approx(-69.5, abs=TOLERANCE)


def test_itu_sweep_reads_constant(tally, k_filters):
    rate, seconds = 48_000, 20
    time = np.arange(rate * seconds) / rate
    low, high = 40.0, 18_000.0
    hertz = low * (high / low) ** (time / seconds)
    phase = 2 * np.pi * np.cumsum(hertz) / rate
    wave = 10 ** ((-18.0 + 0.691 - gain_at(k_filters, hertz)) / 20) * np.sin(phase)
    found = tally(np.column_stack([wave, wave]), rate)
    times, momentary, _ = loudness_series(found)
    assert momentary[times > 1.0] == pytest.approx(-18.0, abs=TOLERANCE)
