"""The read-back of a file: its samples, its tags, and what a decoder makes of it."""

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from numpy.typing import NDArray

from delivery import tags
from delivery.agreement import NEEDED_DB, compare
from delivery.files import Written
from delivery.findings import Finding, Place, Refusal, error
from delivery.redbook import CHANNELS
from delivery.replaygain import FileLevel
from delivery.tags import Broadcast, Tagging
from delivery.wav import pack
from dsp.level import decibels, gain
from dsp.loudnesswatch import LoudnessWatch
from dsp.peakwatch import PeakWatch

LOWERED = 0.01
"""Share of the level of a tenth of a second: where a coding takes more, its numbers
came to their end, as they may where a loud tone sounds nearly alone."""

Sounds = TypeVar("Sounds", bound=NDArray[Any])


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """What a decoder makes of a lossy file, measured in floats: nothing is clipped."""

    true_peak_dbtp: float | None
    """None for silence."""
    seconds: float
    """Where the peak is, from the file's beginning."""
    overs: int
    """Places above the limit: peaks further than 2048 samples apart."""


@dataclass(frozen=True)
class ReadBack:
    """What reading a file has shown."""

    findings: tuple[Finding, ...]
    """All in which it differs from what was to be written."""
    decoded: Decoded | None
    """Of a lossy file."""
    level: FileLevel | None = None
    """Where it was asked for, and nothing differs."""
    lowered: bool = False
    """Whether its coding took level from it that its other way may keep."""


def read_back(
    written: Written, limit_dbtp: float = 0.0, *, levels: bool = False
) -> ReadBack:
    """Decode a file that was written; return all in which it differs.

    The true peak of a lossy file is measured in the same pass; what is above
    *limit_dbtp* counts as over. So is, of any file, what tags of *levels* tell.
    """
    heard = _Heard(written, limit_dbtp, levels=levels)
    findings = _looked(written, heard, (_lossless, _lossy, _tagged))
    lossy = written.reference is not None
    return ReadBack(
        findings,
        heard.decoded() if lossy else None,
        heard.level() if levels and not findings else None,
        heard.lowered > LOWERED and not written.careful,
    )


def faithful(
    made: Written, again: Callable[[], Written], read: Callable[[Written], ReadBack]
) -> tuple[Written, ReadBack]:
    """Read a file back; write it *again*, carefully, where level was lost."""
    found = read(made)
    if found.lowered:
        made = again()
        found = read(made)
    return made, found


def read_tags_back(written: Written) -> tuple[Finding, ...]:
    """Read the tags of a file again; return all in which they differ."""
    return _looked(written, _Heard(written, 0.0), (_measures, _tagged))


def _looked(
    written: Written, heard: "_Heard", looks: Sequence["_Look"]
) -> tuple[Finding, ...]:
    name = written.path.name
    place = Place(file=name, track=written.piece.number)
    said: list[Finding] = []
    for look in looks:
        try:
            found = list(look(written, heard))
        except Refusal as refusal:  # its messages name the file themselves
            said += [error("FILE-ROUND", one.message) for one in refusal.findings]
        else:
            said += [replace(one, message=f"{name!r} {one.message}") for one in found]
    return tuple(replace(one, place=place) for one in said)


class _Heard:
    """Watches the peaks of what goes by, and its loudness where that is wanted."""

    def __init__(
        self, written: Written, limit_dbtp: float, *, levels: bool = False
    ) -> None:
        self._rate = written.rate
        step = 2.0 ** (1 - written.bits) if written.bits else 1.0
        lossless = written.reference is None
        self._watch = PeakWatch(
            CHANNELS, math.inf if lossless else gain(limit_dbtp), step
        )
        self._loud = LoudnessWatch(self._rate, CHANNELS, step) if levels else None
        self._idle = lossless and not levels
        self._overs = 0
        self.lowered = 0.0

    def heard(self, blocks: Iterator[Sounds]) -> Iterator[Sounds]:
        """Yield *blocks*."""
        for block in blocks:
            if block.shape[1] == CHANNELS and not self._idle:
                self._overs += len(self._watch.feed(block))
                if self._loud:
                    self._loud.feed(block)
            yield block
        self._overs += len(self._watch.finish())

    def level(self) -> FileLevel:
        assert self._loud is not None, "the levels were asked for"
        return FileLevel(
            rate=self._rate,
            energies=self._loud.finish(),
            true_peak=self._watch.highest.height,
        )

    def decoded(self) -> Decoded:
        peak = self._watch.highest
        return Decoded(
            true_peak_dbtp=decibels(peak.height),
            seconds=max(0.0, peak.at) / self._rate,
            overs=self._overs,
        )


_Look = Callable[[Written, _Heard], Iterator[Finding]]


def _lossless(written: Written, heard: _Heard) -> Iterator[Finding]:
    """Compare the samples of a lossless file with those in memory, by their SHA-256."""
    stored = written.form.coding.stored
    if stored is None:
        return
    pcm = stored(written.path)
    yield from _format(written, pcm.rate, pcm.length)
    if pcm.bits != written.bits:
        yield error(
            "FILE-ROUND",
            f"has {pcm.bits} bits, not {written.bits}",
            measured=pcm.bits,
            limit=written.bits,
        )
        return
    digest = hashlib.sha256()
    for block in heard.heard(pcm.blocks()):
        digest.update(pack(block, pcm.bits))
    if digest.hexdigest() != written.sha256:
        yield error(
            "FILE-ROUND",
            "decodes to other samples than were encoded",
            measured=digest.hexdigest(),
            limit=written.sha256,
        )


def _lossy(written: Written, heard: _Heard) -> Iterator[Finding]:
    """Compare a lossy file with what it was made of."""
    coding = written.form.coding
    if written.reference is None:
        return
    rate, length = coding.format_of(written.path)
    yield from _format(written, rate, length)
    # decoders fill up with silence what a file that is cut off lacks
    held = coding.held(written.path) if coding.held else written.length
    if held < written.length:
        yield error(
            "CODEC-LEN",
            f"holds {held} samples, its track has {written.length}",
            measured=held,
            limit=written.length,
            help="the disk is full or at fault: build again",
        )
    decoded = heard.heard(coding.decode(written.path))
    found = compare(written.reference(), decoded, written.rate, written.beside)
    heard.lowered = found.lowered
    if not found.good:
        yield error(
            "FILE-ROUND",
            "decodes one sample early or late"
            if found.shifted
            else f"decodes to other audio than was encoded, at {found.seconds:.1f} s",
            measured=found.margin_db,
            limit=NEEDED_DB,
        )


def _measures(written: Written, _: _Heard) -> Iterator[Finding]:
    """Compare rate and length as the file's header has them."""
    yield from _format(written, *written.form.coding.format_of(written.path))


def _format(written: Written, rate: int, length: int) -> Iterator[Finding]:
    """Compare the rate and the length of a file."""
    if rate != written.rate:
        yield error(
            "FILE-ROUND",
            f"has {rate} Hz, not {written.rate} Hz",
            measured=rate,
            limit=written.rate,
        )
    if length != written.length:
        yield error(
            "CODEC-LEN",
            f"decodes to {length} samples, its track has {written.length}",
            measured=length,
            limit=written.length,
            help="a continuous album would click at this join",
        )


def _tagged(written: Written, _: _Heard) -> Iterator[Finding]:
    """Compare the tags and the cover of a file."""
    said = written.said
    container, policy = written.container, said.policy
    if said.broadcast:
        container, policy = "wav-info", "full"
        is_, should = tags.read_broadcast(written.path), said.broadcast
        if _packed(is_) != _packed(should):
            yield error("META-READBACK", "has bext or iXML that reads back otherwise")
    wanted, cover = tags.expected(container, said.tagging, said.cover, policy)
    found = tags.read_tags(written.path)
    for part in fields(Tagging):
        is_, should = getattr(found, part.name), getattr(wanted, part.name)
        if is_ != should:
            yield error(
                "META-READBACK",
                f"has a tag for {part.name} that reads {is_!r}, not {should!r}",
                measured=is_,
                limit=should,
            )
    if tags.read_cover(written.path) != cover:
        yield error("META-READBACK", "has a cover that reads back as another picture")


def _packed(said: Broadcast) -> list[bytes]:
    """Return chunks as their bytes: levels are told in hundredths."""
    return [part.pack() for part in (said.bext, said.ixml) if part]
