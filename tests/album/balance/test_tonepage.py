"""Tone in words: what is off, what may be, what is done, and why not more."""

from types import SimpleNamespace

import numpy as np
import pytest

from album.balance import tonepage
from dsp.eq import Eq
from dsp.tonality import BANDS
from dsp.tonemove import Move

SHELF = Move(
    bands=(Eq(shape="lowshelf", frequency_hz=150.0, gain_db=-2.4),), makeup_db=0.3
)
OFF = np.concatenate([np.full(10, 2.5), np.zeros(BANDS - 10)])


def song(done, would=None, *, kept=False, off=OFF):
    """Return a song as the pages take it."""
    return SimpleNamespace(
        song="one",
        off=off,
        allowed=np.full(BANDS, 1.2),
        move=done,
        would=would or done,
        kept=kept,
        voice=SimpleNamespace(figures=SimpleNamespace(loud_part=-14.0)),
    )


def pages(found, amount=1.0):
    """Return the row of a song, and why."""
    record = SimpleNamespace(
        tone_amount=amount,
        tonal=SimpleNamespace(whole=None),
        songs={"one": found},
        references=(),
    )
    album = SimpleNamespace(
        tone=SimpleNamespace(most_db=3.0),
        songs={"one": SimpleNamespace(title="One", tone="keep")},
    )
    return tonepage.lines(album, record)[-1], " ".join(
        tonepage.why(album, record, found)
    )


def test_a_tilt_is_told_by_what_it_does_at_both_ends():
    tilt = Move(bands=(Eq(shape="tilt", frequency_hz=1000, gain_db=-3.0),))
    row, _ = pages(song(tilt))
    assert row.endswith("-1.5 dB above and +1.5 dB below 1 kHz")


def test_a_move_is_told_with_what_it_is_for():
    row, why = pages(song(SHELF))
    assert row.split()[:2] == ["One", "+2.5"]
    assert row.endswith("±1.2  -2.4 dB below 150 Hz")
    assert "low end +2.5 dB" in why
    assert "Moved by -2.4 dB below 150 Hz; makeup +0.30 dB." in why


@pytest.mark.parametrize(
    ("found", "amount", "row_says", "why_says"),
    [
        (song(Move()), 1.0, "none", "does not stand out"),
        (song(Move(), SHELF, kept=True), 1.0, "kept; it would be -2.4 dB", '"keep"'),
        (song(Move(), SHELF), 0.0, "-2.4 dB below 150 Hz", "At 0.35 it would be -2.4"),
        (song(Move(left_db=4.0, held="bound")), 1.0, "left alone: more than max_eq_db",
         "left alone: it lies 4.0 dB outside of what is allowed, and no move of at "
         "most 3 dB"),
        (song(Move(left_db=4.0, held="bands")), 1.0, "left alone: no broad bands do it",
         "no broad bands bring it in"),
        (song(Move(bands=SHELF.bands, left_db=0.6, held="bound")), 1.0,
         "-2.4 dB below 150 Hz; max_eq_db", "After that it lies 0.6 dB"),
    ],
)  # fmt: skip
def test_what_is_not_done_has_its_reason(found, amount, row_says, why_says):
    row, why = pages(found, amount)
    assert row_says in row
    assert why_says in why


def test_a_song_without_a_tone_has_no_figures():
    row, why = pages(song(Move(), off=np.full(BANDS, np.nan)))
    assert "nan" not in row + why
    assert why == ""
