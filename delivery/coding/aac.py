"""AAC-LC in an M4A, through FFmpeg's libraries."""

from pathlib import Path

from delivery import libav
from delivery.agreement import compare
from delivery.coding.row import Coding, Encoded, Quality, Sound, kbits

USUAL = Quality(text="256", kbits=256)


def quality(text: str) -> Quality:
    """Return a bitrate in kbit/s of stereo."""
    return kbits(text, "AAC", libav.AAC_BITRATES)


FAST_FROM = 192
"""The bitrate from which on the fast method is as good as the search, or better, and
takes 60 % of its time (docs/explanation/codecs.md)."""

LOWERED = 0.01
"""Share of the level of a tenth of a second: where the fast method loses more, its
numbers have come to their end, as they do where a loud tone sounds nearly alone."""


def encode(path: Path, sound: Sound) -> Encoded:
    """Write AAC; its delay stands in the edit list and, for older players, iTunSMPB.

    What the fast method cannot hold is encoded by the search too; the better is kept.
    """
    asked = (sound.quality or USUAL).kbits or 0
    if asked < FAST_FROM:
        return Encoded(_made(path, sound, asked, "twoloop"))
    length = _made(path, sound, asked, "fast")
    lowered = _lowered(path, sound)
    if lowered > LOWERED:
        beside = path.with_name(f"{path.name}.searched")
        try:
            _made(beside, sound, asked, "twoloop")
            if _lowered(beside, sound) < lowered:
                beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    return Encoded(length)


def _made(path: Path, sound: Sound, kbits: int, method: libav.AacMethod) -> int:
    return libav.encode_aac(
        path, sound.rate, sound.blocks, kbits, sound.channels, sound.around, method
    )


def _lowered(path: Path, sound: Sound) -> float:
    """Return how much lower the sound has become where most, 0 to 1."""
    piece, _ = sound.around.nearest(sound.blocks, 0, 0)
    return compare(piece, libav.decode(path), sound.rate).lowered


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
