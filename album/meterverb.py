"""The verb `meter`: measure, show, and write what was asked for."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from album.console import Console, counted
from delivery.findings import Refusal, any_error, refuse

if TYPE_CHECKING:
    from album.metering import Metering


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The files to write, each None where it was not asked for."""

    csv: Path | None = None
    series: Path | None = None
    plot: Path | None = None
    cached: bool = True
    """Whether what was measured before may be taken from the cache."""


def meter(console: Console, paths: Sequence[Path], wanted: Wanted, jobs: int) -> bool:
    """Measure *paths*; return whether everything could be measured."""
    from album import meterpages
    from album.metering import albums_of
    from album.metering import meter as measure

    albums = albums_of(paths)
    if wanted.plot:
        _check_plot(wanted.plot, sum(len(files) for _, files in albums))
    with console.progress():
        metering = measure(
            albums,
            jobs,
            console.stage,
            console.stop,
            cached=wanted.cached,
        )
    if not metering.files:
        raise Refusal(metering.findings)
    _show(console, metering)
    _keep(metering, wanted)
    console.findings(metering.findings)
    if metering.findings:
        console.say(f"{counted(metering.findings)}.")
    ok = not any_error(metering.findings)
    console.document(ok, metering.findings, meterpages.as_json(metering))
    return ok


def _check_plot(path: Path, files: int) -> None:
    """Refuse a picture that cannot be drawn, before time is spent on it."""
    from album.meterplot import kind_of

    if kind_of(path) is None:
        way_out = "call it .png or .svg"
        raise refuse("METER-PLOT", f'no picture can be "{path}"', help=way_out)
    if files > 1:
        message = f"a picture shows one file, not {files}"
        raise refuse("METER-PLOT", message, help="name one file")


def _show(console: Console, metering: "Metering") -> None:
    from album import meterpages

    for line in meterpages.lines(metering):
        console.line(line)
    if console.verbose:
        for file in metering.files:
            for line in meterpages.details(file):
                console.line(line)
        console.line(meterpages.legend())


def _keep(metering: "Metering", wanted: Wanted) -> None:
    """Write the files that were asked for."""
    from album import meterpages

    if wanted.csv:
        _write(wanted.csv, meterpages.as_csv(metering).encode())
    if wanted.series:
        _write(wanted.series, meterpages.series_csv(metering).encode())
    if wanted.plot:
        from album.meterplot import draw

        _write(wanted.plot, draw(metering.files[0], wanted.plot.suffix.lower()))


def _write(path: Path, content: bytes) -> None:
    """Write *content* beside *path* and put it in its place in one step."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(beside).chmod(0o666 & ~mask)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
