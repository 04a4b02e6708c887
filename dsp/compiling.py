"""Who is told that kernels are being compiled, where that takes long: once a process.

This knows nothing of the compiler, so that a verb which needs no kernel pays nothing to
be told.
"""

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

PATIENCE_S = 1.0
"""Seconds of compiling that nobody has to be told of."""

_listeners: list[Callable[[], None]] = []
_spent = [0.0]


def when_compiling(tell: Callable[[], None]) -> None:
    """Call *tell*, once, when compiling takes long; nobody else is told."""
    _listeners[:] = [tell]


@contextmanager
def compiling() -> Iterator[None]:
    """Count the time inside as compiling; for one thread at a time.

    The compiler makes millions of objects that stay; to look for garbage among them
    takes a tenth of its time.
    """
    patience = threading.Timer(max(0.0, PATIENCE_S - _spent[0]), _tell)
    patience.daemon = True
    patience.start()
    began = monotonic()
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
        patience.cancel()
        _spent[0] += monotonic() - began


def _tell() -> None:
    while _listeners:
        _listeners.pop()()
