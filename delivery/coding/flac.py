"""FLAC and AIFF, written by libsndfile: neither holds a date or anything random."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from delivery.coding import sndfile
from delivery.coding.row import Coding, Encoded, Sound
from delivery.wav import open_pcm, pack

LEVEL = 4
"""Of the reference encoder, 0 to 8. Measured on music of 24 bits: files are as small as
FFmpeg makes them by default; 5 takes a third longer and gives two percent."""

RATES = (44_100, 48_000, 88_200, 96_000, 176_400, 192_000)


def encode(path: Path, sound: Sound) -> Encoded:
    """Write a FLAC of 16 or 24 bits."""
    return _written(path, sound, format="FLAC", compression_level=LEVEL / 8)


def encode_aiff(path: Path, sound: Sound) -> Encoded:
    """Write an AIFF of 16 or 24 bits."""
    return _written(path, sound, format="AIFF")


def _written(path: Path, sound: Sound, **options: Any) -> Encoded:
    digest, length = hashlib.sha256(), 0
    with soundfile.SoundFile(
        path, "w", sound.rate, sound.channels, f"PCM_{sound.bits}", **options
    ) as file:
        for block in sound.blocks:
            digest.update(pack(block, sound.bits))
            # libsndfile takes integers that fill their word from the left
            if sound.bits == 16:
                file.write(np.ascontiguousarray(block, np.int16))
            else:
                file.write(np.left_shift(block, 8, dtype=np.int32))
            length += len(block)
    return Encoded(length, digest.hexdigest())


FLAC = Coding(
    name="flac",
    title="FLAC",
    suffix="flac",
    container="flac",
    rates=RATES,
    depths=(16, 24),
    encode=encode,
    decode=sndfile.decode,
    format_of=sndfile.format_of,
    stored=open_pcm,
)

AIFF = Coding(
    name="aiff",
    title="AIFF",
    suffix="aiff",
    container="aiff",
    rates=RATES,
    depths=(16, 24),
    encode=encode_aiff,
    decode=sndfile.decode,
    format_of=sndfile.format_of,
    stored=open_pcm,
)
