"""The verb `explain`: what a finding means, or what is done to a song, and why."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from album.console import Console, table
from album.near import suggestion
from delivery.findings import Finding, Refusal, refuse

if TYPE_CHECKING:
    from album.balance.record import Record
    from album.explain import Explained
    from album.prepare import Prepared
    from album.timeline import Placement
    from album.treatment import Treatment
    from delivery.catalogue import Entry


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
    if target is not None and target not in prepared.targets:
        way_out = suggestion(target, prepared.targets, "the album has")
        raise refuse("TARGET", f'the album has no target "{target}"', help=way_out)
    chosen = target or prepared.targets[0]
    from album import explainpage
    from album.balance import figures, pages

    record, faults = _record(console, prepared, chosen)
    own = tuple(each for each in faults if each.place.song == name)
    if name not in record.songs:
        raise Refusal(own)
    stems, found = _measured(console, prepared, name, record)
    for line in explainpage.lines(prepared, name, chosen, stems, found):
        console.line(line)
    if why := pages.song_lines(prepared.album, record, name):
        console.line()
    for line in why:
        console.line(line)
    known = (each for each in prepared.findings if each.place.song == name)
    findings = (*known, *own)
    console.findings(findings)
    result = {
        "kind": "song",
        "id": name,
        "title": prepared.album.songs[name].title,
        "target": chosen,
        **explainpage.as_json(prepared, name, chosen, stems, found),
        "balance": figures.song_json(record, name),
    }
    console.document(True, findings, result)


def _record(
    console: Console, prepared: "Prepared", target: str
) -> "tuple[Record, tuple[Finding, ...]]":
    """Return how the record is balanced for *target*."""
    from album.proposing import balanced

    with console.progress():
        found = balanced(prepared, [target], os.cpu_count() or 1, console)
    return found.records[target], found.findings


def _measured(
    console: Console, prepared: "Prepared", name: str, record: "Record"
) -> "tuple[dict[str, Explained], Explained]":
    """Run the song through its chain, with the moves of its tone at the end.

    Stems that have a chain run through theirs before, each by itself. Raises Refusal
    where any of it is no audio.
    """
    from album.balance.hearing import unheard_song
    from album.balance.moving import toned
    from album.finish import treatments_of
    from album.proposing import as_scanned
    from album.treatment import UNTREATED
    from dsp.meter import NotANumberError

    placements = [each for disc in prepared.discs for each in disc.timeline.placements]
    placed = next(each for each in placements if each.song == name)
    own = treatments_of(prepared.album, record.target)
    moves = {song: each.move for song, each in record.songs.items()}
    treatment = toned(prepared.album, own, moves).get(name, UNTREATED)
    try:
        return _explained(console, prepared, placed, treatment)
    except NotANumberError as bad:
        fault = unheard_song(placed, bad, treated=True)
        raise Refusal(as_scanned(prepared, fault)) from None


def _explained(
    console: Console, prepared: "Prepared", placed: "Placement", treatment: "Treatment"
) -> "tuple[dict[str, Explained], Explained]":
    from album.explain import explained
    from album.stems import open_source

    source, begin, end = placed.source, placed.begin, placed.end
    stems = {}
    with console.progress():
        for part in source.parts:
            if stages := treatment.stems.get(part.name, ()):
                advance = console.stage(f"stem {part.name}", end - begin)
                alone = partial(open_source, part.source, {}, begin, end)
                found = explained(stages, part.source.rate, alone, begin, advance)
                stems[part.name] = found
        title = prepared.album.songs[placed.song].title
        advance = console.stage(title, end - begin)
        whole = partial(open_source, source, treatment.stems, begin, end)
        song = explained(treatment.stages, source.rate, whole, begin, advance)
    return stems, song
