import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.findings import Refusal
from delivery.program import Layout, Track
from delivery.reading import check_end, wave_span

PCM = struct.pack("<HHIIHH", 1, 2, 44_100, 176_400, 4, 16)
EXTENSIBLE = struct.pack("<HHIIHHHHI", 0xFFFE, 2, 44_100, 176_400, 4, 16, 22, 16, 3)
EXTENSIBLE += b"\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def wav(path, *chunks):
    body = b"WAVE" + b"".join(chunks)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@pytest.mark.parametrize("fmt", [PCM, EXTENSIBLE])
def test_the_audio_is_found_behind_other_chunks(fmt, tmp_path):
    chunks = chunk(b"LIST", b"odd"), chunk(b"fmt ", fmt), chunk(b"data", bytes(4704))
    path = wav(tmp_path / "x.wav", *chunks, chunk(b"id3 ", b"tag"))
    span = wave_span(path)
    assert path.read_bytes()[span.offset - 8 : span.offset - 4] == b"data"
    assert (span.length, span.frames) == (1176, 2)


def test_a_cut_file_is_refused(tmp_path):
    path = wav(tmp_path / "x.wav", chunk(b"fmt ", PCM), chunk(b"data", bytes(4704)))
    path.write_bytes(path.read_bytes()[:-2400])
    with pytest.raises(Refusal, match=r"cut off.* 4,704 .* 2,304"):
        wave_span(path)


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
def test_what_is_no_disc_audio_is_refused(chunks, says, tmp_path):
    with pytest.raises(Refusal, match=says):
        wave_span(wav(tmp_path / "x.wav", *chunks))


@given(st.binary(max_size=80))
def test_any_bytes_are_a_span_or_a_refusal(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.wav"
    path.write_bytes(b"RIFF\0\0\0\0WAVE" + content)
    try:
        length = wave_span(path).length
    except Refusal:
        length = 0
    assert 0 <= length <= 20


def test_marks_beyond_the_audio_are_refused():
    tracks = (Track(number=1, start=150, pause=0), Track(number=2, start=900))
    check_end(Layout(tracks=tracks, leadout=901), "x.cue")
    with pytest.raises(Refusal, match=r"track 02 of 'x\.cue' begins"):
        check_end(Layout(tracks=tracks, leadout=900), "x.cue")
    with pytest.raises(Refusal, match="99:59:74"):
        check_end(Layout(tracks=tracks, leadout=450_000), "x.cue")
