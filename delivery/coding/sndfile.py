"""What libsndfile reads: FLAC, MP3, Vorbis, WAV and AIFF, in blocks."""

from collections.abc import Iterator
from pathlib import Path

import soundfile

from delivery.findings import Refusal, refuse
from delivery.program import AnyFloats
from delivery.wav import BLOCK


def format_of(path: Path) -> tuple[int, int]:
    """Return the rate of a file and its length in samples; raises Refusal."""
    try:
        with soundfile.SoundFile(path) as file:
            return file.samplerate, file.frames
    except (soundfile.LibsndfileError, OSError) as fault:
        raise _unreadable(path, fault) from fault


def decode(path: Path) -> Iterator[AnyFloats]:
    """Yield the audio of any file that libsndfile reads, overs and all, in singles.

    Raises Refusal where the file cannot be read.
    """
    try:
        with soundfile.SoundFile(path) as file:
            while len(block := file.read(BLOCK, "float32", always_2d=True)):
                yield block
    except (soundfile.LibsndfileError, OSError) as fault:
        raise _unreadable(path, fault) from fault


def _unreadable(path: Path, fault: Exception) -> Refusal:
    return refuse("FILE-READ", f"{path.name!r} cannot be decoded: {fault}")
