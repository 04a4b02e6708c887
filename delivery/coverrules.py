"""A cover against what a store asks of it, and copies of it where a limit asks.

Copies are made in linear light, so that fine contrasts keep their brightness, with
Lanczos' kernel, and saved as JPEG at a fixed quality: the same bytes every time.
"""

import io
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delivery.cover import Cover, parse
from delivery.findings import Finding, Place, refuse, warning
from delivery.receivers import CoverSpec

MOST_PIXELS = 64_000_000
"""Of a picture that is resized: 8000 × 8000."""

_QUALITIES = (90, 85, 80, 75, 70, 60, 50, 40, 30)
_MEGA = 1_000_000
_PNG_ALPHA = frozenset({4, 6})  # colour types, PNG §11.2.2
_PNG_COLOUR = frozenset({2, 3, 6})


def check(cover: Cover, spec: CoverSpec, name: str, place: Place) -> Iterator[Finding]:
    """Yield a warning for everything in which the cover *name* is not like *spec*."""
    where = spec.title

    def told(says: str, measured: Any, limit: Any, way_out: str) -> Finding:
        return warning(
            "META-COVER",
            f"the cover {name!r} {says} ({where})",
            place=place,
            measured=measured,
            limit=limit,
            source=f"{spec.source}, read {spec.read}",
            help=way_out,
        )

    size = f"{cover.width} × {cover.height}"
    if spec.square and cover.width != cover.height:
        yield told(
            f"is {size} pixels, not square",
            size,
            "square",
            "cut it to a square",
        )
    low, high = min(cover.width, cover.height), max(cover.width, cover.height)
    if spec.smallest_px and low < spec.smallest_px:
        yield told(
            f"is {size} pixels, smaller than {spec.smallest_px}",
            low,
            spec.smallest_px,
            "ask for the original: enlarging it does not add what is missing",
        )
    if spec.largest_px and high > spec.largest_px:
        yield told(
            f"is {size} pixels, larger than {spec.largest_px}",
            high,
            spec.largest_px,
            f"save it at {spec.largest_px} pixels",
        )
    megabytes = round(len(cover.image) / _MEGA, 2)
    if spec.largest_mb and megabytes > spec.largest_mb:
        yield told(
            f"has {megabytes:.1f} MB, more than {spec.largest_mb:g}",
            megabytes,
            spec.largest_mb,
            "save it as a JPEG of less quality",
        )
    kind = cover.mime.removeprefix("image/")
    if kind not in spec.formats:
        wanted = " or ".join(spec.formats)
        yield told(f"is a {kind.upper()}", kind, wanted, f"save it as {wanted}")
    if spec.rgb and (model := colour_model(cover)) != "RGB":
        yield told(f"is in {model}, not RGB", model, "RGB", "save it in RGB")
    if not spec.alpha and transparent(cover):
        yield told("has transparency", "alpha", "opaque", "save it without alpha")


def colour_model(cover: Cover) -> str:
    """Return RGB, CMYK or grey."""
    if cover.mime == "image/png":
        return "RGB" if cover.image[25] in _PNG_COLOUR else "grey"
    return {8: "grey", 12: "grey", 32: "CMYK", 48: "CMYK"}.get(cover.depth, "RGB")


def transparent(cover: Cover) -> bool:
    """Return whether there is an alpha channel, or a colour that stands for it."""
    if cover.mime != "image/png":
        return False
    return cover.image[25] in _PNG_ALPHA or b"tRNS" in _png_chunks(cover.image)


def fitted(cover: Cover, spec: CoverSpec, name: str) -> Cover:
    """Return the cover *name*, or a copy of it that keeps the limits of *spec*.

    A copy is a JPEG in RGB, on white where there was transparency. Raises Refusal for
    what cannot be decoded, or for a picture so large that no cover is it.
    """
    high = max(cover.width, cover.height)
    most = int(spec.largest_mb * _MEGA) if spec.largest_mb else None
    small = not spec.largest_px or high <= spec.largest_px
    light = most is None or len(cover.image) <= most
    taken = cover.mime.removeprefix("image/") in spec.formats
    if small and light and taken:
        return cover
    if cover.width * cover.height > MOST_PIXELS:
        raise refuse(
            "META-COVER",
            f"the cover {name!r} has {cover.width} × {cover.height} pixels",
            limit=MOST_PIXELS,
            help="save it at 3000 × 3000 pixels",
        )
    size = min(high, spec.largest_px or high)
    width, height = (
        max(1, round(side * size / high)) for side in (cover.width, cover.height)
    )
    picture = _shrunk(_decoded(cover, name), width, height)
    for quality in _QUALITIES:
        image = _jpeg(picture, quality)
        if most is None or len(image) <= most:
            return parse(image, name)
    raise refuse(
        "META-COVER",
        f"the cover {name!r} has no copy of {width} × {height} in {most} bytes",
        help="choose a plainer picture",
    )


def _decoded(cover: Cover, name: str) -> NDArray[np.uint8]:
    """Return the picture in RGB."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(cover.image)) as picture:
            if not transparent(cover):
                return np.asarray(picture.convert("RGB"))
            whole = picture.convert("RGBA")
            ground = Image.new("RGBA", whole.size, "white")
            return np.asarray(Image.alpha_composite(ground, whole).convert("RGB"))
    except (OSError, SyntaxError, ValueError, zlib.error) as fault:
        raise refuse(
            "META-COVER", f"the cover {name!r} cannot be decoded: {fault}"
        ) from fault


def _shrunk(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return *picture* at another size, averaged in linear light."""
    from PIL import Image

    if picture.shape[:2] == (height, width):
        return picture
    out = np.empty((height, width, 3), np.uint8)
    for colour in range(3):
        light = Image.fromarray(_LINEAR[picture[:, :, colour]])
        small = np.asarray(light.resize((width, height), Image.Resampling.LANCZOS))
        out[:, :, colour] = np.searchsorted(_HALFWAY, small)
    return out


def _linear() -> NDArray[np.float32]:
    """Return the light of every step of sRGB (IEC 61966-2-1)."""
    step = np.arange(256) / 255
    low = step <= 0.04045
    return np.where(low, step / 12.92, ((step + 0.055) / 1.055) ** 2.4).astype(
        np.float32
    )


_LINEAR = _linear()
_HALFWAY = (_LINEAR[1:] + _LINEAR[:-1]) / 2
"""Light above which the next step is nearer."""


def _jpeg(picture: NDArray[np.uint8], quality: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    # not optimized: that fails for pictures with more detail than its buffer holds
    Image.fromarray(picture).save(out, "JPEG", quality=quality, subsampling=0)
    return out.getvalue()


def _png_chunks(image: bytes) -> set[bytes]:
    """Return the kinds of chunks before the picture's own."""
    kinds: set[bytes] = set()
    at = 8
    while at + 8 <= len(image) and (kind := image[at + 4 : at + 8]) != b"IDAT":
        kinds.add(kind)
        at += 12 + int.from_bytes(image[at : at + 4], "big")
    return kinds
