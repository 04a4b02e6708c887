"""Streaming files: the programme cut at the disc's marks, as 24-bit FLAC and as MP3."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path

from mutagen import MutagenError
from soundfile import LibsndfileError

from album import disclayout
from album.mastering import Master
from album.render import Programme, watched
from album.work import Outcome, Task, Work
from delivery import files, tags
from delivery.cover import Cover, open_cover
from delivery.findings import Finding, refuse
from delivery.program import Floats, Integers, Piece
from delivery.proof import Proof
from delivery.redbook import samples
from delivery.tags import Tagging

BITS = 24


def tasks(work: Work) -> list[Task]:
    """Return a task for every file: each track in each format."""
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
            path = folder / name
            made.append(partial(_file, work, kind, path, piece, tagging, cover, said))
    return made


def _file(
    work: Work,
    kind: files.Kind,
    path: Path,
    piece: Piece,
    tagging: Tagging,
    cover: Cover | None,
    said: Sequence[Finding],
) -> Outcome:
    """Write one file and read it back."""
    programme = work.programme
    start, stop = files.span(piece, programme.rate)
    master = Master(
        programme, work.settings.alone(), programme.rate, BITS, start=start, stop=stop
    )
    advance = work.stage(path.name, 2 * master.length)

    def audio() -> Iterator[Integers]:
        return watched(master.blocks(), advance)

    before, after = _around(programme, start, stop)
    try:
        written = files.write_piece(
            kind,
            path,
            piece,
            tagging,
            cover,
            audio,
            rate=programme.rate,
            bits=BITS,
            before=before,
            after=after,
        )
    except (LibsndfileError, MutagenError) as fault:
        # the libraries do not say what the system told them
        raise refuse(
            "FILE",
            f"{path.name} cannot be written: {str(fault).rstrip('.').lower()}",
            help="make room on the disk, or choose another folder with -o; nothing "
            "was replaced",
        ) from None
    if master.overs:
        return Outcome(overs=tuple(master.overs))
    proof = Proof(
        samples=written.length,
        tags=_said(tagging) + (cover is not None),
        files=1,
        findings=files.read_back(written),
    )
    return Outcome(proofs={kind.upper(): proof}, findings=tuple(said))


def _around(programme: Programme, start: int, stop: int) -> tuple[Floats, Floats]:
    """Return the programme just before and after a piece, for codecs that convert."""
    context = samples(files.CONTEXT, programme.rate)
    before = programme.read(max(0, start - context), start)
    after = programme.read(stop, min(programme.length, stop + context))
    return before, after


def _said(tagging: Tagging) -> int:
    """Return how many tags *tagging* makes."""
    values = [getattr(tagging, part.name) for part in fields(tagging)]
    single = sum(bool(value) for value in values if not isinstance(value, dict))
    return single + len(tagging.credits)
