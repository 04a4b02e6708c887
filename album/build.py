"""One command from mixes to deliverables: render, write, read back, then OK."""

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any, Protocol

from album import __version__, papers
from album.kept import keep_others
from album.mastering import expected_overs, over_findings
from album.prepare import Prepared
from album.render import Programme, Settings
from album.source import Scan, heard, scan
from album.targets import TARGETS, Outcome, Task, Work
from delivery import folder, manifest, report
from delivery.findings import Failure, Finding, Refusal, any_error, refuse
from delivery.proof import Proof

LIBRARIES = ("numpy", "soundfile", "soxr", "mutagen", "lameenc", "pillow")
"""What has a say in the bytes of a delivery, beside our own version."""


Proofs = dict[str, dict[str, Proof]]
"""The proofs of a build: by target, and in it by form."""


class Stages(Protocol):
    """Who watches a build, and may stop it."""

    @property
    def stop(self) -> Event:
        """Set to make every stage end at its next step."""

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        """Begin a stage of *total* steps; the answer is called with steps done."""


@dataclass(frozen=True, kw_only=True)
class Built:
    """A delivery that lies in its place, proved."""

    out: Path
    proofs: Proofs
    """What was compared and found equal, by target and form."""
    findings: tuple[Finding, ...]
    kept: tuple[str, ...]
    """Targets carried over from the delivery before: nothing in them would differ."""


def targets_of(prepared: Prepared, asked: Sequence[str]) -> tuple[str, ...]:
    """Return the targets to build; raises Refusal for one the album does not have."""
    named = prepared.targets
    for name in asked:
        if name not in named:
            raise refuse(
                "TARGET",
                f"the album has no target {name!r}",
                help=f"its targets are {' and '.join(named)}",
            )
    return tuple(name for name in named if not asked or name in asked)


def scan_all(
    prepared: Prepared, settings: Settings, stages: Stages
) -> tuple[dict[str, Scan], tuple[Finding, ...]]:
    """Read every mix once, in parallel; raises Refusal with all that is broken."""
    names = list(prepared.sources)
    advance = stages.stage("reading the mixes", len(names))

    def one(name: str) -> Scan | Refusal:
        place = prepared.album.place("song", name, "mix")
        try:
            return scan(prepared.sources[name], place)
        except Refusal as refusal:
            return refusal
        finally:
            advance(1)

    with ThreadPoolExecutor(settings.jobs) as pool:
        results = dict(zip(names, pool.map(one, names), strict=True))
    broken = [each for each in results.values() if isinstance(each, Refusal)]
    if broken:
        raise Refusal(finding for each in broken for finding in each.findings)
    scans = {name: each for name, each in results.items() if isinstance(each, Scan)}
    said = [
        finding
        for name, each in scans.items()
        for finding in heard(
            prepared.sources[name], each, prepared.album.place("song", name, "mix")
        )
    ]
    for disc in prepared.discs:
        overs = expected_overs(disc.timeline, scans)
        said += over_findings(prepared.album, disc.timeline, overs)
    return scans, tuple(said)


def build(
    prepared: Prepared,
    asked: Sequence[str],
    out: Path,
    settings: Settings,
    stages: Stages,
) -> Built:
    """Build the targets *asked* (all, if none) of the album into *out*.

    Raises Failure, leaving *out* as it was, where a rule, the audio or the read-back
    says no; Refusal where a mix or *out* cannot be used.
    """
    names = targets_of(prepared, asked)
    if any_error(prepared.findings):
        raise Failure(prepared.findings)
    with folder.replacing(out) as content:
        scans, said = scan_all(prepared, settings, stages)
        made_by = _made_by(prepared, scans)
        kept = keep_others(out, content, names, prepared.targets, made_by)
        findings = (*prepared.findings, *said, *kept.findings)
        if any_error(findings):
            raise Failure(findings)
        proofs, found = _render(prepared, names, content, settings, stages)
        findings += found
        if any_error(findings):
            raise Failure(findings)
        _report(content, prepared, proofs, findings)
        listed = stages.stage("listing the files", 1)
        manifest.write(content, made_by, settings.jobs)
        listed(1)  # the last moment at which an interrupt ends the build
    return Built(out=out, proofs=proofs, findings=findings, kept=kept.names)


def _render(
    prepared: Prepared,
    names: Sequence[str],
    content: Path,
    settings: Settings,
    stages: Stages,
) -> tuple[Proofs, tuple[Finding, ...]]:
    """Render every disc into every target; returns the proofs and what was said."""
    staging = content.parent / folder.STAGING
    staging.mkdir()
    proofs: Proofs = {name: {} for name in names}
    findings: list[Finding] = []
    for disc in prepared.discs:
        ready = stages.stage("opening the mixes", len(disc.timeline.placements))
        programme = Programme(disc.timeline, staging, settings, ready)
        work = Work(
            album=prepared.album,
            disc=disc,
            discs=prepared.discs,
            notes=prepared.findings,
            programme=programme,
            content=content,
            settings=settings,
            stage=stages.stage,
        )
        try:
            tasks = [(name, task) for name in names for task in TARGETS[name](work)]
            outcomes = _run([task for _, task in tasks], settings.jobs, stages)
        finally:
            programme.close()
        overs = [over for outcome in outcomes for over in outcome.overs]
        if overs:
            raise Failure(over_findings(prepared.album, disc.timeline, overs))
        for (name, _), outcome in zip(tasks, outcomes, strict=True):
            findings += outcome.findings
            for form, proof in outcome.proofs.items():
                findings += proof.findings
                proofs[name][form] = proofs[name].get(form, Proof()) + proof
    return proofs, tuple(findings)


def proofs_json(proofs: Proofs) -> dict[str, Any]:
    """Return the counts of *proofs*."""
    return {
        target: {form: proof.as_json() for form, proof in forms.items()}
        for target, forms in proofs.items()
    }


def _run(tasks: Sequence[Task], jobs: int, stages: Stages) -> list[Outcome]:
    """Run *tasks*, as many at once as allowed; the first failure ends them all."""
    with ThreadPoolExecutor(jobs) as pool:
        futures: list[Future[Outcome]] = [pool.submit(task) for task in tasks]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            failed = [each for each in futures if each.done() and each.exception()]
            if failed or not all(each.done() for each in futures):
                stages.stop.set()
            for future in futures:
                future.cancel()
        if failed:
            raise failed[0].exception() or AssertionError
        return [future.result() for future in futures]


def _made_by(prepared: Prepared, scans: dict[str, Scan]) -> dict[str, Any]:
    """Return what decides the delivery's bytes: versions, project, mixes, cover."""
    import soundfile

    place = prepared.album.place("sequence", "roomtone")
    tones = [scan(tone, place) for tone in prepared.tones.values()]

    album = prepared.album
    cover = album.meta.cover
    return {
        "made_by": {
            "glassmaster": __version__,
            **{name: version(name) for name in LIBRARIES},
            "libsndfile": soundfile.__libsndfile_version__,
        },
        "album": {"artist": album.meta.artist, "title": album.meta.title},
        "project": {path.name: manifest.sha256(path) for path in album.files},
        "mixes": {name: each.sha256 for name, each in scans.items()},
        **({"roomtone": [each.sha256 for each in tones]} if tones else {}),
        **({"cover": manifest.sha256(cover)} if cover else {}),
    }


def _report(
    content: Path,
    prepared: Prepared,
    proofs: Proofs,
    findings: Iterable[Finding],
) -> None:
    """Write what was found and what was proved, for machines and for people."""
    folder = content / "report"
    folder.mkdir()
    found = list(findings)
    document = {
        "schema": 1,
        "ok": True,
        "findings": [finding.as_json() for finding in found],
        "proof": proofs_json(proofs),
    }
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    (folder / "qc.json").write_text(text, encoding="utf-8")
    drawn = report.page(
        artist=prepared.album.meta.artist,
        title=prepared.album.meta.title,
        findings=found,
        proofs=proofs,
        version=__version__,
    )
    (folder / "report.html").write_text(drawn, encoding="utf-8")
    papers.write(folder, prepared.album, prepared.discs)
