"""An assistant: a second process that compiles kernels while the first compiles others.

A process compiles one function at a time, however many cores there are. The assistant
keeps what it compiled, and the first process loads it from there. Whatever goes wrong
with the assistant, the first process compiles all itself.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING

from dsp.machinecode import room

if TYPE_CHECKING:
    import subprocess

PATIENCE_S = 60.0
"""Seconds after which an assistant that is waited for is taken to be stuck."""

_at_hand: list["_Assistant"] = []


@contextmanager
def assisted(*modules: str) -> Iterator[None]:
    """Have an assistant compile what ``rehearse`` of each of *modules* calls.

    It begins when another module's kernels have to be compiled in here; where all of
    them were kept, or nothing can be, there is none.
    """
    assistant = _Assistant(modules)
    _at_hand.append(assistant)
    try:
        yield
    finally:
        _at_hand.remove(assistant)
        assistant.dismiss()


def compiled_meanwhile(module: str) -> bool:
    """Say whether an assistant has been at the kernels of *module*: they may be kept.

    To be asked before a kernel is compiled; waits for an assistant who is at it.
    """
    answers = [assistant.answer(module) for assistant in _at_hand]
    return any(answers)


def rehearse(*modules: str) -> None:
    """Do the work of the assistant, for as long as the first process lives."""
    threading.Thread(target=_leave_when_left, daemon=True).start()
    for module in modules:
        import_module(module).rehearse()


def _leave_when_left() -> None:
    # what the first process holds open is closed when it ends, in whatever way; not
    # read by Python's own means, whose lock would be in the way at the end
    os.read(0, 1)
    os._exit(1)


class _Assistant:
    def __init__(self, modules: tuple[str, ...]) -> None:
        self._modules = modules
        self._begun = False
        self._ended = False
        self._process: subprocess.Popen[bytes] | None = None

    def answer(self, module: str) -> bool:
        """Begin with a kernel of another module; wait when it comes to its own."""
        mine = module in self._modules
        if not self._begun:
            self._begun = True
            self._process = None if mine else _started(self._modules)
            return False
        return mine and self._finished()

    def _finished(self) -> bool:
        if self._process is not None:
            from subprocess import TimeoutExpired

            with suppress(TimeoutExpired):
                self._process.wait(PATIENCE_S)
            self.dismiss()
            self._ended = True
        return self._ended

    def dismiss(self) -> None:
        """End the process, wherever it is."""
        if self._process is not None:
            # with: closes the pipe and waits for the end
            with self._process as process:
                process.kill()
            self._process = None


def _started(modules: tuple[str, ...]) -> "subprocess.Popen[bytes] | None":
    import subprocess

    folder = room()
    if folder is None or not sys.executable:
        return None
    told = f"from {__name__} import rehearse; rehearse(*{modules!r})"
    paths = os.pathsep.join(sys.path)
    with suppress(OSError):
        # this interpreter, told words of our own
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", told],
            env={**os.environ, "PYTHONPATH": paths, "NUMBA_CACHE_DIR": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return None
