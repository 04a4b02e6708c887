"""The build's report page: what was proved, and what was found, for people."""

from collections.abc import Iterable, Mapping

from delivery.drawing import html
from delivery.findings import Finding, Severity
from delivery.proof import Proof


def page(
    *,
    artist: str,
    title: str,
    findings: Iterable[Finding],
    proofs: Mapping[str, Proof],
    version: str,
) -> str:
    """Return the report as one HTML page; the gravest findings stand first."""
    order = list(Severity)
    return (
        html()
        .get_template("report.html.j2")
        .render(
            artist=artist,
            title=title,
            findings=sorted(findings, key=lambda each: order.index(each.severity)),
            proofs={name: proof.as_json() for name, proof in proofs.items()},
            version=version,
        )
    )
