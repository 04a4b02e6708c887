"""One command from mixes to deliverables: render, write, read back, then OK."""

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from album import __version__, papers
from album.balance import reported
from album.balance.figures import delivered_json, whole_json
from album.balance.record import Record
from album.balance.remeasured import Delivered
from album.balance.said import findings as balance_findings
from album.decoded import DecodedFile, decoded_rows
from album.finish import finish_of, treatments_of
from album.kept import keep_others
from album.madeby import decided_by
from album.mastering import expected_overs, over_findings
from album.masterreport import MasterReport
from album.playback import played_rows
from album.prepare import Prepared
from album.proposing import balanced, is_balanced
from album.render import Settings
from album.rendering import Proofs, Rendered, Rendering
from album.scanning import Scan, heard, scan
from album.stages import Stages
from album.stemfiles import compared
from delivery import folder, manifest, report
from delivery.findings import Failure, Finding, Refusal, any_error, refuse


@dataclass(frozen=True, kw_only=True)
class Built:
    """A delivery that lies in its place, proved."""

    out: Path
    proofs: Proofs
    """What was compared and found equal, by target and form."""
    records: Mapping[str, Record]
    """How the songs were balanced, by target; empty where nothing is."""
    delivered: tuple[Delivered, ...]
    masters: tuple[MasterReport, ...]
    """What was done to the programmes as a whole."""
    decoded: tuple[DecodedFile, ...]
    """What decoders make of the lossy files."""
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
    """Read every mix and stem once, in parallel; raises Refusal with all broken ones.

    Scans stand under the names of `Prepared.files`.
    """
    files = prepared.files
    advance = stages.stage("reading the mixes", len(files))

    def one(name: str) -> Scan | Refusal:
        try:
            return scan(*files[name])
        except Refusal as refusal:
            return refusal
        finally:
            advance(1)

    with ThreadPoolExecutor(settings.jobs) as pool:
        results = dict(zip(files, pool.map(one, files), strict=True))
    broken = [each for each in results.values() if isinstance(each, Refusal)]
    if broken:
        raise Refusal(finding for each in broken for finding in each.findings)
    scans = {name: each for name, each in results.items() if isinstance(each, Scan)}
    said = [
        finding
        for name, each in scans.items()
        for finding in heard(files[name][0], each, files[name][1])
    ]
    said += _against_mixes(prepared, settings)
    songs = _as_they_are(prepared)
    levels = {name: each for name, each in scans.items() if name in songs}
    for disc in prepared.discs:
        overs = expected_overs(disc.timeline, levels)
        said += over_findings(prepared.album, disc.timeline, overs)
    return scans, tuple(said)


def _against_mixes(prepared: Prepared, settings: Settings) -> list[Finding]:
    """Return what nulling the songs' stems against their mixes shows."""
    album = prepared.album
    songs = [name for name in prepared.sources if album.songs[name].check_against]

    def one(name: str) -> list[Finding]:
        return compared(album, album.songs[name], prepared.sources[name])

    with ThreadPoolExecutor(settings.jobs) as pool:
        return [finding for found in pool.map(one, songs) for finding in found]


def _as_they_are(prepared: Prepared) -> set[str]:
    """Return the songs of which the mix's own peak tells whether a target clips."""
    album = prepared.album
    songs: set[str] = set()
    if prepared.album.loudness.method != "none":
        return songs  # the balance keeps below the ceiling, and says so
    for name in prepared.targets:
        if finish_of(album, name).idle:
            songs |= {*prepared.sources} - {*treatments_of(album, name)}
    return songs


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
        made_by = decided_by(prepared, scans)
        kept = keep_others(out, content, names, prepared.targets, made_by)
        findings = (*prepared.findings, *said, *kept.findings)
        if any_error(findings):
            raise Failure(findings)
        records: Mapping[str, Record] = {}
        if is_balanced(prepared):
            found = balanced(prepared, names, settings.jobs, stages)
            records = found.records
            more = balance_findings(prepared.album, list(records.values()))
            findings += (*found.findings, *more)
            if any_error(findings):
                raise Failure(findings)
        rendering = Rendering(
            prepared=prepared,
            content=content,
            settings=settings,
            stages=stages,
            records=records,
        )
        rendered = rendering.render(names)
        findings += rendered.findings
        if any_error(findings):
            raise Failure(findings)
        _report(content, prepared, records, rendered, findings)
        sums = rendered.sums
        listed = stages.stage("listing the files", 1)
        for name in names:
            target = prepared.album.deliver.files.get(name)
            if target and target.kind.name == "archive":
                manifest.write(content / name, made_by, settings.jobs, sums)
        manifest.write(content, made_by, settings.jobs, sums)
        listed(1)  # the last moment at which an interrupt ends the build
    return Built(
        out=out,
        proofs=rendered.proofs,
        records=records,
        delivered=rendered.delivered,
        masters=rendered.masters,
        decoded=rendered.decoded,
        findings=findings,
        kept=kept.names,
    )


def titles_of(prepared: Prepared) -> dict[str, str]:
    """Return the titles of all songs, by their ids."""
    return {name: song.title for name, song in prepared.album.songs.items()}


def proofs_json(proofs: Proofs) -> dict[str, Any]:
    """Return the counts of *proofs*."""
    return {
        target: {form: proof.as_json() for form, proof in forms.items()}
        for target, forms in proofs.items()
    }


def _drawn(prepared: Prepared, made: MasterReport) -> report.Master:
    """Return what the report shows of a master."""
    songs = prepared.album.songs
    return report.Master(
        target=made.target,
        disc=made.disc,
        name=made.master,
        said=made.as_json(),
        songs=[
            report.Lowered(
                title=songs[each.song].title,
                deepest_db=each.deepest_db,
                mean_db=each.mean_db,
                share_deep=each.share_deep,
                steps_db=each.steps,
            )
            for each in made.songs
        ],
    )


def _report(
    content: Path,
    prepared: Prepared,
    records: Mapping[str, Record],
    rendered: Rendered,
    findings: Iterable[Finding],
) -> None:
    """Write what was found and what was proved, for machines and for people."""
    place, album = content / "report", prepared.album
    place.mkdir()
    found = list(findings)
    document = {
        "schema": 1,
        "ok": True,
        "findings": [finding.as_json() for finding in found],
        "proof": proofs_json(rendered.proofs),
        "masters": [each.as_json() for each in rendered.masters],
        "codecs": [each.as_json() for each in rendered.decoded],
        "players": [each.as_json() for each in rendered.played],
        "loudness": delivered_json(records, rendered.delivered),
        "record": whole_json([*records.values()]),
    }
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    (place / "qc.json").write_text(text, encoding="utf-8")
    drawn = report.page(
        artist=album.meta.artist,
        title=album.meta.title,
        findings=found,
        proofs=rendered.proofs,
        aims=reported.aims(records),
        levels=reported.levels(album, records, rendered.delivered),
        tones=reported.toned(album, records, rendered.delivered),
        masters=[_drawn(prepared, each) for each in rendered.masters],
        tables=[
            *reported.tables(album, records),
            report.Table(
                heading="What decoders make of the lossy files",
                rows=decoded_rows(rendered.decoded, titles_of(prepared), every=True),
                words=3,
            ),
            report.Table(
                heading="What players do to songs alone and in the album",
                rows=played_rows(rendered.played),
                words=3,
            ),
        ],
        version=__version__,
    )
    (place / "report.html").write_text(drawn, encoding="utf-8")
    papers.write(place, prepared.album, prepared.discs)
