"""Blocks made ahead: one thread makes what another uses, a few blocks between them."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TypeVar

Block = TypeVar("Block")
Work = Callable[[], Block]

DEPTH = 12
"""Blocks that wait between two threads; more would only be memory."""

_PATIENCE = 0.1
"""Seconds after which a thread that waits looks whether it is still wanted."""


def ahead(blocks: Iterable[Block], jobs: int, depth: int = DEPTH) -> Iterator[Block]:
    """Yield *blocks*, made by a thread of their own where *jobs* allow more than one.

    What fails in the making is raised here. Whoever stops asking ends the thread.
    """
    if jobs < 2:
        yield from blocks
        return
    lane: _Lane[Block] = _Lane(blocks, depth)
    try:
        yield from lane
    finally:
        lane.close()


@contextmanager
def beside(jobs: int) -> Iterator[Callable[[Work[Block]], Work[Block]]]:
    """Give what starts a piece of work, by a thread of its own where *jobs* allow it.

    It answers with what waits for the work, returns what came of it, and raises what
    it has raised.
    """
    if jobs < 2:
        yield _at_once
        return
    with ThreadPoolExecutor(1) as pool:
        yield lambda work: pool.submit(work).result


def _at_once(work: Work[Block]) -> Work[Block]:
    found = work()
    return lambda: found


class _Lane(Iterable[Block]):
    """A thread that makes blocks, and the queue they wait in."""

    def __init__(self, blocks: Iterable[Block], depth: int) -> None:
        self._queue: Queue[tuple[Block | None, BaseException | None]] = Queue(depth)
        self._unwanted = Event()
        self._thread = Thread(target=self._make, args=(blocks,), daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Block]:
        while True:
            block, fault = self._queue.get()
            if fault is not None:
                raise fault
            if block is None:
                return
            yield block

    def close(self) -> None:
        """End the thread at its next block, and wait for that."""
        self._unwanted.set()
        while self._thread.is_alive():
            with suppress(Empty):
                self._queue.get_nowait()
            self._thread.join(_PATIENCE / 10)

    def _make(self, blocks: Iterable[Block]) -> None:
        source = iter(blocks)
        try:
            for block in source:
                if not self._put((block, None)):
                    break
            else:
                self._put((None, None))
        except BaseException as fault:
            self._put((None, fault))
        finally:
            # a generator that is left half way ends its own threads and files
            close = getattr(source, "close", None)
            if close is not None:
                close()

    def _put(self, item: tuple[Block | None, BaseException | None]) -> bool:
        while not self._unwanted.is_set():
            try:
                self._queue.put(item, timeout=_PATIENCE)
            except Full:
                continue
            return True
        return False
