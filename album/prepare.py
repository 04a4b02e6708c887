"""All that is known before a sample is rendered: the album, placed and judged."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from album import disclayout, notices, projectfile, reach, receiving, sides, stores
from album.near import suggestion
from album.project import Album, CdTarget, RoomTone, Spacing
from album.sequence import sequence
from album.source import Source, probe, remarks
from album.stemfiles import stem_source
from album.timeline import Timeline
from delivery import catalogue, rules, specs, tagging
from delivery.cover import open_cover
from delivery.findings import Finding, Place, Refusal, any_error, error, refuse
from delivery.formats import FORMATS
from delivery.program import Layout
from delivery.waivers import waived, waiver

SHORTEST_TONE = 0.1
"""Seconds of room tone that can be looped without a flutter."""


@dataclass(frozen=True, kw_only=True)
class Disc:
    """One disc of the album: where everything lies, and what the disc says."""

    timeline: Timeline
    layout: Layout


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An album that can be built, if none of *findings* is an error."""

    album: Album
    sources: Mapping[str, Source]
    tones: Mapping[Path, Source]
    """The recordings of room tone that the order asks for."""
    discs: tuple[Disc, ...]
    sides: Mapping[str, tuple[Disc, ...]]
    """What is played instead, for targets that cut a record or a tape."""
    findings: tuple[Finding, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the names of what the album is to be delivered as."""
        return tuple(self.album.deliver.targets)

    @property
    def files(self) -> dict[str, tuple[Source, Place]]:
        """Every recording that the album is made of, by song, and by song and stem."""
        found: dict[str, tuple[Source, Place]] = {}
        for name, source in self.sources.items():
            for part in source.parts:
                place = self.album.place("song", name, "stems", part.name, "file")
                found[f"{name}: {part.name}"] = part.source, place
            if not source.parts:
                found[name] = source, self.album.place("song", name, "mix")
        return found

    @property
    def plant(self) -> specs.Plant:
        """The plant whose limits the disc has to keep."""
        return specs.plant((self.album.deliver.cd or CdTarget()).plant, self.album.book)


def prepare(path: Path) -> Prepared:
    """Read the project and its mixes' headers, place the songs, apply the rules.

    Raises Refusal, with everything that is wrong, where no album can be made of it.
    """
    album, findings = projectfile.read(path)
    _check_cover(album)
    _check_masters(album)
    sources, said = _sources(album)
    tones = _tones(album)
    timelines, placed = sequence(album, sources, tones)
    if faults := list(reach.of_targets(album, timelines[0].rate)):
        raise Refusal(faults)
    discs: list[Disc] = []
    judged: list[Finding] = []
    cd = album.deliver.cd or CdTarget()
    for timeline in timelines:
        layout, rewritten = disclayout.layout(album, timeline)
        discs.append(Disc(timeline=timeline, layout=layout))
        judged += notices.hidden(album, timeline)
        if album.deliver.files:
            _check_tags(album, timeline)
        judged += stores.remarks(album, timeline)
        judged += receiving.remarks(album, timeline, sources)
        if album.deliver.cd:
            found = (
                *rewritten,
                *rules.check(layout, specs.plant(cd.plant, album.book)),
                *(each for form in FORMATS.values() for each in form.losses(layout)),
            )
            judged += [notices.placed(album, timeline, each) for each in found]
    cut, told = sides.of_targets(album, sources, tones, timelines)
    return Prepared(
        album=album,
        sources=sources,
        tones=tones,
        discs=tuple(discs),
        sides={
            name: tuple(
                Disc(timeline=side, layout=disclayout.layout(album, side)[0])
                for side in timelines
            )
            for name, timelines in cut.items()
        },
        findings=_waived(
            album, (*findings, *said, *placed, *notices.folded(judged), *told)
        ),
    )


def _waived(album: Album, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return *findings* with the warnings that the project waives told as notes."""
    if not album.qc.waive:
        return findings
    known = catalogue.entries()
    try:
        waivers = [waiver(text, known) for text in album.qc.waive]
    except Refusal as refusal:
        place = album.place("qc", "waive")
        raise Refusal(replace(each, place=place) for each in refusal.findings) from None
    return waived(findings, waivers, errors=False)


def _sources(album: Album) -> tuple[dict[str, Source], list[Finding]]:
    """Probe every mix that is played; raises Refusal with all that cannot be used."""
    sources: dict[str, Source] = {}
    faults: list[Finding] = []
    said: list[Finding] = []
    for name in _played(album):
        song = album.songs[name]
        try:
            if song.stems:
                sources[name], remarked = stem_source(album, song)
                said += remarked
                continue
            place = album.place("song", name, "mix")
            sources[name] = probe(song.mix, place)
        except Refusal as refusal:
            faults += refusal.findings
            continue
        said += remarks(sources[name], place)
    if faults:
        raise Refusal(faults)
    asked = list(reach.beyond(album, sources))
    if any_error(asked):
        raise Refusal(asked)
    return sources, said + asked + notices.rates(album, sources)


def _played(album: Album) -> list[str]:
    pregap = album.deliver.cd.pregap if album.deliver.cd else None
    ordered = [entry.song for disc in album.discs for entry in disc.entries]
    return [pregap, *ordered] if pregap else ordered


def _tones(album: Album) -> dict[Path, Source]:
    """Probe the files of room tone that the order asks for."""
    files: dict[Path, None] = {}  # in the order of the album, each once
    for disc in album.discs:
        joins = [
            entry.join for entry in disc.entries if isinstance(entry.join, Spacing)
        ]
        fills = [fill for join in joins for fill in join.fills]
        for fill in (*disc.opening, *fills, *disc.closing):
            if isinstance(fill, RoomTone):
                files[fill.file] = None
    place = album.place("sequence", "roomtone")
    tones = {file: probe(file, place) for file in files}
    for file, tone in tones.items():
        if tone.seconds < SHORTEST_TONE:
            raise refuse(
                "SEQ-ROOMTONE",
                f"{file.name} lasts {tone.seconds:.3f} s, too short to be looped",
                place=place,
                measured=tone.seconds,
                limit=SHORTEST_TONE,
            )
    return tones


def _check_masters(album: Album) -> None:
    """Raise Refusal where a target asks for a master that there is not."""
    faults = []
    for target, table in album.deliver.targets.items():
        named = getattr(table, "master", "")
        if not named or named in album.master:
            continue
        meant = suggestion(named, album.master, "the masters are")
        place = album.place("deliver", target, "master")
        message = f"there is no [master.{named}]"
        faults.append(error("MASTER-UNKNOWN", message, place=place, help=meant))
    if faults:
        raise Refusal(faults)


def _check_tags(album: Album, timeline: Timeline) -> None:
    """Look whether files can carry every credit; raises Refusal at its line."""
    release = disclayout.release(album, timeline)
    for piece in disclayout.pieces(album, timeline):
        try:
            tagging.check(tagging.for_piece(release, piece, len(timeline.cues)))
        except Refusal as refusal:
            song = timeline.cues[max(piece.number, 1) - 1].songs[0]
            own = album.songs[song].credits
            keys = ("song", song, "credits") if own else ("album", "credits")
            place = album.place(*keys)
            raise Refusal(
                replace(each, place=place) for each in refusal.findings
            ) from None


def _check_cover(album: Album) -> None:
    """Read the cover; raises Refusal, at its line, where no file could carry it."""
    if album.meta.cover is None:
        return
    try:
        open_cover(album.meta.cover)
    except Refusal as refusal:
        place = album.place("album", "cover")
        raise Refusal(replace(each, place=place) for each in refusal.findings) from None
