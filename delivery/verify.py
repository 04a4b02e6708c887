"""Verification: a delivery on disk, read and judged as its receiver would.

A path is a delivery of ours with its manifest, a DDP, a CUE sheet, a TOC file, a folder
of tracks, or a zip of any of them. Every form of a disc is read; their audio is heard
once by ``Prints``, and by whatever else ``_ears`` names: an audit of the samples is a
``Listener`` there, and what it finds goes where ``_heard`` says.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from delivery import manifest, places, rules, specs, tracks
from delivery.examined import Examined, examine
from delivery.fileset import Fileset, Folder, part, reading
from delivery.findings import Finding, Place, Refusal, error, refuse
from delivery.fingerprints import Prints
from delivery.formats import FORMATS
from delivery.image import Listener
from delivery.places import KINDS, Form
from delivery.proof import compare_audio, compare_layouts
from delivery.reading import Reading
from delivery.tracks_read import read_in as read_tracks
from delivery.verdict import Verdict as Verdict

DIFFER = "DDP-DIFFER"
"""The rule that two forms of one disc break when they say different things."""

Stage = Callable[[str, int], Callable[[int], None]]
_GUESSED = {"RB-SHORT", "RB-LENGTH"}
"""Rules that judge a lead-out, and have nothing to say where it is unknown."""


def verify(path: Path, jobs: int, stage: Stage, *, audio: bool = True) -> Verdict:
    """Read what lies at *path* and judge it; without *audio* no sample is read.

    Raises Refusal where there is nothing that can be read.
    """
    place = Place(file=path.name)
    try:
        if not path.exists():
            raise refuse("FILE-MISSING", f"{path} is not there", place=place)
        if not (path.is_dir() or path.is_file()):
            says = f"{path} is neither a file nor a folder"
            raise refuse("VERIFY-KIND", says, place=place)
    except ValueError as bad:
        raise refuse(
            "FILE-MISSING", f"{str(path)!r} is no path: {bad}", place=place
        ) from bad
    files, sheet = places.opened(path)
    if sheet:
        forms = places.of_sheet(files, sheet)
        return _plain(path, [forms] if forms else [], stage, audio)
    inside = places.prefix(files)
    if inside is not None:
        ours = part(files, inside)
        if manifest.read(ours) is not None:
            return _delivery(ours, jobs, stage, audio)
    found = places.discs(files)
    if inside is None and all({*forms} == {"tracks"} for forms in found):
        around = places.around(path)
        if around is not None:
            return _one_target(around, path, jobs)
    return _plain(path, found, stage, audio, _damaged(inside))


def _one_target(root: Path, path: Path, jobs: int) -> Verdict:
    """Judge a folder of files that the delivery in *root* has: by its manifest."""
    files = Folder(root)
    document = manifest.read(files)
    assert document is not None, "the caller has seen it"
    own = manifest.under(document, path.resolve().relative_to(root).as_posix())
    findings = [*manifest.check(files, own, jobs), *manifest.unlisted(files, own)]
    return Verdict(
        kind="files",
        discs=(),
        findings=tuple(findings),
        files=len(own["files"]),
        root=root,
    )


def _damaged(inside: str | None) -> tuple[Finding, ...]:
    """Return the finding of a manifest that stands there and cannot be read."""
    if inside is None:
        return ()
    says = f"{manifest.MANIFEST} is damaged: it lists no files"
    way = "copy the delivery again; its discs were examined without it"
    place = Place(file=inside + manifest.MANIFEST)
    return (error("PKG-HASH", says, place=place, help=way),)


def _plain(
    path: Path,
    found: list[dict[str, Form]],
    stage: Stage,
    audio: bool,
    before: tuple[Finding, ...] = (),
) -> Verdict:
    """Judge the discs at *path*, which no manifest of ours describes."""
    if not found:
        missing = error(
            "VERIFY-KIND",
            f"nothing in {path} can be verified",
            place=Place(file=path.name),
            help="name a delivery with its manifest.json, a DDP folder with its DDPID, "
            "a .cue, a .toc, a folder of tracks, or a zip of one of them",
        )
        raise Refusal([*before, missing])
    findings, discs = list(before), []
    for forms in found:
        examined = _examine(forms, stage, audio, findings)
        if examined:
            findings += _judged(examined, foreign=not before)
            discs.append(examined[0])
    if not discs:
        raise Refusal(findings)
    return Verdict(
        kind=discs[0].kind,
        discs=tuple(discs),
        findings=tuple(findings),
        zipped=not isinstance(discs[0].reading.files, Folder),
    )


def _delivery(files: Fileset, jobs: int, stage: Stage, audio: bool) -> Verdict:
    """Judge a whole delivery: its files by the manifest, then every disc."""
    document = manifest.read(files)
    assert document is not None, "the caller has seen it"
    findings = list(manifest.check(files, document, jobs))
    findings += manifest.unlisted(files, document)
    discs = []
    for number in places.numbers(files):
        inside = [part(files, _under(name, number)) for name in ("cd", "ddp")]
        forms: dict[str, Form] = {}
        for folder in inside:
            if not isinstance(folder, Folder) or folder.path.is_dir():
                forms |= places.in_folder(folder)
        examined = _examine(forms, stage, audio, findings) if forms else ()
        if not examined:
            continue
        findings += _judged(examined, foreign=False)
        discs.append(examined[0])
        layout = examined[0].reading.layout
        findings += tracks.check(files, _under("streaming", number), layout)
    return Verdict(
        kind="delivery",
        discs=tuple(discs),
        findings=tuple(findings),
        files=len(document["files"]),
        zipped=not isinstance(files, Folder),
    )


def _under(folder: str, number: str) -> str:
    return f"{folder}/{number}" if number else folder


def _examine(
    forms: dict[str, Form], stage: Stage, audio: bool, findings: list[Finding]
) -> tuple[Examined, ...]:
    """Read the forms of one disc; those that cannot be read leave their findings."""
    readings: dict[str, Reading] = {}
    for kind in (kind for kind in KINDS if kind in forms):
        form = forms[kind]
        try:
            read = FORMATS[kind].read if kind in FORMATS else read_tracks
            with reading(form.name or form.path.name):
                readings[kind] = read(form.files, form.name)
        except Refusal as refusal:
            findings += refusal.findings
    if not audio:
        return tuple(
            Examined(kind=kind, reading=one, image=None)
            for kind, one in readings.items()
        )
    first = [True]

    def ears(heard: Reading) -> Iterable[Listener]:
        """Return who hears the audio of a form; only the first is audited."""
        audited, first[0] = first[0], False
        return _ears(heard, audited=audited)

    total = sum((each.head + each.sound).length for each in readings.values())
    return examine(readings, stage("reading the disc", total), ears, findings)


def _ears(heard: Reading, *, audited: bool) -> Iterable[Listener]:
    """Return who hears the audio of a disc."""
    from delivery.audit import listeners

    return (Prints(heard.layout), *(listeners(heard) if audited else ()))


def _judged(examined: tuple[Examined, ...], *, foreign: bool) -> Iterator[Finding]:
    """Yield what the readers, the rules and the other forms of a disc say."""
    first, *others = examined
    best = first.reading
    yield from map(best.placed, first.findings)
    for finding in rules.check(best.layout, specs.plant("generic"), foreign=foreign):
        if best.ends or finding.rule not in _GUESSED:
            yield best.placed(finding)
    if first.heard is not None:
        from delivery.audit import audit

        yield from map(best.placed, audit(first.heard))
    for other in others:
        yield from map(other.reading.placed, other.findings)
        yield from _compared(first, other)


def _compared(first: Examined, other: Examined) -> Iterator[Finding]:
    """Yield where another form of a disc does not say what the first says."""
    if not (first.reading.ends and other.reading.ends):
        return
    meant = FORMATS[other.kind].reduced(first.reading.layout)
    name, base = other.reading.path.name, first.reading.path.name
    layout = other.reading.layout
    yield from compare_layouts(meant, layout, name, DIFFER, base).findings
    if first.image is not None and other.image is not None:
        sums = (first.image.sha256, other.image.sha256)
        yield from compare_audio(*sums, other.image.samples, name, DIFFER).findings
