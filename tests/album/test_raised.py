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


def test_such_files_say_their_level_and_carry_the_cover_that_others_do(
    project: Any, make: Any
) -> None:
    text = ORDER + SONGS + "[deliver.podcast]\ntarget_lufs = -16\n"
    text += 'formats = ["wav", "flac", "opus 128"]\nceiling_dbtp = -1\ntags = "full"\n'
    made = make(project(text, mixes(), rate=48_000, subtype="PCM_24"))
    told = {
        path.suffix: tags.read_tags(path).levels
        for path in sorted((made.out / "podcast").iterdir())
    }
    assert not told[".wav"]  # its bext says it
    gain = float(told[".flac"]["REPLAYGAIN_TRACK_GAIN"].removesuffix(" dB"))
    assert gain == pytest.approx(-2.0, abs=0.03)
    assert "REPLAYGAIN_ALBUM_GAIN" in told[".flac"]
    assert int(told[".opus"]["R128_TRACK_GAIN"]) / 256 == pytest.approx(-7.0, abs=0.4)
    proofs = made.proofs["podcast"]
    assert min(proof.tags for proof in proofs.values()) > 0
