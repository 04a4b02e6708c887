import contextlib
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery import cover
from delivery.findings import Refusal


def png(width: int, height: int, bits: int = 8, colour: int = 2) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    check = struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + check


def jpeg(width: int, height: int, parts: int = 3, frame: int = 0xC0) -> bytes:
    size = struct.pack(">BHHB", 8, height, width, parts)
    return (
        b"\xff\xd8"
        b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x48\x00\x48\x00\x00"  # APP0
        b"\xff\xfe\x00\x06\xff\xc0hi"  # a comment that looks like a frame header
        b"\xff\xff\xff" + bytes([frame]) + b"\x00\x11" + size + bytes(9)
    )


@given(st.integers(1, 2**32 - 1), st.integers(1, 2**32 - 1))
def test_a_png_says_its_size(width: int, height: int) -> None:
    found = cover.parse(png(width, height), "a.png")
    assert (found.mime, found.width, found.height) == ("image/png", width, height)
    assert (found.depth, found.colours) == (24, 0)


@given(
    st.integers(1, 65_535), st.integers(1, 65_535), st.sampled_from([0xC0, 0xC2, 0xCA])
)
def test_a_jpeg_says_its_size(width: int, height: int, frame: int) -> None:
    found = cover.parse(jpeg(width, height, frame=frame), "a.jpg")
    assert (found.mime, found.width, found.height) == ("image/jpeg", width, height)
    assert found.depth == 24


def test_colours_make_the_depth() -> None:
    assert cover.parse(png(1, 1, 16, 6), "").depth == 64
    assert cover.parse(png(1, 1, 8, 0), "").depth == 8
    assert cover.parse(jpeg(1, 1, 1), "").depth == 8
    indexed = cover.parse(png(1, 1, 4, 3), "")
    assert (indexed.depth, indexed.colours) == (4, 16)


@given(st.binary(max_size=200), st.sampled_from([b"", png(5, 6), jpeg(5, 6)]))
@settings(max_examples=100)
def test_any_bytes_are_a_cover_or_refused(rest: bytes, start: bytes) -> None:
    for image in (start + rest, start[: len(rest)] + rest, b"\xff\xd8\xff" + rest):
        with contextlib.suppress(Refusal):
            assert cover.parse(image, "any").image is image


@pytest.mark.parametrize("image", [png(5, 6), jpeg(5, 6)[:-9]])
def test_a_header_cut_anywhere_is_refused(image: bytes) -> None:
    for length in range(len(image)):
        with pytest.raises(Refusal):
            cover.parse(image[:length], "cut")


def test_sizes_of_nothing_and_damage_are_refused() -> None:
    with pytest.raises(Refusal, match="says it is 0 × 7 pixels"):
        cover.parse(png(0, 7), "a.png")
    with pytest.raises(Refusal, match="says it is 7 × 0 pixels"):
        cover.parse(jpeg(7, 0), "a.jpg")
    with pytest.raises(Refusal, match="damaged header"):
        cover.parse(png(7, 7)[:-1] + b"!", "a.png")
    with pytest.raises(Refusal, match="neither JPEG nor PNG"):
        cover.parse(b"GIF89a", "a.gif")


def test_a_cover_is_read_from_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "front.png"
    path.write_bytes(png(3_000, 3_000))
    assert cover.open_cover(path).width == 3_000
    monkeypatch.setattr(cover, "LARGEST", 20)
    with pytest.raises(Refusal, match=r"'front\.png' is larger than"):
        cover.open_cover(path)
    with pytest.raises(Refusal, match="cannot be read: no such file"):
        cover.open_cover(tmp_path / "absent.png")
