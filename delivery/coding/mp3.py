"""MP3: by LAME, read by libsndfile."""

from pathlib import Path

from delivery import lame
from delivery.coding import sndfile
from delivery.coding.row import Coding, Encoded, Quality, Sound, kbits, scaled
from delivery.mpeg import samples_in

USUAL = Quality(text="320", kbits=320)


def quality(text: str) -> Quality:
    """Return a constant bitrate ("320") or LAME's variable ones ("V0" … "V9")."""
    if text[:1] in ("V", "v"):
        return scaled("V" + text[1:], "V", "MP3", 0, 9)
    return kbits(text, "MP3", lame.BITRATES)


def encode(path: Path, sound: Sound) -> Encoded:
    """Write an MP3; sound beyond full scale is passed on as it is: MP3 can hold it."""
    asked = sound.quality or USUAL
    setting = lame.Quality(asked.kbits, asked.scale)
    length = lame.encode(
        path, sound.rate, sound.blocks, setting, sound.channels, sound.around
    )
    return Encoded(length)


MP3 = Coding(
    name="mp3",
    title="MP3",
    suffix="mp3",
    container="mp3",
    rates=(44_100, 48_000),
    encode=encode,
    decode=sndfile.decode,
    format_of=sndfile.format_of,
    quality=quality,
    usual=USUAL.text,
    qualities="32 … 320 kbit/s, or V0 … V9",
    context=True,
    held=samples_in,
)
