"""Waivers, and the verdict as JUnit, SARIF and HTML."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from delivery import exports
from delivery.catalogue import entries
from delivery.findings import Place, Refusal, Severity, error, note, warning
from delivery.verdict import Verdict
from delivery.waivers import waived, waiver

HOSTILE = 'a <b> & "c" \x1b[31m ]]> \ufffe {{ 7 * 7 }}'


@pytest.fixture
def verdict() -> Verdict:
    return Verdict(
        kind="ddp",
        discs=(),
        findings=(
            error("ISRC-DUP", HOSTILE, place=Place(file="ä b.cue", line=3, column=2)),
            warning(
                "SRC-LOSSY", "w", place=Place(track=5, at="00:12:00"), help=HOSTILE
            ),
            note("LOUD-TP", "n"),
        ),
    )


def test_junit_can_be_read_and_counts(verdict: Verdict) -> None:
    root = ElementTree.fromstring(exports.junit(verdict, HOSTILE).encode())
    suite = root[0]
    assert (suite.get("failures"), int(suite.get("tests") or 0)) == ("1", len(suite))
    (failed,) = suite.findall(".//failure")
    assert failed.get("type") == "ISRC-DUP"
    assert '<b> & "c"' in (failed.get("message") or "")


def test_sarif_names_rules_levels_and_places(verdict: Verdict) -> None:
    told = json.loads(exports.sarif(verdict, "1"))
    run = told["runs"][0]
    assert told["version"] == "2.1.0"
    assert [each["level"] for each in run["results"]] == ["error", "warning", "note"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "%C3%A4%20b.cue"
    assert place["region"] == {"startLine": 3, "startColumn": 2}
    known = {each["id"] for each in run["tool"]["driver"]["rules"]}
    assert known == {"ISRC-DUP", "SRC-LOSSY", "LOUD-TP"}


def test_the_page_escapes_everything(verdict: Verdict) -> None:
    page = exports.page(verdict, HOSTILE, "1")
    assert "<b>" not in page
    assert "\x1b" not in page
    assert "{{ 7 * 7 }}" in page


def test_a_waiver_turns_its_finding_into_a_note(verdict: Verdict) -> None:
    known = entries()
    one, other, third = (
        waiver(text, known) for text in ("ISRC-DUP", "SRC-LOSSY@5", "SRC-LOSSY@6")
    )
    found = waived(verdict.findings, (one, other, third))
    assert {each.severity for each in found} == {Severity.NOTE}
    assert [each.rule for each in found] == [
        "ISRC-DUP", "SRC-LOSSY", "LOUD-TP", "QC-WAIVE"]  # fmt: skip
    assert "waived by SRC-LOSSY@5" in found[1].message


@pytest.mark.parametrize("text", ["", "x", "SRC-NOTHING", "ISRC-DUP@x", "ISRC-DUP@"])
def test_what_is_no_waiver_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        waiver(text, entries())


def test_the_command_writes_what_is_asked_for(tmp_path: Path, verdict: Verdict) -> None:
    from album.verifyverb import Wanted, _write

    names = {each: tmp_path / each for each in ("receipt", "junit", "sarif", "report")}
    _write(verdict, tmp_path, Wanted(**names))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
