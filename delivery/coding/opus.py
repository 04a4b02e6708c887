"""Opus in Ogg, through FFmpeg's libraries; always at 48 kHz.

Its encoder finds its settings in the sound before a piece, which players skip with the
encoder's own delay; the end needs nothing (measured: the error at a cut without that is
4 dB above the usual, with it none).
"""

from pathlib import Path

from delivery import libav, ogg
from delivery.coding.row import Coding, Encoded, Quality, Sound, kbits

USUAL = Quality(text="128", kbits=128)

KEPT = 9_600
"""Samples before a piece that come with it: RFC 7845 §4.6 asks for 3840 to converge."""


def quality(text: str) -> Quality:
    """Return a bitrate in kbit/s of stereo."""
    return kbits(text, "Opus", libav.OPUS_BITRATES)


def encode(path: Path, sound: Sound) -> Encoded:
    """Write Opus from sound at 48 kHz."""
    asked = (sound.quality or USUAL).kbits or 0
    given, near = sound.around.nearest(sound.blocks, KEPT, 0)
    length = libav.encode_opus(path, given, asked, sound.channels)
    if near.before:
        ogg.skip(path, near.before)
    return Encoded(length - near.before)


OPUS = Coding(
    name="opus",
    title="Opus",
    suffix="opus",
    container="opus",
    rates=(libav.OPUS_RATE,),
    encode=encode,
    decode=libav.decode,
    format_of=libav.format_of,
    quality=quality,
    usual=USUAL.text,
    context=True,
    qualities="32 … 510 kbit/s",
)
