"""The targets: what each ``[deliver.NAME]`` makes of a programme.

A target is a function from the work to the tasks that do it, by what it cuts; what
kinds there are stands in ``delivery/specs/deliverables.toml``.
"""

from collections.abc import Callable

from album import archive, broadcast, cd, ddexdraft, sidefiles, trackfiles
from album.finish import Finish
from album.mastering import at_random
from album.project import Album
from album.work import Outcome, Task, Work

__all__ = ["DISC", "Outcome", "Task", "Work", "in_order", "tasks"]

DISC = "cd"
"""The target that is a disc, not a set of files."""

DRAFT = "ddex"
"""The target that has no sound."""

KINDS: dict[str, Callable[[Work], list[Task]]] = {
    "archive": archive.tasks,
    "side": sidefiles.tasks,
    "track": trackfiles.tasks,
}
"""By the name of a kind that does more than cut, else by what it cuts."""


def tasks(work: Work) -> list[Task]:
    """Return what is to be done for the target of *work*."""
    if work.target == DISC:
        return cd.tasks(work)
    if work.target == DRAFT:
        return ddexdraft.tasks(work)
    target = work.deliverable
    if target.lufs is not None:
        return broadcast.tasks(work)
    return KINDS.get(target.kind.name, KINDS[target.kind.cut])(work)


def in_order(album: Album, name: str, finish: Finish) -> bool:
    """Return whether a target plays its programme from beginning to end, only once."""
    if name in (DISC, DRAFT):
        return name == DISC
    target = album.deliver.files[name]
    again = target.solve or (target.ceiling_dbtp is not None and not finish.limited)
    whole = not at_random(finish) or target.kind.cut == "side"
    return whole and not again
