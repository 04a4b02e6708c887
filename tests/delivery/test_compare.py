"""Two deliveries compared: offsets, edges, levels, channels, marks, codes, texts."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from delivery import ddp_read
from delivery.compare import Compared, compare
from delivery.examined import Examined
from delivery.findings import Severity
from delivery.program import Layout, Texts
from tests.delivery.discs import RATE, disc, fade, layout, music, silence, whole

STARTS = [150, 150 + 700]


@cache
def sound() -> np.ndarray:
    parts = [fade(music(9, 5)), silence(1), fade(music(12, 6)), silence(1)]
    return whole(np.concatenate(parts))


def plan() -> Layout:
    bare = layout(STARTS, len(sound()))
    tracks = tuple(
        replace(track, isrc=f"GBXYZ260000{track.number}",
                texts=Texts(title=f"Song {track.number}", performer="N"))
        for track in bare.tracks
    )  # fmt: skip
    texts = Texts(title="Album", performer="N")
    return replace(bare, tracks=tracks, ean="5012345678900", texts=texts)


def examined(samples: np.ndarray, disc_layout: Layout | None = None) -> Examined:
    missing = len(sound()) - len(samples)
    padded = samples if missing <= 0 else np.concatenate(
        (samples, np.zeros((missing, 2), "<i2")))  # fmt: skip
    at = disc_layout or plan()
    reading = ddp_read.read(disc(at, padded[: len(sound())]))
    cut = reading.sound.cut(0, len(samples))
    return Examined(kind="ddp", reading=replace(reading, sound=cut), image=None)


def compared(samples: np.ndarray, other: Layout | None = None, within=0) -> Compared:
    return compare(
        examined(sound()), examined(samples, other), within,
        lambda name, total: lambda steps: None,
    )  # fmt: skip


def moved(by: int) -> np.ndarray:
    """Return what a drive reads that is *by* samples late: an edge is missing."""
    empty = np.zeros((abs(by), 2), "<i2")
    if by >= 0:
        return np.concatenate((empty, sound()))[: len(sound())]
    return np.concatenate((sound()[-by:], empty))


def rules(found: Compared) -> set[str]:
    return {each.rule for each in found.findings}


def test_the_same_is_the_same() -> None:
    found = compared(sound())
    assert (found.same, found.findings) == (True, ())
    assert found.audio is not None
    assert (found.audio.offset, found.audio.different) == (0, 0)
    assert (found.marks, found.codes, found.texts) == (4, 3, 6)


@pytest.mark.parametrize("by", [-3000, -582, -1, 1, 30, 667, 3000, 200_000])
def test_an_offset_is_found_to_the_sample(by: int) -> None:
    found = compared(moved(by))
    assert found.audio is not None
    assert (found.audio.offset, found.audio.different) == (by, 0)
    assert rules(found) <= {"CMP-OFFSET", "CMP-LENGTH"}
    # what a drive pushes over the edge is music at the begin, silence at the end
    assert found.same == (-2940 <= by <= RATE)


def test_a_rip_without_its_edges_is_told_apart() -> None:
    found = compared(sound()[5000:-9000])
    assert found.audio is not None
    assert (found.audio.offset, found.audio.different) == (-5000, 0)
    assert (found.audio.missing_before, found.audio.missing_after) == (5000, 9000)
    assert rules(found) == {"CMP-OFFSET", "CMP-LENGTH"}
    assert not found.same


def test_one_sample_that_differs_is_found() -> None:
    changed = moved(-582).copy()
    changed[500_000, 1] += 7
    found = compared(changed)
    assert found.audio is not None
    one = next(each for each in found.findings if each.rule == "CMP-AUDIO")
    assert (found.audio.different, found.audio.largest) == (1, 7)
    assert (found.audio.first, found.audio.last) == (500_582, 500_582)
    assert (one.place.track, one.place.at) == (2, "00:13:26")


def test_another_level_is_told_as_one() -> None:
    lower = np.round(moved(12) * 10 ** (-1.5 / 20)).astype("<i2")
    found = compared(lower)
    assert found.audio is not None
    assert found.audio.offset == 12
    assert found.audio.gain_db == pytest.approx(-1.5, abs=0.01)
    assert not found.same


def test_exchanged_channels_are_told() -> None:
    found = compared(np.ascontiguousarray(moved(-6)[:, ::-1]))
    assert found.audio is not None
    assert (found.audio.offset, found.audio.swapped) == (-6, True)
    assert found.audio.different == 0
    assert any("exchanged" in each.message for each in found.findings)


def test_another_recording_is_none() -> None:
    found = compared(whole(fade(music(23, 77)))[: len(sound())])
    assert rules(found) == {"CMP-AUDIO"}


def test_marks_are_within_what_is_allowed() -> None:
    late = replace(plan(), tracks=(plan().tracks[0], replace(
        plan().tracks[1], start=plan().tracks[1].start + 2)))  # fmt: skip
    assert rules(compared(sound(), late)) == {"CMP-MARK"}
    assert rules(compared(sound(), late, within=1)) == {"CMP-MARK"}
    assert compared(sound(), late, within=2).same


def test_codes_and_texts_are_compared() -> None:
    tracks = (
        plan().tracks[0],
        replace(plan().tracks[1], isrc="GBXYZ2600009", texts=Texts(title="Sung 2")),
    )
    found = compared(sound(), replace(plan(), tracks=tracks, ean=""))
    said = {(each.rule, each.place.track) for each in found.findings}
    assert said == {("CMP-CODE", None), ("CMP-CODE", 2), ("CMP-TEXT", 2)}
    assert all(each.severity is Severity.ERROR for each in found.findings)


def test_silence_is_the_same_as_silence() -> None:
    empty = layout([150], 44_100 * 10 // 588 * 588)
    nothing = np.zeros((44_100 * 10 // 588 * 588, 2), "<i2")
    one = Examined(kind="ddp", reading=ddp_read.read(disc(empty, nothing)), image=None)
    assert compare(one, one, 0, lambda name, total: lambda steps: None).same


def test_a_receipt_is_the_same_for_the_same(tmp_path: Path) -> None:
    from delivery.receipt import receipt
    from delivery.verify import verify

    files = disc(plan(), sound())
    for name in files.names():
        with files.open(name) as file:
            (tmp_path / name).write_bytes(file.read())
    verdict = verify(tmp_path, 2, lambda name, total: lambda steps: None)
    one = receipt(verdict, "in.zip", "1", date="2026-01-02")
    assert one == receipt(verdict, "in.zip", "1", date="2026-01-02")
    assert "date       2026-01-02" in one
    for needed in ("SHA-256", "IMAGE.DAT", "GBXYZ2600002", "5012345678900", "accepted"):
        assert needed in one
