import gc
import itertools
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.figures import figures, pool
from dsp.meter import Meter, NotANumberError
from dsp.tally import VERSION, Tally

RATE = 8000


def noise(seconds, rate=RATE, channels=2, seed=1):
    rng = np.random.default_rng(seed)
    audio = rng.standard_normal((round(seconds * rate), channels)) * 0.1
    return np.clip(audio * np.linspace(0.1, 4.0, len(audio))[:, np.newaxis], -1, 1)


def same(one, other):
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name))
        for field in fields(Tally)
    )


@pytest.fixture(scope="module")
def song():
    return noise(37.123).astype(np.float32)


@pytest.fixture(scope="module")
def whole(song):
    meter = Meter(RATE, 2)
    meter.feed(song)
    return meter.finish()


@given(
    sizes=st.lists(
        st.one_of(st.integers(1, 40), st.integers(1000, 200_000)),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=40, deadline=None)
def test_blocks_leave_no_trace(song, whole, sizes):
    meter = Meter(RATE, 2)
    at = 0
    for size in itertools.chain(sizes, itertools.repeat(50_000)):
        meter.feed(song[at : at + size])
        at += size
        if at >= len(song):
            break
    assert same(meter.finish(), whole)


def test_threads_leave_no_trace(song, whole):
    def measure(size):
        meter = Meter(RATE, 2)
        for at in range(0, len(song), size):
            meter.feed(song[at : at + size])
        return meter.finish()

    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(measure, [3000, 4096, 10_000, 777] * 2):
            assert same(found, whole)


def test_a_tally_comes_back_from_its_bytes(whole):
    kept = whole.to_bytes()
    back = Tally.from_bytes(kept)
    assert same(back, whole)
    assert back.to_bytes() == kept
    assert figures(back) == figures(whole)
    assert len(kept) < 37.2 * 4000


def test_tallies_come_back_in_threads_while_garbage_is_collected(whole):
    """What builds a syntax tree on the way fails here under CPython 3.11."""
    kept = whole.to_bytes()

    class Lingering:
        def __init__(self):
            self.itself = self

        def __del__(self):
            for _ in range(200):
                pass

    def back(_):
        Lingering()
        return Tally.from_bytes(kept).length

    before = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(50, 5, 5)
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as threads:
            assert set(threads.map(back, range(500))) == {whole.length}
    finally:
        gc.set_threshold(*before[0])
        sys.setswitchinterval(before[1])


NO_TALLIES = [
    b"", b"PK\3\4 no", b"\x93NUMPY", b"x" * 500, b"[]\n", b"{}\n", b"\xff\n",
    b"[" * 100_000,
    b'{"version": %d, "arrays": 3}\n' % VERSION,
    b'{"version": %d, "arrays": []}\n' % VERSION,
    b'{"version": %d, "arrays": [["sums", "O", [1]]]}\n12345678' % VERSION,
    b'{"version": %d, "arrays": [["sums", "<f8", [-1]]]}\n12345678' % VERSION,
    b'{"version": %d, "arrays": [["sums", "<f8", [1e300]]]}\n12345678' % VERSION,
    b'{"version": %d, "arrays": [["sums", "<f8", [%d]]]}\n' % (VERSION, 10**30),
    b'{"version": %d, "weights": [], "arrays": [["sums", "<f8", [1]]]}\n12345678'
    % VERSION,
]  # fmt: skip


@pytest.mark.parametrize("where", range(0, 3000, 97))
def test_a_tally_cut_short_or_longer_is_refused(whole, where):
    kept = whole.to_bytes()
    for other in (kept[:where], kept[: -1 - where], kept + kept[: where + 1]):
        with pytest.raises(ValueError, match="no kept measurement"):
            Tally.from_bytes(other)


def test_a_tally_of_another_version_is_refused(whole):
    other = whole.to_bytes().replace(b'"version": %d' % VERSION, b'"version": 1')
    with pytest.raises(ValueError, match="kept by version 1"):
        Tally.from_bytes(other)


@pytest.mark.parametrize("kept", NO_TALLIES)
def test_bytes_of_something_else_are_refused(kept):
    with pytest.raises(ValueError, match="no kept measurement"):
        Tally.from_bytes(kept)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5, 6, 7, 8, 17])
@pytest.mark.parametrize("length", [0, 1, 100, 3199, 3200, 24_000])
def test_silence_has_no_levels_and_no_infinities(length, channels):
    meter = Meter(RATE, channels)
    meter.feed(np.zeros((length, channels)))
    found = figures(meter.finish())
    loud, peaks = found.loudness, found.peaks
    assert loud.integrated is loud.range is found.loud_part is None
    assert loud.max_momentary is loud.max_short_term is None
    assert peaks.true is peaks.sample is peaks.true_at is None
    assert found.dynamic_range is found.crest is found.spectrum.bandwidth is None
    assert set(found.spectrum.levels) == {None}


def test_short_audio_has_what_its_length_allows():
    for seconds, integrated, short in ((0.3, False, False), (1.0, True, False)):
        meter = Meter(RATE, 2)
        meter.feed(noise(seconds) + 0.1)
        found = figures(meter.finish())
        assert (found.loudness.integrated is not None) == integrated
        assert (found.loudness.max_short_term is not None) == short
        assert found.peaks.true is not None
        assert found.dynamic_range is None


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 2e9, -(2.0**100)])
@pytest.mark.parametrize("at", [0, 12_345, 37 * RATE])
def test_what_is_no_number_is_refused_with_its_place(song, bad, at):
    broken = song.copy()
    broken[at, 1] = bad
    meter = Meter(RATE, 2)

    def listen():
        meter.feed(broken)
        meter.finish()

    with pytest.raises(NotANumberError) as caught:
        listen()
    assert caught.value.position == at
    assert np.float32(caught.value.value).tobytes() == np.float32(bad).tobytes()


def test_rates_channels_and_blocks_it_cannot_measure_are_refused():
    for rate, channels in ((7999, 2), (400_000, 2), (48_000, 0), (48_000, 65)):
        with pytest.raises(ValueError, match="are measured"):
            Meter(rate, channels)
    meter = Meter(RATE, 2)
    for block in (np.zeros((4, 3)), np.zeros(4), np.zeros((4, 2), np.uint8)):
        with pytest.raises(ValueError, match="block"):
            meter.feed(block)


def test_packed_integers_are_measured_as_the_floats_they_stand_for():
    whole_numbers = np.random.default_rng(4).integers(-(2**23), 2**23, (50_001, 2))
    packed = whole_numbers.astype("<i4").view(np.uint8).reshape(-1, 2, 4)[:, :, :3]
    for channels in (1, 2):
        one, other = Meter(RATE, channels), Meter(RATE, channels)
        one.feed(np.ascontiguousarray(packed[:, :channels]))
        other.feed(whole_numbers[:, :channels] / 2.0**23)
        assert same(one.finish(), other.finish())
    small = (whole_numbers >> 8).astype(np.int16)
    one, other = Meter(RATE, 2), Meter(RATE, 2)
    one.feed(small)
    other.feed(small / 2.0**15)
    assert same(one.finish(), other.finish())


def test_an_album_is_gated_once_and_never_averaged(tones, tally):
    quiet, loud = tally(tones([(-30, 10)]), 48_000), tally(tones([(-10, 10)]), 48_000)
    pooled = pool([quiet, loud]).loudness.integrated
    # the quiet song lies under the album's gate
    assert pooled == pytest.approx(-10.0, abs=0.02)
    assert pool([loud, quiet]).loudness.integrated == pooled
    alone = figures(loud).loudness
    assert pool([loud]).loudness == alone
    assert pool([]).loudness.integrated is None


def test_songs_of_several_rates_make_one_album(tones, tally):
    songs = [tally(tones([(-20, 10)], rate), rate) for rate in (44_100, 96_000)]
    assert pool(songs).loudness.integrated == pytest.approx(-20.0, abs=0.02)


def test_gain_moves_loudness_by_as_much(tones, read):
    audio = noise(10, 48_000)
    plain, lower = (read(audio * gain, 48_000).loudness for gain in (1.0, 0.25))
    assert plain.integrated - lower.integrated == pytest.approx(12.041, abs=0.001)
    mono = read(audio[:, :1], 48_000).loudness.integrated
    both = read(audio[:, [0, 0]], 48_000).loudness.integrated
    assert both - mono == pytest.approx(3.0103, abs=1e-3)
