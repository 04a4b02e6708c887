"""The targets: what each ``[deliver.NAME]`` makes of a programme.

A target is a function from the work to the tasks that do it; a new one is a row here.
"""

from collections.abc import Callable

from album import cd, ddexdraft, streaming
from album.finish import Finish
from album.mastering import at_random
from album.work import Outcome, Task, Work

__all__ = ["FOLDERS", "IN_ORDER", "TARGETS", "Outcome", "Task", "Work"]

TARGETS: dict[str, Callable[[Work], list[Task]]] = {
    "cd": cd.tasks,
    "streaming": streaming.tasks,
    "ddex": ddexdraft.tasks,
}

IN_ORDER: dict[str, Callable[[Finish], bool]] = {
    "cd": lambda finish: True,
    "streaming": lambda finish: not at_random(finish),
    "ddex": lambda finish: False,
}
"""Whether a target plays its programme from beginning to end, and only so."""

FOLDERS: dict[str, tuple[str, ...]] = {
    "cd": ("cd", "ddp"),
    "streaming": ("streaming",),
    "ddex": ("ddex",),
}
"""The folders of a delivery that each target owns."""
