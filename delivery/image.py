"""A disc's audio read through: one pass for everything that is asked of it.

Whoever wants to hear the samples as well (fingerprints, an audit) is a ``Listener``:
it is handed every block in order while the pass makes its own sums.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from delivery.checksums import compared
from delivery.fileset import Hashes, hashed
from delivery.findings import Finding, refuse
from delivery.program import Integers
from delivery.reading import Claim, Reading
from delivery.redbook import LAST_ADDRESS, SAMPLES_PER_FRAME
from delivery.sound import BYTES_PER_SAMPLE


class Listener(Protocol):
    """Who hears the audio of a disc while it is read."""

    def hear(self, at: int, block: Integers) -> None:
        """Take the next samples, shape (samples, 2) of 16 bit; never change them.

        *at* is the first sample's place from 00:02:00 on, negative in the head.
        """


@dataclass(frozen=True, kw_only=True)
class Image:
    """What one pass over an image has shown."""

    samples: int
    """Samples per channel of the programme: from 00:02:00 on."""
    sha256: str
    """Of the programme's samples as little-endian PCM."""
    peak: int
    """The largest absolute sample, full scale 32768."""
    sums: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Sums by file and kind, where a checksum file claims one."""

    def confirm(self, claims: Iterable[Claim]) -> Iterator[Finding]:
        """Yield where the sums are not those that *claims* say."""
        for claim in claims:
            if claim.file in self.sums:
                yield from compared((claim,), dict(self.sums[claim.file]))


def read_image(
    reading: Reading,
    advance: Callable[[int], None],
    listeners: Iterable[Listener] = (),
) -> Image:
    """Read the audio of *reading* once; *advance* is told the samples just read.

    Raises Refusal where a file ends early or cannot be decoded.
    """
    _check_size(reading)
    wanted = _wanted(reading)
    same = _file_of(reading, wanted)
    raw = Hashes(wanted[same]) if same else None
    programme = hashlib.sha256()
    peak = 0
    heard = list(listeners)
    with ThreadPoolExecutor(1) as beside:
        for at, block in _blocks(reading):
            data = np.ascontiguousarray(block).reshape(-1).view(np.uint8).data
            busy = beside.submit(raw.update, data) if raw else None
            if at >= 0:
                programme.update(data)
                peak = max(peak, int(block.max()), -int(block.min()))
            for each in heard:
                each.hear(at, block)
            if busy is not None:
                busy.result()
            advance(len(block))
    sums = {same: raw.digests()} if raw and same else {}
    for name, kinds in wanted.items():
        if name != same:
            sums[name] = hashed(reading.files, name, kinds)
    return Image(
        samples=reading.sound.length,
        sha256=programme.hexdigest(),
        peak=peak,
        sums=sums,
    )


def _blocks(reading: Reading) -> Iterator[tuple[int, Integers]]:
    at = -reading.head.length
    for part in (reading.head, reading.sound):
        for block in part.blocks():
            if len(block):
                yield at, block
            at += len(block)


def _wanted(reading: Reading) -> dict[str, set[str]]:
    """Return the kinds of sums that are claimed, by file; MD5 always among them."""
    wanted: dict[str, set[str]] = {}
    for claim in reading.claims:
        wanted.setdefault(claim.file, {"md5"}).add(claim.kind)
    return wanted


def _file_of(reading: Reading, wanted: Mapping[str, set[str]]) -> str | None:
    """Return the file whose bytes are exactly the audio that is read anyway."""
    whole = reading.head + reading.sound
    names = {each.name for each in whole.stretches}
    if len(names) != 1 or not (name := names.pop()) or name not in wanted:
        return None
    at = 0
    for each in whole.stretches:
        if each.coding != "little" or each.offset != at or each.files is None:
            return None
        at += each.length * BYTES_PER_SAMPLE
    return name if at == reading.files.size(name) else None


def _check_size(reading: Reading) -> None:
    """Refuse audio that is longer than any disc, before it is read through."""
    limit = (LAST_ADDRESS + 1) * SAMPLES_PER_FRAME
    if (length := (reading.head + reading.sound).length) > limit:
        says = f"the audio has {length:,} samples, more than any disc holds"
        raise refuse("DDP-LEN", says, measured=length, limit=limit)
    for name in _wanted(reading):
        size = reading.files.size(name)
        if size > 2 * limit * BYTES_PER_SAMPLE:
            says = f"{name!r} has {size:,} bytes, more than any disc holds"
            raise refuse("DDP-LEN", says, measured=size)
