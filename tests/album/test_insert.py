import numpy as np
import pytest
import soundfile
from scipy.signal import butter, sosfilt

from album.insert import Insert
from delivery.findings import Refusal

RATE = 8000


@pytest.fixture(scope="module")
def music():
    noise = np.random.default_rng(1).normal(size=(RATE * 24, 2))
    noise[:, 1] = 0.5 * noise[:, 0] + 0.5 * noise[:, 1]
    return 0.1 * sosfilt(butter(2, 0.3, output="sos"), noise, axis=0)


@pytest.fixture
def printed(tmp_path):
    def write(audio, rate=RATE):
        path = tmp_path / "print.wav"
        soundfile.write(path, audio, rate, subtype="DOUBLE")
        return path

    return write


def _late(audio, samples):
    """Return *audio* *samples* later, with as much silence after it."""
    return np.pad(audio, ((samples, samples), (0, 0)))


def _learned(path, music, start=0, size=5000, **settings):
    def sound():
        for at in range(start, len(music), size):
            yield music[at : at + size]

    return Insert(file=path, **settings).learned(RATE, sound, start=start)


def _played(processor, start, length, size):
    stream = processor.open(RATE, start=start)
    sizes = [min(size, length - at) for at in range(0, length, size)]
    parts = [stream.process(np.zeros((each, 2))) for each in sizes]
    return np.concatenate([*parts, stream.finish()])


@pytest.mark.parametrize("size", [1, 977, 60_000])
def test_the_print_takes_the_place_of_the_sound_to_the_sample(printed, music, size):
    worked = np.tanh(3 * music)
    processor = _learned(printed(_late(worked, 61)), music)
    length = 20_000 if size == 1 else len(music)
    assert np.array_equal(_played(processor, 0, length, size), worked[:length])
    assert "61 samples late" in processor.remarks[0]


def test_a_trimmed_song_is_found_in_a_print_of_the_mix(printed, music):
    start = 3 * RATE
    processor = _learned(printed(_late(music, 7)), music, start)
    assert np.array_equal(_played(processor, start, 4000, 500), music[start:][:4000])


def test_a_trimmed_song_is_found_in_a_print_of_itself(printed, music):
    start = 5 * RATE
    processor = _learned(printed(_late(music[start:], 9)), music, start)
    assert np.array_equal(_played(processor, start, 4000, 500), music[start:][:4000])
    assert np.array_equal(_played(processor, start + 9, 40, 7), music[start + 9 :][:40])


def test_level_and_null_are_told(printed, music):
    noise = 0.001 * np.random.default_rng(4).normal(size=music.shape)
    said = _learned(printed(2 * music + noise), music).remarks[-1]
    assert "+6.02 dB" in said
    residual = 10 * np.log10((noise**2).sum() / (4 * music**2).sum())
    assert f"{residual:.1f} dB (" in said
    assert "63 Hz" in said


def test_a_print_that_is_upside_down_is_refused_until_it_is_said(printed, music):
    path = printed(-music)
    with pytest.raises(ValueError, match=r"upside down.*inverted"):
        _learned(path, music)
    processor = _learned(path, music, inverted=True)
    assert np.array_equal(_played(processor, 0, 9000, 1000), music[:9000])
    with pytest.raises(ValueError, match="leave out"):
        _learned(printed(music), music, inverted=True)


def test_another_clock_is_told(printed, music):
    at = np.arange(len(music)) * (1 + 1e-4)  # 19 samples over the song
    drifted = np.stack([np.interp(at, np.arange(len(music)), m) for m in music.T], 1)
    said = _learned(printed(drifted), music).remarks
    assert any("another clock" in each for each in said)


def _cut(music):
    """Return *music* with a second taken out of its middle."""
    return np.concatenate((music[: RATE * 12], music[RATE * 13 :], music[:RATE]))


def _broken(music, bad=np.nan):
    music = music.copy()
    music[9] = bad
    return music


REFUSED = [
    (lambda music: np.random.default_rng(9).normal(size=music.shape), "no print of"),
    (lambda music: _late(music, 3 * RATE), "no print of this song"),
    (lambda music: music[: -2 * RATE], "too short: 2.000 s"),
    (lambda music: music[:, ::-1] * [1, 1], "exchanged"),
    (_cut, "another edit"),
    (_broken, "no number"),
    (lambda music: _broken(music, 1e30), "too large to be audio"),
]


@pytest.mark.parametrize(("change", "says"), REFUSED)
def test_what_is_no_print_of_the_song_is_refused(printed, music, change, says):
    with pytest.raises(ValueError, match=says):
        _learned(printed(change(music)), music)


def test_another_rate_is_refused(printed, music):
    with pytest.raises(ValueError, match=r"96000 Hz.*print it again at 8000 Hz"):
        _learned(printed(music, 96_000), music)


def test_a_file_that_is_no_audio_is_refused(tmp_path, music):
    path = tmp_path / "print.wav"
    path.write_bytes(b"no audio")
    with pytest.raises(Refusal):
        _learned(path, music)


def test_silence_at_the_end_need_not_be_printed(printed, music):
    quiet = np.concatenate((music, np.zeros((RATE, 2))))
    assert _learned(printed(music), quiet).remarks
