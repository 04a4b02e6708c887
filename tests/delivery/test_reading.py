import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.fileset import Folder, from_bytes
from delivery.findings import Refusal
from delivery.soundfiles import opened, raw

PCM = struct.pack("<HHIIHH", 1, 2, 44_100, 176_400, 4, 16)
EXTENSIBLE = struct.pack("<HHIIHHHHI", 0xFFFE, 2, 44_100, 176_400, 4, 16, 22, 16, 3)
EXTENSIBLE += b"\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def wav(*chunks):
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def sound_of(content, name="x.wav"):
    return opened(from_bytes({name: content}), name)


@pytest.mark.parametrize("fmt", [PCM, EXTENSIBLE])
def test_the_audio_is_found_behind_other_chunks(fmt):
    chunks = chunk(b"LIST", b"odd"), chunk(b"fmt ", fmt), chunk(b"data", bytes(4704))
    content = wav(*chunks, chunk(b"id3 ", b"tag"))
    found = sound_of(content)
    (stretch,) = found.sound.stretches
    assert content[stretch.offset - 8 : stretch.offset - 4] == b"data"
    assert (found.sound.length, found.frames) == (1176, 2)


def test_a_cut_file_is_refused():
    content = wav(chunk(b"fmt ", PCM), chunk(b"data", bytes(4704)))
    with pytest.raises(Refusal, match=r"cut off.* 4,704 .* 2,304"):
        sound_of(content[:-2400])


@pytest.mark.parametrize(
    ("chunks", "says"),
    [
        ((chunk(b"data", b""), chunk(b"fmt ", PCM)), "before its format"),
        ((chunk(b"fmt ", PCM),), "no audio chunk"),
        ((chunk(b"fmt ", b"short"),), "too short"),
        ((chunk(b"fmt ", PCM.replace(b"\x10", b"\x18")),), "24 bit"),
        ((chunk(b"fmt ", b"\3" + PCM[1:]),), "format 3"),
    ],
)
def test_what_is_no_disc_audio_is_refused(chunks, says):
    with pytest.raises(Refusal, match=says):
        sound_of(wav(*chunks))


@given(st.binary(max_size=80), st.sampled_from([b"", b"RIFF\0\0\0\0WAVE", b"fLaC"]))
def test_any_bytes_are_a_sound_or_a_refusal(content, head):
    try:
        read = sound_of(head + content).sound.length
    except Refusal as refusal:
        read = refusal.findings[0].place.file
    assert read == "x.wav" or read >= 0


def test_every_kind_of_file_gives_the_same_samples(tmp_path):
    import soundfile

    audio = np.random.default_rng(1).integers(-32768, 32767, (200_000, 2), "int16")
    for name in ("a.wav", "a.flac", "a.aiff"):
        soundfile.write(tmp_path / name, audio, 44_100, subtype="PCM_16")
        sound = opened(Folder(tmp_path), name).sound
        assert (np.concatenate(list(sound.blocks())) == audio).all()
        cut = sound.cut(131_000, 131_100)
        assert (np.concatenate(list(cut.blocks())) == audio[131_000:131_100]).all()
        twice = (sound + sound.cut(5, 10)).padded(200_010)
        assert (twice.read(199_999, 20)[1:6] == audio[5:10]).all()
        assert not twice.read(200_005, 5).any()


def test_a_raw_file_that_shrinks_is_a_refusal(tmp_path):
    (tmp_path / "x").write_bytes(bytes(400))
    found = raw(Folder(tmp_path), "x")
    (tmp_path / "x").write_bytes(bytes(100))
    with pytest.raises(Refusal, match="75 samples early"):
        list(found.sound.blocks())
