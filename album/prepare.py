"""All that is known before a sample is rendered: the album, placed and judged."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from album import disclayout, projectfile
from album.project import Album, CdTarget, RoomTone, Spacing
from album.sequence import sequence
from album.source import Source, probe, remarks
from album.timeline import Timeline, programme_rate
from delivery import rules, specs
from delivery.findings import Finding, Refusal, note
from delivery.program import Layout
from delivery.redbook import RATE


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
    findings: tuple[Finding, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the names of what the album is to be delivered as."""
        deliver = vars(self.album.deliver)
        return tuple(name for name, table in deliver.items() if table)

    @property
    def plant(self) -> specs.Plant:
        """The plant whose limits the disc has to keep."""
        return specs.plant((self.album.deliver.cd or CdTarget()).plant)


def prepare(path: Path) -> Prepared:
    """Read the project and its mixes' headers, place the songs, apply the rules.

    Raises Refusal, with everything that is wrong, where no album can be made of it.
    """
    album, findings = projectfile.read(path)
    sources, said = _sources(album)
    tones = _tones(album)
    timelines, placed = sequence(album, sources, tones)
    discs, judged = [], []
    cd = album.deliver.cd or CdTarget()
    for timeline in timelines:
        layout, rewritten = disclayout.layout(album, timeline)
        discs.append(Disc(timeline=timeline, layout=layout))
        found = rules.check(layout, specs.plant(cd.plant)) if album.deliver.cd else ()
        judged += [_placed(album, timeline, each) for each in (*rewritten, *found)]
    return Prepared(
        album=album,
        sources=sources,
        tones=tones,
        discs=tuple(discs),
        findings=(*findings, *said, *placed, *judged),
    )


def _sources(album: Album) -> tuple[dict[str, Source], list[Finding]]:
    """Probe every mix that is played; raises Refusal with all that cannot be used."""
    sources: dict[str, Source] = {}
    faults: list[Finding] = []
    said: list[Finding] = []
    for name in _played(album):
        place = album.place("song", name, "mix")
        try:
            sources[name] = probe(album.songs[name].mix, place)
        except Refusal as refusal:
            faults += refusal.findings
            continue
        said += remarks(sources[name], place)
    if faults:
        raise Refusal(faults)
    return sources, said + _rates(album, sources)


def _played(album: Album) -> list[str]:
    pregap = album.deliver.cd.pregap if album.deliver.cd else None
    ordered = [entry.song for disc in album.discs for entry in disc.entries]
    return [pregap, *ordered] if pregap else ordered


def _rates(album: Album, sources: Mapping[str, Source]) -> list[Finding]:
    """Say of every mix that is not at the programme's rate what happens to it."""
    rate = programme_rate(sources)
    return [
        note(
            "SRC-CONVERTED",
            f"{album.songs[name].title!r} is at {source.rate} Hz; it is converted to "
            f"the programme's {rate} Hz",
            place=album.place("song", name, "mix"),
            measured=source.rate,
            limit=rate,
        )
        for name, source in sources.items()
        if source.rate != rate
    ] + (
        [note("SRC-CD-RATE", f"the CD is converted from {rate} Hz to {RATE} Hz")]
        if album.deliver.cd and rate != RATE
        else []
    )


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
    return {file: probe(file, album.place("sequence", "roomtone")) for file in files}


OF_SONGS = {"ISRC": "isrc", "TXT": "title"}
"""Keys of a song that rules about its track are about, by the rules' first part."""

OF_THE_ALBUM = {"EAN": ("album", "ean"), "TXT": ("album", "title")}
"""Keys that rules about the whole disc are about."""


def _placed(album: Album, timeline: Timeline, finding: Finding) -> Finding:
    """Add to a rule's finding the line of the project that it is about."""
    kind = finding.rule.partition("-")[0]
    number = finding.place.track
    if number is None or not 1 <= number <= len(timeline.cues):
        keys = OF_THE_ALBUM.get(kind)
        return replace(finding, place=album.place(*keys)) if keys else finding
    song = timeline.cues[number - 1].songs[0]
    key = (OF_SONGS[kind],) if kind in OF_SONGS else ()
    place = replace(album.place("song", song, *key), song=song, track=number)
    return replace(finding, place=place)
