"""The DDEX draft: one message for the whole release, read back from its file."""

from functools import partial
from pathlib import Path

from album import disclayout, papers
from album.work import Outcome, Task, Work
from delivery import ddex, ddexrules
from delivery.cover import open_cover
from delivery.ddex import Artwork, Parties
from delivery.findings import Severity
from delivery.labelcopy import Sheet
from delivery.proof import Proof


def tasks(work: Work) -> list[Task]:
    """Return the one task, with the last disc."""
    if work.disc.timeline.number != work.discs[-1].timeline.number:
        return []
    target = work.album.deliver.ddex
    assert target is not None, "the album asks for a message"
    folder = work.content / "ddex"
    folder.mkdir()
    name = disclayout.disc_name(work.album, work.discs[0].timeline)
    paper = papers.label_copy(work.album, work.discs)
    parties = Parties(**target.model_dump())
    made = partial(_draft, folder / f"{name}-draft.xml", paper, parties)
    return [partial(made, _artwork(work.album.meta.cover))]


def _artwork(path: Path | None) -> Artwork | None:
    if path is None:
        return None
    cover = open_cover(path)
    return Artwork(
        file=path.name,
        kind=cover.mime.removeprefix("image/").upper(),
        width=cover.width,
        height=cover.height,
    )


def _draft(
    path: Path, paper: Sheet, parties: Parties, cover: Artwork | None
) -> Outcome:
    path.write_bytes(ddex.message(paper, parties, cover))
    found = tuple(ddexrules.check(path.read_bytes(), paper))
    isrcs = sum(bool(line.isrc) for line in paper.lines)
    proof = Proof(
        isrcs=isrcs,
        eans=bool(paper.ean),
        texts=len(paper.lines),
        files=1,
        findings=tuple(each for each in found if each.severity is Severity.ERROR),
    )
    said = tuple(each for each in found if each.severity is not Severity.ERROR)
    return Outcome(proofs={"XML": proof}, findings=said)
