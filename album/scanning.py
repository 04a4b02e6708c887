"""The scan: a mix read once from end to end, for what only that can show."""

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from album.source import Source, clock, reason
from delivery.findings import Finding, Place, Refusal, error, refuse
from dsp.level import decibels
from dsp.meter import no_audio
from dsp.survey import LOUDEST

_DECODED = 1 << 17
"""Samples that are decoded at a time."""

_READ = 1 << 15
"""Samples that are read at a time where they lie as they are: they fit the cache."""


_LOUDEST = float(LOUDEST)


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What reading a whole mix has shown."""

    peak: float
    """The largest absolute sample, full scale 1.0."""
    peak_at: int
    silence_before: int
    """Samples of digital silence before the first sound; the whole length if none."""
    silence_after: int
    sha256: str
    """Of the file as it lies on disk."""


def scan(source: Source, place: Place = Place()) -> Scan:
    """Read the whole mix once; raises Refusal where it is broken or is no audio."""
    import soundfile

    look = _Look(source, place)
    digest = hashlib.sha256()
    read = _decoded if source.packed is None else _packed
    try:
        for block in read(source, digest.update):
            look.at_block(block)
    except (OSError, soundfile.LibsndfileError) as fault:
        raise refuse(
            "SRC-BROKEN",
            f"{source.path.name} is damaged after {clock(look.at, source.rate)}: "
            f"{reason(fault, source.path)}",
            place=place,
            help="copy or export the mix again",
        ) from None
    if look.at != source.length:
        raise refuse(
            "SRC-TRUNCATED",
            f"{source.path.name} ends after {clock(look.at, source.rate)}: its header "
            f"promises {clock(source.length, source.rate)}",
            place=place,
            measured=look.at,
            limit=source.length,
            help="copy or export the mix again",
        )
    return look.scan(digest.hexdigest())


@dataclass(frozen=True)
class _Block:
    """The next samples of a mix."""

    count: int
    low: float
    high: float
    audio: Callable[[], NDArray[Any]]
    """What they are, where it has to be known."""


@dataclass
class _Look:
    """What has been seen of a mix so far."""

    source: Source
    place: Place
    at: int = 0
    peak: float = -1.0
    peak_at: int = 0
    first: int | None = None
    sounding: tuple[int, _Block] | None = None
    """The last block that is not silent, and where it begins."""

    def at_block(self, block: _Block) -> None:
        high, low = block.high, block.low
        if not -_LOUDEST < low <= high < _LOUDEST:
            at, value = no_audio(block.audio())
            name, rate = self.source.path.name, self.source.rate
            raise Refusal([unheard(name, self.at + at, rate, value, self.place)])
        if max(high, -low) > self.peak:
            self.peak = max(high, -low)
            loud = np.abs(block.audio().astype(np.float64)).max(axis=1)
            self.peak_at = self.at + int(loud.argmax())
        if high != 0 or low != 0:
            self.sounding = self.at, block
            if self.first is None:
                heard = np.flatnonzero(block.audio().any(axis=1))
                self.first = self.at + int(heard[0])
        self.at += block.count

    def scan(self, sha256: str) -> Scan:
        last = 0
        if self.sounding is not None:
            begin, block = self.sounding
            last = begin + int(np.flatnonzero(block.audio().any(axis=1))[-1]) + 1
        return Scan(
            peak=max(self.peak, 0.0),
            peak_at=self.peak_at,
            silence_before=self.at if self.first is None else self.first,
            silence_after=self.at if self.first is None else self.at - last,
            sha256=sha256,
        )


def _decoded(
    source: Source, digest: Callable[[bytes | memoryview], None]
) -> Iterator[_Block]:
    """Yield a mix in blocks; *digest* is told all bytes."""
    import soundfile

    dtype = "int16" if source.bits in (8, 16) else "float64"
    scale = 2.0**-15 if dtype == "int16" else 1.0
    with soundfile.SoundFile(str(source.path)) as file:
        while len(block := file.read(_DECODED, dtype=dtype, always_2d=True)):
            low, high = float(block.min()) * scale, float(block.max()) * scale
            yield _Block(len(block), low, high, partial(np.asarray, block))
    with source.path.open("rb") as raw:
        while part := raw.read(1 << 20):
            digest(part)


def _packed(
    source: Source, digest: Callable[[bytes | memoryview], None]
) -> Iterator[_Block]:
    """Yield likewise a mix whose samples lie as they are, in one reading."""
    packed = source.packed
    assert packed is not None, "the samples lie as they are"
    left = source.length * packed.frame
    with source.path.open("rb") as file:
        digest(file.read(packed.at))
        while left:
            raw = np.empty(min(left, _READ * packed.frame), np.uint8)
            raw = raw[: file.readinto(raw.data)]
            digest(raw.data)
            whole = raw[: len(raw) // packed.frame * packed.frame]
            if not len(whole):
                return
            low, high = packed.reach(whole)
            count = len(whole) // packed.frame
            yield _Block(count, low, high, partial(packed.floats, whole))
            left -= len(raw)
        while part := file.read(1 << 20):
            digest(part)


def heard(source: Source, scanned: Scan, place: Place) -> list[Finding]:
    """Return what a scan has to say about a mix that can be used."""
    name = source.path.name
    if scanned.peak == 0:
        return [
            error(
                "SRC-SILENT",
                f"{name} is digital silence from start to end",
                place=place,
                help="check the export; a pause is written as a gap, not as a song",
            )
        ]
    return []


def unheard(
    name: str, at: int, rate: int, value: float, place: Place = Place()
) -> Finding:
    """Return the error that sample *at* of what is called *name* is no audio."""
    return error(
        "SRC-NAN",
        f"{name} carries a sample that is {no_audio_because(value)} at "
        f"{clock(at, rate)}",
        place=place,
        measured=at,
        help="a plug-in has failed while the mix was exported: export it again",
    )


def no_audio_because(value: float) -> str:
    """Return what the *value* of a sample is that is no audio."""
    if not math.isfinite(value):
        return "no number"
    return f"too large to be audio ({decibels(value):+.0f} dBFS)"
