"""A whole build: every file of the design, each what the programme says it is."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from album.prepare import prepare
from album.render import Programme, Settings
from delivery import cue_read, ddp_read, toc_read
from delivery.findings import Failure, Refusal
from delivery.redbook import samples

NAME = "ELAN_CAFE-NIGHTS"
FILES = {
    f"cd/{NAME}.wav", f"cd/{NAME}.cue", f"cd/{NAME}.toc", "cd/PQ.txt", "cd/PQ.html",
    "ddp/DDPID", "ddp/DDPMS", "ddp/PQDESCR", "ddp/CDTEXT.BIN", "ddp/IMAGE.DAT",
    "ddp/CHECKSUM.MD5", "report/qc.json", "report/report.html", "manifest.json",
    "report/labelcopy.csv", "report/labelcopy.json", "report/labelcopy.html",
    *(f"streaming/{number:02} {title}.{kind}" for kind in ("flac", "mp3")
      for number, title in enumerate(("Été", "Glass", "Harbour", "Last Boat"), 1)),
}  # fmt: skip


def tool(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_delivery_has_every_file_of_the_design(delivery: Path, hashes: Any) -> None:
    found = hashes(delivery)
    assert set(found) == FILES
    manifest = json.loads((delivery / "manifest.json").read_text(encoding="utf-8"))
    listed = {row["path"]: row["sha256"] for row in manifest["files"]}
    assert listed == {
        name: one for name, one in found.items() if "manifest" not in name
    }
    for row in manifest["files"]:
        assert (delivery / row["path"]).stat().st_size == row["bytes"]
    report = json.loads((delivery / "report/qc.json").read_text(encoding="utf-8"))
    assert report["ok"] is True
    assert set(report["proof"]) == {"cd", "streaming"}
    assert not list(delivery.parent.glob(".*partial"))


def test_the_ddp_image_is_two_seconds_and_the_wav(delivery: Path) -> None:
    image = (delivery / "ddp/IMAGE.DAT").read_bytes()
    wav = (delivery / f"cd/{NAME}.wav").read_bytes()
    assert image[: 150 * 2352] == bytes(150 * 2352)
    assert image[150 * 2352 :] == wav[44:]
    for line in (delivery / "ddp/CHECKSUM.MD5").read_text("ascii").splitlines():
        digest, name = line.split(" *")
        content = (delivery / "ddp" / name).read_bytes()
        assert hashlib.md5(content).hexdigest() == digest


def test_the_flacs_end_to_end_are_the_programme(
    delivery: Path, ep: Path, tmp_path: Path
) -> None:
    paths = sorted((delivery / "streaming").glob("*.flac"))
    parts = [soundfile.read(path, dtype="int32")[0] >> 8 for path in paths]
    (tmp_path / "staging").mkdir()
    timeline = prepare(ep).discs[0].timeline
    whole = Programme(timeline, tmp_path / "staging", Settings(jobs=2, block=1 << 17))
    meant = whole.read(0, whole.length) * 2**23
    whole.close()
    got = np.concatenate(parts)
    assert got.shape == meant.shape
    assert np.abs(got - meant).max() <= 1.5
    one = soundfile.read(ep.parent / "mixes/one.wav", dtype="int32")[0] >> 8
    assert np.array_equal(got[9_600 : 9_600 + len(one)], one)
    starts = [cue_.start for cue_ in timeline.cues]
    lengths = np.diff([150, *starts[1:], timeline.leadout]) * 640
    assert [len(part) for part in parts] == lengths.tolist()


def test_the_mp3s_are_as_long_as_the_flacs(delivery: Path) -> None:
    for path in (delivery / "streaming").glob("*.mp3"):
        meant = soundfile.read(path.with_suffix(".flac"))[0]
        got = soundfile.read(path)[0]
        assert got.shape == meant.shape
        assert np.sqrt(np.mean((got - meant) ** 2)) < 0.02


def test_marks_codes_and_texts_are_in_every_form(delivery: Path, ep: Path) -> None:
    layout = prepare(ep).discs[0].layout
    for read in (
        ddp_read.read(delivery / "ddp"),
        toc_read.read(delivery / f"cd/{NAME}.toc"),
        cue_read.read(delivery / f"cd/{NAME}.cue"),
    ):
        assert [t.marks for t in read.layout.tracks] == [t.marks for t in layout.tracks]
        assert [t.isrc for t in read.layout.tracks] == [t.isrc for t in layout.tracks]
        assert [t.texts.title for t in read.layout.tracks] == [
            "Été", "Glass", "Harbour", "Last Boat",
        ]  # fmt: skip
        assert read.layout.ean == "5012345678900"
        assert read.layout.leadout == layout.leadout


def test_cdrdao_reads_the_delivery_without_a_word(delivery: Path, ep: Path) -> None:
    layout = prepare(ep).discs[0].layout
    done = tool("cdrdao", "toc-info", f"{NAME}.toc", folder=delivery / "cd")
    said = [line for line in done.stderr.splitlines() if "Cdrdao version" not in line]
    assert (done.returncode, [line for line in said if line]) == (0, [])
    assert f"{layout.frames} blocks" in done.stdout


def test_metaflac_and_flac_accept_the_flacs(delivery: Path) -> None:
    folder = delivery / "streaming"
    done = tool("flac", "-t", "-s", *sorted(p.name for p in folder.glob("*.flac")),
                folder=folder)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    done = tool("metaflac", "--show-tag=TITLE", "--show-tag=ISRC", "--show-bps",
                "01 Été.flac", folder=folder)  # fmt: skip
    assert done.stdout.split() == ["TITLE=Été", "ISRC=GBXYZ2600001", "24"]


def test_cueprint_reads_the_sheet_without_a_word(delivery: Path) -> None:
    done = tool("cueprint", "-t", "%n %t %i\\n", f"{NAME}.cue", folder=delivery / "cd")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1] == "2 Glass GBXYZ2600002"


def test_building_again_gives_the_same_bytes(
    ep: Path, delivery: Path, make: Any, hashes: Any
) -> None:
    out = ep.parent / "again"
    make(ep, out=out, jobs=1, block=7_777)
    assert hashes(out) == hashes(delivery)


def test_every_disc_of_a_set_has_its_folders(
    project: Callable[..., Path], make: Any, music: Any, hashes: Any
) -> None:
    mixes = {name: music(4.2, seed=at) for at, name in enumerate("abc", 1)}
    text = '[sequence]\norder = ["a", "disc 2", "b", "segue", "c"]\n' + "".join(
        f'[song.{name}]\ntitle = "{name}"\nmix = "mixes/{name}.wav"\n' for name in mixes
    )
    built = make(project(text, mixes))
    found = set(hashes(built.out))
    assert {"cd/1/PQ.txt", "cd/2/PQ.txt", "ddp/1/DDPID", "ddp/2/IMAGE.DAT"} <= found
    assert {"streaming/1/01 a.flac", "streaming/2/02 c.mp3"} <= found
    assert len(ddp_read.read(built.out / "ddp/2").layout.tracks) == 2
    streams = sorted((built.out / "streaming/2").glob("*.flac"))
    length = sum(soundfile.info(path).frames for path in streams)
    assert length == samples(
        prepare(built.out.parent / "album.toml").discs[1].layout.frames, 44_100
    )


@pytest.fixture
def small(project: Callable[..., Path], music: Any) -> Path:
    mixes = {"a": music(4.2), "b": music(4.3, seed=2)}
    text = '[sequence]\norder = ["a", "roomtone 1s", "b"]\nroomtone = "mixes/b.wav"\n'
    text += '[deliver.cd]\n[deliver.streaming]\nformats = ["flac"]\n'
    text += "".join(
        f'[song.{name}]\ntitle = "{name}"\nmix = "mixes/{name}.wav"\n' for name in mixes
    )
    return project(text, mixes)


def test_one_target_keeps_the_other_only_in_the_same_state(
    small: Path, make: Any, hashes: Any
) -> None:
    before = hashes(make(small).out)
    built = make(small, ["streaming"])
    assert built.kept == ("cd",)
    after = hashes(built.out)
    assert {name for name in after if name[:3] == "cd/"} == {
        name for name in before if name[:3] == "cd/"
    }
    files = [name for name in before if name.split("/")[0] in ("ddp", "streaming")]
    assert [after[name] for name in files] == [before[name] for name in files]
    small.write_text(small.read_text("utf-8") + "gain_db = -1\n", encoding="utf-8")
    before = hashes(built.out)
    with pytest.raises(Failure) as refused:
        make(small, ["streaming"])
    assert refused.value.findings[-1].rule == "OUT-STALE"
    assert hashes(built.out) == before


def test_a_target_that_the_album_drops_goes_with_a_warning(
    small: Path, make: Any
) -> None:
    make(small)
    target = '[deliver.streaming]\nformats = ["flac"]\n'
    text = small.read_text("utf-8").replace(target, "")
    small.write_text(text, encoding="utf-8")
    built = make(small)
    assert [each.rule for each in built.findings][-1] == "OUT-DROPPED"
    assert not (built.out / "streaming").exists()


@pytest.mark.parametrize("changed", ["mix", "roomtone", "cover", "delivered file"])
def test_what_else_decides_the_bytes_ends_the_same_state(
    small: Path, make: Any, music: Any, ep: Path, changed: str
) -> None:
    text = small.read_text("utf-8").replace('"mixes/b.wav"', '"mixes/t.wav"', 1)
    text = text.replace("[sequence]", 'cover = "cover.png"\n[sequence]')
    small.write_text(text, encoding="utf-8")
    folder = small.parent
    soundfile.write(folder / "mixes/t.wav", music(2.0), 44_100)
    shutil.copy(ep.parent / "cover.png", folder)
    make(small)
    assert make(small, ["streaming"]).kept == ("cd",)
    match changed:
        case "mix":
            soundfile.write(folder / "mixes/a.wav", music(4.2, seed=7), 44_100)
        case "roomtone":
            soundfile.write(folder / "mixes/t.wav", music(2.0, seed=7), 44_100)
        case "cover":
            picture = (folder / "cover.png").read_bytes()
            (folder / "cover.png").write_bytes(picture + b"\0")
        case _:
            (folder / "build/cd/PQ.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Failure) as refused:
        make(small, ["streaming"])
    assert refused.value.findings[-1].rule == "OUT-STALE"


_MIX = 'mix = "mixes/a.wav"\n'
_REFERENCES = "references 'refs/*.wav'"
NAMING = {
    "[tone]": (_MIX, '[tone]\namount = 0.5\nreferences = ["refs/*.wav"]'),
    "match": (f'{_MIX}chain = ["match 9% {_REFERENCES} only streaming"]', ""),
    "insert": (f"{_MIX}chain = [\"insert 'refs/one.wav'\"]", ""),
    "a stem": ('[song.stems.all]\nfile = "mixes/a.wav"\n'
               f'chain = ["match 9% {_REFERENCES}"]', ""),
    "a master": (_MIX, f'[master.main]\nchain = ["match 9% {_REFERENCES}"]'),
}  # fmt: skip
"""What a song and the tables behind it say to name a file."""


@pytest.mark.parametrize("naming", NAMING)
def test_a_target_is_kept_only_beside_the_files_that_made_it(
    project: Callable[..., Path], make: Any, music: Any, naming: str
) -> None:
    song, tables = NAMING[naming]
    mix = music(4.2)
    text = f'[[song]]\ntitle = "a"\n{song}\n{tables}\n[deliver.cd]\n'
    path = project(f'{text}[deliver.streaming]\nformats = ["flac"]\n', {"a": mix})
    (path.parent / "refs").mkdir()
    reference = path.parent / "refs/one.wav"
    soundfile.write(reference, mix, 44_100, subtype="PCM_24")
    make(path)
    assert make(path, ["streaming"]).kept == ("cd",)
    soundfile.write(reference, mix * 0.9, 44_100, subtype="PCM_24")
    with pytest.raises(Failure) as refused:
        make(path, ["streaming"])
    assert refused.value.findings[-1].rule == "OUT-STALE"


def test_only_files_that_are_heard_make_a_state(
    project: Callable[..., Path], make: Any, music: Any
) -> None:
    chain = "chain = [\"match 0% references 'refs/*.wav'\"]"
    text = f'[[song]]\ntitle = "a"\nmix = "mixes/a.wav"\n{chain}\n'
    text += '[tone]\nreferences = ["refs/*.wav"]\n[deliver.cd]\n'
    text += '[deliver.streaming]\nformats = ["flac"]\n[loudness]\nmethod = "none"\n'
    path = project(text, {"a": music(4.2)})
    (path.parent / "refs").mkdir()
    for seed in (2, 3):
        soundfile.write(path.parent / "refs/one.wav", music(4.2, seed=seed), 44_100)
        built = make(path, ["streaming"] if seed == 3 else [])
    assert built.kept == ("cd",)
    state = json.loads((built.out / "manifest.json").read_text(encoding="utf-8"))
    assert not {"references", "named"} & {*state}


def test_a_target_that_the_album_has_not_is_refused(small: Path, make: Any) -> None:
    with pytest.raises(Refusal, match=re.escape("no target 'vinyl'")):
        make(small, ["vinyl"])


@pytest.mark.parametrize("fault", ["nan", "cut", "silent"])
def test_room_tone_and_mixes_are_read_before_anything_is_rendered(
    small: Path, make: Any, fault: str
) -> None:
    text = small.read_text("utf-8").replace('"mixes/b.wav"', '"mixes/t.wav"', 1)
    small.write_text(text, encoding="utf-8")
    path = small.parent / "mixes/t.wav"
    tone = np.full((44_100, 2), 0.01)
    if fault == "nan":
        tone[999] = np.nan
    soundfile.write(path, tone if fault != "silent" else tone * 0, 44_100, "FLOAT")
    if fault == "cut":
        path.write_bytes(path.read_bytes()[:-4_000])
    if fault == "silent":
        soundfile.write(small.parent / "mixes/a.wav", np.zeros((200_000, 2)), 44_100)
    with pytest.raises((Refusal, Failure)) as refused:
        make(small)
    assert {each.rule for each in refused.value.findings} & {
        "SRC-NAN", "SRC-TRUNCATED", "SRC-SILENT",
    }  # fmt: skip
    assert not (small.parent / "build").exists()
