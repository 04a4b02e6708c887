"""What watches a build: its stages, their steps, and the wish to stop."""

from collections.abc import Callable
from threading import Event
from typing import Protocol


class Stages(Protocol):
    """Who watches a build, and may stop it."""

    @property
    def stop(self) -> Event:
        """Set to make every stage end at its next step."""

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        """Begin a stage of *total* steps; the answer is called with steps done."""
