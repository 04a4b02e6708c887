"""The verb ``convert``: a disc from any form into any other, and what was proved."""

from pathlib import Path

from album.console import Console, counted, table
from delivery.findings import any_error


def convert(
    console: Console,
    source: Path,
    target: Path,
    to: str,
    gaps: str,
    strict: bool,
    force: bool,
    fix: bool,
    de_emphasis: bool,
) -> bool:
    """Convert a disc; say first what it costs, then what was read back."""
    from delivery.convert import convert as make
    from delivery.destinations import destination

    where = destination(target, to, gaps)
    with console.progress():
        made = make(
            source,
            where,
            console.stage,
            console.findings,
            strict=strict,
            force=force,
            fix=fix,
            de_emphasis=de_emphasis,
        )
    proof = made.proof
    counts = {
        "marks": proof.marks,
        "ISRCs": proof.isrcs,
        "EAN": proof.eans,
        "texts": proof.texts,
    }
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    row = (
        f"{made.kind} → {where.kind}",
        f"{proof.samples:,} samples",
        said,
        "read back ✓",
    )
    for line in table([row]):
        console.line(f"  {line}")
    ok = not any_error(made.findings)
    verdict = f"{target}   {counted(made.findings)}"
    if ok:
        console.good(f"OK  {verdict}")
    else:
        console.line(f"WRITTEN, WITH ERRORS OF THE SOURCE  {verdict}")
    console.document(ok, made.findings, made.as_json())
    return ok
