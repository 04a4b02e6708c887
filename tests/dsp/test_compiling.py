"""Who is told of compiling: the last to ask, once, and only where it takes long."""

from time import sleep

import pytest

from dsp import compiling


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "PATIENCE_S", 0.05)
    monkeypatch.setattr(compiling, "_spent", [0.0])
    monkeypatch.setattr(compiling, "_listeners", [])


def test_what_is_short_is_not_told() -> None:
    said: list[str] = []
    compiling.when_compiling(lambda: said.append("told"))
    with compiling.compiling():
        pass
    sleep(0.1)
    assert not said


def test_what_takes_long_is_told_once_to_the_last_who_asked() -> None:
    said: list[str] = []
    compiling.when_compiling(lambda: said.append("nobody"))
    compiling.when_compiling(lambda: said.append("told"))
    for _ in range(3):
        with compiling.compiling():
            sleep(0.1)
    assert said == ["told"]


def test_many_that_are_short_are_long_together() -> None:
    said: list[str] = []
    compiling.when_compiling(lambda: said.append("told"))
    for _ in range(5):
        with compiling.compiling():
            sleep(0.03)
    assert said == ["told"]
