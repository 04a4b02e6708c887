"""Verification of a delivery of ours: every fault that a copy can have is found."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from delivery.findings import Refusal, Severity
from delivery.verify import Verdict, verify

NAME = "ELAN_CAFE-NIGHTS"
FILES = [
    f"cd/{NAME}.wav", f"cd/{NAME}.cue", f"cd/{NAME}.toc", "cd/PQ.txt", "cd/PQ.html",
    "ddp/DDPID", "ddp/DDPMS", "ddp/PQDESCR", "ddp/CDTEXT.BIN", "ddp/IMAGE.DAT",
    "ddp/CHECKSUM.MD5", "report/qc.json", "report/report.html",
    "streaming/01 Été.flac", "streaming/04 Last Boat.mp3",
]  # fmt: skip


def judged(path: Path) -> Verdict:
    return verify(path, 2, lambda name, total: lambda steps: None)


@pytest.fixture
def copy(delivery: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(delivery, tmp_path / "copy"))


def test_a_delivery_is_in_order(delivery: Path) -> None:
    verdict = judged(delivery)
    assert verdict.ok
    assert {each.rule for each in verdict.findings} <= {"ISRC-MISSING"}
    assert (verdict.kind, verdict.files) == ("delivery", 24)
    told = verdict.as_json()
    assert told["ean"] == "5012345678900"
    assert told["tracks"][0]["title"] == "Été"
    assert set(told["tracks"][0]["indexes"]) == {"0", "1", "2"}
    assert told["audio"]["samples"] == (told["leadout_frames"] - 150) * 588
    assert set(told) >= {"kind", "tracks", "texts", "audio", "checksums"}


@pytest.mark.parametrize("name", ["ddp", f"cd/{NAME}.cue", f"cd/{NAME}.toc", "cd"])
def test_one_form_of_the_disc_alone_is_in_order(copy: Path, name: str) -> None:
    (copy / "manifest.json").unlink()
    verdict = judged(copy / name)
    assert verdict.ok
    assert len(verdict.discs[0].reading.layout.tracks) == 4


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0.0, 1.0])
def test_one_changed_byte_in_any_file_is_found(
    copy: Path, name: str, place: float
) -> None:
    path = copy / name
    content = bytearray(path.read_bytes())
    content[int(place * (len(content) - 1))] ^= 0x20
    path.write_bytes(content)
    verdict = judged(copy)
    assert not verdict.ok
    assert any(
        each.rule == "PKG-HASH" and each.place.file == name for each in verdict.findings
    )


@pytest.mark.parametrize("name", FILES[::3])
def test_a_missing_file_is_found(copy: Path, name: str) -> None:
    (copy / name).unlink()
    verdict = judged(copy)
    assert not verdict.ok
    assert f"{name} is missing" in {each.message for each in verdict.findings}


def test_a_link_in_the_place_of_a_file_is_found(copy: Path, tmp_path: Path) -> None:
    shutil.move(copy / "cd/PQ.txt", tmp_path / "elsewhere")
    (copy / "cd/PQ.txt").symlink_to(tmp_path / "elsewhere")
    assert not judged(copy).ok


@pytest.mark.parametrize("name", ["notes.txt", "cd/other.wav", "new/deep/x"])
def test_an_extra_file_is_a_warning(copy: Path, name: str) -> None:
    (copy / name).parent.mkdir(parents=True, exist_ok=True)
    (copy / name).write_text("x")
    (copy / "cd/.DS_Store").write_text("x")
    (copy / "cd/dangling").symlink_to("nowhere")
    verdict = judged(copy)
    assert verdict.ok
    said = [each for each in verdict.findings if each.rule == "PKG-EXTRA"]
    assert sorted(each.place.file or "" for each in said) == sorted(
        [name, "cd/dangling"]
    )
    assert {each.severity for each in said} == {Severity.WARNING}


def test_a_track_swapped_with_its_sums_is_found(copy: Path) -> None:
    import hashlib

    one, two = copy / "streaming/01 Été.flac", copy / "streaming/02 Glass.flac"
    two.write_bytes(one.read_bytes())
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    for row in manifest["files"]:
        content = (copy / row["path"]).read_bytes()
        row["bytes"], row["sha256"] = len(content), hashlib.sha256(content).hexdigest()
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert "FILE-ROUND" in {each.rule for each in judged(copy).findings}


@pytest.mark.parametrize(
    "rows",
    ["[]", "{}", '{"schema": 1}', '{"schema": 1, "files": [1]}', "[" * 99_999,
     '{"schema": 1, "files": [{"path": "../x", "bytes": 1, "sha256": ""}]}',
     '{"schema": 1, "files": [{"path": "/x", "bytes": 1, "sha256": ""}]}',
     '{"schema": 1, "files": [{"path": "a\\u0000", "bytes": 1, "sha256": ""}]}'],
)  # fmt: skip
def test_a_manifest_of_nonsense_is_none(copy: Path, rows: str) -> None:
    (copy / "manifest.json").write_text(rows, encoding="utf-8")
    verdict = judged(copy)
    assert not verdict.ok
    (found,) = [one for one in verdict.findings if one.severity is Severity.ERROR]
    assert (found.rule, found.place.file) == ("PKG-HASH", "manifest.json")
    assert "is damaged" in found.message
    assert len(verdict.discs[0].reading.layout.tracks) == 4


def test_the_files_of_one_target_are_held_against_the_manifest_above(
    copy: Path,
) -> None:
    verdict = judged(copy / "streaming")
    assert (verdict.kind, verdict.findings) == ("files", ())
    assert verdict.files == len(list((copy / "streaming").iterdir()))
    assert str(copy) in "".join(verdict.lines())
    (copy / "streaming/04 Last Boat.mp3").write_bytes(b"nothing")
    (copy / "streaming/notes.txt").write_text("mine")
    (copy / "mine.txt").write_text("not in that folder")
    rules = [each.rule for each in judged(copy / "streaming").findings]
    assert rules == ["PKG-HASH", "PKG-EXTRA"]


def test_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="is not there"):
        judged(tmp_path / "nowhere")
    (tmp_path / "x.txt").touch()
    for path in (tmp_path, tmp_path / "x.txt"):
        with pytest.raises(Refusal, match="nothing in"):
            judged(path)


def test_the_command_says_no_with_exit_code_1(copy: Path) -> None:
    (copy / "ddp/DDPMS").write_bytes(b"")
    command = [sys.executable, "-m", "album", "verify", str(copy), "--json"]
    done: Any = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["ok"], told["command"]) == (False, "verify")
    assert {each["rule"] for each in told["findings"]} >= {"PKG-HASH", "DDP-STRUCT"}


def test_a_zipped_delivery_is_judged_like_its_folder(
    delivery: Path, tmp_path: Path
) -> None:
    shutil.make_archive(str(tmp_path / "x"), "zip", delivery.parent, delivery.name)
    verdict = judged(tmp_path / "x.zip")
    plain = judged(delivery)
    assert (verdict.kind, verdict.files, verdict.ok) == ("delivery", 24, True)
    told, other = verdict.as_json(), plain.as_json()
    assert (told.pop("container"), other.pop("container")) == ("zip", "folder")
    assert told == other


def test_a_damaged_member_of_a_zipped_delivery_is_found(
    delivery: Path, tmp_path: Path
) -> None:
    shutil.make_archive(str(tmp_path / "x"), "tar", delivery.parent, delivery.name)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for path in sorted(delivery.rglob("*")):
            name = path.relative_to(delivery).as_posix()
            if path.is_file():
                content = path.read_bytes()
                archive.writestr(name, content + b"x" * (name == "ddp/PQDESCR"))
    findings = judged(tmp_path / "x.zip").findings
    assert "ddp/PQDESCR" in {one.place.file for one in findings}
    assert {"PKG-HASH", "DDP-LEN", "DDP-CRC"} <= {one.rule for one in findings}


def test_a_folder_of_tracks_is_a_disc(delivery: Path, tmp_path: Path) -> None:
    import soundfile

    for number, seconds in ((1, 5), (2, 6), (10, 4)):
        path = tmp_path / f"{number} Song.wav"
        silence = np.zeros((44_100 * seconds, 2), np.int16)
        soundfile.write(path, silence, 44_100, subtype="PCM_16")
    verdict = judged(tmp_path)
    assert (verdict.kind, verdict.ok) == ("tracks", True)
    starts = [each["indexes"]["1"] for each in verdict.as_json()["tracks"]]
    assert starts == [150, 150 + 375, 150 + 825]
    rules = [one.rule for one in verdict.findings]
    assert rules == ["TRACK-FILES", *3 * ["SRC-SILENT"]]


def test_a_disc_of_others_is_not_sent_to_a_project_file(tmp_path: Path) -> None:
    (tmp_path / "x.cue").write_text(
        'TITLE "Łódź"\nFILE "x.bin" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n'
        'TRACK 02 AUDIO\nTITLE "ź"\nINDEX 01 00:01:00\n'
    )
    with (tmp_path / "x.bin").open("wb") as image:
        image.truncate(2352 * 75 * 60 * 79)
    findings = judged(tmp_path / "x.cue").findings
    assert {"RB-SHORT", "RB-LENGTH", "TXT-LATIN1"} <= {one.rule for one in findings}
    for one in findings:
        due = "x.bin" if one.rule.startswith("SRC") else "x.cue"
        assert one.place.file == due
        assert not re.search(r"deliver\.cd|album\.toml|cd_title|song", one.help or "")
