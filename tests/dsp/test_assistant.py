"""The assistant: what it compiled is loaded, and nothing depends on it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from types import ModuleType

import numpy as np
import pytest

from dsp import assistant, machinecode
from dsp.assistant import assisted

KERNEL = """
import numpy as np
from dsp.kernels import exact

@exact
def raised(values, by):
    for at in range(len(values)):
        values[at] += by
"""

REHEARSALS = {
    "well": "raised(np.zeros(1), 1.0)",
    "also": "raised(np.zeros(1), 1.0)",
    "failing": "raise RuntimeError",
    "killed": "import os; os.kill(os.getpid(), 9)",
    "idle": "pass",
    "stuck": "import time; time.sleep(600)",
}

FIRST = """
import sys
from dsp.assistant import assisted
from tests_first import raised
import numpy as np
with assisted("tests_stuck"):
    raised(np.zeros(1), 1.0)
    from dsp.assistant import _at_hand
    print(_at_hand[0]._process.pid, flush=True)
    sys.stdin.read()
"""

Imported = Callable[[str], ModuleType]


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Imported]:
    """Modules of a kernel each, whose code is kept in a folder of its own."""
    (tmp_path / "tests_first.py").write_text(KERNEL)
    for name, does in REHEARSALS.items():
        text = f"{KERNEL}\ndef rehearse():\n    {does}\n"
        (tmp_path / f"tests_{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    kept = tmp_path / "kept"
    monkeypatch.setattr(machinecode, "_folder", lambda: kept)
    names: list[str] = []

    def found(name: str) -> ModuleType:
        names.append(f"tests_{name}")
        sys.modules.pop(names[-1], None)
        return __import__(names[-1])

    yield found
    for name in names:
        sys.modules.pop(name, None)


def raised(module: ModuleType) -> float:
    values = np.zeros(3)
    module.raised(values, 2.5)
    return float(values.sum())


def compiled_here(module: ModuleType) -> bool:
    return "_lowered" in vars(module.raised)


def test_what_the_assistant_compiled_is_loaded(imported: Imported) -> None:
    first, other = imported("first"), imported("well")
    with assisted("tests_well"):
        assert raised(first) == raised(other) == 7.5
    assert compiled_here(first)
    assert not compiled_here(other)


@pytest.mark.parametrize("fate", ["failing", "killed", "idle"])
def test_without_the_assistant_all_is_compiled_here(
    fate: str, imported: Imported
) -> None:
    first, other = imported("first"), imported(fate)
    with assisted(f"tests_{fate}"):
        assert raised(first) == raised(other) == 7.5
    assert compiled_here(other)


def test_an_assistant_may_have_several_modules(imported: Imported) -> None:
    first, *others = map(imported, ("first", "well", "also"))
    with assisted("tests_well", "tests_also"):
        assert raised(first) == 7.5
        assert [raised(each) for each in others] == [7.5, 7.5]
    assert compiled_here(first)
    assert not any(map(compiled_here, others))


def test_an_assistant_who_is_stuck_is_given_up(
    imported: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assistant, "PATIENCE_S", 0.5)
    first, other = imported("first"), imported("stuck")
    with assisted("tests_stuck"):
        raised(first)
        process = assistant._at_hand[0]._process
        assert raised(other) == 7.5
        assert process is not None
        assert process.returncode == -signal.SIGKILL


def test_whoever_needs_no_assistant_any_more_ends_it(imported: Imported) -> None:
    first = imported("first")

    def interrupted() -> None:
        with assisted("tests_stuck"):
            raised(first)
            processes.append(assistant._at_hand[0]._process)
            raise KeyboardInterrupt

    processes: list[subprocess.Popen[bytes] | None] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert processes[0] is not None
    assert processes[0].returncode == -signal.SIGKILL
    assert not assistant._at_hand


def test_there_is_no_assistant_where_all_is_kept(
    imported: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "well"):
        raised(imported(name))
    monkeypatch.setattr(assistant, "_started", lambda module: pytest.fail(module))
    first, other = imported("first"), imported("well")
    with assisted("tests_well"):
        assert raised(first) == raised(other) == 7.5
    assert not compiled_here(first)


def test_there_is_no_assistant_for_its_own_kernels_alone(
    imported: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assistant, "_started", lambda module: pytest.fail(module))
    other = imported("well")
    with assisted("tests_well"):
        assert raised(other) == 7.5


def test_there_is_no_assistant_where_nothing_can_be_kept(
    imported: Imported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(machinecode, "_folder", lambda: tmp_path / "file" / "below")
    first, other = imported("first"), imported("well")
    with assisted("tests_well"):
        assert raised(first) == 7.5
        assert assistant._at_hand[0]._process is None
        assert raised(other) == 7.5


def test_the_assistant_ends_with_the_first_process(
    imported: Imported, tmp_path: Path
) -> None:
    kept = {"NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", FIRST],
        env={**os.environ, **kept, **paths},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as first:
        assert first.stdout is not None
        number = int(first.stdout.readline())
        os.kill(number, 0)
        first.kill()
    until = monotonic() + 10
    while alive(number) and monotonic() < until:
        sleep(0.05)
    assert not alive(number)


def alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{number}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
