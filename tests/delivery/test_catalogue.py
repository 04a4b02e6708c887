from delivery.catalogue import LAW, entries
from delivery.rules import RULES


def test_the_law_comes_first_with_its_pages():
    law = [entry for entry in entries().values() if entry.group == LAW]
    assert [entry.id for entry in law] == [rule.id for rule in RULES]
    assert list(entries().values())[: len(law)] == law
    assert all(entry.line and entry.page for entry in law)


def test_every_entry_says_how_much_it_weighs_and_what_it_means():
    for name, entry in entries().items():
        assert entry.id == name
        assert entry.page
        assert entry.group


def test_limits_come_with_their_sources():
    bounds = entries()["RB-LENGTH"].bounds
    assert {bound.whose for bound in bounds} >= {"generic"}
    assert all(bound.source and bound.read for bound in bounds)
