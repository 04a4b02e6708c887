"""The plan: what would be built, from the project and a scan of the mixes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from album import titles
from album.balance import figures, pages
from album.balance.record import Record
from album.console import table
from album.prepare import Disc, Prepared
from album.processing import chain_lines, chains_json, master_lines, masters_json
from album.timeline import Placement
from delivery import discid
from delivery.findings import Severity, any_error
from delivery.redbook import (
    FIRST_PAUSE,
    FRAMES_PER_SECOND,
    clock,
    frames_before,
    frames_over,
)
from dsp.level import decibels

if TYPE_CHECKING:
    from album.scanning import Scan


def plan_lines(
    prepared: Prepared,
    records: Sequence[Record] = (),
    *,
    verbose: bool = False,
    sound: bool = True,
) -> list[str]:
    """Return the plan for people; *records* are those of its targets.

    *sound* is whether the mixes could be measured.
    """
    meta = prepared.album.meta
    lines = [f"{meta.title} · {meta.artist}", ""]
    for disc in prepared.discs:
        if len(prepared.discs) > 1:
            lines += [f"Disc {disc.timeline.number}", ""]
        rows = _rows(prepared, disc, _gains(records), verbose=verbose)
        lines += [*table(rows, right=RIGHT), ""]
        lines += _totals(prepared, disc)
        lines.append("")
    lines += _processing(prepared)
    lines += pages.lines(prepared.album, records, verbose=verbose)
    if any_error(prepared.findings) or not sound:
        return [*lines, "Nothing can be built before the errors are mended."]
    return [*lines, f"To build: {', '.join(prepared.targets)}."]


def _processing(prepared: Prepared) -> list[str]:
    album = prepared.album
    lines = []
    if chains := chain_lines(album, prepared.sources):
        lines += ["Chains", *(f"  {line}" for line in chains), ""]
    if masters := master_lines(album, prepared.targets):
        lines += ["Masters", *(f"  {line}" for line in masters), ""]
    return lines


def plan_json(prepared: Prepared, records: Sequence[Record] = ()) -> dict[str, Any]:
    """Return the plan by the JSON contract; what nobody has measured is null."""
    record = records[0] if records else None
    album = prepared.album
    discs = [_disc_json(disc) for disc in prepared.discs]
    return {
        "songs": [
            {
                "id": name,
                "title": album.songs[name].title,
                "gain_db": album.songs[name].gain_db,
                "tone": [],
                "rate": source.rate,
                "depth": source.depth,
                "channels": source.channels,
                "seconds": round(source.seconds, 6),
                **chains_json(album.songs[name]),
                **figures.song_json(record, name),
            }
            for name, source in prepared.sources.items()
        ],
        "masters": masters_json(album, prepared.targets),
        "disc": discs[0],
        **({"discs": discs} if len(discs) > 1 else {}),
        "rate": prepared.discs[0].timeline.rate,
        "targets": list(prepared.targets),
        **(figures.record_json(records) if records else {}),
    }


def check_lines(prepared: Prepared, scans: Mapping[str, "Scan"]) -> list[str]:
    """Return what reading the mixes has shown, one line a song."""
    rows = [
        ("song", "rate", "depth", "ch", "length", "peak dBFS", "silence at the ends")
    ]
    files = prepared.files
    for name, scan in scans.items():
        source = files[name][0]
        peak = decibels(scan.peak)
        before, after = (
            samples / source.rate
            for samples in (scan.silence_before, scan.silence_after)
        )
        rows.append(
            (
                _called(prepared, name),
                f"{source.rate / 1000:g} kHz",
                source.depth,
                str(source.channels),
                titles.clock(source.seconds),
                "silent" if peak is None else f"{peak:.2f}",
                f"{before:.3f} s, {after:.3f} s",
            )
        )
    return table(rows, right=(1, 3, 4, 5))


def check_json(prepared: Prepared, scans: Mapping[str, "Scan"]) -> dict[str, Any]:
    """Return what reading the mixes has shown, as data."""
    songs = []
    files = prepared.files
    for name, scan in scans.items():
        source = files[name][0]
        peak = decibels(scan.peak)
        songs.append(
            {
                "id": name.partition(": ")[0],
                **({"stem": name.partition(": ")[2]} if ": " in name else {}),
                "title": prepared.album.songs[name.partition(": ")[0]].title,
                "path": str(source.path),
                "rate": source.rate,
                "depth": source.depth,
                "bits": source.bits,
                "channels": source.channels,
                "lossy": source.lossy,
                "samples": source.length,
                "seconds": round(source.seconds, 6),
                "sample_peak_dbfs": None if peak is None else round(peak, 2),
                "sample_peak_at": round(scan.peak_at / source.rate, 6),
                "silence_before": round(scan.silence_before / source.rate, 6),
                "silence_after": round(scan.silence_after / source.rate, 6),
                "sha256": scan.sha256,
            }
        )
    return {"songs": songs}


def _called(prepared: Prepared, name: str) -> str:
    """Return the title of a recording: its song's, and which stem it is."""
    song, _, stem = name.partition(": ")
    title = prepared.album.songs[song].title
    return f"{title}: {stem}" if stem else title


HEAD = (
    "#",
    "song",
    "gap before",
    "start (CD)",
    "length",
    "remainder",
    "ISRC",
    "gain",
    "mix",
)
RIGHT = (0, 4, 5, 7)
"""The columns of numbers."""


def _gains(records: Sequence[Record]) -> Mapping[str, float]:
    """Return the gains of the first target."""
    return records[0].gains if records else {}


def _rows(
    prepared: Prepared, disc: Disc, gains: Mapping[str, float], *, verbose: bool
) -> list[tuple[str, ...]]:
    """Return the table of a disc: a line for every track and every hidden song.

    A track's length runs to the next track's mark, a hidden song's is its music's.
    """
    rows: list[tuple[str, ...]] = [HEAD]
    timeline = disc.timeline
    tracks = {
        cue.songs[0]: (cue, track, end)
        for cue, track, end in zip(
            timeline.cues, disc.layout.tracks, disc.layout.ends(), strict=True
        )
    }
    before: Placement | None = None
    for placed in timeline.placements:
        if placed.song not in tracks:
            rows.append(_hidden_row(prepared, placed, before, timeline.rate, gains))
        else:
            cue, track, end = tracks[placed.song]
            cells = (cue.spacing, clock(track.start), clock(end - track.start))
            number = str(track.number)
            slack = f"{cue.slack} smp"
            rows.append(_row(prepared, number, placed.song, cells, slack, gains))
            rows += [
                ("", f"  index {index:02}", "", clock(mark), "", "", "", "", "")
                for index, mark in track.marks.items()
                if index > 1 and verbose
            ]
        before = placed
    return rows


def _hidden_row(
    prepared: Prepared,
    placed: Placement,
    before: Placement | None,
    rate: int,
    gains: Mapping[str, float],
) -> tuple[str, ...]:
    gap = ""
    if before is not None:
        apart = (placed.first - before.stop) / rate
        gap = f"{apart:.4g} s" if apart >= 0 else f"xfade {-apart:.4g} s"
    start = clock(frames_before(placed.first, rate) + FIRST_PAUSE)
    cells = (gap, start, clock(frames_over(placed.length, rate)))
    return _row(prepared, "", placed.song, cells, "", gains)


def _row(
    prepared: Prepared,
    number: str,
    song: str,
    cells: tuple[str, ...],
    slack: str,
    gains: Mapping[str, float],
) -> tuple[str, ...]:
    written = prepared.album.songs[song]
    source = prepared.sources[song]
    title = written.title if number else f"  + {written.title} (hidden)"
    gain = gains.get(song, written.gain_db)
    level = f"{gain:+.2f}".removesuffix("0") + " dB" if gain else ""
    mix = f"{source.rate / 1000:g} kHz {source.depth}"
    mix += " mono" if source.channels == 1 else ""
    return (number, title, *cells, slack, written.isrc, level, mix)


def _totals(prepared: Prepared, disc: Disc) -> list[str]:
    """Return what is said of a disc as a whole."""
    layout, timeline = disc.layout, disc.timeline
    plant = prepared.plant
    safe = next(limit for limit in plant.limits if limit.severity != Severity.NOTE)
    count = len(layout.tracks)
    codes = sum(bool(track.isrc) for track in layout.tracks)
    lines = [
        f"lead-out {clock(layout.leadout)}   programme {clock(layout.frames)}   "
        f"{count} track{'' if count == 1 else 's'}   programme at {timeline.rate} Hz",
    ]
    if prepared.album.deliver.cd:
        lines += [
            f"CD: {clock(layout.leadout)} of {clock(safe.time)} ({plant.name}).  "
            f"ISRC {codes} of {count}.  EAN {layout.ean or 'none'}.",
            f"disc ids: MusicBrainz {discid.musicbrainz(layout)}   "
            f"CDDB {discid.cddb(layout)}",
        ]
    return lines


def _disc_json(disc: Disc) -> dict[str, Any]:
    layout = disc.layout
    tracks = []
    for cue, track, end in zip(
        disc.timeline.cues, layout.tracks, layout.ends(), strict=True
    ):
        pause = 0 if track.pause is None else track.start - track.pause
        tracks.append(
            {
                "number": track.number,
                "title": track.texts.title,
                "isrc": track.isrc,
                "songs": list(cue.songs),
                "pregap_frames": pause,
                "start_frames": track.start,
                "length_frames": end - track.start,
                "indexes": {str(index): mark for index, mark in track.marks.items()},
                "grid_remainder_samples": cue.slack,
            }
        )
    return {
        "number": disc.timeline.number,
        "tracks": tracks,
        "hidden_before_track_1": disc.timeline.hidden_first,
        "leadout_frames": layout.leadout,
        "musicbrainz_id": discid.musicbrainz(layout),
        "cddb_id": discid.cddb(layout),
        "ean": layout.ean,
        "frames_per_second": FRAMES_PER_SECOND,
    }
