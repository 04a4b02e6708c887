"""A start that looks for nothing where nothing can be, and loads what is used."""

import gc
import subprocess
import sys

import pytest

from album.console import Console
from album.starting import begin

UNUSED = (
    "mutagen",
    "jinja2",
    "rich",
    "scipy",
    "delivery.cue_read",
    "delivery.ddp_read",
    "delivery.toc_read",
    "delivery.tags",
)


@pytest.fixture
def collecting(monkeypatch):
    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", "")
    yield
    gc.enable()
    gc.unfreeze()


def test_garbage_is_looked_for_once_there_is_work(collecting):
    begin()
    assert not gc.isenabled()
    with Console("plan", quiet=True).progress():
        assert gc.isenabled()


def test_a_plan_loads_nothing_that_only_other_verbs_need():
    used = "import album.plan, album.proposing, album.balance.said, sys"
    code = f"{used}\nprint(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not set(UNUSED) & set(found.stdout.split())
