"""A disc converted: read in any form, written in another, read back and compared.

What the new form cannot carry is told before a byte is written. The new files are made
beside their places and take them at the end; what was there stays until then.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from os import link
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from delivery import ddp, places, rules, specs
from delivery.deemphasis import Ranges, played, unflagged
from delivery.destinations import Destination
from delivery.fileset import Fileset, Folder, reading
from delivery.findings import (
    Failure,
    Finding,
    Place,
    Severity,
    any_error,
    note,
    refuse,
)
from delivery.folder import STAGING, working
from delivery.formats import FORMATS
from delivery.image import Image, read_image
from delivery.mending import Mended, kept_as_is, mended
from delivery.places import KINDS, Form
from delivery.program import Layout
from delivery.proof import Proof, compare_audio, compare_layouts
from delivery.reading import Reading
from delivery.redbook import FIRST_PAUSE, SAMPLES_PER_FRAME
from delivery.settling import may_go, settle, shared_image
from delivery.sound import Sound
from delivery.tracks_read import read_in as read_tracks
from delivery.written import Meant, check_tags, meant, write
from delivery.zipset import ZipSet

Stage = Callable[[str, int], Callable[[int], None]]
Told = Callable[[tuple[Finding, ...]], None]
ROUND = "DDP-ROUND"
_UNWRITABLE = {"RB-COUNT", "RB-START", "RB-ORDER", "RB-SAMEIDX"}
"""Rules without which no form can say the marks."""

_DATES = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Converted:
    """What a conversion has made of a disc."""

    source: Path
    kind: str
    dialect: str
    to: Destination
    layout: Layout
    files: tuple[str, ...]
    findings: tuple[Finding, ...]
    fixes: tuple[Finding, ...]
    proof: Proof
    sha256: str

    @property
    def losses(self) -> tuple[Finding, ...]:
        """What the new form does not have."""
        return tuple(filter(_is_loss, self.findings))

    def as_json(self) -> dict[str, Any]:
        """Return the result of the JSON contract."""
        return {
            "source": {
                "path": str(self.source),
                "kind": self.kind,
                "dialect": self.dialect,
            },
            "destination": {
                "path": str(self.to.path),
                "kind": self.to.kind,
                "container": self.to.container,
                "gaps": self.to.gaps,
                "files": list(self.files),
            },
            "tracks": len(self.layout.tracks),
            "leadout_frames": int(self.layout.leadout),
            "losses": [finding.as_json() for finding in self.losses],
            "fixes": [finding.as_json() for finding in self.fixes],
            "proof": {**self.proof.as_json(), "sha256": self.sha256},
        }


def convert(
    source: Path,
    to: Destination,
    stage: Stage,
    tell: Told,
    *,
    strict: bool = False,
    force: bool = False,
    fix: bool = False,
    de_emphasis: bool = False,
) -> Converted:
    """Convert the disc at *source*; *tell* is given all findings before writing.

    With *de_emphasis* the treble of flagged tracks is lowered, and the flag goes.
    Raises Refusal for what cannot be read or may not be overwritten, and Failure where
    the marks cannot be written, *strict* forbids a loss or an error, or what was
    written does not read back.
    """
    read = _read(source)
    known = may_go(to, read, force=force, fix=fix)
    image, heard = _heard(read, stage)
    given = [*map(read.placed, read.findings), *heard, *_filled(read)]
    mend = mended(read, given) if fix else kept_as_is(read, given)
    _check_marks(mend)
    raised: Ranges = ()
    if de_emphasis:
        mend, raised = unflagged(mend)
    what = meant(to, mend.layout, mend.sound, _loud(read.head))
    findings = (*mend.findings, *_plant(to, what), *what.findings)
    if strict and any(map(_stops, findings)):
        raise Failure(findings)
    tell(findings)
    with working(to.path) as folder:
        if raised:
            advance = stage("taking off pre-emphasis", what.sound.length)
            sound = played(what.sound, raised, folder.with_name("played"), advance)
            what = replace(what, sound=sound)
        image_there = shared_image(to, read) if what.sound is read.sound else None
        if image_there is not None:
            link(image_there, folder / image_there.name)
        write(to, what, folder, stage("writing", what.sound.length))
        back = _read_back(to, folder)
        same = what.sound is read.sound
        sha256 = image.sha256 if same else _sha256(replace(read, sound=what.sound))
        proof = _prove(to, what, back, sha256, stage)
        if faults := list(check_tags(to, what, folder)):
            raise Failure(faults)
        if image_there is not None:
            (folder / image_there.name).unlink()
        files = settle(to, folder, known, mend.fixes)
    return Converted(
        source=source,
        kind=read.kind,
        dialect=read.dialect,
        to=to,
        layout=what.layout,
        files=files,
        findings=findings,
        fixes=mend.fixes,
        proof=proof,
        sha256=sha256,
    )


def _read(source: Path) -> Reading:
    """Return the disc at *source*, in the form that says most; refuse what is none."""
    if not source.exists():
        place = Place(file=source.name)
        raise refuse("FILE-MISSING", f"{source} is not there", place=place)
    form = _form(source)
    with reading(form.name or form.path.name):
        reader = FORMATS[form.kind].read if form.kind in FORMATS else read_tracks
        read = reader(form.files, form.name)
    if not read.whole:
        way = "have the missing files sent again"
        lost = refuse("CONVERT-FROM", "not all of the audio is there", help=way)
        raise Failure([*map(read.placed, read.findings), *lost.findings])
    if data := [track.number for track in read.layout.tracks if track.data]:
        listed = ", ".join(map(str, data))
        says = f"the disc has data tracks, which are not converted: {listed}"
        raise refuse("DISC-DATA", says, place=Place(file=read.name, track=data[0]))
    return read


def _form(source: Path) -> Form:
    files, sheet = places.opened(source)
    found = [places.of_sheet(files, sheet)] if sheet else places.discs(files)
    found = [forms for forms in found if forms]
    if not found:
        raise refuse(
            "CONVERT-FROM",
            f"nothing in {source} can be converted",
            place=Place(file=source.name),
            help="name a DDP folder, a .cue, a .toc, a folder of tracks, or a zip",
        )
    if len(found) > 1:
        firsts = (next(iter(forms.values())) for forms in found)
        listed = ", ".join(str(form.path) for form in firsts)
        says = f"there are {len(found)} discs in {source}"
        raise refuse("CONVERT-FROM", says, help=f"name one of them: {listed}")
    kind = next(kind for kind in KINDS if kind in found[0])
    return found[0][kind]


def _heard(read: Reading, stage: Stage) -> tuple[Image, list[Finding]]:
    """Read the source's audio once; return it with what its checksums say."""
    total = (read.head + read.sound).length
    image = read_image(read, stage("reading the disc", total))
    return image, list(map(read.placed, image.confirm(read.claims)))


def _loud(head: Sound) -> Sound:
    """Return what stands before 00:02:00, or nothing where it is silence."""
    return head if any(block.any() for block in head.blocks()) else Sound()


def _filled(read: Reading) -> Iterator[Finding]:
    """Yield that the audio ends within a CD frame, where silence fills it up."""
    *before, last = read.sound.stretches
    if before and last.files is None and last.length < SAMPLES_PER_FRAME:
        ends = SAMPLES_PER_FRAME - last.length
        says = f"the audio ends {ends} samples into a CD frame; silence fills it up"
        place = Place(file=read.name, track=read.layout.tracks[-1].number)
        yield note("RB-GRID", says, place=place)


def _check_marks(mend: Mended) -> None:
    layout = mend.layout
    plant = specs.plant("generic")
    faults = [one for one in rules.check(layout, plant, foreign=True)
              if one.rule in _UNWRITABLE]  # fmt: skip
    due = layout.frames * SAMPLES_PER_FRAME
    if mend.sound.length < due:
        says = f"the audio has {mend.sound.length:,} samples, the marks need {due:,}"
        limit = {"measured": mend.sound.length, "limit": due}
        faults += refuse("DDP-LEN", says, **limit).findings
    if faults or layout.leadout <= FIRST_PAUSE:
        raise Failure([*mend.findings, *faults])


def _plant(to: Destination, what: Meant) -> Iterator[Finding]:
    """Yield what the disc's law says of a DDP: its next reader is a plant."""
    if to.kind == "ddp":
        yield from rules.check(what.layout, specs.plant("generic"), foreign=True)


def _is_loss(finding: Finding) -> bool:
    return finding.rule.endswith("-LOSS")


def _stops(finding: Finding) -> bool:
    return _is_loss(finding) or finding.severity is Severity.ERROR


def _read_back(to: Destination, folder: Path) -> Reading:
    files: Fileset = Folder(folder, deep=False)
    if to.container == "zip":
        staging = folder.with_name(STAGING)
        staging.mkdir()
        _zip(folder, packed := staging / to.path.name)
        files = ZipSet.opened(packed)
    return FORMATS[to.form].read(files, to.sheet)


def _zip(folder: Path, packed: Path) -> None:
    """Pack the files of *folder* as they are; audio hardly gets smaller."""
    with ZipFile(packed, "w", ZIP_STORED, allowZip64=True) as archive:
        for path in sorted(folder.iterdir()):
            about = ZipInfo(path.name, _DATES)
            about.external_attr = 0o644 << 16
            about.file_size = path.stat().st_size
            with archive.open(about, "w") as inside, path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    inside.write(chunk)


def _sha256(read: Reading) -> str:
    return read_image(replace(read, claims=(), head=Sound()), lambda _: None).sha256


def _prove(
    to: Destination, what: Meant, back: Reading, sha256: str, stage: Stage
) -> Proof:
    """Compare what was written with what was meant; raises Failure."""
    total = (back.head + back.sound).length
    image = read_image(back, stage("reading it back", total))
    proof = compare_layouts(what.layout, back.layout, to.sheet, ROUND)
    proof += compare_audio(sha256, image.sha256, image.samples, to.sheet, ROUND)
    said = (*back.findings, *image.confirm(back.claims))
    faults = [one for one in said if one.severity is Severity.ERROR]
    if what.head.length and _differ(what.head, back.head):
        says = "what stands before 00:02:00 is not what was meant"
        faults += refuse(ROUND, says, place=Place(file=ddp.IMAGE)).findings
    if faults or any_error(proof.findings):
        raise Failure([*proof.findings, *faults])
    return proof


def _differ(one: Sound, other: Sound) -> bool:
    other = other.cut(other.length - one.length, other.length)
    first, second = (sound.read(0, sound.length) for sound in (one, other))
    return first.shape != second.shape or bool((first != second).any())
