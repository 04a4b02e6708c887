"""The verb `explain`: what a finding means, or what is done to a song, and why."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from album.console import Console, table
from album.near import suggestion
from delivery.findings import Finding, Refusal, refuse

if TYPE_CHECKING:
    from album.balance.record import Record
    from album.chain import Stage
    from album.explain import Explained, Levels
    from album.prepare import Prepared
    from delivery.catalogue import Entry

HEAD = (
    "stage", "LUFS", "true peak", "crest", "low", "mid", "high", "width", "turned down"
)  # fmt: skip


def explain(console: Console, what: str, path: Path, target: str | None) -> bool:
    """Show the page of a finding, or a song's chain and what each stage changed."""
    from album.prepare import prepare
    from delivery.catalogue import entries

    project = _project(path)
    if what not in entries() and project.is_file():
        prepared = prepare(project)
        if name := _song_called(prepared, what):
            _show_song(console, prepared, name, target)
            return True
        if what.upper() not in entries():
            songs = prepared.album.songs
            known = (*songs, *(song.title for song in songs.values()))
            raise _unknown(what, known, f"the songs are: {', '.join(songs)}")
    if what.upper() not in entries():
        raise _unknown(what, (), f"there is no {project} to look for songs in")
    found = entries()[what.upper()]
    for line in _page(found):
        console.line(line)
    console.document(True, (), {"kind": "rule", **_entry_json(found)})
    return True


def _project(path: Path) -> Path:
    return path / "album.toml" if path.is_dir() else path


def _unknown(what: str, songs: tuple[str, ...], otherwise: str) -> Refusal:
    """Return the refusal of a word that is neither a song nor a finding."""
    from delivery.catalogue import entries

    near = suggestion(what, (*songs, *entries()), "known are")
    way_out = near if near and near.startswith("did") else otherwise
    message = f'no song and no finding is called "{what}"'
    return refuse("EXPLAIN", message, help=way_out)


def _page(entry: "Entry") -> list[str]:
    """Return the page of a finding for people."""
    lines = [f"{entry.id}   {entry.severity}   {entry.group}", ""]
    if entry.line:
        lines += [entry.line, ""]
    lines += entry.page.splitlines()
    if entry.also:
        lines += ["", *entry.also.splitlines()]
    if entry.bounds:
        rows = [("", "over", "", "", "source")]
        rows += [
            (
                each.whose,
                each.over,
                each.severity,
                each.says,
                f"{each.source}, read {each.read}",
            )
            for each in entry.bounds
        ]
        lines += ["", *table(rows)]
    return lines


def _entry_json(entry: "Entry") -> dict[str, Any]:
    bounds = [vars(each) for each in entry.bounds]
    return {**vars(entry), "bounds": bounds}


def _song_called(prepared: "Prepared", what: str) -> str:
    """Return the id of the song that has *what* as its id or title; empty if none."""
    played = {name: prepared.album.songs[name].title for name in prepared.sources}
    titles = {title.casefold(): name for name, title in played.items()}
    return what if what in played else titles.get(what.casefold(), "")


def _show_song(
    console: Console, prepared: "Prepared", name: str, target: str | None
) -> None:
    """Show the chain of a song and what it changes, for a target or the first."""
    song = prepared.album.songs[name]
    if target is not None and target not in prepared.targets:
        way_out = suggestion(target, prepared.targets, "the album has")
        raise refuse("TARGET", f'the album has no target "{target}"', help=way_out)
    chosen = target or prepared.targets[0]
    from album.balance import figures, pages

    record, faults = _record(console, prepared, chosen)
    found = _measured(console, prepared, name, record)
    for line in _lines(prepared, name, chosen, found):
        console.line(line)
    if why := pages.song_lines(prepared.album, record, name):
        console.line()
    for line in why:
        console.line(line)
    findings = (*prepared.findings, *faults)
    console.findings(findings)
    folder = prepared.album.path.absolute().parent
    result = {
        "kind": "song",
        "id": name,
        "title": song.title,
        "target": chosen,
        "chain": [_stage_json(stage, folder) for stage in song.chain],
        **_explained_json(found),
        "balance": figures.song_json(record, name),
    }
    console.document(True, findings, result)


def _record(
    console: Console, prepared: "Prepared", target: str
) -> "tuple[Record, tuple[Finding, ...]]":
    """Return how the record is balanced for *target*."""
    from album.build import balanced
    from album.render import Settings

    with console.progress():
        settings = Settings(jobs=os.cpu_count() or 1, block=1 << 17)
        found = balanced(prepared, [target], settings, console)
    return found.records[target], found.findings


def _measured(
    console: Console, prepared: "Prepared", name: str, record: "Record"
) -> "Explained":
    """Run the song through its chain, with the moves of its tone at the end."""
    from album.balance.balancing import toned
    from album.explain import explained
    from album.finish import treatments_of
    from album.stems import open_source
    from album.treatment import UNTREATED

    placements = [each for disc in prepared.discs for each in disc.timeline.placements]
    placed = next(each for each in placements if each.song == name)
    own = treatments_of(prepared.album, record.target)
    moves = {song: each.move for song, each in record.songs.items()}
    treatment = toned(prepared.album, own, moves).get(name, UNTREATED)
    source, begin, end = placed.source, placed.begin, placed.end

    with console.progress():
        advance = console.stage(prepared.album.songs[name].title, end - begin)
        return explained(
            treatment.stages,
            source.rate,
            lambda: open_source(source, treatment.stems, begin, end),
            begin,
            advance,
        )


def _lines(
    prepared: "Prepared", name: str, target: str, found: "Explained"
) -> list[str]:
    """Return a song's chain and what it changed, for people."""
    song = prepared.album.songs[name]
    lines = [f"{song.title} · for {target}", ""]
    rows = [_origin(stage) for stage in song.chain]
    lines += [*table(rows), ""] if rows else ["It has no chain.", ""]
    for stem, part in song.stems.items():
        for stage in part.chain:
            lines.append(f"stem {stem}: {stage.text}")
    measured = [HEAD, ("the song", *_cells(found.before, "{:.1f}"), "")]
    last = found.before
    for step in found.steps:
        turned = step.reduction
        down = f"{turned.deepest_db:.1f} dB, {turned.share:.0%}" if turned else ""
        cells = _cells(step.after.since(last), "{:+.1f}")
        measured.append((step.stage.text, *cells, down))
        last = step.after
    if found.steps:
        measured.append(("comes out", *_cells(last, "{:.1f}"), ""))
    lines += table(measured, right=range(1, 8))
    for step in found.steps:
        lines += [f"{step.stage.text}: {remark}" for remark in step.remarks]
    ran = {step.stage.text for step in found.steps}
    for stage in song.chain:
        if stage.text not in ran:
            why = f"is not for {target}" if stage.only else "changes nothing"
            lines.append(f"{stage.text}: {why}")
    return lines


def _origin(stage: "Stage") -> tuple[str, str, str]:
    """Return a stage's line, what brought it in, and where it stands."""
    via = " ".join(f"@{name}" for name in stage.via)
    where = f"line {stage.place.line}" if stage.place.line else ""
    return stage.text, via or "the song's own", where


def _cells(levels: "Levels", form: str) -> tuple[str, ...]:
    values = (
        levels.integrated_lufs,
        levels.true_peak_dbtp,
        levels.crest_db,
        *levels.bands_db,
        levels.width_db,
    )
    return tuple("" if value is None else _cell(value, form) for value in values)


def _cell(value: float, form: str) -> str:
    """Return a level as *form*, and without a sign where it rounds to nothing."""
    rounded = round(value, 1)
    return form.format(rounded) if rounded else "0.0"


def _explained_json(found: "Explained") -> dict[str, Any]:
    steps, last = [], found.before
    for step in found.steps:
        steps.append(
            {
                "stage": step.stage.text,
                "after": _levels_json(step.after),
                "change": _levels_json(step.after.since(last)),
                "reduction": step.reduction and _rounded(vars(step.reduction)),
                "remarks": list(step.remarks),
            }
        )
        last = step.after
    return {"before": _levels_json(found.before), "steps": steps}


def _levels_json(levels: "Levels") -> dict[str, Any]:
    from album.explain import BANDS

    bands = {name: at for (name, *_), at in zip(BANDS, levels.bands_db, strict=True)}
    return {**_rounded({**vars(levels), "bands_db": None}), "bands_db": _rounded(bands)}


def _rounded(values: Mapping[str, float | None]) -> dict[str, Any]:
    return {
        name: None if value is None else round(value, 3) + 0.0
        for name, value in values.items()
    }


def _stage_json(stage: "Stage", folder: Path) -> dict[str, Any]:
    from album.chain import table_of_stage

    return {
        "text": stage.text,
        "table": table_of_stage(stage, folder),
        "via": list(stage.via),
        "place": stage.place.as_json(),
    }
