"""Naming patterns: data, and never more than that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.naming import NUMBERS, TEXTS, Naming, in_ascii

VALUES = {"track": 3, "disc": 1, "title": "Glass {0.__class__}", "artist": "%s"}


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{track:02} {title}", "03 Glass {0.__class__}"),
        ("{disc}-{track:03}", "1-003"),
        ("{artist}: {title}", "%s: Glass {0.__class__}"),
        ("{catalogue}{track}", "3"),
    ],
)
def test_names_stand_for_their_values_alone(pattern: str, name: str) -> None:
    assert Naming.read(pattern).named(VALUES) == name


@pytest.mark.parametrize(
    "pattern",
    ["", "Song", "{", "}", "{track", "{track!r}", "{track.real}", "{0}", "{track:>9}",
     "{track:0}", "{title:02}", "{titel}", "{{track}}", "{track:02:02}"],
)  # fmt: skip
def test_anything_else_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"\{|\}|alike"):
        Naming.read(pattern)


@given(st.text(max_size=60), st.sampled_from((*NUMBERS, *TEXTS)))
def test_a_pattern_is_read_or_refused_and_texts_pass_as_they_are(
    text: str, name: str
) -> None:
    pattern = f"{{{name}}}"
    assert Naming.read(pattern).named({name: text}) == text
    try:
        Naming.read(text + pattern).named({name: "x"})
    except ValueError:
        assert "{" in text or "}" in text


@given(st.text())
def test_ascii_is_ascii(text: str) -> None:
    assert in_ascii(text).isascii()
    assert in_ascii("Élan Ünder") == "Elan Under"
