"""One disc in all its forms: recorded once, described, read back, compared."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from delivery import pages, pressing
from delivery.checksums import compared
from delivery.ddp import IMAGE
from delivery.fileset import Folder
from delivery.findings import Finding, Place, Refusal, error
from delivery.formats import FORMATS, Folders
from delivery.pressing import Pressed, Recorded, Run
from delivery.program import Integers, Program
from delivery.proof import Proof, compare_audio, compare_layouts, total
from delivery.reading import Reading
from delivery.redbook import BITS, FIRST_PAUSE, RATE, SAMPLES_PER_FRAME
from delivery.wav import header

ROUND = "DDP-ROUND"
"""The rule that a read-back of ours breaks."""

Advance = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Proved:
    """What reading a disc back has shown."""

    proofs: Mapping[str, Proof]
    """By form."""
    md5: Mapping[str, str] = field(default_factory=dict)
    """Of every file of the DDP, as read."""
    sha256: Mapping[Path, str] = field(default_factory=dict)
    """Of the files that carry the audio, as read."""


def record(
    blocks: Iterable[Integers], length: int, name: str, folders: Folders, jobs: int
) -> Recorded:
    """Write the audio of every form in one pass: *length* samples per channel."""
    return pressing.record(
        blocks, length, wav_of(folders, name), folders.ddp / IMAGE, jobs
    )


def wav_of(folders: Folders, name: str) -> Path:
    """Return the WAV that the sheets of a disc name."""
    return folders.cd / f"{name}.wav"


def write(program: Program, folders: Folders, recorded: Recorded) -> None:
    """Write every form of *program* around the audio, which lies there already."""
    for form in FORMATS.values():
        place = form.place(folders, program.name)
        form.write(program, place, recorded.image_md5)


def prove(
    program: Program, folders: Folders, recorded: Recorded, advance: Advance, jobs: int
) -> Proved:
    """Read every form back and compare it with *program* and what was *recorded*.

    A form that cannot even be read is a fault of the proof: it was written a moment
    ago.
    """
    wav, image = _runs(program, folders)
    try:
        readings = {
            kind: FORMATS[kind].read(*_split(kind, form.place(folders, program.name)))
            for kind, form in FORMATS.items()
        }
        found = pressing.read_back(wav, image, recorded, advance, jobs)
    except Refusal as refusal:
        return Proved(proofs={"disc": Proof(findings=refusal.findings)})
    proofs: dict[str, Proof] = {}
    for kind, each in readings.items():
        name = folders.ddp.name if kind == "ddp" else each.name
        meant = FORMATS[kind].reduced(program.layout)
        if kind == "ddp":
            run, sums = image, (recorded.image_md5, found.image_md5)
        else:
            run, sums = wav, (recorded.wav_sha256, found.wav_sha256)
        proofs[kind.upper()] = total(
            [
                Proof(findings=each.findings),
                Proof(findings=tuple(_claimed(each, found))),
                compare_layouts(meant, each.layout, name, ROUND),
                Proof(findings=tuple(_elsewhere(each, run, name))),
                compare_audio(*sums, program.pcm.length, name, ROUND),
            ]
        )
    return Proved(
        proofs=proofs,
        md5={**readings["ddp"].checksums, IMAGE: found.image_md5},
        sha256={
            wav_of(folders, program.name): found.wav_sha256,
            folders.ddp / IMAGE: found.image_sha256,
        },
    )


def _runs(program: Program, folders: Folders) -> tuple[Run, Run]:
    """Return where the audio of *program* was written: in the WAV, in the image."""
    length, head = program.pcm.length, FIRST_PAUSE * SAMPLES_PER_FRAME
    file = wav_of(folders, program.name)
    wav = Run(
        files=Folder(file.parent, deep=False),
        name=file.name,
        offset=len(header(RATE, BITS, length)),
        length=length,
    )
    image = Run(
        files=Folder(folders.ddp, deep=False),
        name=IMAGE,
        offset=0,
        length=head + length,
    )
    return wav, image


def _claimed(read: Reading, found: Pressed) -> Iterator[Finding]:
    """Yield where the image is not the one that a checksum file tells of."""
    for claim in read.claims:
        if claim.file == IMAGE and claim.kind == "md5":
            yield from compared((claim,), {"md5": found.image_md5})


def _elsewhere(read: Reading, meant: Run, name: str) -> Iterator[Finding]:
    """Yield an error where a form tells of other audio than was written for it."""
    if pressing.run_of(read.head + read.sound) != meant:
        yield error(
            ROUND,
            f"{name} tells of other audio than was written for it",
            place=Place(file=name),
            help="the disk or the copy is at fault: build again",
        )


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


def _split(kind: str, path: Path) -> tuple[Folder, str]:
    """Return the folder of a form, and the name of its sheet."""
    folder, name = (path, "DDPID") if kind == "ddp" else (path.parent, path.name)
    return Folder(folder, deep=False), name
