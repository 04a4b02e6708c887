"""The house: who may import whom, what is shipped, how long a file may be."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from importlinter import cli as contracts

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("album", "delivery", "dsp")
LONGEST = 330
"""Lines of a module: what can be read at one sitting."""

LONGER = {
    "tests/album/balance/test_record.py": "one small record for every promise of it",
    "tests/album/test_projectfile.py": "one short case for every error of a file",
    "tests/album/test_render.py": "one short album for every promise of the audio",
    "tests/delivery/test_convert.py": "every form into every other, there and back",
    "tests/delivery/test_ddp.py": "one damage of a set after the other",
}
"""Modules that are longer, and why."""

TEXTS = {".py", ".md", ".toml", ".j2", ".txt", ".yml", ""}
OUTSIDE = re.compile(r"\bissue #?\d|/work\b|\.library\b", re.IGNORECASE)
"""What has no place here: how this was made, and where."""


def _tracked() -> list[Path]:
    """Return the texts of the repository, as git lists them; else all of them."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    names = listed.stdout.decode().splitlines()
    paths = [ROOT / name for name in names] if names else list(ROOT.rglob("*"))
    return [path for path in paths if path.is_file() and path.suffix in TEXTS]


def test_import_contracts_hold():
    assert contracts.lint_imports(str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_every_contract_of_the_design_is_there():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    written = settings["tool"]["importlinter"]["contracts"]
    assert {contract["type"] for contract in written} == {"layers", "forbidden"}
    floors = [
        contract["containers"]
        for contract in written
        if contract["type"] == "layers" and contract.get("exhaustive")
    ]
    assert floors == [["album"], ["delivery"], ["dsp"]]
    told = [contract for contract in written if contract["type"] == "forbidden"]
    forbidden = {name for each in told for name in each["forbidden_modules"]}
    assert {"typer", "rich", "pydantic", "soundfile", "jinja2"} <= forbidden


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    [built] = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_four_folders_and_nothing_else(wheel):
    tops = {name.split("/")[0] for name in wheel}
    [about] = [top for top in tops if top.endswith(".dist-info")]
    assert tops == {*FOLDERS, "templates", about}
    assert f"{about}/licenses/LICENSE" in wheel


def test_the_wheel_holds_the_data_that_the_code_reads(wheel):
    beside = [path for path in (ROOT / "templates").iterdir() if path.is_file()]
    beside += (ROOT / "delivery" / "specs").iterdir()
    beside.append(ROOT / "delivery" / "findings.toml")
    assert len(beside) > 3
    for path in beside:
        assert path.relative_to(ROOT).as_posix() in wheel
    for folder in FOLDERS:
        assert f"{folder}/py.typed" in wheel


def test_modules_can_be_read_at_one_sitting():
    modules = [path for path in _tracked() if path.suffix == ".py"]
    long = {
        path.relative_to(ROOT).as_posix()
        for path in modules
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST
    }
    assert long <= set(LONGER)
    assert all((ROOT / name).is_file() for name in LONGER)


def test_nothing_tells_how_or_where_this_was_made():
    for path in _tracked():
        if path == Path(__file__).resolve():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert OUTSIDE.search(line) is None, f"{path}:{number}: {line}"


def test_names_say_what_is_inside():
    for folder in FOLDERS:
        stems = {path.stem for path in (ROOT / folder).rglob("*.py")}
        assert not stems & {"utils", "helpers", "manager", "data", "info", "misc"}


def test_help_answers_at_once_and_loads_nothing_heavy():
    code = (
        "import sys, album.cli;"
        "sys.exit(not {'numpy', 'pydantic', 'soundfile', 'soxr', 'mutagen', 'jinja2'}"
        ".isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
