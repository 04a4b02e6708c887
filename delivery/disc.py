"""One disc in all its forms: written together, read back, compared."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from delivery import pages
from delivery.findings import Finding, Refusal
from delivery.formats import FORMATS, Advance, Folders
from delivery.image import Image, read_image
from delivery.program import Program
from delivery.proof import Proof, compare_audio, compare_layouts, total
from delivery.reading import Reading

ROUND = "DDP-ROUND"
"""The rule that a read-back of ours breaks."""


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One form of a disc, read: what it says, and its audio."""

    kind: str
    path: Path
    reading: Reading
    image: Image


def write(program: Program, folders: Folders, advance: Advance) -> None:
    """Write every form of *program*."""
    for form in FORMATS.values():
        form.write(program, form.place(folders, program.name), advance)


def examine(paths: Mapping[str, Path], advance: Advance) -> tuple[Examined, ...]:
    """Read the forms in *paths*, by kind; an image that two of them share, once.

    Raises Refusal where one cannot be read.
    """
    first = {kind: FORMATS[kind].read(path, None) for kind, path in paths.items()}
    shared: dict[tuple[Path | None, int, int], Reading] = {}
    for reading in first.values():
        shared.setdefault(_stretch(reading), reading)
    with ThreadPoolExecutor(max(1, len(shared))) as pool:
        read = pool.map(lambda reading: read_image(reading, advance), shared.values())
        images = dict(zip(shared, read, strict=True))
    return tuple(
        Examined(
            kind=kind,
            path=paths[kind],
            reading=FORMATS[kind].read(paths[kind], images[_stretch(reading)].md5),
            image=images[_stretch(reading)],
        )
        for kind, reading in first.items()
    )


def prove(
    program: Program, folders: Folders, sha256: str, advance: Advance
) -> tuple[dict[str, Proof], Mapping[str, str]]:
    """Read every form back and compare it with *program*.

    *sha256* is that of the programme's samples as they were rendered. Returns the
    proof of each form, and the MD5 of every file of the DDP as read. A form that
    cannot even be read is a fault of the proof: it was written a moment ago.
    """
    paths = {kind: form.place(folders, program.name) for kind, form in FORMATS.items()}
    proofs: dict[str, Proof] = {}
    sums: Mapping[str, str] = {}
    try:
        examined = examine(paths, advance)
    except Refusal as refusal:
        return {"disc": Proof(findings=refusal.findings)}, sums
    for one in examined:
        name = one.path.name
        sums = sums or one.reading.checksums
        meant = FORMATS[one.kind].reduced(program.layout)
        proofs[one.kind.upper()] = total(
            [
                Proof(findings=one.reading.findings),
                compare_layouts(meant, one.reading.layout, name, ROUND),
                compare_audio(sha256, one.image.sha256, one.image.samples, name, ROUND),
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


def _stretch(reading: Reading) -> tuple[Path | None, int, int]:
    return reading.audio, reading.offset, reading.length
