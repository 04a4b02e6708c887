"""WAV: a header of 44 bytes and the samples, nothing else."""

from pathlib import Path

from delivery import wav
from delivery.coding import sndfile
from delivery.coding.row import Coding, Encoded, Sound


def encode(path: Path, sound: Sound) -> Encoded:
    """Write a WAV of format tag 1, which every shop takes."""
    sha256 = wav.write(
        path, sound.rate, sound.bits, sound.blocks, sound.length, sound.channels
    )
    return Encoded(sound.length, sha256)


WAV = Coding(
    name="wav",
    title="WAV",
    suffix="wav",
    container="wav",
    rates=(44_100, 48_000, 88_200, 96_000, 176_400, 192_000),
    depths=(16, 24),
    encode=encode,
    decode=sndfile.decode,
    format_of=sndfile.format_of,
    stored=wav.open_pcm,
)
