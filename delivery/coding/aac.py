"""AAC-LC in an M4A, through FFmpeg's libraries."""

from pathlib import Path

from delivery import libav
from delivery.coding.row import Coding, Encode, Encoded, Quality, Sound, kbits

USUAL = Quality(text="256", kbits=256)


def quality(text: str) -> Quality:
    """Return a bitrate in kbit/s of stereo."""
    return kbits(text, "AAC", libav.AAC_BITRATES)


FAST_FROM = 192
"""The bitrate from which on the fast method is as good as the search, or better, and
takes 60 % of its time (docs/explanation/codecs.md)."""


def encode(path: Path, sound: Sound) -> Encoded:
    """Write AAC; its delay stands in the edit list and, for older players, iTunSMPB."""
    return _made(
        path, sound, "fast" if _kbits(sound.quality) >= FAST_FROM else "twoloop"
    )


def careful(quality: Quality | None) -> Encode | None:
    """Return the search where the fast method is the usual."""
    return _searched if _kbits(quality) >= FAST_FROM else None


def _searched(path: Path, sound: Sound) -> Encoded:
    return _made(path, sound, "twoloop")


def _kbits(quality: Quality | None) -> int:
    return (quality or USUAL).kbits or 0


def _made(path: Path, sound: Sound, method: libav.AacMethod) -> Encoded:
    kbits = _kbits(sound.quality)
    length = libav.encode_aac(
        path, sound.rate, sound.blocks, kbits, sound.channels, sound.around, method
    )
    return Encoded(length)


AAC = Coding(
    name="aac",
    title="AAC",
    suffix="m4a",
    container="m4a",
    # above, every bit that goes to what nobody hears is missing below
    rates=(44_100, 48_000),
    encode=encode,
    careful=careful,
    decode=libav.decode,
    format_of=libav.format_of,
    quality=quality,
    usual=USUAL.text,
    qualities="64 … 320 kbit/s",
    context=True,
)
