"""Streaming files: the programme cut at the track marks, one file for each track.

Laid end to end the files are the programme. Each is decoded again after it is written
and compared with what it was made of, and so are its tags and its cover.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import chain
from pathlib import Path
from typing import Literal, cast

import numpy as np

from delivery import codecs, tags
from delivery.agreement import NEEDED_DB, compare
from delivery.cover import Cover
from delivery.findings import Finding, Place, Refusal, error
from delivery.gapless import Around
from delivery.mpeg import samples_in
from delivery.names import file_name, file_names, safe
from delivery.pieces import pieces, span
from delivery.program import Floats, Integers, Piece
from delivery.redbook import CHANNELS, FRAMES_PER_SECOND
from delivery.tags import Tagging
from delivery.wav import open_pcm, pack
from dsp.resample import Resampler, converted_length

__all__ = [
    "CONTEXT",
    "Audio",
    "Kind",
    "Written",
    "file_name",
    "file_names",
    "pieces",
    "read_back",
    "safe",
    "span",
    "write_piece",
]

Kind = Literal["flac", "mp3"]

Audio = Callable[[], Iterator[Integers]] | Callable[[], Iterator[Floats]]
"""The samples of one piece, from its first to its last, as often as it is called."""

CONTEXT = 150
"""CD frames of the audio around a piece that leave conversion and codec no seam."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A file, and what it has to hold."""

    kind: Kind
    path: Path
    piece: Piece
    tagging: Tagging
    cover: Cover | None
    rate: int
    """Of the file, which for an MP3 may be a half or a quarter of the programme's."""
    bits: int | None
    length: int
    """Samples per channel."""
    sha256: str | None
    """Of the samples of a lossless file, computed from memory."""
    reference: Callable[[], Iterator[Floats]] | None
    """What a lossy file was made of."""


def write_piece(
    kind: Kind,
    path: Path,
    piece: Piece,
    tagging: Tagging,
    cover: Cover | None,
    audio: Audio,
    *,
    rate: int,
    bits: int = 24,
    before: Floats | None = None,
    after: Floats | None = None,
) -> Written:
    """Write *piece* as FLAC or MP3 with its tags, ready to be read back.

    *audio* is at *rate*: integers of *bits* for FLAC; integers or floats for MP3. An
    MP3 of a rate that MP3 does not know is converted. *before* and *after*, whole CD
    frames of the programme around the piece (CONTEXT are enough), are encoded with it
    and left away by players: so the joins of a continuous album have no seam. Raises
    ValueError where *audio* is not as long as the piece.
    """
    first, last = span(piece, rate)
    if kind == "flac":
        length, sha256 = codecs.encode_flac(path, rate, _integers(audio), bits)
        _same_length(piece, length, last - first)
        tags.write_tags(path, "flac", tagging, cover)
        return Written(
            kind=kind,
            path=path,
            piece=piece,
            tagging=tagging,
            cover=cover,
            rate=rate,
            bits=bits,
            length=length,
            sha256=sha256,
            reference=None,
        )
    target = codecs.mp3_rate(rate)
    ahead, behind = (_context(part, rate) for part in (before, after))
    due = converted_length(last - first, rate, target)
    around = Around(
        before=converted_length(len(ahead), rate, target),
        length=due,
        after=converted_length(len(behind), rate, target),
    )

    def given() -> Iterator[Floats]:
        blocks = chain([ahead], _floats(audio, bits), [behind])
        if target == rate:
            return blocks
        whole = len(ahead) + last - first + len(behind)
        return _converted(blocks, whole, rate, target)

    def reference() -> Iterator[Floats]:
        return around.nearest(given(), 0, 0)[0]

    length = codecs.encode_mp3(path, target, given(), around=around)
    _same_length(piece, length, due)
    tags.write_tags(path, "mp3", tagging, cover)
    return Written(
        kind=kind,
        path=path,
        piece=piece,
        tagging=tagging,
        cover=cover,
        rate=target,
        bits=None,
        length=length,
        sha256=None,
        reference=reference,
    )


def read_back(written: Written) -> tuple[Finding, ...]:
    """Decode a file that was written; return all in which it differs."""
    name = written.path.name
    place = Place(file=name, track=written.piece.number)
    compared = _lossless if written.reference is None else _lossy
    said: list[Finding] = []
    for look in (compared, _tagged):
        try:
            found = list(look(written))
        except Refusal as refusal:  # its messages name the file themselves
            said += [error("FILE-ROUND", one.message) for one in refusal.findings]
        else:
            said += [replace(one, message=f"{name!r} {one.message}") for one in found]
    return tuple(replace(one, place=place) for one in said)


def _lossless(written: Written) -> Iterator[Finding]:
    """Compare the samples of a lossless file with those in memory, by their SHA-256."""
    pcm = open_pcm(written.path)
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


def _lossy(written: Written) -> Iterator[Finding]:
    """Compare a lossy file with what it was made of."""
    assert written.reference is not None
    rate, length = codecs.format_of(written.path)
    yield from _format(written, rate, length)
    # decoders fill up with silence what a file that is cut off lacks
    if (held := samples_in(written.path)) < written.length:
        yield error(
            "CODEC-LEN",
            f"holds {held} samples, its track has {written.length}",
            measured=held,
            limit=written.length,
            help="the disk is full or at fault: build again",
        )
    found = compare(written.reference(), codecs.decode(written.path), written.rate)
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


def _tagged(written: Written) -> Iterator[Finding]:
    """Compare the tags and the cover of a file."""
    found = tags.read_tags(written.path)
    for part in fields(Tagging):
        is_, should = getattr(found, part.name), getattr(written.tagging, part.name)
        if is_ != should:
            yield error(
                "META-READBACK",
                f"has a tag for {part.name} that reads {is_!r}, not {should!r}",
                measured=is_,
                limit=should,
            )
    cover = tags.read_cover(written.path)
    if cover != written.cover:
        yield error("META-READBACK", "has a cover that reads back as another picture")


def _integers(audio: Audio) -> Iterator[Integers]:
    """Yield integers; floats would be rounded by the encoder, unseen."""
    for block in audio():
        if not np.issubdtype(block.dtype, np.integer):
            raise ValueError("a lossless file takes integers, not floats")
        yield cast(Integers, block)


def _floats(audio: Audio, bits: int) -> Iterator[Floats]:
    """Yield floats of full scale 1.0, whichever kind the audio is."""
    for block in audio():
        if np.issubdtype(block.dtype, np.integer):
            yield np.multiply(block, 2.0 ** (1 - bits), dtype=np.float64)
        else:
            yield cast(Floats, block)


def _context(part: Floats | None, rate: int) -> Floats:
    """Return the audio around a piece; raises ValueError but for whole CD frames."""
    if part is None:
        return np.zeros((0, CHANNELS))
    if len(part) % (rate // FRAMES_PER_SECOND):
        raise ValueError("the audio around a piece is not whole CD frames")
    return part


def _converted(
    blocks: Iterable[Floats], length: int, rate: int, target: int
) -> Iterator[Floats]:
    """Yield *blocks*, *length* samples, at the rate *target*."""
    due = converted_length(length, rate, target)
    resampler = Resampler(rate, target, CHANNELS, source_length=length, length=due)
    for block in blocks:
        yield resampler.process(block)
    yield resampler.finish()


def _same_length(piece: Piece, length: int, due: int) -> None:
    if length != due:
        raise ValueError(
            f"the audio of piece {piece.number} has {length} samples, not {due}"
        )
