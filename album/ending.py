"""How a verb ends: its exit code, whatever stopped it."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from album.console import Console, StoppedError, UnheardError
from delivery.findings import Failure, Finding, Refusal, error
from dsp.compiling import when_compiling

DONE, FOUND, UNUSABLE, INTERRUPTED = 0, 1, 2, 130

COMPILING = "compiling kernels for this machine, once; it may take half a minute"


def run(console: Console, verb: Callable[..., bool], *args: Any) -> NoReturn:
    """Run *verb* and leave with the exit code that its end means."""
    _listen(console)
    when_compiling(lambda: console.say(COMPILING))
    try:
        code = DONE if verb(console, *args) else FOUND
    except Refusal as refusal:
        code = _stopped(console, refusal.findings, UNUSABLE)
    except Failure as failure:
        code = _stopped(console, failure.findings, FOUND)
    except (KeyboardInterrupt, StoppedError):
        console.stop.set()
        console.say("interrupted" + console.untouched)
        console.document(False, (), {})
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever reads has enough; there is nobody left to tell.
        _hush()
        code = FOUND
    except UnheardError as fault:
        _hush()
        console.say(f"the result cannot be printed: {fault}")
        code = UNUSABLE
    except UnicodeEncodeError as fault:
        name = ascii(fault.object)[:120]
        finding = error("FILE-NAME", f"the name {name} is not in the system's letters")
        code = _stopped(console, (finding,), UNUSABLE)
    except OSError as fault:
        reason = (fault.strerror or str(fault)).lower()
        where = f"{fault.filename}: " if fault.filename else ""
        finding = error(
            "FILE",
            f"{where}{reason}",
            help=console.way_out,
        )
        code = _stopped(console, (finding,), UNUSABLE)
    sys.exit(code)


def _hush() -> None:
    """Let what is still to be printed go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _listen(console: Console) -> None:
    """Let an interrupt end every stage at its next step, and a second one at once.

    An exception out of nowhere could leave a thread that is just starting at work in
    a folder that is being thrown away. Where no stage runs, there is no such thread.
    """

    def asked(*_: object) -> None:
        if console.stop.is_set() or not console.working:
            raise KeyboardInterrupt
        console.stop.set()

    for name in ("SIGINT", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), asked)


def _stopped(console: Console, findings: tuple[Finding, ...], code: int) -> int:
    console.findings(findings)
    console.verdict(findings)
    console.document(False, findings, {})
    return code
