"""Measuring files: which ones, in which albums, on how many cores.

A folder is an album, and so is every folder in it that holds audio; files named one by
one make an album too. What cannot be read is a finding, the rest is measured.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from album.near import missing_file
from album.pcmstream import BrokenError, Stream, open_stream
from album.starter import EXTENSIONS
from album.tallies import measured, recalled, tidy
from album.titles import clock, natural
from delivery.findings import Finding, Place, note, refuse, warning
from dsp.assistant import assisted
from dsp.figures import Figures, Pooled, figures, pool
from dsp.loudness import STEADY_RANGE
from dsp.meter import Meter
from dsp.tally import Tally

AUDIO = EXTENSIONS | {".au", ".snd", ".oga", ".bwf", ".mp2", ".wv"}
"""Names' ends by which audio is known in a folder; a file that is named is tried."""

DC_LIMIT = 1e-3
"""Part of full scale, -60 dBFS."""


class Stage(Protocol):
    """Begins a stage that can be watched and stopped."""

    def __call__(self, name: str, total: int) -> Callable[[int], None]:
        """Begin a stage of *total* steps; the answer is called with steps done."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A file and its figures."""

    stream: Stream
    tally: Tally
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class Group:
    """An album: the files that were measured of a folder, or that were named."""

    folder: Path | None
    files: tuple[Measured, ...]
    pooled: Pooled


@dataclass(frozen=True, kw_only=True)
class Metering:
    """All that was measured, and what is to be said of it."""

    groups: tuple[Group, ...]
    pooled: Pooled
    findings: tuple[Finding, ...]

    @property
    def files(self) -> tuple[Measured, ...]:
        """All files, album by album."""
        return tuple(file for group in self.groups for file in group.files)


Album = tuple[Path | None, list[Path]]
"""A folder and its files; those that were named one by one have none."""


def meter(
    albums: Sequence[Album],
    jobs: int,
    stage: Stage,
    stop: threading.Event,
    *,
    cached: bool = True,
) -> Metering:
    """Measure the files of *albums* on *jobs* cores; *stop* ends what is running.

    What was measured before is taken from the cache, unless not *cached*.
    """
    findings: list[Finding] = []
    streams: list[tuple[Path | None, Stream]] = []
    for folder, names in albums:
        for name in names:
            missing = missing_file(name, str(name), Place(file=str(name)))
            if missing and not name.exists():
                findings.append(missing)
                continue
            try:
                streams.append((folder, open_stream(name)))
            except BrokenError as fault:
                findings.append(fault.finding)
    found: list[tuple[Path | None, Measured]] = []
    results = _results([stream for _, stream in streams], jobs, stage, stop, cached)
    for (folder, _), result in zip(streams, results, strict=True):
        if isinstance(result, BrokenError):
            findings.append(result.finding)
        else:
            found.append((folder, result))
            findings += remarks(result)
    groups = [
        Group(folder=folder, files=files, pooled=pool([each.tally for each in files]))
        for folder in dict.fromkeys(folder for folder, _ in found)
        if (files := tuple(each for home, each in found if home == folder))
    ]
    return Metering(
        groups=tuple(groups),
        pooled=pool([each.tally for _, each in found]),
        findings=tuple(findings),
    )


def _results(
    streams: Sequence[Stream],
    jobs: int,
    stage: Stage,
    stop: threading.Event,
    cached: bool,
) -> list[Measured | BrokenError]:
    """Return what became of each of *streams*, in their order."""
    known = [recalled(stream) if cached else None for stream in streams]
    new = [stream for stream, tally in zip(streams, known, strict=True) if not tally]
    if new:
        _warm_up(new, jobs)
    measured_now = iter(_in_threads(new, jobs, stage, stop, cached))
    if new and cached:
        tidy()
    return [
        Measured(stream=stream, tally=tally, figures=figures(tally))
        if tally
        else next(measured_now)
        for stream, tally in zip(streams, known, strict=True)
    ]


def _in_threads(
    streams: Sequence[Stream],
    jobs: int,
    stage: Stage,
    stop: threading.Event,
    cached: bool,
) -> list[Measured | BrokenError]:
    """Return what became of each of *streams*, in their order."""

    def outcome(stream: Stream) -> Measured | BrokenError:
        try:
            return measure(stream, stage, cached=cached)
        except BrokenError as fault:
            return fault

    with ThreadPoolExecutor(jobs) as threads:
        # the longest first: the last to end is then a short one
        order = sorted(range(len(streams)), key=lambda at: -streams[at].length)
        asked = {at: threads.submit(outcome, streams[at]) for at in order}
        try:
            return [asked[at].result() for at in range(len(streams))]
        except BaseException:
            stop.set()
            threads.shutdown(wait=False, cancel_futures=True)
            raise


def measure(stream: Stream, stage: Stage, *, cached: bool = True) -> Measured:
    """Measure one file; raises BrokenError."""
    advance = stage(stream.path.name, stream.length)
    tally = measured(stream, advance, cached=cached)
    return Measured(stream=stream, tally=tally, figures=figures(tally))


def remarks(measured: Measured) -> list[Finding]:
    """Return what a look at the figures of one file should not miss."""
    found, name = measured.figures, measured.stream.path.name
    here = Place(file=str(measured.stream.path))
    said: list[Finding] = []
    peaks, sides = found.peaks, found.stereo
    if peaks.clipped_runs:
        at = clock(peaks.first_clip_at or 0.0)
        message = f"{name} clips in {counted(peaks.clipped_runs, 'place')}, first {at}"
        place = Place(file=str(measured.stream.path), at=at)
        clips = peaks.clipped_samples
        said.append(warning("SRC-CLIP", message, place=place, measured=clips))
    if sides and sides.inverted:
        message = f"one channel of {name} seems to be upside down"
        way_out = "turn the polarity of one channel and listen in mono"
        said.append(warning("SRC-POLARITY", message, place=here, help=way_out))
    if sides and sides.delay is not None:
        late = "right" if sides.delay > 0 else "left"
        message = (
            f"the {late} channel of {name} seems to be "
            f"{abs(sides.delay) * 1000:.2f} ms late"
        )
        said.append(warning("SRC-CHDELAY", message, place=here, measured=sides.delay))
    worst = max(found.dc, key=abs)
    if abs(worst) > DC_LIMIT:
        message = f"{name} has a DC offset of {worst:+.4f} of full scale"
        said.append(
            warning("SRC-DC", message, place=here, measured=worst, limit=DC_LIMIT)
        )
    if found.loudness.range is not None and found.seconds < STEADY_RANGE:
        message = f"{name} is short: a loudness range says little under 60 s"
        said.append(note("METER-SHORT", message, place=here))
    return said


def counted(count: int, what: str) -> str:
    """Return an amount in words."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def albums_of(paths: Sequence[Path]) -> list[Album]:
    """Return the albums that *paths* name; raises Refusal where there are none."""
    named = [path for path in paths if not path.is_dir()]
    albums: list[Album] = [(None, named)] if named else []
    for path in paths:
        if path.is_dir():
            homes = sorted({file.parent for file in path.rglob("*") if _audio(file)})
            albums += [(home, _songs(home)) for home in homes]
    if not albums:
        where = ", ".join(f'"{path}"' for path in paths)
        way_out = "name audio files, or a folder that holds some"
        raise refuse("FILE-MISSING", f"no audio files in {where}", help=way_out)
    return albums


def _songs(folder: Path) -> list[Path]:
    songs = [file for file in folder.iterdir() if _audio(file)]
    return sorted(songs, key=lambda song: (natural(song.name), song.name))


def _audio(path: Path) -> bool:
    hidden = path.name.startswith(".")
    return path.suffix.lower() in AUDIO and not hidden and path.is_file()


def _warm_up(streams: Sequence[Stream], jobs: int) -> None:
    """Load the kernels that *streams* need, before there are threads that wait."""
    kinds: dict[int, NDArray[Any]] = {
        0: np.zeros((2, 2), np.float32),
        2: np.zeros((2, 2), np.int16),
        3: np.zeros((2, 2, 3), np.uint8),
    }
    needed = {0 if each.data_at is None else each.width for each in streams}
    # the spectra's kernel takes a third of the time to compile, and comes last
    with assisted("dsp.spectrum", "dsp.truepeak") if jobs > 1 else nullcontext():
        for kind in sorted(needed):
            silence = Meter(8000, 2)
            silence.feed(kinds[kind])
            silence.finish()
