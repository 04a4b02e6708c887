"""``glassmaster specs``, and rows of one's own beside the album."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from album import ownspecs
from album.cli import app
from delivery.findings import Severity

SPOTIFY = '[players.spotify]\ntarget = -13.0\nsource = "me"\nread = "2026-05"\n'


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)


def run(*words):
    return CliRunner().invoke(app, ["specs", *words])


def test_all_rows_are_listed_aligned():
    done = run()
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    at = lines[0].index("read")
    assert all(line[at : at + 3] == "202" for line in lines[1:])


def test_a_row_is_printed_with_source_and_date():
    done = run("broadcast/ebu-r128")
    assert "target_lufs" in done.stdout
    assert "EBU R 128" in done.stdout
    assert "2025-11" in done.stdout


def test_unknown_names_and_days_are_refused():
    done = run("spotfy")
    assert done.exit_code == 2
    assert "did you mean 'spotify'" in done.stderr
    assert run("--changed-since", "yesterday").exit_code == 2


def test_who_has_no_home_has_no_rows_there(tmp_path, monkeypatch):
    def none():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(Path, "home", none)
    assert ownspecs.configured() is None
    (tmp_path / ownspecs.BESIDE).write_text(SPOTIFY)
    assert len(ownspecs.read(tmp_path).files) == 1


def test_own_rows_of_the_album_go_over_those_of_the_configuration(tmp_path):
    (tmp_path / "config" / "glassmaster").mkdir(parents=True)
    mine = tmp_path / "config" / "glassmaster" / "specs.toml"
    mine.write_text(SPOTIFY.replace("-13", "-12"))
    done = json.loads(run("players/spotify", "--json").stdout)
    assert done["result"]["specs"][0]["target"] == -12.0
    assert done["result"]["specs"][0]["own"] is True
    assert done["findings"][0]["rule"] == "SPECS"
    (tmp_path / ownspecs.BESIDE).write_text(SPOTIFY)
    done = json.loads(run("players/spotify", "--json").stdout)
    assert done["result"]["specs"][0]["target"] == -13.0
    listed = run("--changed-since", "2026-01-01").stdout.splitlines()
    assert len(listed) == 2
    assert "(own)" in listed[1]


def test_a_bad_row_is_shown_where_it_stands(tmp_path):
    (tmp_path / ownspecs.BESIDE).write_text(SPOTIFY.replace("-13.0", '"loud"'))
    own = ownspecs.read(tmp_path)
    [fault] = own.findings
    assert fault.severity is Severity.ERROR
    assert (fault.place.line, fault.place.column) == (2, 10)
    assert run().exit_code == 2
    (tmp_path / ownspecs.BESIDE).write_text("[players\n")
    assert run().exit_code == 2
