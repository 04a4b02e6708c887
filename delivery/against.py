"""A delivery against another: both read, and the discs compared one by one."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from delivery.compare import compare
from delivery.findings import Finding, Place, error
from delivery.verdict import Verdict
from delivery.verify import Stage, verify
from delivery.waivers import Waiver, waived


def verify_against(
    verdict: Verdict,
    other: Path,
    jobs: int,
    stage: Stage,
    *,
    within: int = 0,
    audio: bool = True,
) -> Verdict:
    """Return *verdict* with all that differs in *other*.

    Raises Refusal where nothing can be read there.
    """
    against = verify(other, jobs, stage, audio=False)
    findings: list[Finding] = list(verdict.findings)
    ours, theirs = verdict.discs, against.discs
    if len(ours) != len(theirs):
        says = f"{other.name} has {len(theirs)} discs, here are {len(ours)}"
        findings.append(error("CMP-DISC", says, place=Place(file=other.name)))
    found = [
        compare(one, two, within, stage, audio=audio)
        for one, two in zip(ours, theirs, strict=False)
    ]
    for each in found:
        findings += each.findings
    return replace(verdict, findings=tuple(findings), compared=tuple(found))


def with_waivers(verdict: Verdict, waivers: Sequence[Waiver]) -> Verdict:
    """Return *verdict* with the findings that are waived turned into notes."""
    return replace(verdict, findings=waived(verdict.findings, waivers))
