import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.latin1 import NoFallbackError, ascii_fallback, unwritable


def test_letters_outside_latin1_are_named_with_their_place():
    assert unwritable("Café Łódź") == ((6, "Ł"), (9, "ź"))
    assert unwritable("tab\there") == ((4, "\t"),)
    assert unwritable("née ß ½ ÿ") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Łódź", "Lodz"),
        ("Straße", "Strasse"),
        ("Ørsted Æther Œuvre", "Orsted AEther OEuvre"),
        ("“Don’t” – wait…", '"Don\'t" - wait...'),
        ("ﬁne ½", "fine 1/2"),
        ("e\u0301te\u0301", "ete"),
        ("¿Qué?", "Que?"),
        ("Sigur Rós — Ágætis", "Sigur Ros - Agaetis"),
        ("No\u00a0break", "No break"),
    ],
)
def test_the_nearest_ascii(text, expected):
    assert ascii_fallback(text) == expected


@pytest.mark.parametrize("text", ["日本", "Жар", "♥"])
def test_a_letter_without_likeness_is_refused_by_name(text):
    with pytest.raises(NoFallbackError, match=text[0]):
        ascii_fallback(text)


@given(st.text())
def test_the_fallback_is_ascii_without_lost_letters(text):
    try:
        plain = ascii_fallback(text)
    except NoFallbackError:
        return
    assert plain.isascii()
    assert plain.isprintable()
    assert unwritable(plain) == ()


@given(st.text(st.characters(max_codepoint=0xFF, categories=("L", "P", "N", "S"))))
def test_every_latin1_letter_has_a_likeness(text):
    assert ascii_fallback(text).count("?") == text.count("?")
