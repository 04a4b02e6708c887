"""The report page: tables without repeated words, pictures of tones, texts escaped."""

import numpy as np
import pytest

from delivery.report import Table, page
from delivery.toneview import HEIGHT, MARKS_HZ, WIDTH, Toned, Tones
from dsp.tonality import BANDS, CENTRES, judged


def toned(mixed, delivered=None, title="One"):
    flat = np.zeros(BANDS)
    return Toned(
        title=title,
        words="-2.0 dB below 150 Hz",
        mixed=flat + mixed,
        delivered=flat + (mixed if delivered is None else delivered),
        allowed=np.where(judged(), 3.0, np.nan),
        ranges=[(2.0, 0.04), (float("nan"), float("nan"))],
    )


def tones(*songs):
    return Tones(
        targets=("cd",), said=("amount 1",), ranges=("low", "top"), songs=songs
    )


def drawn(**more):
    return page(
        artist="A", title="B", findings=[], proofs={}, version="1", levels=(), **more
    )


def places(points):
    return np.array([each.split(",") for each in points.split()], dtype=float)


def test_words_that_stand_in_the_row_above_are_left_out():
    table = Table(
        heading="Players",
        rows=[
            ("target", "player", "song", "gain"),
            ("a", "P", "One", "1"),
            ("a", "P", "Two", "1"),
            ("a", "Q", "Two", "1"),
            ("b", "Q", "Two", "1"),
            ("b", "Q", "Two", "2"),
        ],
        words=3,
    )
    assert table.lines[1:] == [
        ["a", "P", "One", "1"],
        ["", "", "Two", "1"],
        ["", "Q", "Two", "1"],
        ["b", "Q", "Two", "1"],
        ["", "", "Two", "2"],
    ]


def test_a_table_of_nothing_is_not_drawn():
    assert "Players" not in drawn(
        tables=[Table(heading="Players", rows=[("a", "b")], words=1)]
    )


def test_a_picture_goes_up_with_the_tone_and_from_low_to_high():
    rising = np.interp(np.log(CENTRES), np.log(CENTRES[[0, -1]]), [-6.0, 6.0])
    points = places(toned(rising).before(6.0))
    assert np.all(np.diff(points[:, 0]) > 0)
    assert np.all(np.diff(points[:, 1]) < 0)
    assert points[[0, -1], 0] == pytest.approx([0, WIDTH], abs=0.1)
    level = places(toned(0.0).after(6.0))
    assert np.all(level[:, 1] == HEIGHT / 2)


def test_what_is_far_off_lies_at_the_edge():
    assert set(places(toned(99.0).before(6.0))[:, 1]) == {0.0}
    assert set(places(toned(-6.0).before(6.0))[:, 1]) == {HEIGHT}


def test_the_band_is_as_wide_as_what_is_allowed():
    band = places(toned(0.0).band(12.0))
    assert set(band[:, 1]) == {HEIGHT * 3 / 8, HEIGHT * 5 / 8}
    assert band[0, 0] == band[-1, 0]  # it goes there and comes back


def test_bands_that_are_not_known_are_left_out():
    some = np.where(np.arange(BANDS) % 2, 1.0, np.nan)
    assert len(places(toned(some).before(6.0))) == np.isfinite(some[judged()]).sum()
    assert toned(np.nan).after(6.0) == ""


def test_a_tone_stands_on_the_page_with_its_numbers():
    text = drawn(tones=[tones(toned(2.0, 0.0), toned(0.0, title="<b>\x07"))])
    assert "Tone: cd" in text
    assert "+0.0<small>+2.0</small>" in text
    assert "-2.0 dB below 150 Hz" in text
    assert "&lt;b&gt; " in text
    assert "nan" not in text


def test_the_lines_of_a_picture_stand_at_their_frequencies():
    found = tones(toned(0.0))
    points = places(found.songs[0].before(6.0))
    near = [np.abs(CENTRES[judged()] - hertz).argmin() for hertz in MARKS_HZ]
    assert found.marks == pytest.approx(list(points[near, 0]), abs=0.2)


@pytest.mark.parametrize(
    ("largest", "span"), [(0.4, 3), (3.1, 6), (-5.0, 6), (11, 12), (40, 12)]
)
def test_pictures_show_as_much_as_they_have_to(largest, span):
    found = tones(toned(0.1), toned(largest), toned(np.nan))
    assert found.span_db == span
    assert f"{span} dB up and down" in found.legend
