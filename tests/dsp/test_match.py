"""Matching, on noise whose spectra are known."""

import math
from dataclasses import replace

import numpy as np
import pytest

from dsp.eq import Eq, cascade
from dsp.figures import figures
from dsp.ltas import heard_levels, loud_levels
from dsp.match import Match, MatchCurve
from dsp.meter import Meter
from dsp.processor import Learner, run
from dsp.thirds import centres
from tests.dsp.streaming import cut_anywhere, through

RATE = 44_100


def _pink(seed: int, seconds: float = 14.0, rate: int = RATE) -> np.ndarray:
    count = int(seconds * rate)
    spectrum = np.random.default_rng(seed).standard_normal((2, count // 2 + 1, 2))
    spectrum = spectrum @ [1, 1j]
    spectrum[:, 1:] /= np.sqrt(np.arange(1, count // 2 + 1))
    audio = np.fft.irfft(spectrum, count).T
    return audio * 0.1 / audio.std()


def _levels(audio: np.ndarray, rate: int = RATE) -> tuple[float, ...]:
    return tuple(heard_levels(rate, np.split(audio, [1000, 5000])))


def _matched(match: Match, audio: np.ndarray, rate: int = RATE) -> np.ndarray:
    curve = match.learned(rate, lambda: iter([audio]))
    return through(curve.open(rate), audio)


def _loudness(audio: np.ndarray) -> float:
    meter = Meter(RATE, 2)
    meter.feed(audio)
    found = figures(meter.finish()).loudness.integrated
    assert found is not None
    return found


SHELF = Eq(shape="highshelf", frequency_hz=4000.0, gain_db=2.5)
LOW = Eq(shape="lowshelf", frequency_hz=150.0, gain_db=-2.0)
MIDDLE = (centres(RATE) > 50) & (centres(RATE) < 14_000)


@pytest.fixture(scope="module")
def song() -> np.ndarray:
    return _pink(1)


@pytest.fixture(scope="module")
def reference() -> np.ndarray:
    return through(cascade(RATE, [SHELF, LOW]), _pink(2))


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean difference of tone in dB, whatever the levels."""
    gap = (np.array(_levels(one)) - _levels(other))[MIDDLE]
    return float(np.sqrt(np.mean(np.square(gap - gap.mean()))))


def test_a_planted_difference_is_taken_back(song, reference):
    match = Match(references=(_levels(reference),), amount=1.0, max_db=6.0)
    assert _distance(song, reference) > 1.2
    assert _distance(_matched(match, song), reference) < 0.35


def test_a_share_is_a_share(song, reference):
    match = Match(references=(_levels(reference),), amount=0.5, max_db=6.0)
    half = _distance(_matched(match, song), reference)
    assert half == pytest.approx(_distance(song, reference) / 2, abs=0.15)


def test_loudness_stays(song, reference):
    for amount, most in ((0.5, 3.0), (1.0, 12.0)):
        match = Match(references=(_levels(reference),), amount=amount, max_db=most)
        made = _matched(match, song)
        assert _loudness(made) == pytest.approx(_loudness(song), abs=0.1)


def test_no_band_goes_beyond_the_bounds(song):
    dark = through(
        cascade(RATE, [Eq(shape="tilt", frequency_hz=900.0, gain_db=-24.0)]), _pink(3)
    )
    match = Match(references=(_levels(dark),), amount=1.0, max_db=2.0)
    curve = match.learned(RATE, lambda: iter([song]))
    hertz = np.linspace(0, RATE / 2, 4000)
    assert np.abs(curve.gain_db(hertz)).max() <= 2.0
    assert np.abs(curve.gain_db(hertz)).max() > 1.9
    assert abs(curve.gain_db(np.array([15.0]))[0]) < 0.5, "it fades out below"


def test_levels_of_song_and_references_do_not_count(song, reference):
    one = Match(references=(_levels(reference),))
    other = Match(references=(_levels(0.1 * reference),))
    first = one.curve(np.array(_levels(song)), RATE)
    second = other.curve(np.array(_levels(3.0 * song)), RATE)
    assert first.gains_db == pytest.approx(second.gains_db, abs=1e-3)


def test_quiet_passages_do_not_count(song):
    rumble = 0.004 * through(
        cascade(RATE, [Eq(shape="lowpass", frequency_hz=200.0)]), _pink(4, 9.0)
    )
    with_intro = np.concatenate([rumble, song])
    assert np.array(_levels(with_intro))[MIDDLE] == pytest.approx(
        np.array(_levels(song))[MIDDLE], abs=0.5
    )


def test_several_references_are_their_mean(song, reference):
    ours, theirs = _levels(song), _levels(reference)
    both = Match(references=(ours, theirs), amount=1.0)
    one = Match(references=(theirs,), amount=0.5)
    own = np.array(ours)
    assert both.curve(own, RATE).gains_db == pytest.approx(
        one.curve(own, RATE).gains_db, abs=1e-6
    )


def test_a_song_against_itself_is_left_alone(song):
    levels = _levels(song)
    curve = Match(references=(levels,)).curve(np.array(levels), RATE)
    assert max(map(abs, curve.gains_db)) < 1e-6


def test_rates_may_differ(song, reference):
    high = _pink(5, 8.0, 96_000)
    match = Match(references=(_levels(high, 96_000), _levels(reference)))
    low = match.learned(8000, lambda: iter([_pink(6, 8.0, 8000)]))
    assert not low.idle
    assert through(low.open(8000), _pink(7, 2.0, 8000)).any()
    assert not match.learned(96_000, lambda: iter([high])).idle


def test_silence_and_shreds_are_borne(song):
    match = Match(references=(_levels(song),))
    for audio in (np.zeros((RATE, 2)), song[:50], np.zeros((1, 2))):
        made = _matched(match, audio)
        assert np.isfinite(made).all()
    with pytest.raises(ValueError, match="without samples"):
        match.learned(RATE, lambda: iter([]))


def test_the_meters_own_bands_may_be_used(song):
    meter = Meter(RATE, 2)
    meter.feed(song)
    tally = meter.finish()
    kept = loud_levels(tally.bands, RATE)
    assert kept == pytest.approx(_levels(song), abs=1e-3)


def test_blocks_leave_no_trace(song, reference):
    match = Match(references=(_levels(reference),))
    curve = match.learned(RATE, lambda: iter([song]))
    cut = match.learned(RATE, lambda: iter(np.split(song, [1, 77, 100_000])))
    assert curve == cut
    cut_anywhere(lambda: curve.open(RATE), song[:60_000])


def test_what_has_to_listen_first_says_so(song):
    match = Match(references=(_levels(song),))
    assert isinstance(match, Learner)
    with pytest.raises(ValueError, match="hear the whole sound"):
        run(match.open(RATE), [])
    assert not match.idle
    assert replace(match, amount=0.0).idle
    assert replace(match, max_db=0.0).idle
    assert MatchCurve(centres_hz=(20.0, 40.0), gains_db=(0.0, 0.0)).idle


def test_what_cannot_be_matched_is_refused():
    for settings, says in (
        ({"references": ()}, "at least one"),
        ({"references": ((1.0,),), "amount": 1.5}, "match 150%"),
        ({"references": ((1.0,),), "max_db": math.nan}, "use 0 to 12 dB"),
    ):
        with pytest.raises(ValueError, match=says):
            Match(**settings)
    for curve in ({"centres_hz": (1.0,), "gains_db": ()},
                  {"centres_hz": (1.0,), "gains_db": (40.0,)}):  # fmt: skip
        with pytest.raises(ValueError, match="a curve"):
            MatchCurve(**curve)
