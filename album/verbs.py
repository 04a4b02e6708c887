"""What each verb of the command line does: ask the floors below, show their answers.

Every verb returns whether all is well; what cannot go on raises Refusal or Failure.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from album.console import Console, counted, table
from album.render import Settings
from delivery.findings import any_error, refuse

if TYPE_CHECKING:
    from delivery.proof import Proof


def init(console: Console, folder: Path) -> bool:
    """Write album.toml into *folder*, unless one is there."""
    from album.starter import propose

    target = folder / "album.toml"
    if target.exists():
        raise refuse(
            "FILE",
            f"{target} is there already",
            help="edit it, or move it away first: init never overwrites",
        )
    proposal = propose(folder)
    partial = folder / ".album.toml.partial"
    try:
        partial.write_text(proposal.text, encoding="utf-8", newline="\n")
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    for line in table(proposal.rows, right=(0, 2)):
        console.line(line)
    for guess in proposal.guesses:
        console.say(f"guessed: {guess}")
    console.good(f"Wrote {target} ({len(proposal.text.splitlines())} lines).")
    where = "" if folder == Path() else f" {folder}"
    empty = [key for key in ("artist", "title") if f'\n{key} = ""' in proposal.text]
    if empty:
        console.line(f"Fill in the album's {' and '.join(empty)}, look it through,")
    else:
        console.line("Look it through,")
    console.line(f"then: glassmaster plan{where}")
    result = {"path": str(target), "guesses": list(proposal.guesses)}
    console.document(True, (), result)
    return True


def check(console: Console, path: Path, settings: Settings) -> bool:
    """Read the project and every mix, and apply the rules."""
    from album.balance.said import findings as said_of
    from album.build import scan_all
    from album.plan import check_json, check_lines
    from album.prepare import prepare
    from album.proposing import balanced, is_balanced

    prepared = prepare(_project(path))
    findings = prepared.findings
    with console.progress():
        scans, said = scan_all(prepared, settings, console)
        findings += said
        if is_balanced(prepared):
            found = balanced(prepared, prepared.targets, settings.jobs, console)
            more = said_of(prepared.album, list(found.records.values()))
            findings += (*found.findings, *more)
    ok = not any_error(findings)
    for line in check_lines(prepared, scans):
        console.line(line)
    console.findings(findings)
    console.line(f"{counted(findings)}.")
    console.document(ok, findings, check_json(prepared, scans))
    return ok


def plan(console: Console, path: Path, settings: Settings) -> bool:
    """Show what would be built, and how the record is balanced."""
    from album.balance.said import findings as said_of
    from album.balance.said import foreseen
    from album.plan import plan_json, plan_lines
    from album.prepare import prepare
    from album.proposing import balanced

    prepared = prepare(_project(path))
    with console.progress():
        found = balanced(prepared, prepared.targets, settings.jobs, console)
    records = list(found.records.values())
    said = said_of(prepared.album, records) + foreseen(prepared.album, records)
    findings = (*prepared.findings, *found.findings, *said)
    ok = not any_error(findings)
    if console.as_json:
        console.document(ok, findings, plan_json(prepared, records))
        return ok
    sound = not found.findings
    for line in plan_lines(prepared, records, verbose=console.verbose, sound=sound):
        console.line(line)
    console.findings(findings)
    if findings:
        console.say(f"{counted(findings)}.")
    return ok


def build(
    console: Console,
    path: Path,
    targets: list[str],
    out: Path | None,
    settings: Settings,
) -> bool:
    """Build the album's targets and say what was proved."""
    from album.balance.figures import delivered_json
    from album.balance.pages import delivered_lines
    from album.build import build as make
    from album.build import proofs_json, titles_of
    from album.decoded import RIGHT, decoded_rows
    from album.prepare import prepare
    from album.processing import report_lines
    from delivery.deliverables import kinds

    project = _project(path)
    if not path.exists() and str(path) in ("cd", *kinds()):
        raise refuse(
            "TARGET",
            f"there is no album {str(path)!r}",
            help=f"to build that target alone: glassmaster build . {path}",
        )
    prepared = prepare(project)
    folder = out if out is not None else project.parent / "build"
    with console.progress():
        built = make(prepared, targets, folder, settings, console)
    console.findings(built.findings)
    for line in table(proof_rows(built.proofs), right=(2,)):
        console.line(f"  {line}")
    for line in report_lines(built.masters):
        console.line(f"  {line}")
    for line in table(decoded_rows(built.decoded, titles_of(prepared)), right=RIGHT):
        console.line(f"  {line}")
    for line in delivered_lines(prepared.album, built.records, built.delivered):
        console.line(f"  {line}")
    for name in built.kept:
        console.line(f"  {name}  kept from the build before: nothing in it differs")
    console.good(f"OK  {built.out}   {counted(built.findings)}")
    result = {
        "out": str(built.out),
        "proof": proofs_json(built.proofs),
        "kept": list(built.kept),
        "masters": [each.as_json() for each in built.masters],
        "codecs": [each.as_json() for each in built.decoded],
        "loudness": delivered_json(built.records, built.delivered),
    }
    console.document(True, built.findings, result)
    return True


def demo(console: Console, folder: Path, settings: Settings) -> bool:
    """Compose the example album in *folder* and build it."""
    project = folder / "album.toml"
    if not project.exists() and folder.exists() and any(folder.iterdir()):
        raise refuse(
            "OUT-FOREIGN",
            f"{folder} is not empty",
            help="name another folder: glassmaster demo FOLDER",
        )
    if project.exists():
        console.line(f"{project} is there already; building it as it is.")
    else:
        _composed(folder, console)
        console.line(f"Composed the mixes and {project}; now building it.")
    ok = build(console, project, [], None, settings)
    made = folder / "build"
    console.line(f"Listen to {made / 'streaming'}")
    console.line(f"Look at   {made / 'cd' / 'PQ.html'}")
    console.line(f"Then change {project} and build it again.")
    return ok


def _composed(folder: Path, console: Console) -> None:
    """Compose the demo beside *folder*, and give it its name when it is complete."""
    import soundfile

    from album.demo import compose

    partial = folder.absolute().with_name(f".{folder.absolute().name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        advance = console.stage("composing", 1)

        def said(text: str) -> None:
            advance(0)
            console.say(text)

        with console.progress():
            compose(partial, said)
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
    except soundfile.LibsndfileError as fault:
        # the library does not say what the system told it
        raise refuse(
            "FILE",
            f"a mix cannot be written: {str(fault).rstrip('.').lower()}",
            help="make room on the disk, or name another folder",
        ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def schema(console: Console) -> bool:
    """Print the JSON schema of the project file."""
    from album.projectfile import schema as describe

    described = describe()
    for line in json.dumps(described, indent=2, ensure_ascii=False).splitlines():
        console.line(line)
    console.document(True, (), described)
    return True


def proof_rows(proofs: Mapping[str, Mapping[str, "Proof"]]) -> list[tuple[str, ...]]:
    """Return what was compared and found equal, a row for each form."""
    rows: list[tuple[str, ...]] = []
    for target, forms in proofs.items():
        for form, proof in forms.items():
            counts = {
                "marks": proof.marks,
                "ISRCs": proof.isrcs,
                "EAN": proof.eans,
                "texts": proof.texts,
                "tags": proof.tags,
            }
            said = [f"{count:,} {what}" for what, count in counts.items() if count]
            files = f"{proof.files} {form}" if proof.files > 1 else form
            samples = f"{proof.samples:,} samples"
            rows.append((target, files, samples, ", ".join(said), "read back ✓"))
    return rows


def _project(path: Path) -> Path:
    """Return the project file that *path* means: itself, or the one in the folder."""
    return path / "album.toml" if path.is_dir() else path
