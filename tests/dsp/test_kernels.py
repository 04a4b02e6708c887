import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import dsp
from dsp import machinecode
from dsp.kernels import exact, kernel

WARM = """
import sys
import numpy as np
from dsp.meter import Meter
meter = Meter(48_000, 2)
meter.feed(np.ones((48_000, 2, 3), np.uint8))
meter.finish()
print("numba" in sys.modules)
"""


@kernel
def weighed(values, weight, out):
    for at in range(len(values)):
        out[at] = weight * values[at]


@kernel
def first_twice(values):
    weighed(values[:1], 2.0, values[:1])
    return values[0]


@exact
def made(count):
    return np.ones(count)


@exact
def made_and_summed(count):
    return made(count).sum()


@pytest.fixture(autouse=True)
def room(tmp_path, monkeypatch):
    """Keep code in a folder of its own."""
    monkeypatch.setattr(machinecode, "_folder", lambda: tmp_path)
    monkeypatch.setattr(weighed, "_ready", {})
    monkeypatch.setattr(first_twice, "_ready", {})
    return tmp_path


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int16, np.complex128])
def test_kept_code_does_what_compiled_code_does(kind, room):
    values = np.arange(7).astype(kind)
    fresh, kept = np.zeros_like(values), np.zeros_like(values)
    weighed(values, 3, fresh)
    weighed._ready.clear()
    assert len(list(room.glob("*.o"))) == 1
    weighed(values, 3, kept)
    assert type(next(iter(weighed._ready.values()))).__name__ == "partial"
    assert kept == pytest.approx(3 * values, abs=0)
    assert fresh == pytest.approx(kept, abs=0)


def test_arrays_of_any_layout_are_taken():
    grid = np.arange(24.0).reshape(4, 6)
    for values in (grid[1], grid[:, 2], grid[::-1, 0], grid.T[3]):
        for _ in range(2):
            out = np.zeros(6)
            weighed(values, 0.5, out)
            assert out[: len(values)] == pytest.approx(values / 2)


def test_kernels_call_kernels_and_return_numbers():
    for _ in range(2):
        first_twice._ready.clear()
        assert first_twice(np.array([3.0, 4.0])) == 6.0


def test_what_allocates_is_left_to_the_compiler(room):
    assert made(3) == pytest.approx([1.0, 1.0, 1.0])
    made._ready.clear()
    assert made(3) == pytest.approx([1.0, 1.0, 1.0])


def test_what_calls_what_allocates_is_left_to_the_compiler(room):
    for _ in range(2):
        assert made_and_summed(3) == 3.0
        assert type(next(iter(made_and_summed._ready.values()))).__name__ != "partial"
        made_and_summed._ready.clear()


def test_a_kernel_that_others_call_is_called_from_python_as_well():
    values = np.array([3.0, 4.0])
    assert first_twice(values) == 6.0
    weighed(values, 0.5, values)
    assert values == pytest.approx([3.0, 2.0])


def test_damaged_code_is_never_run(room):
    values, out = np.ones(3), np.zeros(3)
    weighed(values, 2.0, out)
    (kept,) = room.glob("*.o")
    whole = kept.read_bytes()
    for damaged in (b"", b"{}\n", whole[:-1], whole[:-9] + bytes(9), whole[::-1]):
        kept.write_bytes(damaged)
        weighed._ready.clear()
        weighed(values, 5.0, out)
        assert out == pytest.approx(5 * values)


def test_a_folder_that_cannot_be_written_is_no_error(room, monkeypatch):
    (room / "file").write_text("")
    monkeypatch.setattr(machinecode, "_folder", lambda: room / "file" / "below")
    out = np.zeros(2)
    weighed(np.ones(2), 4.0, out)
    assert out == pytest.approx([4.0, 4.0])


@pytest.mark.slow
def test_the_meter_starts_without_the_compiler(tmp_path):
    shutil.copytree(
        Path(dsp.__file__).parent,
        tmp_path / "dsp",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", WARM],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": str(tmp_path)},
        ).stdout.strip()
        for _ in range(2)
    ]
    assert said == ["True", "False"]
