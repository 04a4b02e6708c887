"""Chunks of a WAV: kept before the audio, found in hostile files, rewritten whole."""

import contextlib
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery import riff, tags
from delivery.findings import Refusal

FORM = struct.pack("<HHIIHH", 1, 1, 48_000, 144_000, 3, 24)
AUDIO = bytes(range(99))


def chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)
    )


def wav(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


PLAIN = wav(chunk(b"fmt ", FORM), chunk(b"data", AUDIO))


@given(
    st.dictionaries(
        st.sampled_from(["bext", "iXML", "LIST", "id3 ", "junk"]),
        st.binary(max_size=50),
    )
)
@settings(max_examples=50, deadline=None)
def test_chunks_read_back_and_the_audio_stays(
    tmp_path_factory: pytest.TempPathFactory, chunks: dict[str, bytes]
) -> None:
    path = tmp_path_factory.getbasetemp() / "a.wav"
    path.write_bytes(PLAIN)
    riff.rewrite(path, chunks)
    found = riff.read(path)
    named = {
        "INFO" if name == "LIST" and each[:4] == b"INFO" else name: each
        for name, each in chunks.items()
    }
    assert dict(found.chunks) == {**named, "fmt ": FORM}
    whole = path.read_bytes()
    assert whole[found.begin : found.begin + found.length] == AUDIO
    assert int.from_bytes(whole[4:8], "little") == len(whole) - 8
    assert found.trailing == 0
    audio, rate = soundfile.read(path)
    assert (len(audio), rate) == (33, 48_000)
    riff.rewrite(path, {})
    assert path.read_bytes() == PLAIN


def test_what_follows_the_audio_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(
        wav(chunk(b"fmt ", FORM), chunk(b"data", AUDIO), chunk(b"id3 ", b"ID3junk"))
    )
    assert riff.read(path).trailing == 16
    tags.write_tags(path, "wav", tags.Tagging(), None, "none")
    assert path.read_bytes() == PLAIN


def test_rf64_stays_rf64(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    body = (
        chunk(b"fmt ", FORM) + struct.pack("<4sI", b"data", 2**32 - 1) + AUDIO + b"\0"
    )
    sizes = struct.pack("<QQQI", 4 + 36 + len(body), len(AUDIO), 33, 0)
    path.write_bytes(
        b"RF64" + struct.pack("<I4s", 2**32 - 1, b"WAVE") + chunk(b"ds64", sizes) + body
    )
    tags.write_tags(path, "wav", tags.Tagging(title="Glass", track=1))
    found = riff.read(path)
    assert (found.kind, found.length) == (b"RF64", len(AUDIO))
    whole = path.read_bytes()
    assert int.from_bytes(found.sizes[:8], "little") == len(whole) - 8
    assert tags.read_tags(path).title == "Glass"
    audio, _ = soundfile.read(path, dtype="int32")
    bare = tmp_path / "b.wav"
    bare.write_bytes(PLAIN)
    assert np.array_equal(audio, soundfile.read(bare, dtype="int32")[0])


@pytest.mark.parametrize(
    ("damaged", "says"),
    [
        (b"", "is no WAV"),
        (PLAIN[:30], "a chunk 'fmt ' of 16 bytes"),
        (PLAIN[:36], "has no audio"),
        (PLAIN[:-20], "ends .* bytes early"),
        (wav(chunk(b"data", AUDIO)), "has no format before"),
        (wav(b"junk\xff\xff\xff\x7f"), "has a chunk 'junk'"),
        (wav(*[chunk(b"a", b"")] * 1100), "chunks"),
    ],
)
def test_damage_is_refused_and_nothing_written(
    tmp_path: Path, damaged: bytes, says: str
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(damaged)
    with pytest.raises(Refusal, match=says):
        riff.rewrite(path, {"LIST": b"INFO"})
    assert path.read_bytes() == damaged
    assert list(tmp_path.iterdir()) == [path]


@given(st.binary(max_size=80), st.integers(0, len(PLAIN)))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, rest: bytes, cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.wav"
    path.write_bytes(PLAIN[:cut] + rest)
    with contextlib.suppress(Refusal):
        riff.read(path)
    with contextlib.suppress(Refusal):
        tags.read_tags(path)
