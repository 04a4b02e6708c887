"""Audio files as a stream of blocks for the meter, in the form that costs least.

Packed integers of WAV files go to the meter as they lie on disk; everything else is
decoded by libsndfile, lossy codings to floats, so that what is over full scale shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from album.containers import promise
from album.speakers import speaker_weights
from delivery.findings import Finding, Place, error, reason

BLOCK = 1 << 18
"""Samples per channel moved at a time: two threads that measure meet at every one."""

DECODED = 1 << 18
"""Samples decoded at a time; libsndfile takes a sixth longer for less."""

_WAVES = frozenset({"WAV", "WAVEX", "RF64"})
_PACKED = {"PCM_16": 2, "PCM_24": 3}


@dataclass(frozen=True, kw_only=True)
class Stream:
    """An audio file as its header describes it."""

    path: Path
    rate: int
    channels: int
    length: int
    """Samples per channel."""
    coding: str
    """The container and the coding, as libsndfile names them."""
    data_at: int | None
    """The byte at which packed integers begin; None where they must be decoded."""
    width: int
    """Bytes of a packed integer."""
    weights: tuple[float, ...]
    """What its channels count for in loudness."""


class BrokenError(Exception):
    """A file that cannot be read, or not to its end, with its finding."""

    def __init__(self, finding: Finding) -> None:
        """Keep *finding*."""
        super().__init__(finding.message)
        self.finding = finding


def broken(path: Path, says: str, rule: str = "SRC-UNREADABLE") -> BrokenError:
    """Return the error that *path* cannot be measured."""
    message = f"{path.name} {says}"
    way_out = "export it again as WAV, AIFF or FLAC"
    return BrokenError(error(rule, message, place=Place(file=str(path)), help=way_out))


def open_stream(path: Path) -> Stream:
    """Return what the header of *path* says; raises BrokenError."""
    import soundfile

    if path.exists() and not path.is_file():
        raise broken(path, "is not a file")
    try:
        found = soundfile.info(str(path))
        told = promise(path)
    except (OSError, soundfile.LibsndfileError) as fault:
        raise broken(path, f"cannot be read: {reason(fault)}") from None
    if told and told.promised is not None and told.present < told.promised:
        raise broken(
            path,
            f"is cut off: its header promises {told.promised:,} bytes of audio, "
            f"{told.present:,} are there",
            "SRC-TRUNCATED",
        )
    coding = f"{found.format} {found.subtype}"
    width = _PACKED.get(found.subtype, 0)
    packed = found.format in _WAVES and width and found.endian == "FILE"
    return Stream(
        path=path,
        rate=found.samplerate,
        channels=found.channels,
        length=found.frames,
        coding=coding,
        data_at=told.at if packed and told else None,
        width=width,
        weights=speaker_weights(path, coding, found.channels),
    )


def blocks(stream: Stream) -> Iterator[NDArray[Any]]:
    """Yield the audio in blocks as ``dsp.planes`` takes them; raises BrokenError.

    A block is good until the next is asked for.
    """
    count = 0
    parts = _decoded(stream) if stream.data_at is None else _packed(stream)
    for block in parts:
        count += len(block)
        yield block
    # of MPEG audio the length is an estimate
    if count < stream.length and "MPEG" not in stream.coding:
        raise broken(
            stream.path,
            f"ends after {count:,} samples: its header promises {stream.length:,}",
            "SRC-TRUNCATED",
        )


def _decoded(stream: Stream) -> Iterator[NDArray[Any]]:
    import soundfile

    room = np.empty((DECODED, stream.channels), np.float32)
    try:
        with soundfile.SoundFile(str(stream.path)) as file:
            while len(block := file.read(out=room)):
                yield block
    except (OSError, soundfile.LibsndfileError) as fault:
        raise broken(stream.path, f"is damaged: {reason(fault)}") from None


def _packed(stream: Stream) -> Iterator[NDArray[Any]]:
    frame = stream.width * stream.channels
    room = np.empty(BLOCK * frame, np.uint8)
    left = stream.length
    try:
        with stream.path.open("rb") as file:
            file.seek(stream.data_at or 0)
            while left:
                wanted = min(BLOCK, left)
                have = file.readinto(room[: wanted * frame].data) // frame
                yield _shaped(room[: have * frame], stream)
                left -= have
                if have < wanted:
                    return
    except OSError as fault:
        raise broken(stream.path, f"is damaged: {reason(fault)}") from None


def _shaped(raw: NDArray[np.uint8], stream: Stream) -> NDArray[Any]:
    if stream.width == 2:
        return raw.view("<i2").reshape(-1, stream.channels)
    return raw.reshape(-1, stream.channels, stream.width)
