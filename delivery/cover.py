"""A front cover: the bytes of a JPEG or PNG, and what their header says.

Only the header is read, and no size in it is trusted: a marker or a chunk that leaves
the file is a fault, never an allocation.
"""

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from delivery.findings import Refusal, refuse

LARGEST = 128_000_000
"""Bytes of a picture that is read: a TIFF's worth of pixels as PNG."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_PNG_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type, PNG §11.2.2
_SAMPLE_BITS = frozenset({1, 2, 4, 8, 16})
_INDEXED = 3
_FRAMES = frozenset(range(0xC0, 0xD0)) - {
    0xC4,
    0xC8,
    0xCC,
}  # SOF0 … SOF15, T.81 B.1.1.3
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_NO_MORE = frozenset({0xD8, 0xD9, 0xDA})  # no frame header can follow these


@dataclass(frozen=True, kw_only=True)
class Cover:
    """A picture ready to be embedded."""

    image: bytes = field(repr=False)
    mime: str
    width: int
    height: int
    depth: int
    """Bits per pixel."""
    colours: int = 0
    """Entries of a palette; 0 without one."""


def open_cover(path: Path) -> Cover:
    """Read the cover in *path*; raises Refusal for what cannot be embedded."""
    try:
        with path.open("rb") as file:
            image = file.read(LARGEST + 1)
    except OSError as fault:
        reason = str(fault.strerror).lower()
        raise refuse(
            "META-COVER", f"the cover {path.name!r} cannot be read: {reason}"
        ) from fault
    if len(image) > LARGEST:
        raise _refusal(
            path.name,
            f"is larger than {LARGEST // 1_000_000} MB",
            "save it again, as a JPEG of 3000 × 3000 pixels",
        )
    return parse(image, path.name)


def parse(image: bytes, name: str) -> Cover:
    """Return the cover in the bytes *image*; *name* is for messages.

    Raises Refusal where they are neither JPEG nor PNG, or their header is damaged.
    """
    if image.startswith(_PNG):
        return _png(image, name)
    if image.startswith(_JPEG):
        return _jpeg(image, name)
    raise _refusal(name, "is neither JPEG nor PNG", "save it again as JPEG or PNG")


def _png(image: bytes, name: str) -> Cover:
    """Read the first chunk, which has to be IHDR of 13 bytes."""
    if len(image) < 33 or image[8:16] != b"\0\0\0\rIHDR":
        raise _refusal(name, "is a PNG without its header")
    width, height, bits, colour = struct.unpack(">IIBB", image[16:26])
    if struct.unpack(">I", image[29:33])[0] != zlib.crc32(image[12:29]):
        raise _refusal(name, "is a PNG with a damaged header")
    if bits not in _SAMPLE_BITS or colour not in _PNG_SAMPLES:
        raise _refusal(name, f"is a PNG of unknown colour ({colour}, {bits} bits)")
    return _sized(
        name,
        Cover(
            image=image,
            mime="image/png",
            width=width,
            height=height,
            depth=bits * _PNG_SAMPLES[colour],
            colours=1 << bits if colour == _INDEXED else 0,
        ),
    )


def _jpeg(image: bytes, name: str) -> Cover:
    """Walk from marker to marker to the frame header."""
    at = 2
    while at + 4 <= len(image):
        if image[at] != 0xFF:
            break
        marker = image[at + 1]
        if marker == 0xFF:  # fill
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _NO_MORE:
            break
        elif marker in _FRAMES:
            if at + 10 > len(image):
                break
            bits, height, width, parts = struct.unpack(">BHHB", image[at + 4 : at + 10])
            cover = Cover(
                image=image,
                mime="image/jpeg",
                width=width,
                height=height,
                depth=bits * parts,
            )
            return _sized(name, cover)
        else:
            at += 2 + max(2, int.from_bytes(image[at + 2 : at + 4], "big"))
    raise _refusal(name, "is a JPEG without a readable frame header")


def _sized(name: str, cover: Cover) -> Cover:
    if not (cover.width and cover.height and cover.depth):
        raise _refusal(name, f"says it is {cover.width} × {cover.height} pixels")
    return cover


def _refusal(name: str, fault: str, way_out: str | None = None) -> Refusal:
    return refuse("META-COVER", f"the cover {name!r} {fault}", help=way_out)
