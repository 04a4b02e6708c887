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
    layout, name = work.disc.layout, disclayout.disc_name(album, timeline)
    release = disclayout.release(album, timeline)
    folder = work.folder(work.target)
    text = pages.pq_sheet_text(layout, release, name, {}, [])
    (folder / "PQ.txt").write_text(text, encoding="utf-8")
    page = pages.pq_sheet_html(layout, release, name, {}, [])
    (folder / "PQ.html").write_text(page, encoding="utf-8")
    return Outcome()
