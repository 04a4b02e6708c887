import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.genres import NAMES, coded, worded


@pytest.mark.parametrize(
    ("genre", "expected"),
    [
        ("Rock", (23, "Rock")),
        ("rock music", (23, "rock music")),
        ("Rock Music (Indie)", (23, "Indie")),
        ("Hip-Hop", (13, "Hip-Hop")),
        ("Drone", (1, "Drone")),
        ("Jazz", (14, "Jazz")),
    ],
)
def test_the_code_is_the_tables_and_unknown_names_are_not_guessed(genre, expected):
    assert coded(genre) == expected


@given(st.text(min_size=1) | st.sampled_from([f"{name} (x)" for name in NAMES]))
def test_a_genre_reads_back_as_it_was_written(genre):
    assert worded(*coded(genre)) == genre


@given(st.integers(0, 0xFFFF), st.text())
def test_any_code_has_words(code, words):
    assert isinstance(worded(code, words), str)
