"""FLAC and MP3, written and read in blocks: libsndfile, and LAME for the MP3s.

The first frame of an MP3 tells the encoder's delay and the
padding at the end, so that players give back as many samples as went in and a
continuous album stays continuous. Neither file holds a date or anything random.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import soundfile

from delivery import lame
from delivery.findings import Refusal, refuse
from delivery.gapless import Around
from delivery.lame import Quality
from delivery.program import Floats, Integers
from delivery.redbook import CHANNELS
from delivery.wav import BLOCK, pack

FLAC_LEVEL = 5
"""The reference encoder's own default; higher costs time and gives half a percent."""

MP3_QUALITY = Quality(bitrate=320)


def encode_flac(
    path: Path,
    rate: int,
    blocks: Iterable[Integers],
    bits: int = 24,
    channels: int = CHANNELS,
) -> tuple[int, str]:
    """Write a FLAC of 16 or 24 *bits*.

    Return its length in samples and the SHA-256 of the samples as they were in memory,
    which is that of a WAV with the same audio.
    """
    digest, length = hashlib.sha256(), 0
    with soundfile.SoundFile(
        path,
        "w",
        rate,
        channels,
        f"PCM_{bits}",
        format="FLAC",
        compression_level=FLAC_LEVEL / 8,
    ) as file:
        for block in blocks:
            digest.update(pack(block, bits))
            # libsndfile takes integers that fill their word from the left
            if bits == 16:
                file.write(np.ascontiguousarray(block, np.int16))
            else:
                file.write(np.left_shift(block, 8, dtype=np.int32))
            length += len(block)
    return length, digest.hexdigest()


def mp3_rate(rate: int) -> int:
    """Return the rate of the MP3 of a programme: its own, or 44.1 or 48 kHz."""
    if rate in lame.RATES:
        return rate
    return 44_100 if rate % 44_100 == 0 else 48_000


def encode_mp3(
    path: Path,
    rate: int,
    blocks: Iterable[Floats],
    quality: Quality = MP3_QUALITY,
    channels: int = CHANNELS,
    around: Around = Around(),
) -> int:
    """Write an MP3; return its length in samples.

    Audio beyond full scale is passed on as it is: MP3 can hold it.
    """
    return lame.encode(path, rate, blocks, quality, channels, around)


def format_of(path: Path) -> tuple[int, int]:
    """Return the rate of a file and its length in samples; raises Refusal."""
    try:
        with soundfile.SoundFile(path) as file:
            return file.samplerate, file.frames
    except (soundfile.LibsndfileError, OSError) as fault:
        raise _unreadable(path, fault) from fault


def decode(path: Path) -> Iterator[Floats]:
    """Yield the audio of any file that libsndfile reads, overs and all.

    Raises Refusal where the file cannot be read.
    """
    try:
        with soundfile.SoundFile(path) as file:
            while len(block := file.read(BLOCK, "float64", always_2d=True)):
                yield block
    except (soundfile.LibsndfileError, OSError) as fault:
        raise _unreadable(path, fault) from fault


def _unreadable(path: Path, fault: Exception) -> Refusal:
    return refuse("FILE-READ", f"{path.name!r} cannot be decoded: {fault}")
