"""Covers against stores, and copies of them within limits."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from delivery import coverrules, receivers
from delivery.cover import Cover, parse
from delivery.findings import Place, Refusal
from delivery.receivers import CoverSpec

STORES = receivers.row(CoverSpec, "stores")
SMALL = replace(STORES, smallest_px=None, largest_px=64, largest_mb=0.01)


def picture(mode: str, size: tuple[int, int], kind: str, **options) -> Cover:
    out = io.BytesIO()
    noise = np.random.default_rng(3).integers(0, 255, (*size[::-1], 3), np.uint8)
    Image.fromarray(noise).convert(mode).save(out, kind, **options)
    return parse(out.getvalue(), "a")


def said(cover: Cover, spec: CoverSpec = STORES) -> str:
    found = list(coverrules.check(cover, spec, "a.jpg", Place()))
    assert all(each.rule == "META-COVER" and each.source for each in found)
    assert all(each.measured is not None and each.limit for each in found)
    return "; ".join(each.message for each in found)


def test_a_right_cover_has_nothing_to_be_said():
    spec = replace(STORES, smallest_px=60)
    for kind in ("JPEG", "PNG"):
        assert said(picture("RGB", (60, 60), kind), spec) == ""


@pytest.mark.parametrize(
    ("mode", "size", "kind", "words"),
    [
        ("RGB", (60, 50), "JPEG", "is 60 × 50 pixels, not square"),
        ("RGB", (2_900, 2_900), "JPEG", "smaller than 3000"),
        ("RGB", (5_001, 20), "PNG", "larger than 5000"),
        ("CMYK", (60, 60), "JPEG", "is in CMYK, not RGB"),
        ("L", (60, 60), "JPEG", "is in grey, not RGB"),
        ("L", (60, 60), "PNG", "is in grey, not RGB"),
        ("RGBA", (60, 60), "PNG", "has transparency"),
        ("LA", (60, 60), "PNG", "has transparency"),
    ],
)
def test_what_a_store_does_not_take_is_said(mode, size, kind, words):
    assert words in said(picture(mode, size, kind))


def test_a_colour_that_stands_for_nothing_is_transparency():
    assert "has transparency" in said(
        picture("P", (60, 60), "PNG", transparency=b"\0\xff")
    )
    assert "has transparency" not in said(picture("P", (60, 60), "PNG"))


def test_weight_and_kind_are_looked_at():
    heavy = replace(picture("RGB", (9, 9), "PNG"), mime="image/webp")
    told = said(replace(heavy, image=heavy.image + bytes(11_000_000)))
    assert "has 11.0 MB, more than 10" in told
    assert "is a WEBP" in told


def test_what_fits_is_left_as_it_is():
    cover = picture("RGB", (30, 30), "PNG")
    assert coverrules.fitted(cover, SMALL, "a") is cover


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "CMYK"])
def test_copies_keep_their_limits_and_their_shape(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    cover = picture(mode, (300, 150), kind)
    copy = coverrules.fitted(cover, SMALL, "a")
    assert (copy.width, copy.height) == (64, 32)
    assert copy.mime == "image/jpeg"
    assert coverrules.colour_model(copy) == "RGB"
    assert len(copy.image) <= 10_000
    assert coverrules.fitted(cover, SMALL, "a") == copy  # the same bytes every time


def test_stripes_keep_their_light():
    # black and white lines are half the light, which is step 188 of sRGB, not 128
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[::2] = 255
    out = io.BytesIO()
    Image.fromarray(stripes).save(out, "PNG")
    copy = coverrules.fitted(parse(out.getvalue(), "a"), SMALL, "a")
    middle = np.asarray(Image.open(io.BytesIO(copy.image)))[16:48, 16:48]
    assert abs(float(middle.mean()) - 188) < 2


def test_what_cannot_be_decoded_or_is_absurd_is_refused():
    cover = picture("RGB", (300, 300), "PNG")
    with pytest.raises(Refusal, match="cannot be decoded"):
        coverrules.fitted(replace(cover, image=cover.image[:200]), SMALL, "a")
    with pytest.raises(Refusal, match="has 20000 × 20000 pixels"):
        coverrules.fitted(replace(cover, width=20_000, height=20_000), SMALL, "a")
    with pytest.raises(Refusal, match="has no copy of"):
        coverrules.fitted(cover, replace(SMALL, largest_mb=0.0001), "a")
