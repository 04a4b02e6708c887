"""AAC-LC in an M4A, through FFmpeg's libraries."""

from pathlib import Path

from delivery import libav
from delivery.coding.row import Coding, Encoded, Quality, Sound, kbits

USUAL = Quality(text="256", kbits=256)


def quality(text: str) -> Quality:
    """Return a bitrate in kbit/s of stereo."""
    return kbits(text, "AAC", libav.AAC_BITRATES)


def encode(path: Path, sound: Sound) -> Encoded:
    """Write AAC; its delay stands in the edit list and, for older players, iTunSMPB."""
    asked = (sound.quality or USUAL).kbits or 0
    length = libav.encode_aac(
        path, sound.rate, sound.blocks, asked, sound.channels, sound.around
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
    decode=libav.decode,
    format_of=libav.format_of,
    quality=quality,
    usual=USUAL.text,
    qualities="64 … 320 kbit/s",
    context=True,
)
