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
    proofs: Mapping[str, Mapping[str, Proof]],
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
            rows=[
                (target, form, proof.as_json())
                for target, forms in proofs.items()
                for form, proof in forms.items()
            ],
            version=version,
        )
    )
