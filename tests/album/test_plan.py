"""The plan: from headers alone, and what the build then does."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from album.plan import plan_json, plan_lines
from album.prepare import Prepared, prepare
from delivery import cue_read, ddp_read
from delivery.findings import Refusal
from delivery.redbook import msf


@pytest.fixture(scope="module")
def prepared(ep: Path) -> Prepared:
    return prepare(ep)


def test_the_plans_numbers_are_the_builds(prepared: Prepared, delivery: Path) -> None:
    disc = plan_json(prepared)["disc"]
    (sheet,) = (delivery / "cd").glob("*.cue")
    for layout in (cue_read.read(sheet).layout, ddp_read.read(delivery / "ddp").layout):
        assert disc["leadout_frames"] == layout.leadout
        assert disc["ean"] == layout.ean
        ends = layout.ends()
        for told, track, end in zip(disc["tracks"], layout.tracks, ends, strict=True):
            assert told["start_frames"] == track.start
            assert told["length_frames"] == end - track.start
            assert told["indexes"] == {
                str(at): mark for at, mark in track.marks.items()
            }
            assert (told["isrc"], told["title"]) == (track.isrc, track.texts.title)


def test_the_plan_has_the_fields_of_the_contract(prepared: Prepared) -> None:
    told = plan_json(prepared)
    assert set(told) >= {"songs", "disc", "targets"}
    assert told["targets"] == ["cd", "streaming"]
    assert [song["id"] for song in told["songs"]] == [
        "one", "two", "three", "four", "ghost",
    ]  # fmt: skip
    assert set(told["songs"][0]) >= {
        "id", "title", "gain_db", "tone", "integrated_lufs", "loud_part_lufs", "after",
    }  # fmt: skip
    assert set(told["disc"]) >= {
        "tracks", "leadout_frames", "musicbrainz_id", "cddb_id",
    }  # fmt: skip
    assert set(told["disc"]["tracks"][0]) >= {
        "number", "title", "isrc", "pregap_frames", "start_frames", "length_frames",
    }  # fmt: skip
    assert told["disc"]["tracks"][0]["pregap_frames"] == 150
    assert told["disc"]["tracks"][3]["songs"] == ["four", "ghost"]
    assert all(0 <= each["grid_remainder_samples"] < 640
               for each in told["disc"]["tracks"])  # fmt: skip


def test_the_plan_is_a_table_with_a_line_for_every_song(prepared: Prepared) -> None:
    lines = plan_lines(prepared)
    assert lines[0] == "Café Nights · Élan"
    head = lines[2]
    rows = lines[3 : 3 + 5]
    assert head.split()[:2] == ["#", "song"]
    assert [row.split()[0] for row in rows] == ["1", "2", "3", "4", "+"]
    assert "segue" in rows[2]
    assert "xfade 2 s equal-power" in rows[3]
    assert "-0.5 dB" in rows[2]
    place = head.index("start (CD)")
    for row, track in zip(rows, prepared.discs[0].layout.tracks, strict=False):
        assert row[place : place + 8] == msf(track.start)
    total = "\n".join(lines)
    assert f"lead-out {msf(prepared.discs[0].layout.leadout)}" in total
    assert "ISRC 3 of 4.  EAN 5012345678900." in total
    assert lines[-1] == "To build: cd, streaming."
    assert all(line == line.rstrip() for line in lines)


def test_more_is_said_when_it_is_asked_for(prepared: Prepared) -> None:
    lines = plan_lines(prepared, verbose=True)
    (mark,) = prepared.discs[0].layout.tracks[0].indexes
    assert any("index 02" in line and msf(mark) in line for line in lines)
    assert sum(bool(re.search(r"\d+ smp\b", line)) for line in lines) == 4


def test_no_sample_is_read_for_a_plan(project: Callable[..., Path], make: Any) -> None:
    broken = np.full((200_000, 2), np.nan)
    text = '[[song]]\ntitle = "a"\nmix = "mixes/a.wav"\n'
    path = project(text, {"a": broken}, subtype="FLOAT")
    assert plan_lines(prepare(path))
    with pytest.raises(Refusal, match="no number"):
        make(path)


def test_every_disc_of_a_set_is_planned(
    project: Callable[..., Path], music: Any
) -> None:
    text = '[sequence]\norder = ["a", "disc 2", "b"]\n' + "".join(
        f'[song.{name}]\ntitle = "{name}"\nmix = "mixes/{name}.wav"\n' for name in "ab"
    )
    prepared = prepare(project(text, {name: music(4.2) for name in "ab"}))
    told = plan_json(prepared)
    assert [disc["number"] for disc in told["discs"]] == [1, 2]
    assert told["disc"] == told["discs"][0]
    lines = plan_lines(prepared)
    assert "Disc 1" in lines
    assert "Disc 2" in lines


def test_a_song_before_track_1_is_shown_before_it(
    project: Callable[..., Path], music: Any, make: Any
) -> None:
    text = '[sequence]\norder = ["a"]\n[deliver.cd]\npregap = "dawn"\n' + "".join(
        f'[song.{name}]\ntitle = "{name}"\nmix = "mixes/{name}.wav"\n'
        for name in ("a", "dawn")
    )
    path = project(text, {name: music(4.2) for name in ("a", "dawn")})
    prepared = prepare(path)
    lines = plan_lines(prepared)
    assert lines[3].split()[:2] == ["+", "dawn"]
    assert "00:02:00" in lines[3]
    told = plan_json(prepared)["disc"]
    assert told["hidden_before_track_1"] == "dawn"
    assert told["tracks"][0]["pregap_frames"] == told["tracks"][0]["start_frames"]
    layout = ddp_read.read(make(path).out / "ddp").layout
    assert layout.tracks[0].start == told["tracks"][0]["start_frames"]


def test_a_waived_warning_is_a_note(ep: Path) -> None:
    text = re.sub(r"^isrc = .*\n", "", ep.read_text("utf-8"), count=1, flags=re.M)
    other = ep.with_name("waived.toml")

    def severities(waive: str) -> dict[str, str]:
        other.write_text(f"{text}\n[qc]\nwaive = {waive}\n", encoding="utf-8")
        return {each.rule: each.severity.value for each in prepare(other).findings}

    assert severities("[]")["ISRC-MISSING"] == "warning"
    assert severities('["ISRC-MISSING"]')["ISRC-MISSING"] == "note"
    assert severities('["EAN-CHECK"]')["QC-WAIVE"] == "note"
    with pytest.raises(Refusal) as refused:
        severities('["NO-RULE"]')
    (fault,) = refused.value.findings
    assert (fault.rule, fault.place.file) == ("QC-WAIVE", str(other))
    other.unlink()
