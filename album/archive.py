"""The archive: the files of a target, and beside them what made them."""

import shutil
from functools import partial

from album import disclayout, trackfiles
from album.work import Outcome, Task, Work
from delivery import pages


def tasks(work: Work) -> list[Task]:
    """Return a task for every file, and one for the papers."""
    return [*trackfiles.tasks(work), partial(_papers, work)]


def _papers(work: Work) -> Outcome:
    """Copy the project, its cover, and write the PQ sheet of the disc."""
    album, timeline = work.album, work.disc.timeline
    top = work.content / work.target
    project = top / "project"
    project.mkdir(parents=True, exist_ok=True)
    for path in album.files:
        shutil.copyfile(path, project / path.name)
    if album.meta.cover:
        shutil.copyfile(album.meta.cover, top / f"cover{album.meta.cover.suffix}")
    sheet = (
        work.disc.layout,
        disclayout.release(album, timeline),
        disclayout.disc_name(album, timeline),
        {},
        [],
    )
    folder = work.folder(work.target)
    (folder / "PQ.txt").write_text(pages.pq_sheet_text(*sheet), encoding="utf-8")
    (folder / "PQ.html").write_text(pages.pq_sheet_html(*sheet), encoding="utf-8")
    return Outcome()
