"""The read-back of a file: its samples, its tags, and what a decoder makes of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from delivery import tags
from delivery.agreement import NEEDED_DB, compare
from delivery.files import Written
from delivery.findings import Finding, Place, Refusal, error
from delivery.program import Floats
from delivery.redbook import CHANNELS
from delivery.tags import Broadcast, Tagging
from delivery.wav import pack
from dsp.level import decibels, gain
from dsp.peakwatch import PeakWatch


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


def read_back(written: Written, limit_dbtp: float = 0.0) -> ReadBack:
    """Decode a file that was written; return all in which it differs.

    The true peak of a lossy file is measured in the same pass; what is above
    *limit_dbtp* counts as over.
    """
    name = written.path.name
    place = Place(file=name, track=written.piece.number)
    heard = _Heard(written.rate, limit_dbtp)
    said: list[Finding] = []
    for look in (_lossless, _lossy, _tagged):
        try:
            found = list(look(written, heard))
        except Refusal as refusal:  # its messages name the file themselves
            said += [error("FILE-ROUND", one.message) for one in refusal.findings]
        else:
            said += [replace(one, message=f"{name!r} {one.message}") for one in found]
    findings = tuple(replace(one, place=place) for one in said)
    lossy = written.reference is not None
    return ReadBack(findings, heard.decoded() if lossy else None)


class _Heard:
    """Watches the peaks of what goes by."""

    def __init__(self, rate: int, limit_dbtp: float) -> None:
        self._rate = rate
        self._watch = PeakWatch(CHANNELS, gain(limit_dbtp))
        self._overs = 0

    def heard(self, blocks: Iterator[Floats]) -> Iterator[Floats]:
        """Yield *blocks*."""
        for block in blocks:
            if block.shape[1] == CHANNELS:
                self._overs += len(self._watch.feed(block))
            yield block
        self._overs += len(self._watch.finish())

    def decoded(self) -> Decoded:
        peak = self._watch.highest
        return Decoded(
            true_peak_dbtp=decibels(peak.height),
            seconds=max(0.0, peak.at) / self._rate,
            overs=self._overs,
        )


def _lossless(written: Written, _: _Heard) -> Iterator[Finding]:
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
    for block in pcm.blocks():
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
    if not found.good:
        yield error(
            "FILE-ROUND",
            "decodes one sample early or late"
            if found.shifted
            else f"decodes to other audio than was encoded, at {found.seconds:.1f} s",
            measured=found.margin_db,
            limit=NEEDED_DB,
        )


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
