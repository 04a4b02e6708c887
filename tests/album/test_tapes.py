"""Tapes that several targets are cut from: made once, waited for by nobody."""

from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from album import tapes
from album.work import Outcome, Tapes
from tests.album.test_deliverables import ORDER, RATE, SONGS, mixes

MASTER = '[master.main]\nlimiter = "loud"\nceiling_dbtp = -1\ntarget_lufs = -9\n'
TARGETS = """
[deliver.hires]
[deliver.opus]
[deliver.streaming]
formats = ["flac", "opus 64"]
[deliver.lower]
formats = ["flac"]
ceiling_dbtp = -3
[deliver.sixteen]
formats = ["wav"]
bits = 16
"""


def test_who_comes_while_a_tape_is_made_goes_on_when_it_is_there() -> None:
    shelf, begun, go = Tapes(), Event(), Event()
    outcomes: dict[str, Outcome] = {}
    done: list[str] = []

    def make() -> str:
        begun.set()
        go.wait(10)
        return "tape"

    def use(name: str, tape: str) -> Outcome:
        done.append(f"{name} {tape}")
        return Outcome()

    def first() -> None:
        found = shelf.made("key", "one", make, lambda tape: use("one", tape))
        outcomes["one"] = found

    thread = Thread(target=first)
    thread.start()
    assert begun.wait(10)
    never = pytest.fail
    late = shelf.made("key", "two", lambda: never("made"), lambda t: use("two", t))
    assert late == Outcome()
    go.set()
    thread.join(10)
    assert [name for name, _ in outcomes["one"].others] == ["two"]
    outcomes["one"].others[0][1]()
    shelf.made("key", "three", lambda: never("made"), lambda t: use("three", t))
    assert done == ["one tape", "two tape", "three tape"]


def test_targets_alike_share_their_master(
    project: Any, make: Any, monkeypatch: Any, hashes: Any, tmp_path: Path
) -> None:
    made: list[str] = []
    own = tapes.MasterTape

    def counted(path: Path, *more: Any) -> Any:
        made.append(path.name)
        return own(path, *more)

    monkeypatch.setattr(tapes, "MasterTape", counted)
    text = ORDER + SONGS + MASTER + TARGETS
    path = project(text, mixes(), rate=RATE, subtype="PCM_24")
    built = make(path)
    assert len(made) == 3  # as it is, lower, of 16 bits
    files = hashes(built.out)
    again = hashes(make(path, out=tmp_path / "again", jobs=1).out)
    assert files == again
    for name in ("01 Söng a", "02 Söng b"):
        assert files[f"hires/{name}.flac"] == files[f"streaming/{name}.flac"]
        assert files[f"hires/{name}.flac"] != files[f"lower/{name}.flac"]
