"""A hand: does what it is given, one thing after the other, beside who gives it."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

AHEAD = 8
"""Things that wait to be done at most."""


class Hand:
    """A thread of its own where *jobs* allow more than one; else it is done at once."""

    def __init__(self, jobs: int) -> None:
        """Begin with nothing to do."""
        self._pool = ThreadPoolExecutor(1) if jobs > 1 else None
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def do(self, work: Callable[..., None], *args: Any) -> None:
        """Do *work* when all before it is done; raises what that has raised."""
        if self._pool is None:
            work(*args)
            return
        self._waiting.append(self._pool.submit(work, *args))
        while len(self._waiting) > AHEAD:
            self._waiting.popleft().result()

    def rest(self) -> None:
        """Wait until all is done; raises what the first failure has raised."""
        while self._waiting:
            self._waiting.popleft().result()
