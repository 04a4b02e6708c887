"""`explain`: pages of findings, and what each stage of a song's chain changed."""

import json

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from album import explainpage
from album.chain import read_line
from album.cli import app
from album.explain import Levels, explained

RATE = 44_100


def _noise(seconds=8, rms=0.05):
    return rms * np.random.default_rng(3).normal(size=(int(seconds * RATE), 2))


def _explained(music, *lines, size=30_000):
    stages = [read_line(line).stage for line in lines]
    heard = []

    def sound():
        return (music[at : at + size] for at in range(0, len(music), size))

    found = explained(stages, RATE, sound, 0, heard.append)
    assert sum(heard) == len(music)
    return found


def test_a_band_shows_where_it_is():
    lines = ("eq lowshelf 250Hz 6dB", "eq bell 850Hz 0dB", "eq highpass 4kHz 24dB/oct")
    found = _explained(_noise(), *lines)
    assert [step.stage.text for step in found.steps] == [lines[0], lines[2]]
    low, mid, high = found.steps[0].after.since(found.before).bands_db
    assert (4 < low < 6, 0 < mid < 1, abs(high) < 0.05) == (True, True, True)
    last = found.steps[1].after.since(found.steps[0].after)
    assert last.bands_db[0] < -40
    assert last.integrated_lufs < 0


def test_a_compressor_says_how_far_it_turned_down():
    [step] = _explained(_noise(rms=0.2), "comp 4:1 threshold -30dB").steps
    assert step.reduction.deepest_db < -5
    assert step.reduction.deepest_db <= step.reduction.mean_db < 0
    assert step.reduction.share > 0.9
    assert step.after.integrated_lufs < -10


def test_what_is_measured_does_not_depend_on_the_blocks():
    lines = ("eq tilt 1kHz 2dB", "comp 2:1 threshold -30dB")
    music = _noise()
    assert _explained(music, *lines) == _explained(music, *lines, size=999)


def test_silence_has_no_levels():
    found = _explained(np.zeros((RATE, 2)), "eq tilt 1kHz 2dB")
    assert found.before.integrated_lufs is None
    assert found.steps[0].after.since(found.before).true_peak_dbtp is None


@pytest.fixture
def project(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "a.wav", _noise(6), RATE, subtype="PCM_24")
    (tmp_path / "album.toml").write_text(
        '[album]\nartist = "A"\ntitle = "T"\n'
        '[chain]\nglue = ["comp 2:1 threshold -30dB", "eq tilt 1kHz 1dB name air"]\n'
        '[[song]]\ntitle = "Glass Box"\nmix = "a.wav"\n'
        'chain = ["@glue", "eq bell 100Hz 0dB", "eq bell 1kHz 2dB only streaming"]\n'
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("chain", ["", "gain 1dB"])
@pytest.mark.parametrize(
    ("bad", "said"), [(np.nan, "no number at 0:03.000"), (1e30, "too large to be")]
)
def test_a_mix_that_is_no_audio_is_the_same_error_for_every_verb(
    project, bad, said, chain
):
    audio = _noise(6)
    audio[3 * RATE, 0] = bad
    soundfile.write(project / "bad.wav", audio, RATE, subtype="FLOAT")
    text = (project / "album.toml").read_text()
    song = '[[song]]\ntitle = "Bad"\nmix = "bad.wav"\nstart = "0:01.5"\n'
    song += f'chain = ["{chain}"]\n' if chain else ""
    stems = '[[song]]\ntitle = "Sum"\nstems.a = { file = "bad.wav" }\n'
    (project / "album.toml").write_text(text + song + stems)
    found = {}
    for words in (["build"], ["plan"], ["explain", "Bad"], ["explain", "Sum"]):
        done = CliRunner().invoke(app, [*words, "--json"])
        assert done.exit_code == (1 if words == ["plan"] else 2)
        told = json.loads(done.stdout)["findings"]
        found[words[-1]] = [each for each in told if each["rule"] == "SRC-NAN"]
    assert found["plan"] == found["build"]
    assert [each["place"]["song"] for each in found["plan"]] == ["bad", "sum"]
    assert all(said in each["message"] and each["help"] for each in found["plan"])
    assert [*found["Bad"], *found["Sum"]] == found["build"]
    assert _run("Glass Box").exit_code == 0


def test_what_is_no_audio_before_its_chain_is_told_though_it_is_muted(project):
    audio = _noise(6)
    audio[3 * RATE, 0] = 1e30
    soundfile.write(project / "a.wav", audio, RATE, subtype="FLOAT")
    text = (project / "album.toml").read_text()
    text = text.replace('"@glue"', '"mute 0:02 to 0:04"')
    (project / "album.toml").write_text(text)
    done = _run("Glass Box")
    assert done.exit_code == 2
    assert "a.wav carries a sample that is too large" in done.stderr


def test_a_chain_that_makes_no_audio_of_a_mix_is_told(project):
    audio = np.full((5 * RATE, 2), 0.1)
    audio[3 * RATE :] = 0.9e9
    soundfile.write(project / "a.wav", audio, RATE, subtype="DOUBLE")
    text = (project / "album.toml").read_text().replace('"@glue"', '"gain 6dB"')
    (project / "album.toml").write_text(text.replace("mix =", 'start = "0:01"\nmix ='))
    done = _run("Glass Box")
    assert done.exit_code == 2
    assert "a.wav, through its chain, carries a sample that is too large" in done.stderr
    assert "+185 dBFS) at 0:03.000" in done.stderr


def _run(*words):
    return CliRunner().invoke(app, ["explain", *words])


@pytest.mark.parametrize("what", ["glass-box", "Glass Box", "glass box"])
def test_a_song_is_named_by_id_or_title(project, what):
    done = _run(what)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "Glass Box · for cd"
    assert lines[2].split()[-3:] == ["@glue", "line", "5"]
    assert "eq bell 100Hz 0dB: changes nothing" in lines
    assert "eq bell 1kHz 2dB only streaming: is not for cd" in lines
    assert any(line.startswith("comes out") for line in lines)


def test_a_song_as_json_for_another_target(project):
    done = _run("glass-box", "--target", "streaming", "--json")
    result = json.loads(done.stdout)["result"]
    assert [stage["via"] for stage in result["chain"]] == [["glue"], ["glue"], [], []]
    assert result["chain"][1]["table"]["name"] == "air"
    assert [step["stage"] for step in result["steps"]][-1].startswith("eq bell 1kHz")
    assert result["steps"][0]["reduction"]["deepest_db"] < 0
    assert set(result["before"]["bands_db"]) == {"low", "mid", "high"}


def test_a_finding_shows_its_page_and_its_limits(project):
    done = _run("RB-LENGTH")
    assert done.exit_code == 0
    assert "79:45:00" in done.stdout
    assert "Oasis" in done.stdout
    assert _run("rb-length").stdout == done.stdout
    result = json.loads(_run("CHAIN", "--json").stdout)["result"]
    assert (result["kind"], result["id"], result["severity"]) == (
        "rule",
        "CHAIN",
        "error",
    )


def test_a_finding_needs_no_album(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert _run("TOML").exit_code == 0
    assert _run("toml").exit_code == 0


@pytest.mark.parametrize(
    ("what", "way_out"),
    [("glas-box", '"glass-box"'), ("RB-LENGHT", '"RB-LENGTH"'), ("xyzzy", "glass-box")],
)
def test_an_unknown_word_is_told_with_near_names(project, what, way_out):
    done = _run(what)
    assert done.exit_code == 2
    assert "EXPLAIN" in done.stderr
    assert way_out in done.stderr


def test_an_unknown_target_is_told(project):
    done = _run("glass-box", "--target", "vynil")
    assert done.exit_code == 2
    assert "cd, streaming" in done.stderr


def test_what_rounds_to_nothing_has_no_sign():
    levels = Levels(
        integrated_lufs=-0.04,
        true_peak_dbtp=0.04,
        crest_db=0.06,
        width_db=None,
        bands_db=(-0.0, 1.26, -0.06),
    )
    cells = explainpage._cells(levels, "{:+.1f}")
    assert cells == ("0.0", "0.0", "+0.1", "0.0", "+1.3", "-0.1", "")


def test_the_chains_of_stems_are_measured_and_the_master_is_told(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "a.wav", _noise(6), RATE, subtype="PCM_24")
    (tmp_path / "album.toml").write_text(
        '[album]\nartist = "A"\ntitle = "T"\n'
        '[song.glass]\ntitle = "Glass"\n[song.glass.stems]\n'
        'low = { file = "a.wav", chain = ["eq lowshelf 250Hz 6dB"] }\n'
        'top = { file = "a.wav" }\n'
        '[song.other]\ntitle = "Other"\nmix = "a.wav"\nchain = ["mute 8s to 9s"]\n'
        '[master.main]\nlimiter = "loud"\n'
        '[sequence]\norder = ["glass", "other"]\n'
    )
    monkeypatch.chdir(tmp_path)
    shown = _run("glass").stdout
    assert "stem low: eq lowshelf 250Hz 6dB  the stem's own  line 7" in shown
    assert "the stem low" in shown
    assert "the stem top" not in shown
    assert "the sum of the stems" in shown
    assert "cd  master main  limiter loud at -1 dBTP" in shown
    said = json.loads(_run("glass", "--json").stdout)
    # what is said of other songs is left to them
    assert {each["rule"] for each in said["findings"]} == {"FILE-SHORT"}
    [step] = said["result"]["stems"]["low"]["steps"]
    assert 4 < step["change"]["bands_db"]["low"] < 6
    assert said["result"]["stems"]["top"]["chain"] == []
    assert said["result"]["master"]["limiter"] == "loud"
    told = json.loads(_run("other", "--json").stdout)
    assert [each["rule"] for each in told["findings"]] == ["CHAIN-TIME"]
