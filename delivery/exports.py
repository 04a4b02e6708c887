"""A verdict for other programs: JUnit for build servers, SARIF for code hosts, HTML."""

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from delivery import catalogue, levels
from delivery.drawing import html
from delivery.findings import Finding, Severity
from delivery.verdict import Verdict

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def junit(verdict: Verdict, name: str) -> str:
    """Return the verdict as JUnit has it: a case a rule, a failure an error."""
    by_rule = _by_rule(verdict.findings)
    rules = {**dict.fromkeys(catalogue.ruled()), **dict.fromkeys(by_rule)}
    failed = sum(
        any(each.severity is Severity.ERROR for each in found)
        for found in by_rule.values()
    )
    cases = [_case(rule, by_rule.get(rule, [])) for rule in sorted(rules)]
    counts = f'tests="{len(cases)}" failures="{failed}" errors="0" skipped="0"'
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="glassmaster verify" {counts}>',
            f'  <testsuite name="{_xml(name)}" {counts}>',
            *cases,
            "  </testsuite>",
            "</testsuites>",
            "",
        ]
    )


def _case(rule: str, found: list[Finding]) -> str:
    head = f'    <testcase classname="glassmaster.verify" name="{_xml(rule)}"'
    if not found:
        return f"{head}/>"
    lines = [f"{head}>"]
    for each in found:
        if each.severity is Severity.ERROR:
            lines.append(
                f'      <failure type="{_xml(rule)}" message="{_xml(each.message)}">'
                f"{_xml(_where(each))}</failure>"
            )
    said = "\n".join(
        f"{each.severity.value}: {each.message} {_where(each)}".rstrip()
        for each in found
        if each.severity is not Severity.ERROR
    )
    if said:
        lines.append(f"      <system-out>{_xml(said)}</system-out>")
    return "\n".join([*lines, "    </testcase>"])


def sarif(verdict: Verdict, version: str) -> str:
    """Return the verdict as SARIF 2.1.0."""
    known = catalogue.entries()
    used = sorted(_by_rule(verdict.findings))
    rules = [
        {
            "id": rule,
            "shortDescription": {"text": known[rule].line or rule},
            "fullDescription": {"text": known[rule].page},
        }
        for rule in used
        if rule in known
    ]
    driver = {"name": "glassmaster", "version": version, "rules": rules}
    results = [_result(each) for each in verdict.findings]
    run = {"tool": {"driver": driver}, "results": results, "columnKind":
           "unicodeCodePoints"}  # fmt: skip
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _result(finding: Finding) -> dict[str, Any]:
    place = finding.place
    location: dict[str, Any] = {}
    if place.file is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}}
        if place.line is not None:
            region = {"startLine": place.line}
            if place.column is not None:
                region["startColumn"] = place.column
            physical["region"] = region
        elif place.byte is not None:
            physical["region"] = {"byteOffset": place.byte}
        location["physicalLocation"] = physical
    if place.track is not None:
        at = f" at {place.at}" if place.at else ""
        location["logicalLocations"] = [
            {"name": f"track {place.track}{at}", "kind": "member"}
        ]
    text = finding.message if not finding.help else f"{finding.message}. {finding.help}"
    return {
        "ruleId": finding.rule,
        "level": finding.severity.value,
        "message": {"text": text},
        **({"locations": [location]} if location else {}),
    }


def page(verdict: Verdict, name: str, version: str) -> str:
    """Return the verdict as one HTML page; the gravest findings stand first."""
    order = list(Severity)
    discs = [
        {
            "lines": verdict.lines_of(one),
            "tracks": [
                (track, levels.of_track(one.heard.tracks[track.number])
                 if one.heard and track.number in one.heard.tracks else None)
                for track in one.reading.layout.tracks
            ],
        }
        for one in verdict.discs
    ]  # fmt: skip
    found = sorted(verdict.findings, key=lambda each: order.index(each.severity))
    return (
        html()
        .get_template("verify.html.j2")
        .render(
            name=name,
            ok=verdict.ok,
            discs=discs,
            findings=found,
            compared=[each.line() for each in verdict.compared],
            version=version,
        )
    )


def _by_rule(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for each in findings:
        found.setdefault(each.rule, []).append(each)
    return found


def _where(finding: Finding) -> str:
    place = finding.place.as_json()
    return ", ".join(f"{key} {value}" for key, value in place.items())


def _uri(name: str) -> str:
    from urllib.parse import quote

    return quote(name.replace("\\", "/"))


def _xml(text: str) -> str:
    """Return *text* for XML, which has no control characters at all."""
    clean = "".join(
        letter
        if letter in "\n\t" or (letter.isprintable() and letter < "\ufffe")
        or (letter > "\uffff" and letter.isprintable()) else " "
        for letter in text
    )  # fmt: skip
    return escape(clean, quote=True)
