"""The targets: what each ``[deliver.NAME]`` makes of a programme.

A target is a function from the work to the tasks that do it; a new one is a row here.
"""

from collections.abc import Callable

from album import cd, ddexdraft, streaming
from album.work import Outcome, Task, Work

__all__ = ["FOLDERS", "TARGETS", "Outcome", "Task", "Work"]

TARGETS: dict[str, Callable[[Work], list[Task]]] = {
    "cd": cd.tasks,
    "streaming": streaming.tasks,
    "ddex": ddexdraft.tasks,
}

FOLDERS: dict[str, tuple[str, ...]] = {
    "cd": ("cd", "ddp"),
    "streaming": ("streaming",),
    "ddex": ("ddex",),
}
"""The folders of a delivery that each target owns."""
