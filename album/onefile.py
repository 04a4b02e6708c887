"""One file: cut from the master, encoded, tagged, read back."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import partial
from itertools import count
from pathlib import Path

from mutagen import MutagenError
from soundfile import LibsndfileError

from album import receiving
from album.decoded import DecodedFile
from album.mastertape import Cuttable
from album.render import watched
from album.work import HeardFile, Outcome, Work
from delivery import files, readback, tags
from delivery.coding.table import Form
from delivery.files import Said, Written
from delivery.findings import Finding, refuse
from delivery.pieces import span
from delivery.program import Floats, Integers, Piece
from delivery.proof import Proof
from delivery.redbook import samples
from delivery.tags import Tagging


@dataclass(frozen=True, kw_only=True)
class File:
    """A file to be written."""

    form: Form
    label: str
    """What people call its form."""
    path: Path
    piece: Piece
    song: str
    """Id of the song that it begins with."""
    said: Said
    remarks: tuple[Finding, ...] = ()
    """What is to be said of its name."""
    levels: bool = False
    """Whether its tags are to tell players its level."""
    received: bool = False
    """Whether it is held against what receivers take."""


def written(work: Work, master: Cuttable, file: File) -> Outcome:
    """Write one file, which is delivered, and read it back."""
    return _made(work, master, file, delivered=True)


def tried(work: Work, master: Cuttable, file: File) -> Outcome:
    """Encode and decode one file that is not delivered; it is gone after that."""
    try:
        return _made(work, master, file, delivered=False)
    finally:
        file.path.unlink(missing_ok=True)


def _made(work: Work, master: Cuttable, file: File, *, delivered: bool) -> Outcome:
    start, stop = span(file.piece, master.rate)
    cut = master.cut(start, stop, work.settings.alone())
    advance = work.stage(file.path.name, 2 * (stop - start))

    plays = count()

    def audio() -> Iterator[Integers]:
        # to write it and to read it back; now and then it is written twice
        counted = next(plays) < 2
        return watched(cut.blocks(), advance if counted else lambda _: advance(0))

    before, after = _around(master, start, stop)

    def write(*, careful: bool) -> Written:
        return files.write_piece(
            file.form,
            file.path,
            file.piece,
            file.said,
            audio,
            rate=master.rate,
            bits=master.bits,
            before=before,
            after=after,
            careful=careful,
        )

    read_back = partial(
        readback.read_back,
        limit_dbtp=work.deliverable.decoded_dbtp,
        levels=file.levels or file.received,
    )
    try:
        made, read = readback.faithful(
            write(careful=False), partial(write, careful=True), read_back
        )
    except (LibsndfileError, MutagenError) as fault:
        # the libraries do not say what the system told them
        raise refuse(
            "FILE",
            f"{file.path.name} cannot be written: {str(fault).rstrip('.').lower()}",
            help="make room on the disk, or choose another folder with -o; nothing "
            "was replaced",
        ) from None
    if cut.overs:
        return Outcome(overs=tuple(cut.overs))
    decoded = decoded_as(work, file, read, delivered=delivered)
    if not delivered:
        return Outcome(findings=read.findings, decoded=tuple(decoded))
    proof = proved(made, read)
    heard, said = told(work, file, made, read)
    return Outcome(
        proofs={file.label: proof},
        findings=tuple(said),
        decoded=tuple(decoded),
        heard=tuple(heard),
    )


def proved(made: Written, read: readback.ReadBack) -> Proof:
    """Return what reading a file back has proved."""
    said = made.said
    wanted, cover = tags.expected(made.container, said.tagging, said.cover, said.policy)
    return Proof(
        samples=made.length,
        tags=_count(wanted) + (cover is not None),
        files=1,
        findings=read.findings,
    )


def told(
    work: Work, file: File, made: Written, read: readback.ReadBack
) -> tuple[list[HeardFile], list[Finding]]:
    """Return what tags are to tell of a file's level, and what is to be said of it."""
    said = list(file.remarks)
    if not read.level:
        return [], said
    if file.received:
        target = work.deliverable
        said += receiving.of_file(work.album, target, file.form, file.path, read.level)
    heard = HeardFile(label=file.label, written=made, level=read.level)
    return [heard] if file.levels else [], said


def decoded_as(
    work: Work, file: File, read: readback.ReadBack, *, delivered: bool = True
) -> list[DecodedFile]:
    """Return the row of a lossy file; none of another."""
    decoded = read.decoded
    if decoded is None:
        return []
    return [
        DecodedFile(
            target=work.target,
            disc=work.disc.timeline.number,
            track=file.piece.number,
            song=file.song,
            form=file.form.title,
            true_peak_dbtp=decoded.true_peak_dbtp,
            seconds=decoded.seconds,
            overs=decoded.overs,
            limit_dbtp=work.deliverable.decoded_dbtp,
            delivered=delivered,
        )
    ]


def _around(master: Cuttable, start: int, stop: int) -> tuple[Floats, Floats]:
    """Return the programme just before and after a piece, for codecs that convert."""
    context = samples(files.CONTEXT, master.rate)
    before = master.read(max(0, start - context), start)
    after = master.read(stop, min(master.length, stop + context))
    return before, after


def _count(tagging: Tagging) -> int:
    """Return how many tags *tagging* makes."""
    values = [getattr(tagging, part.name) for part in fields(tagging)]
    single = sum(bool(value) for value in values if not isinstance(value, dict))
    return single + sum(len(value) for value in values if isinstance(value, dict))
