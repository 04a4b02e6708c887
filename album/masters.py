"""What is said of a master that was made: its report, and what is to be looked at."""

from dataclasses import replace

from album.balance.remeasured import Read, above_ceiling, remeasured
from album.balance.said import squashed
from album.finish import DEEP_SHARE
from album.mastering import Master, Over, place_of
from album.masterreport import MasterReport, Reduction, reductions
from album.work import Outcome, Work
from delivery.findings import Finding, error, note
from dsp.level import decibels


def report(work: Work, master: Master) -> Outcome:
    """Return what making *master* has shown; nothing where there is no master."""
    finish, shown = work.finish, master.shown
    if finish.idle:
        return Outcome()
    timeline = work.disc.timeline
    songs = reductions(timeline, shown.lowered, shown.rate) if shown else ()
    made = MasterReport(
        target=work.target,
        disc=timeline.number,
        master=finish.master,
        rate=master.rate,
        bits=master.bits,
        chain=tuple(stage.text for stage in finish.behind),
        target_lufs=finish.target_lufs,
        integrated_lufs=work.level.integrated_lufs if work.level else None,
        gain_db=finish.gain_db,
        limiter=finish.limiter,
        ceiling_dbtp=finish.ceiling_dbtp if finish.limited else None,
        true_peak_dbtp=shown.true_peak_dbtp if shown else None,
        again=shown.again if shown else 0,
        songs=songs,
    )
    return Outcome(findings=tuple(_findings(work, master, made)), masters=(made,))


def listened(work: Work, rate: int, read: Read) -> Outcome:
    """Return what the songs of a balanced record measure in a master of *rate*.

    *read* gives samples of the master, full scale 1.0.
    """
    if work.record is None:
        return Outcome()
    timeline = work.disc.timeline
    total = sum(placed.length for placed in timeline.placements)
    advance = work.stage(f"{work.target}: measuring", total * rate // timeline.rate)
    found = remeasured(work.target, timeline, rate, read, advance)
    over = above_ceiling(work.album, work.record, found)
    return Outcome(delivered=(found,), findings=tuple(over))


def _findings(work: Work, master: Master, made: MasterReport) -> list[Finding]:
    said = [_deep(work, song) for song in made.songs if song.share_deep > DEEP_SHARE]
    if made.again:
        times = "once" if made.again == 1 else f"{made.again} times"
        text = (
            f"{work.target}: the limiter went back {times} and took a second again, "
            "lower"
        )
        said.append(note("LIMIT-AGAIN", text, measured=made.again))
    if master.shown and master.shown.failed:
        worst = max(master.shown.failed, key=lambda each: each.size)
        said.append(_failed(work, worst, made.ceiling_dbtp or 0.0))
    return said


def _deep(work: Work, song: Reduction) -> Finding:
    share, most = song.share_deep, -song.deepest_db
    return squashed(work.album, work.target, song.song, share, most, takes="takes")


def _failed(work: Work, worst: Over, ceiling: float) -> Finding:
    placed, at = place_of(work.disc.timeline, worst.at)
    peak = decibels(worst.size) or 0.0
    title = work.album.songs[placed.song].title
    return error(
        "LIMIT-OVER",
        f"{work.target}: {title!r} stands at {peak:.2f} dBTP at {at} of its mix, above "
        f"the ceiling of {ceiling:g} dBTP",
        place=replace(work.album.place("song", placed.song), song=placed.song, at=at),
        measured=round(peak, 3),
        limit=ceiling,
        help="lower the ceiling_dbtp of the master by the difference",
    )
