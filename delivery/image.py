"""A disc image read back: one pass over the file for everything that is asked of it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from delivery.findings import refuse
from delivery.reading import BYTES_PER_SAMPLE, Reading
from delivery.redbook import BYTES_PER_FRAME, FIRST_PAUSE, LAST_ADDRESS

_BLOCK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Image:
    """What one pass over an image has shown."""

    samples: int
    """Samples per channel of the programme: from 00:02:00 on."""
    sha256: str
    """Of the programme's samples as little-endian PCM."""
    md5: str | None
    """Of the whole file, where its kind has a sum to compare it with."""
    peak: int
    """The largest absolute sample, full scale 32768."""


def read_image(reading: Reading, advance: Callable[[int], None]) -> Image:
    """Read the file behind *reading* once; *advance* is told the samples just read."""
    if reading.audio is None:
        raise ValueError("the reading has no audio")
    pause = max(0, FIRST_PAUSE - reading.first_frame) * BYTES_PER_FRAME
    _check_size(reading)
    programme = hashlib.sha256()
    whole = hashlib.md5(usedforsecurity=False) if reading.kind == "ddp" else None
    begin = reading.offset + pause
    end = reading.offset + reading.length * BYTES_PER_SAMPLE
    peak = 0
    for at, block in _blocks(reading.audio, reading.offset % BYTES_PER_SAMPLE):
        if whole is not None:
            whole.update(block)
        music = memoryview(block)[max(0, begin - at) : max(0, end - at)]
        if len(music):
            values = np.frombuffer(music, dtype=">i2" if reading.big_endian else "<i2")
            if reading.big_endian:
                values = values.astype("<i2")
            programme.update(values.data)
            peak = max(peak, int(values.max()), -int(values.min()))
        advance(len(block) // BYTES_PER_SAMPLE)
        if whole is None and at + len(block) >= end:
            break
    return Image(
        samples=max(0, end - begin) // BYTES_PER_SAMPLE,
        sha256=programme.hexdigest(),
        md5=whole.hexdigest() if whole else None,
        peak=peak,
    )


def _check_size(reading: Reading) -> None:
    """Refuse a DDP's image that is larger than any disc, before it is read through."""
    assert reading.audio is not None
    size = reading.audio.stat().st_size
    largest = reading.offset + (LAST_ADDRESS + 1) * BYTES_PER_FRAME
    if reading.kind == "ddp" and size > largest:
        raise refuse(
            "DDP-LEN",
            f"{reading.audio.name} has {size:,} bytes, more than any disc holds",
            measured=size,
            limit=largest,
        )


def _blocks(path: Path, odd: int) -> Iterator[tuple[int, bytes]]:
    """Yield place and bytes of a file; *odd* more at first keep samples whole."""
    with path.open("rb") as file:
        at = 0
        while block := file.read(_BLOCK + (odd if at == 0 else 0)):
            yield at, block
            at += len(block)
