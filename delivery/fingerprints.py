"""Fingerprints of a disc: what databases know it by, from its layout and its samples.

Ids of MusicBrainz, CDDB, AccurateRip and CTDB come from the marks alone; the CRCs of
AccurateRip (v1, v2), EAC's copy CRC and CTDB's need the samples, and are made while the
audio is read (``Prints`` is a listener of ``delivery/image.py``).
Source: ``formats/redbook.md`` §4.
"""

import zlib
from dataclasses import dataclass

import numpy as np

from delivery import discid
from delivery.program import Integers, Layout
from delivery.redbook import FIRST_PAUSE, SAMPLES_PER_FRAME

_SKIPPED = 5 * SAMPLES_PER_FRAME
"""Samples at both ends of a disc that AccurateRip leaves out, one more at the start."""

_STRIDE = 10 * SAMPLES_PER_FRAME
"""Samples at both ends of a disc that CTDB leaves out."""

_PIECE = 1 << 14  # samples that stay in the cache
_WORD = (1 << 32) - 1


@dataclass(frozen=True, kw_only=True)
class Sums:
    """The CRCs of one track."""

    number: int
    v1: int
    v2: int
    crc32: int
    """Of all its samples: EAC's copy CRC."""


class Prints:
    """The CRCs of a disc, made block by block."""

    def __init__(self, layout: Layout) -> None:
        """Begin the CRCs of the audio tracks of *layout*."""
        ends = layout.ends()
        audio = [
            (track, end)
            for track, end in zip(layout.tracks, ends, strict=True)
            if not track.data and end > track.start >= FIRST_PAUSE
        ]
        self._tracks = [
            _Track(
                number=track.number,
                start=(track.start - FIRST_PAUSE) * SAMPLES_PER_FRAME,
                stop=(end - FIRST_PAUSE) * SAMPLES_PER_FRAME,
                first=place == 0,
                last=place == len(audio) - 1,
            )
            for place, (track, end) in enumerate(audio)
        ]
        self._ctdb = 0
        first = self._tracks[0].start if self._tracks else 0
        stop = self._tracks[-1].stop if self._tracks else 0
        self._from = first + _STRIDE
        self._until = stop - _STRIDE - (stop - first) % _STRIDE

    def hear(self, at: int, block: Integers) -> None:
        """Take the next samples; *at* counts from 00:02:00."""
        if at + len(block) <= 0:
            return
        words = np.ascontiguousarray(block, "<i2").view("<u4").reshape(-1)
        for track in self._tracks:
            first, last = max(track.start - at, 0), min(track.stop - at, len(words))
            if first < last:
                track.add(words[first:last], at + first - track.start)
        first, last = max(self._from - at, 0), min(self._until - at, len(words))
        if first < last:
            self._ctdb = zlib.crc32(words[first:last].data, self._ctdb)

    @property
    def tracks(self) -> tuple[Sums, ...]:
        """The CRCs of the tracks heard."""
        return tuple(
            Sums(number=each.number, v1=each.v1, v2=each.v2, crc32=each.crc)
            for each in self._tracks
        )

    @property
    def ctdb(self) -> int:
        """CTDB's CRC of the whole disc."""
        return self._ctdb


@dataclass
class _Track:
    number: int
    start: int
    """The first sample, from 00:02:00 on."""
    stop: int
    first: bool
    last: bool
    v1: int = 0
    v2: int = 0
    crc: int = 0

    def add(self, words: "np.ndarray[tuple[int, ...], np.dtype[np.uint32]]",
            at: int) -> None:  # fmt: skip
        """Take samples as 32-bit words; *at* is the place of the first in the track."""
        self.crc = zlib.crc32(words.data, self.crc)
        length = self.stop - self.start
        # places count from 1: the first track begins with 2940, the last ends early
        first = max(_SKIPPED - 1 - at, 0) if self.first else 0
        last = min(length - _SKIPPED - at, len(words)) if self.last else len(words)
        for begin in range(first, max(first, last), _PIECE):
            piece = words[begin : min(begin + _PIECE, last)].astype(np.uint64)
            begun = at + begin + 1
            piece *= np.arange(begun, begun + len(piece), dtype=np.uint64)
            low = int((piece & np.uint64(_WORD)).sum())
            piece >>= np.uint64(32)
            self.v1 = (self.v1 + low) & _WORD
            self.v2 = (self.v2 + low + int(piece.sum())) & _WORD


def as_json(layout: Layout, prints: Prints | None) -> dict[str, object]:
    """Return all that databases ask for; CRCs only where the samples were heard."""
    id1, id2 = discid.accuraterip(layout)
    cddb = discid.cddb(layout)
    accurate: dict[str, object] = {
        "id": f"{id1:08x}-{id2:08x}-{cddb}",
        "path": discid.accuraterip_path(layout),
    }
    ctdb: dict[str, object] = {"tocid": discid.ctdb(layout)}
    found: dict[str, object] = {
        "musicbrainz": discid.musicbrainz(layout),
        "cddb": cddb,
        "accuraterip": accurate,
        "ctdb": ctdb,
    }
    if prints is not None:
        accurate["tracks"] = [
            {"number": one.number, "v1": f"{one.v1:08x}", "v2": f"{one.v2:08x}",
             "crc32": f"{one.crc32:08x}"}
            for one in prints.tracks
        ]  # fmt: skip
        ctdb["crc32"] = f"{prints.ctdb:08x}"
    return found
