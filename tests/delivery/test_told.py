"""What an AAC tells of its delay: twice, and the same."""

from pathlib import Path

import numpy as np
import pytest
from mutagen.mp4 import MP4

from delivery import libav, tags
from delivery.gapless import Around, told_mp4


@pytest.mark.parametrize("before", [0, 5_000])
@pytest.mark.parametrize("policy", ["full", "none"])
def test_itunsmpb_is_the_edit_list_and_nothing_is_skipped_twice(
    tmp_path: Path, before: int, policy: tags.Policy
) -> None:
    path = tmp_path / "a.m4a"
    noise = np.random.default_rng(1).standard_normal((60_000 + before, 2)) * 0.1
    libav.encode_aac(path, 44_100, [noise], 256, 2, Around(before, 60_000, 0))
    plain = np.concatenate(list(libav.decode(path)))
    tags.write_tags(path, "m4a", tags.Tagging(title="Glass"), None, policy)
    told = told_mp4(path)
    assert told is not None
    assert told.length == 60_000
    assert (told.delay + told.length + told.padding) % 1024 == 0
    [text] = MP4(path).tags["----:com.apple.iTunes:iTunSMPB"]
    fields = bytes(text).decode().split()
    assert [int(each, 16) for each in fields[1:4]] == [
        told.delay,
        told.padding,
        told.length,
    ]
    assert np.array_equal(np.concatenate(list(libav.decode(path))), plain)


def test_alac_has_no_delay_to_tell(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    libav.encode_alac(path, 44_100, [np.zeros((5_000, 2), np.int32)], 24, 2)
    assert told_mp4(path) is None
