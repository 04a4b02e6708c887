"""Waivers: findings that somebody has looked at and takes as they are.

``RULE`` waives a rule everywhere, ``RULE@3`` in track 3. What is waived is still told,
as a note, and stops nothing. A waiver that nothing needed is told too, so that none
outlives its cause.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from delivery.findings import Finding, Place, Severity, note, refuse

_WRITTEN = re.compile(r"([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+|[A-Z]+)(?:@(\d{1,2}))?")


@dataclass(frozen=True)
class Waiver:
    """A rule, everywhere or in one track."""

    rule: str
    track: int | None = None

    @property
    def text(self) -> str:
        """The waiver as it is written."""
        return self.rule if self.track is None else f"{self.rule}@{self.track}"

    def covers(self, finding: Finding) -> bool:
        """Return whether it is *finding* that is waived."""
        here = self.track is None or self.track == finding.place.track
        return here and self.rule == finding.rule


def waiver(text: str, known: Iterable[str]) -> Waiver:
    """Return the waiver that *text* writes; refuse what is none of a *known* rule."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        says = f"{text!r} is no waiver"
        raise refuse("QC-WAIVE", says, help="write RULE, or RULE@3 for track 3")
    if found[1] not in known:
        says = f"no rule is called {found[1]!r}"
        raise refuse("QC-WAIVE", says, help="copy the id from the finding")
    return Waiver(found[1], int(found[2]) if found[2] else None)


def waived(
    findings: Iterable[Finding], waivers: Sequence[Waiver], *, errors: bool = True
) -> tuple[Finding, ...]:
    """Return *findings* with those that *waivers* cover turned into notes.

    Without *errors* they stay what they are.
    """
    out: list[Finding] = []
    used: set[Waiver] = set()
    for finding in findings:
        by = next((each for each in waivers if each.covers(finding)), None)
        if by is None or (finding.severity is Severity.ERROR and not errors):
            out.append(finding)
            continue
        used.add(by)
        was = finding.severity.value
        message = f"{finding.message} (waived by {by.text}, else of severity {was})"
        out.append(replace(finding, severity=Severity.NOTE, message=message, help=None))
    for each in waivers:
        if each not in used:
            says = f"the waiver {each.text} was not needed"
            place = Place(track=each.track)
            out.append(note("QC-WAIVE", says, place=place, help="take it away"))
    return tuple(out)
