"""One disc in all its forms: written together, read back, compared."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from delivery import pages
from delivery.examined import Examined, examine
from delivery.fileset import Folder
from delivery.findings import Finding, Refusal
from delivery.formats import FORMATS, Advance, Folders
from delivery.program import Program
from delivery.proof import Proof, compare_audio, compare_layouts, total

ROUND = "DDP-ROUND"
"""The rule that a read-back of ours breaks."""


def write(program: Program, folders: Folders, advance: Advance) -> None:
    """Write every form of *program*."""
    for form in FORMATS.values():
        form.write(program, form.place(folders, program.name), advance)


def prove(
    program: Program, folders: Folders, sha256: str, advance: Advance
) -> tuple[dict[str, Proof], Mapping[str, str]]:
    """Read every form back and compare it with *program*.

    *sha256* is that of the programme's samples as they were rendered. Returns the
    proof of each form, and the MD5 of every file of the DDP as read. A form that
    cannot even be read is a fault of the proof: it was written a moment ago.
    """
    places = {
        kind: _split(kind, form.place(folders, program.name))
        for kind, form in FORMATS.items()
    }
    proofs: dict[str, Proof] = {}
    sums: Mapping[str, str] = {}
    try:
        examined = examine(
            {
                kind: FORMATS[kind].read(Folder(folder, deep=False), name)
                for kind, (folder, name) in places.items()
            },
            advance,
        )
    except Refusal as refusal:
        return {"disc": Proof(findings=refusal.findings)}, sums
    for one in examined:
        name = folders.ddp.name if one.kind == "ddp" else one.reading.name
        sums = sums or one.checksums
        meant = FORMATS[one.kind].reduced(program.layout)
        proofs[one.kind.upper()] = total(
            [
                Proof(findings=one.findings),
                compare_layouts(meant, one.reading.layout, name, ROUND),
                _heard(one, sha256, name),
            ]
        )
    return proofs, sums


def paperwork(
    program: Program,
    folders: Folders,
    sums: Mapping[str, str],
    findings: Iterable[Finding],
) -> None:
    """Write the PQ sheet, with the sums that a plant can check."""
    notes = [finding.message for finding in findings if finding.rule == "TXT-FALLBACK"]
    sheet = (program.layout, program.release, program.name, sums, notes)
    (folders.cd / "PQ.txt").write_text(pages.pq_sheet_text(*sheet), encoding="utf-8")
    (folders.cd / "PQ.html").write_text(pages.pq_sheet_html(*sheet), encoding="utf-8")


def _split(kind: str, path: Path) -> tuple[Path, str]:
    """Return the folder of a form, and the name of its sheet."""
    return (path, "DDPID") if kind == "ddp" else (path.parent, path.name)


def _heard(one: Examined, sha256: str, name: str) -> Proof:
    """Compare the audio of a form; what is missing is among its findings already."""
    if one.image is None:
        return Proof()
    return compare_audio(sha256, one.image.sha256, one.image.samples, name, ROUND)
