"""Streaming files: the programme cut at the disc's marks, as 24-bit FLAC and as MP3."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

from mutagen import MutagenError
from soundfile import LibsndfileError

from album import disclayout
from album.mastering import Master, at_random
from album.masters import report
from album.mastertape import Cuttable, MasterTape, Unmastered
from album.render import watched
from album.work import Outcome, Task, Work
from delivery import files, tags
from delivery.cover import Cover, open_cover
from delivery.findings import Finding, any_error, refuse
from delivery.program import Floats, Integers, Piece
from delivery.proof import Proof
from delivery.redbook import samples
from delivery.tags import Tagging

BITS = 24


def tasks(work: Work) -> list[Task]:
    """Return a task for every file: each track in each format.

    What is done to the programme as a whole is done first, once, for all of them.
    """
    if at_random(work.finish):
        return _files(work, Unmastered(work.programme))
    return [partial(_whole, work)]


def _whole(work: Work) -> Outcome:
    """Make the master of the programme; the files are cut from it."""
    master = Master(
        work.programme, work.settings, work.programme.rate, BITS, finish=work.finish
    )
    advance = work.stage("streaming: the master", master.length)
    path = work.staging / f"streaming-{work.disc.timeline.number}"
    taped = MasterTape(path, master, advance)
    reported = report(work, master)
    if master.overs or any_error(reported.findings):
        return replace(reported, overs=tuple(master.overs))
    return replace(reported, then=tuple(_files(work, taped)))


def _files(work: Work, master: Cuttable) -> list[Task]:
    target = work.album.deliver.streaming
    assert target is not None, "the album asks for streaming files"
    timeline = work.disc.timeline
    pieces = disclayout.pieces(work.album, timeline)
    release = disclayout.release(work.album, timeline)
    cover = open_cover(release.cover) if release.cover else None
    folder = work.folder("streaming")
    made: list[Task] = []
    for kind in target.formats:
        names = files.file_names(pieces, kind)
        for piece, name in zip(pieces, names.names, strict=True):
            tagging = tags.for_piece(release, piece, len(timeline.cues))
            said = [each for each in names.findings if each.place.track == piece.number]
            file = File(kind=kind, path=folder / name, piece=piece, tagging=tagging)
            made.append(partial(_file, work, master, file, cover, said))
    return made


@dataclass(frozen=True, kw_only=True)
class File:
    """A file to be written."""

    kind: files.Kind
    path: Path
    piece: Piece
    tagging: Tagging


def _file(
    work: Work, master: Cuttable, file: File, cover: Cover | None, said: list[Finding]
) -> Outcome:
    """Write one file and read it back."""
    start, stop = files.span(file.piece, master.rate)
    cut = master.cut(start, stop, work.settings.alone())
    advance = work.stage(file.path.name, 2 * (stop - start))

    def audio() -> Iterator[Integers]:
        return watched(cut.blocks(), advance)

    before, after = _around(master, start, stop)
    try:
        written = files.write_piece(
            file.kind,
            file.path,
            file.piece,
            file.tagging,
            cover,
            audio,
            rate=master.rate,
            bits=BITS,
            before=before,
            after=after,
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
    proof = Proof(
        samples=written.length,
        tags=_said(file.tagging) + (cover is not None),
        files=1,
        findings=files.read_back(written),
    )
    return Outcome(proofs={file.kind.upper(): proof}, findings=tuple(said))


def _around(master: Cuttable, start: int, stop: int) -> tuple[Floats, Floats]:
    """Return the programme just before and after a piece, for codecs that convert."""
    context = samples(files.CONTEXT, master.rate)
    before = master.read(max(0, start - context), start)
    after = master.read(stop, min(master.length, stop + context))
    return before, after


def _said(tagging: Tagging) -> int:
    """Return how many tags *tagging* makes."""
    values = [getattr(tagging, part.name) for part in fields(tagging)]
    single = sum(bool(value) for value in values if not isinstance(value, dict))
    return single + len(tagging.credits)
