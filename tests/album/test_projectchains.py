"""The chains of a project: names put in and taken out, faults with their places."""

import subprocess
import sys

import pytest

from album.projectfile import read
from delivery.findings import Refusal

HEAD = """\
[album]
artist = "A"
title = "T"
[chain]
low = ["eq highpass 22Hz 12dB/oct"]
glue = ["@low", "comp 2:1 threshold -18dB", "eq highshelf 12kHz 1dB name air"]
"""
SONG = '[[song]]\ntitle = "Glass"\nmix = "a.wav"\n'


@pytest.fixture
def folder(tmp_path):
    for name in ("a.wav", "print.wav"):
        (tmp_path / name).touch()
    return tmp_path


def _album(folder, chain, more=""):
    path = folder / "album.toml"
    path.write_text(f"{HEAD}{SONG}chain = {chain}\n{more}", encoding="utf-8")
    return read(path)[0]


def _texts(folder, chain):
    return [stage.text for stage in _album(folder, chain).songs["glass"].chain]


def _fault(folder, chain, more=""):
    with pytest.raises(Refusal) as refusal:
        _album(folder, chain, more)
    return refusal.value.findings


LOW, COMP = "eq highpass 22Hz 12dB/oct", "comp 2:1 threshold -18dB"
AIR = "eq highshelf 12kHz 1dB name air"

CHAINS = [
    ('["@glue", "dc"]', [LOW, COMP, AIR, "dc"]),
    ('["@glue", "-air"]', [LOW, COMP]),
    ('["@glue", "-eq"]', [COMP]),
    ('["comp 3:1 threshold -9dB", "@glue", "-comp"]',
     ["comp 3:1 threshold -9dB", LOW, AIR]),
    ('["@glue", "-comp", "comp 3:1 threshold -9dB"]',
     [LOW, AIR, "comp 3:1 threshold -9dB"]),
    ('["@glue", "-glue-comp"]', None),
    ('[{ kind = "mono", frequency_hz = "120Hz" }]', ["mono below 120Hz"]),
]  # fmt: skip


@pytest.mark.parametrize(("chain", "texts"), CHAINS)
def test_named_chains_are_put_in_and_stages_dropped(folder, chain, texts):
    if texts is None:
        assert 'there is no "glue-comp" to drop' in _fault(folder, chain)[0].message
    else:
        assert _texts(folder, chain) == texts


def test_a_stage_knows_where_it_comes_from(folder):
    album = _album(folder, '["@glue", "dc only cd"]')
    chain = album.songs["glass"].chain
    assert [stage.via for stage in chain] == [("glue", "low"), ("glue",), ("glue",), ()]
    assert [stage.place.line for stage in chain] == [5, 6, 6, 10]
    assert chain[-1].only == ("cd",)
    assert [stage.via for stage in album.chain["glue"]] == [("low",), (), ()]


def test_stems_and_masters_have_chains(folder):
    more = (
        "[song.stems.vox]\nfile = 'a.wav'\nchain = ['@low']\n"
        "[master.main]\nchain = ['dc']\n"
    )
    album = _album(folder, "[]", more.replace("[song.stems", "[song.stems"))
    assert [stage.text for stage in album.songs["glass"].stems["vox"].chain] == [LOW]
    assert [stage.text for stage in album.master["main"].chain] == ["dc"]


def test_files_are_looked_for_beside_the_project(folder):
    stage = _album(folder, "[\"insert 'print.wav'\"]").songs["glass"].chain[0]
    assert stage.processor.file == folder / "print.wav"
    assert stage.text == "insert 'print.wav'"


WRONG = [
    ('["@gleu"]', 12, "gleu", "no chain", '"glue"'),
    ('["@glue dc"]', 17, "dc", "nothing may follow", None),
    ('["@glue", "-ait"]', 21, "ait", "to drop", '"air"'),
    ('["dc", "-dc"]', 18, "dc", "to drop", "only what a named chain"),
    ('["dc", "@glue", "-dc"]', 27, "dc", "to drop", "removing its line"),
    ('["comp 2:1 treshold -18dB"]', 20, "treshold", "takes no", '"threshold"'),
    ('["eq bell 850Hz 99dB"]', 25, "99dB", "dB", None),
    ('["dc only vinil,cd"]', 19, "vinil", "no target or master", "cd"),
    (
        '[{ kind = "comp", ratio = 2, treshold_db = 1 }]',
        38,
        "treshold_db",
        "takes",
        "t",
    ),
    ('[{ kind = "mono", frequency_hz = 1 }]', 42, "1", "", None),
    ("[3]", 10, "3", "a text or a table", None),
    ('["match 50%"]', 11, "match", "references", "[tone]"),
]


@pytest.mark.parametrize(("chain", "column", "caret", "says", "way_out"), WRONG)
def test_a_fault_has_its_place(folder, chain, column, caret, says, way_out):
    [fault] = _fault(folder, chain)
    place = fault.place
    assert (fault.rule, place.line, place.column) == ("CHAIN", 10, column)
    assert place.text[column - 1 :][: place.width] == caret
    assert says in fault.message
    assert way_out is None or way_out in fault.help


def test_all_faults_of_all_chains_are_told_in_one_run(folder):
    more = '[master.main]\nchain = ["comq"]\n[tone]\namount = "x"\n'
    found = _fault(folder, '["@glue", "eq bell 850 1dB", "dcc"]', more)
    assert [fault.rule for fault in found].count("CHAIN") == 3
    assert "TYPE" in {fault.rule for fault in found}


@pytest.mark.parametrize("names", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_a_chain_that_contains_itself_is_told_once(folder, names):
    ring = zip(names, names[1:] + names[:1], strict=True)
    chains = "".join(f'{name} = ["@{after}"]\n' for name, after in ring)
    path = folder / "album.toml"
    path.write_text(HEAD + chains + SONG, encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        read(path)
    [fault] = refusal.value.findings
    assert " → ".join([*names, names[0]]) in fault.message


def test_chains_that_multiply_are_stopped(folder):
    chains = ["c0 = ['dc', 'dc']\n"]
    chains += [f"c{at} = ['@c{at - 1}', '@c{at - 1}']\n" for at in range(1, 60)]
    path = folder / "album.toml"
    path.write_text(HEAD + "".join(chains) + SONG, encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        read(path)
    assert "more than 200 stages" in refusal.value.findings[0].message


def test_a_project_without_chains_loads_no_kernels(folder):
    path = folder / "album.toml"
    path.write_text(HEAD.partition("[chain]")[0] + SONG, encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from album.projectfile import read;"
        f"read(Path({str(path)!r})); sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
