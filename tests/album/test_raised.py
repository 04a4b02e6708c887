"""Files that are brought to a loudness, in forms other than a broadcaster's."""

from typing import Any

import pytest

from album.solving import RESERVE_DB
from delivery import tags
from tests.album.test_deliverables import ORDER, SONGS, ffmpeg_level, mixes


def test_a_loudness_is_reached_in_every_form(project: Any, make: Any) -> None:
    text = ORDER + SONGS + "[deliver.podcast]\ntarget_lufs = -12\n"
    text += 'formats = ["wav", "mp3 128", "opus 64"]\nceiling_dbtp = "solve"\n'
    made = make(project(text, mixes(), rate=44_100, subtype="PCM_24"))
    paths = sorted((made.out / "podcast").iterdir())
    assert {path.suffix for path in paths} == {".wav", ".mp3", ".opus"}
    for path in paths:
        level, peak = ffmpeg_level(path)
        lost = 0.1 if path.suffix == ".wav" else 0.4  # of noise above 16 kHz
        assert level == pytest.approx(-12.0, abs=lost)
        assert peak <= 0.0
        assert tags.read_tags(path).title or path.suffix == ".wav"
    rows = {(row.form, row.song): row.true_peak_dbtp for row in made.decoded}
    assert len(rows) == 6
    assert max(rows.values()) <= -RESERVE_DB
