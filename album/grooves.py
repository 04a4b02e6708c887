"""What is said of the sides of a record when they are made: what is hard to cut."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from album.sidelengths import bass_hz, clock, cutter, cutter_of
from album.timeline import Placement, Timeline
from album.work import Work
from delivery.findings import Finding, warning
from delivery.groove import Limits, limits
from dsp.groove import Floats, Groove

LOUD_SECONDS = 3
"""Seconds of which the level is taken for loud parts."""


STEEPER = 4 / 3
"""How much higher `mono_below_hz` is proposed where it was too low."""

HIGHEST_HZ = 300.0
"""Above this cutters do not ask for a mono bass (`delivery/specs/vinyl.toml`)."""


def judged(work: Work, groove: Groove) -> tuple[Finding, ...]:
    """Return what the sound of a side gives rise to."""
    if work.deliverable.kind.name != "vinyl":
        return ()
    songs = work.disc.timeline.placements
    said = [*_limited(work, groove)]
    for placed in songs:
        part = _part(groove, placed, work.disc.timeline)
        said += [*_bass(work, placed, part), *_sibilance(work, placed, part)]
    said += _inner(work, songs, groove)
    return tuple(said)


def _limited(work: Work, groove: Groove) -> list[Finding]:
    said = []
    if work.finish.limited:
        place = work.album.place("master", work.finish.master, "limiter")
        said.append(
            warning(
                "VINYL-LIMITED",
                f"{work.target}: its master {work.finish.master!r} has a limiter",
                place=place,
                help='write [master.vinyl] with limiter = "none"',
            )
        )
    row = cutter(work.album, work.deliverable)
    allowed = row.rms_db or cutter_of(work.album, "generic").rms_db
    window = LOUD_SECONDS * 10
    power = 10.0 ** (groove.level_db() / 10.0)
    if allowed is None or len(power) < window:
        return said
    loud = np.convolve(power, np.ones(window) / window, mode="valid")
    level = 10.0 * float(np.log10(np.percentile(loud, 95)))
    if level > allowed:
        said.append(
            warning(
                "VINYL-LIMITED",
                f"{work.target}: loud parts of the side have {level:.1f} dBFS rms",
                place=work.album.place("deliver", work.target),
                measured=round(level, 1),
                limit=allowed,
                source=f"{row.source} ({row.read})",
                help="the cutter will turn it down: master it with less limiting",
            )
        )
    return said


def _bass(work: Work, placed: Placement, part: Groove) -> list[Finding]:
    allowed = limits()["bass"]
    values = part.bass_correlation()
    values = values[np.isfinite(values)]
    if len(values) < 10:
        return []
    share = float((values >= allowed["correlation"]).mean())
    sides = part.bass_side_db()
    width = float(np.percentile(sides[np.isfinite(sides)], 99))
    if share >= allowed["share"] and width <= allowed["side_db"]:
        return []
    worst = int(np.nanargmin(part.bass_correlation()))
    edge = bass_hz(work.album, work.deliverable)
    return [
        _of_song(
            work,
            placed,
            "VINYL-BASS",
            f"has bass off the middle: below {edge:g} Hz left and right correlate by "
            f"{allowed['correlation']:g} in {share:.0%} of its time, side over mid "
            f"reaches {width:.1f} dB, worst at {clock(worst / 10)}",
            round(share, 3),
            allowed["share"],
            allowed,
            _narrower(work, edge),
        )
    ]


def _narrower(work: Work, edge: float) -> str:
    """Return what takes bass to the middle that is not there yet."""
    name = work.finish.master or "vinyl"
    master = work.album.master.get(name)
    set_ = (master.mono_below_hz if master else None) or 0.0
    if set_ < edge:
        return f"[master.{name}] mono_below_hz = {edge:g}"
    higher = 10.0 * round(set_ * STEEPER / 10.0)
    if higher <= HIGHEST_HZ:
        return (
            f"[master.{name}] has mono_below_hz = {set_:g}, which leaves the bass near "
            f"that frequency wide: {higher:g} takes more of it"
        )
    return (
        f"mono_below_hz = {set_:g} is as far as cutters go: narrow the song itself, "
        'with "width 50% only vinyl" in its chain'
    )


def _sibilance(work: Work, placed: Placement, part: Groove) -> list[Finding]:
    allowed = limits()["sibilance"]
    treble, whole = part.treble_db(), part.level_db()
    sharp = (treble > allowed["level_dbfs"]) & (
        treble - whole > allowed["over_whole_db"]
    )
    count = int((np.diff(sharp.astype(np.int8), prepend=0) == 1).sum())
    if count < allowed["often"]:
        return []
    worst = int(np.argmax(np.where(sharp, treble, -200.0)))
    return [
        _of_song(
            work,
            placed,
            "VINYL-SIB",
            f"is sharp from 5 to 10 kHz {count} times, most at {clock(worst / 10)}",
            count,
            allowed["often"],
            allowed,
            'add "deess 6.8kHz 3dB only vinyl" to its chain',
        )
    ]


def _inner(work: Work, songs: Sequence[Placement], groove: Groove) -> list[Finding]:
    allowed = limits()["inner"]
    if len(songs) < 2:
        return []
    parts = [_part(groove, placed, work.disc.timeline) for placed in songs]
    level = [_mean_db(part.level_db()) for part in parts]
    treble = [_mean_db(part.treble_db()) for part in parts]
    louder = level[-1] - float(np.median(level[:-1]))
    brighter = treble[-1] - float(np.median(treble[:-1]))
    if louder < allowed["level_db"] or brighter < allowed["treble_db"]:
        return []
    return [
        _of_song(
            work,
            songs[-1],
            "VINYL-INNER",
            f"ends the side {louder:.1f} dB louder and {brighter:.1f} dB brighter than "
            "the songs before it: the inner groove holds the least treble",
            round(brighter, 1),
            allowed["treble_db"],
            allowed,
            "put it first, and a quiet song last",
        )
    ]


def _of_song(
    work: Work,
    placed: Placement,
    rule: str,
    says: str,
    measured: float,
    limit: float,
    row: Limits,
    way_out: str,
) -> Finding:
    song = work.album.songs[placed.song]
    return warning(
        rule,
        f"{work.target}: {song.title!r} {says}",
        place=replace(work.album.place("song", placed.song), song=placed.song),
        measured=measured,
        limit=limit,
        source=row.said,
        help=way_out,
    )


def _part(groove: Groove, placed: Placement, timeline: Timeline) -> Groove:
    scale = groove.rate / timeline.rate
    return groove.between(int(placed.first * scale), int(placed.stop * scale))


def _mean_db(levels: Floats) -> float:
    return 10.0 * float(np.log10(np.mean(10.0 ** (levels / 10.0))))
