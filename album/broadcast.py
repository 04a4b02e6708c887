"""Broadcast files: every song at the loudness that broadcasters ask for, proved.

Each file gets one static gain, found at its own rate. Only where that takes the true
peak above the ceiling a limiter works, and the gain is found again with it. What the
file says of its loudness is what was measured of the samples that were written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from album import onefile, tapes
from album.decoded import DecodedFile, over_warnings
from album.filelist import by_rate, listed
from album.mastering import at_random
from album.masters import report
from album.mastertape import ConvertedTape, Cuttable, Unmastered
from album.onefile import File
from album.raised import Measured, Raised, Sound, heard
from album.render import watched
from album.solving import RESERVE_DB
from album.work import Outcome, Task, Work
from delivery import broadcastwav, files, readback
from delivery.coding.table import Form
from delivery.files import Said, Written
from delivery.findings import Finding, any_error, error, note
from delivery.pieces import span
from delivery.program import Piece
from delivery.readback import ReadBack

PASSES, SOLVING = 5, 8
"""How often a file is made at most; and where its decode is to be clean."""

CLOSE_LU = 0.015
"""Difference from the target with which a pass is the last."""

BELOW_DB = 0.05
"""How much lower than it had to be a file is aimed at whose decode is to be clean, more
with every pass: what a codec adds moves with the level."""

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
    """Return the tasks of all files, each form at a rate that it has."""
    made: list[Task] = []
    for rate, forms in by_rate(work.deliverable.forms, source.rate).items():
        if rate == source.rate:
            made += _cut(work, forms, source)
        else:
            made.append(partial(_at, work, source, rate, forms))
    return made


def _at(work: Work, source: Cuttable, rate: int, forms: Sequence[Form]) -> Outcome:
    def cut(tape: ConvertedTape) -> Outcome:
        if tape.overs:
            return Outcome(overs=tuple(tape.overs))
        return Outcome(then=tuple(_cut(work, forms, tape)))

    return tapes.converted(work, source, rate, cut)


def _cut(work: Work, forms: Sequence[Form], source: Cuttable) -> list[Task]:
    files = chain.from_iterable(listed(work, form) for form in forms)
    return [partial(_file, Sound(work, source, each.piece), each) for each in files]


@dataclass(frozen=True, kw_only=True)
class _Reached:
    """A file at its loudness, or as near as the passes have brought it."""

    written: Written
    measured: Measured
    gain_db: float
    limit: float | None
    """Where a limiter held the peaks."""
    over: float
    """How far its peak, or that of its decode where that counts, is too high, in dB."""
    read: ReadBack
    passes: tuple[Finding, ...]


def _file(sound: Sound, file: File) -> Outcome:
    """Write one file at its loudness; read it back."""
    work, target = sound.work, sound.work.deliverable
    rate = sound.source.rate
    start, stop = span(sound.piece, rate)
    advance = work.stage(file.path.name, stop - start)
    before = heard(watched(sound.blocks(), advance), rate)
    if before.loudness.integrated is None:
        return Outcome(findings=(_silent(work, sound.piece),))
    made = _reached(sound, file, before)
    levels, said = onefile.told(work, file, made.written, made.read)
    decoded = onefile.decoded_as(work, file, made.read)
    failed = target.solve and made.over > 0
    return Outcome(
        proofs={file.label: onefile.proved(made.written, made.read)},
        findings=(
            *made.passes,
            *_findings(work, sound.piece, made),
            *said,
            *(over_warnings(work.album, decoded) if not target.solve else ()),
            *(_unsolved(each) for each in decoded if failed),
        ),
        decoded=tuple(decoded),
        heard=() if _told_in_bext(file) else tuple(levels),
    )


def _reached(sound: Sound, file: File, before: Measured) -> _Reached:
    """Write a file until it has its loudness below its ceiling; *before* has some."""
    target, form = sound.work.deliverable, file.form
    assert target.lufs is not None, "a broadcast has a loudness to reach"
    gain_db = target.lufs - (before.loudness.integrated or 0.0)
    top = 0.0 if target.ceiling_dbtp is None else target.ceiling_dbtp
    solved = target.solve and not form.coding.lossless
    read_back = partial(
        readback.read_back,
        limit_dbtp=target.decoded_dbtp,
        levels=(file.levels and not _told_in_bext(file)) or file.received,
    )
    read, passes = None, list[Finding]()
    most = SOLVING if target.solve else PASSES
    limit = _limit(before, gain_db, top - MARGIN_DB)
    for number in range(1, most + 1):
        raised = Raised(sound, gain_db, limit)
        write = partial(_written, sound, file, raised)
        written, again = write(careful=False), partial(write, careful=True)
        if solved:
            written, read = readback.faithful(written, again, read_back)
        after = raised.measured
        off = target.lufs - (after.loudness.integrated or -70.0)
        over = -1.0
        if after.true_peak_dbtp is not None:
            over = after.true_peak_dbtp - top
        if read:
            (row,) = onefile.decoded_as(sound.work, file, read)
            passes.append(_pass(row, number, limit))
            peak = row.true_peak_dbtp or -200.0
            over = max(over, peak - (target.decoded_dbtp - RESERVE_DB))
        if (abs(off) <= CLOSE_LU and over <= 0) or number == most:
            break
        gain_db += off
        if over > 0:
            stood = after.true_peak_dbtp if limit is None else limit
            more = BELOW_DB * number if target.solve else 0.0
            top = min(top, (stood or 0.0) + MARGIN_DB) - over - more
        limit = _limit(before, gain_db, top - MARGIN_DB)
    if not read:
        written, read = readback.faithful(written, again, read_back)
    return _Reached(
        written=written,
        measured=after,
        gain_db=gain_db,
        limit=limit,
        over=over,
        read=read,
        passes=tuple(passes),
    )


def _written(sound: Sound, file: File, raised: Raised, *, careful: bool) -> Written:
    return files.write_piece(
        file.form,
        file.path,
        sound.piece,
        partial(_said, sound, file, raised),
        raised.blocks,
        rate=sound.source.rate,
        bits=sound.work.deliverable.bits,
        careful=careful,
    )


def _limit(before: Measured, gain_db: float, top: float) -> float | None:
    """Return where a limiter has to hold the peaks; None where none is needed."""
    peak = before.true_peak_dbtp
    return None if peak is None or peak + gain_db <= top else top


def _pass(file: DecodedFile, number: int, limit: float | None) -> Finding:
    at = "without a limiter" if limit is None else f"at a ceiling of {limit:.2f} dBTP"
    return note(
        "CODEC-SOLVE",
        f"{file.target}: pass {number} of {file.song!r} as {file.form} {at}: it "
        f"decodes to {file.true_peak_dbtp or -200.0:+.2f} dBTP at {file.place}",
        measured=round(file.true_peak_dbtp or -200.0, 3),
        limit=round(file.limit_dbtp - RESERVE_DB, 3),
    )


def _unsolved(file: DecodedFile) -> Finding:
    return error(
        "CODEC-UNSOLVED",
        f"{file.target}: after {SOLVING} passes {file.song!r} as {file.form} still "
        f"decodes to {file.true_peak_dbtp:+.2f} dBTP",
        measured=round(file.true_peak_dbtp or 0.0, 3),
        limit=round(file.limit_dbtp - RESERVE_DB, 3),
        help="a lower target_lufs leaves it room",
    )


def _said(sound: Sound, file: File, raised: Raised) -> Said:
    """Return what a file says of itself: a WAV its loudness, as measured, in bext."""
    if not _told_in_bext(file):
        return file.said
    tagging, bits = file.said.tagging, sound.work.deliverable.bits
    found, rate = raised.measured.figures, sound.source.rate
    chunks = broadcastwav.chunks(tagging, found, rate=rate, bits=bits, channels=2)
    return Said(tagging=tagging, broadcast=chunks)


def _told_in_bext(file: File) -> bool:
    return file.form.coding.name == "wav"


def _findings(work: Work, piece: Piece, made: _Reached) -> Iterator[Finding]:
    target, title = work.deliverable, piece.texts.title
    place = work.album.place("deliver", work.target)
    assert target.lufs is not None, "a broadcast has a loudness to reach"
    level = made.measured.loudness.integrated or -70.0
    peak = made.measured.true_peak_dbtp or -200.0
    source = target.source or None
    by = "gain" if made.limit is None else "gain and limiter"
    yield note(
        "RADIO-GAIN",
        f"{work.target}: {title!r} by {by} of {made.gain_db:+.2f} dB to "
        f"{level:.2f} LUFS, {peak:.2f} dBTP",
        measured=round(level, 2),
        limit=target.lufs,
    )
    if abs(level - target.lufs) > target.kind.within_lu:
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
