"""Notices about an album that can be built: conversions, hidden songs, places."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from album.project import Album
from album.source import Source
from album.timeline import Timeline, programme_rate
from delivery.findings import Finding, Severity, note
from delivery.redbook import RATE


def rates(album: Album, sources: Mapping[str, Source]) -> list[Finding]:
    """Say of every mix and target that is not at the programme's rate what happens."""
    rate = programme_rate(sources)
    said = [
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
    ]
    if album.deliver.cd and rate != RATE:
        text = f"the CD is converted from {rate} Hz to {RATE} Hz"
        said.append(note("SRC-CD-RATE", text))
    for name, target in album.deliver.files.items():
        own = target.rate_for(rate)
        if own != rate:
            text = f"{name} is converted from {rate} Hz to {own} Hz"
            said.append(note("SRC-TARGET-RATE", text, measured=rate, limit=own))
        for form in target.lossy:
            coded = form.coding.rate_for(own)
            if coded != own:
                title = form.coding.title
                text = f"{name}: the {title} files are converted to {coded} Hz"
                said.append(note("SRC-TARGET-RATE", text, measured=own, limit=coded))
    return said


def hidden(album: Album, timeline: Timeline) -> Iterator[Finding]:
    """Say of every song hidden inside a track what becomes of its name and code."""
    for number, cue in enumerate(timeline.cues, 1):
        for name in cue.songs[1:]:
            song = album.songs[name]
            code = f" and its ISRC {song.isrc}" if song.isrc else ""
            yield note(
                "TXT-HIDDEN",
                f"{song.title!r} is hidden inside track {number}: its title{code} "
                "stand in the project alone, its music in the track's files",
                place=replace(album.place("song", name), song=name, track=number),
            )


_ALIKE = ("FILE-NAME", "FILE-PEAK", "FILE-SHORT", "FILE-MONO")
"""Rules of which one note is enough, whatever the number of files."""


def folded(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield *findings* with one note for all files of which the same is to be said.

    The first stands for the others: of a name, the first form; of an advice, the first
    song, with how many more there are.
    """
    kept: dict[object, Finding] = {}
    more: Counter[object] = Counter()
    for each in findings:
        key: object = len(kept)
        if each.rule == "FILE-NAME" and each.source is None:
            key = each.rule, each.place.track
        elif each.rule == "COVER-COPY":
            key = each.message
        elif each.rule in _ALIKE and each.severity is Severity.NOTE:
            key = each.rule, each.source, each.limit
        if key in kept:
            more[key] += each.rule in _ALIKE and each.source is not None
        else:
            kept[key] = each
    for key, each in kept.items():
        count = more[key]
        others = f"; so is it with {count} more" if count else ""
        yield replace(each, message=each.message + others)


OF_SONGS = {"ISRC": "isrc", "TXT": "title"}
"""Keys of a song that rules about its track are about, by the rules' first part."""

OF_THE_ALBUM = {"EAN": ("album", "ean"), "TXT": ("album", "title")}
"""Keys that rules about the whole disc are about."""


def placed(album: Album, timeline: Timeline, finding: Finding) -> Finding:
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
