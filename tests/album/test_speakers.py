import numpy as np
import pytest
import soundfile

from album.metering import measure
from album.pcmstream import open_stream
from album.speakers import speaker_weights

RATE = 48_000


def wave(path, channels, mask, audio):
    """Write an extensible WAVE file for the speakers of *mask*."""
    data = np.round(audio * 32767).astype("<i2").tobytes()
    frame = 2 * channels
    numbers = (
        (0xFFFE, 2), (channels, 2), (RATE, 4), (RATE * frame, 4), (frame, 2), (16, 2),
        (22, 2), (16, 2), (mask, 4),
    )  # fmt: skip
    head = b"".join(number.to_bytes(size, "little") for number, size in numbers)
    head += bytes.fromhex("0100000000001000800000aa00389b71")
    chunks = b"junk\x03\0\0\0abc\0"  # of an odd length, and so padded
    chunks += b"fmt " + len(head).to_bytes(4, "little") + head
    chunks += b"data" + len(data).to_bytes(4, "little") + data
    path.write_bytes(
        b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks
    )


def tone(channels):
    """Return 4 s of 1 kHz that are -20 LUFS on left and right."""
    wave = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(4 * RATE) / RATE)
    return np.repeat(wave[:, np.newaxis], channels, axis=1)


def level(path):
    """Return the integrated loudness."""
    found = measure(open_stream(path), lambda *_: lambda *_: None, cached=False)
    return found.figures.loudness.integrated


@pytest.mark.parametrize(
    ("mask", "weights"),
    [
        (0x00B, (1, 1, 0)),  # left, right, LFE
        (0x007, (1, 1, 1)),  # left, right, centre
        (0x00F, (1, 1, 1, 0)),
        (0x033, (1, 1, 1.41, 1.41)),  # quadraphonic
        (0x107, (1, 1, 1, 1)),  # with a centre behind
        (0x03F, (1, 1, 1, 0, 1.41, 1.41)),
        (0x60F, (1, 1, 1, 0, 1.41, 1.41)),
        (0x63F, (1, 1, 1, 0, 1, 1, 1.41, 1.41)),
        (0x003, (1, 1, 1)),  # of three channels: a mask that is none
        (0x000, (1, 1, 1, 0, 1.41, 1.41)),
    ],
)
def test_a_mask_names_the_speakers(tmp_path, mask, weights):
    path = tmp_path / "a.wav"
    wave(path, len(weights), mask, np.zeros((10, len(weights))))
    assert speaker_weights(path, "WAVEX PCM_16", len(weights)) == weights


def test_the_lfe_is_left_out_where_the_mask_has_it(tmp_path):
    for name, mask in (("a.wav", 0x00B), ("b.wav", 0x007)):
        wave(tmp_path / name, 3, mask, tone(3))
    assert level(tmp_path / "a.wav") == pytest.approx(-20.0, abs=0.02)
    expected = -20.0 + 10 * np.log10(1.5)
    assert level(tmp_path / "b.wav") == pytest.approx(expected, abs=0.02)


def test_vorbis_has_its_lfe_last(tmp_path):
    with soundfile.SoundFile(tmp_path / "a.ogg", "w", RATE, 6, "VORBIS") as file:
        file.write(tone(6) * [0, 0, 0, 0, 0, 1])
    assert level(tmp_path / "a.ogg") is None
