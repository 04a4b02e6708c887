"""Broadcast files: every song at the loudness that broadcasters ask for, proved.

Each file gets one static gain, found at its own rate. Only where that takes the true
peak above the ceiling a limiter works, and the gain is found again with it. What the
file says of its loudness is what was measured of the samples that were written.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from album import disclayout, tapes
from album.depth import BLANK_FRAMES, Depth
from album.mastering import at_random
from album.masters import report
from album.mastertape import ConvertedTape, Cuttable, Unmastered
from album.render import watched
from album.trackfiles import named
from album.work import Outcome, Task, Work
from delivery import broadcastwav, files, readback
from delivery.coding.table import Form
from delivery.files import Said
from delivery.findings import Finding, any_error, error, note
from delivery.names import file_names
from delivery.pieces import span
from delivery.program import Floats, Integers, Piece
from delivery.proof import Proof
from delivery.redbook import FRAMES_PER_SECOND
from delivery.tags import for_piece
from dsp.figures import Figures, figures
from dsp.level import decibels, gain
from dsp.limiter import Limiter
from dsp.loudness import Loudness, measured
from dsp.meter import Meter

PASSES = 5
"""How often a file is made at most."""

CLOSE_LU = 0.015
"""Difference from the target with which a pass is the last."""

MARGIN_DB = 0.03
"""How far below the ceiling the limiter holds the peaks: meters differ by that."""


def tasks(work: Work) -> list[Task]:
    """Return a task for every track, or the one for the master that comes first."""
    target = work.deliverable
    alike = target.rate_for(work.programme.rate) == work.programme.rate
    if at_random(work.finish):
        source = Unmastered(work.programme, target.bits)
        return _files(work, source) if alike else [partial(_converted, work, source)]
    return [partial(_whole, work)]


def _whole(work: Work) -> Outcome:
    def cut(made: tapes.Mastered) -> Outcome:
        reported = report(work, made.master)
        if made.master.overs or any_error(reported.findings):
            return replace(reported, overs=tuple(made.master.overs))
        return replace(reported, then=tuple(_files(work, made.tape)))

    return tapes.mastertape(work, work.finish, cut)


def _converted(work: Work, source: Cuttable) -> Outcome:
    def cut(tape: ConvertedTape) -> Outcome:
        if tape.overs:
            return Outcome(overs=tuple(tape.overs))
        return Outcome(then=tuple(_files(work, tape)))

    return tapes.converted(work, source, work.deliverable.rate_for(source.rate), cut)


def _files(work: Work, source: Cuttable) -> list[Task]:
    target = work.deliverable
    pieces = disclayout.pieces(work.album, work.disc.timeline)
    made: list[Task] = []
    for form in target.forms:
        names = file_names(
            [named(work, piece, form) for piece in pieces],
            form.coding.suffix,
            target.naming,
            ascii_only=target.kind.ascii,
        )
        folder = work.folder(work.target) / target.folder(form)
        folder.mkdir(exist_ok=True)
        for piece, name in zip(pieces, names.names, strict=True):
            sound = _Sound(work, source, piece)
            made.append(partial(_file, sound, form, folder / name))
    return made


_NOTHING = Loudness(
    integrated=None, range=None, max_momentary=None, max_short_term=None
)


@dataclass(frozen=True)
class _Measured:
    loudness: Loudness
    true_peak_dbtp: float | None
    figures: Figures | None = None


@dataclass(frozen=True)
class _Sound:
    """The sound of one file before its gain."""

    work: Work
    source: Cuttable
    piece: Piece

    def blocks(self) -> Iterator[Floats]:
        """Yield it, full scale 1.0."""
        start, stop = span(self.piece, self.source.rate)
        step = self.work.settings.block
        for at in range(start, stop, step):
            yield self.source.read(at, min(at + step, stop))

    def raised(self, gain_db: float, ceiling_dbtp: float | None) -> Iterator[Integers]:
        """Yield it as integers, *gain_db* louder, limited where there is a ceiling."""
        target, rate = self.work.deliverable, self.source.rate
        frame = rate // FRAMES_PER_SECOND
        depth = Depth(
            target.bits,
            rate,
            seed=self.work.disc.timeline.number * 256 + self.piece.number,
            shape=target.dither,
            window=frame,
            look=True,
            blank_every=BLANK_FRAMES * frame if target.auto_blank else 0,
        )
        level = gain(gain_db)
        if ceiling_dbtp is None:
            for block in self.blocks():
                yield depth.process(block * level)
            yield depth.finish()
            return
        limiter = Limiter(ceiling_dbtp=ceiling_dbtp, drive_db=gain_db).open(rate)
        for block in self.blocks():
            yield depth.process(limiter.process(block))
        yield depth.process(limiter.finish())
        yield depth.finish()


class _Raised:
    """The sound of one file at a level, measured as it goes by."""

    def __init__(self, sound: _Sound, gain_db: float, limit_dbtp: float | None) -> None:
        self._sound, self._gain_db, self._limit = sound, gain_db, limit_dbtp
        self._meter = Meter(sound.source.rate, 2)
        self.measured = _Measured(_NOTHING, None)

    def blocks(self) -> Iterator[Integers]:
        """Yield the integers; then the figures are known."""
        scale = 2.0 ** (1 - self._sound.work.deliverable.bits)
        for block in self._sound.raised(self._gain_db, self._limit):
            self._meter.feed(np.multiply(block, scale, dtype=np.float64))
            yield block
        self.measured = _measured(self._meter)

    def said(self) -> Said:
        """Return what the file says of itself."""
        sound = self._sound
        found = self.measured.figures
        return _said(sound.work, sound.piece, found, sound.source.rate)


def _file(sound: _Sound, form: Form, path: Path) -> Outcome:
    """Write one file at its loudness; read it back."""
    work, target = sound.work, sound.work.deliverable
    assert target.lufs is not None, "a broadcast has a loudness to reach"
    rate, bits = sound.source.rate, target.bits
    start, stop = span(sound.piece, rate)
    advance = work.stage(path.name, stop - start)
    before = _heard(watched(sound.blocks(), advance), rate)
    if before.loudness.integrated is None:
        return Outcome(findings=(_silent(work, sound.piece),))
    gain_db = target.lufs - before.loudness.integrated
    top = target.ceiling_dbtp
    limit = _limit(before, gain_db, top)
    for number in range(1, PASSES + 1):
        raised = _Raised(sound, gain_db, limit)
        written = files.write_piece(
            form, path, sound.piece, raised.said, raised.blocks, rate=rate, bits=bits
        )
        after = raised.measured
        off = target.lufs - (after.loudness.integrated or -70.0)
        over = -1.0
        if top is not None and after.true_peak_dbtp is not None:
            over = after.true_peak_dbtp - top
        if (abs(off) <= CLOSE_LU and over <= 0) or number == PASSES:
            break
        gain_db += off
        limit = _limit(before, gain_db, top)
        if over > 0 and top is not None:
            limit = (top - MARGIN_DB if limit is None else limit) - over
    read = readback.read_back(written)
    proof = Proof(samples=written.length, files=1, findings=read.findings)
    said = _findings(work, sound.piece, after, gain_db, limited=limit is not None)
    return Outcome(proofs={target.label(form): proof}, findings=tuple(said))


def _limit(before: _Measured, gain_db: float, top: float | None) -> float | None:
    """Return where a limiter has to hold the peaks; None where none is needed."""
    peak = before.true_peak_dbtp
    if top is None or peak is None or peak + gain_db <= top - MARGIN_DB:
        return None
    return top - MARGIN_DB


def _heard(blocks: Iterator[Floats], rate: int) -> _Measured:
    meter = Meter(rate, 2)
    for block in blocks:
        meter.feed(block)
    return _measured(meter)


def _measured(meter: Meter) -> _Measured:
    tally = meter.finish()
    return _Measured(
        measured([tally.energies], [tally.rate]),
        decibels(float(tally.true_peaks.max(initial=0.0))),
        figures(tally),
    )


def _said(work: Work, piece: Piece, found: Figures | None, rate: int) -> Said:
    """Return what the file says of itself: its loudness, as measured."""
    release = disclayout.release(work.album, work.disc.timeline)
    tagging = for_piece(release, piece, len(work.disc.timeline.cues))
    bits = work.deliverable.bits
    chunks = broadcastwav.chunks(tagging, found, rate=rate, bits=bits, channels=2)
    return Said(tagging=tagging, broadcast=chunks)


def _findings(
    work: Work, piece: Piece, after: _Measured, gain_db: float, *, limited: bool
) -> Iterator[Finding]:
    target, title = work.deliverable, piece.texts.title
    place = work.album.place("deliver", work.target)
    assert target.lufs is not None, "a broadcast has a loudness to reach"
    level, peak = after.loudness.integrated or -70.0, after.true_peak_dbtp or -200.0
    source = (
        f"{target.kind.source} ({target.kind.read})" if target.kind.source else None
    )
    by = "gain and limiter" if limited else "gain"
    yield note(
        "RADIO-GAIN",
        f"{work.target}: {title!r} by {by} of {gain_db:+.2f} dB to {level:.2f} LUFS, "
        f"{peak:.2f} dBTP",
        measured=round(level, 2),
        limit=target.lufs,
    )
    within = target.kind.within_lu or 0.1
    if abs(level - target.lufs) > within:
        yield error(
            "RADIO-LOUD",
            f"{work.target}: {title!r} has {level:.2f} LUFS, not {target.lufs:g}",
            place=replace(place, track=piece.number),
            measured=round(level, 2),
            limit=target.lufs,
            source=source,
            help="the limiter cannot hold so much: give it a master with less range",
        )
    if target.ceiling_dbtp is not None and peak > target.ceiling_dbtp:
        yield error(
            "RADIO-LOUD",
            f"{work.target}: {title!r} peaks at {peak:.2f} dBTP, above "
            f"{target.ceiling_dbtp:g}",
            place=replace(place, track=piece.number),
            measured=round(peak, 2),
            limit=target.ceiling_dbtp,
            source=source,
        )


def _silent(work: Work, piece: Piece) -> Finding:
    return error(
        "RADIO-LOUD",
        f"{work.target}: {piece.texts.title!r} is silent: it has no loudness",
        place=work.album.place("deliver", work.target),
        help="leave it out of the order, or out of this target",
    )
