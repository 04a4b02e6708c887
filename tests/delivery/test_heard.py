"""What an audit hears depends on the sound alone, and no layout makes it stumble."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.audit import audit, heard, listeners
from delivery.fileset import from_bytes
from delivery.program import Layout, Track
from delivery.reading import Reading
from delivery.redbook import Frames
from delivery.sound import Sound, Stretch
from tests.delivery.discs import layout, music, whole

SOUND = music(7, 4)


def reading(sound: np.ndarray, disc_layout: Layout, head: int = 0) -> Reading:
    files = from_bytes({"x.bin": sound.tobytes()})
    one = Sound(stretches=(Stretch(length=len(sound), files=files, name="x.bin"),))
    return Reading(
        kind="cue", layout=disc_layout, files=files, name="x.cue",
        sound=one.cut(head, len(sound)), head=one.cut(0, head),
    )  # fmt: skip


def findings(one: Reading, sound: np.ndarray, head: int, sizes: list[int]) -> object:
    ears = listeners(one)
    at, turn = 0, 0
    while at < len(sound):
        block = sound[at : at + sizes[turn % len(sizes)]]
        for ear in ears:
            ear.hear(at - head, block)
        at, turn = at + len(block), turn + 1
    found = heard(one, ears)
    assert found is not None
    holes = found.detail.sectors.holes
    anchors = [each.tolist() for each in found.detail.sectors.anchors]
    peaks = found.peaks.tolist()
    return audit(found), holes.starts.tolist(), anchors, peaks, found.detail.grains


def test_blocks_leave_no_trace() -> None:
    sound = whole(music(7, 9))
    sound[100_000:100_300] = 0
    sound[200_000:203_000, 1] = 0
    one = reading(sound, layout([150, 400], len(sound)))
    whole_at_once = findings(one, sound, 0, [len(sound)])
    for sizes in ([1 << 17], [588], [1000, 7, 40_000], [99_991]):
        assert findings(one, sound, 0, sizes) == whole_at_once


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(-10, 900), min_size=1, max_size=5),
    st.integers(-5, 1200),
    st.sampled_from([0, 1, 588, 150 * 588, 200 * 588]),
    st.integers(0, 300_000),
)
def test_no_layout_makes_it_stumble(
    marks: list[int], leadout: int, head: int, length: int
) -> None:
    tracks = tuple(
        Track(number=number, start=Frames(mark), pause=Frames(mark - number * 30))
        for number, mark in enumerate(marks, 1)
    )
    sound = SOUND[:length]
    one = reading(sound, Layout(tracks=tracks, leadout=Frames(leadout)), head)
    findings(one, sound, min(head, len(sound)), [1 << 16])


@pytest.mark.parametrize("value", [-32768, 32767, 0])
def test_extremes_are_heard(value: int) -> None:
    sound = np.full((588 * 400, 2), value, "<i2")
    found = findings(reading(sound, layout([150], len(sound))), sound, 0, [1 << 16])
    assert isinstance(found, tuple)
    assert ("SRC-CLIP" in {each.rule for each in found[0]}) == (value != 0)
