"""The table of the forms a disc is delivered in; a new form is a row here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from delivery import cue, ddp, toc
from delivery.findings import Finding
from delivery.program import Layout, Program
from delivery.reading import Reading

Advance = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Folders:
    """Where the parts of one disc lie."""

    cd: Path
    ddp: Path


@dataclass(frozen=True, kw_only=True)
class Format:
    """One form of a disc: how it is written, found, read, and how much it can say."""

    place: Callable[[Folders, str], Path]
    """The file or folder to read, from the folders and the disc's name."""
    write: Callable[[Program, Path, Advance], object]
    read: Callable[[Path, str | None], Reading]
    """Reads it, given the MD5 of the image where that is known already."""
    reduced: Callable[[Layout], Layout]
    """What of a layout this form can carry."""
    losses: Callable[[Layout], tuple[Finding, ...]]
    """What is said of all it cannot."""


def _write_cue(program: Program, path: Path, _: Advance) -> None:
    cue.write(program.layout, program.name, path, program.release)


def _write_toc(program: Program, path: Path, _: Advance) -> None:
    toc.write(program.layout, program.name, path)


def _read_ddp(path: Path, image_md5: str | None) -> Reading:
    return ddp.read(path, check_image=image_md5 is not None, image_md5=image_md5)


FORMATS: dict[str, Format] = {
    "cue": Format(
        place=lambda folders, name: folders.cd / f"{name}.cue",
        write=_write_cue,
        read=lambda path, _: cue.read(path),
        reduced=cue.reduced,
        losses=cue.losses,
    ),
    "toc": Format(
        place=lambda folders, name: folders.cd / f"{name}.toc",
        write=_write_toc,
        read=lambda path, _: toc.read(path),
        reduced=toc.reduced,
        losses=toc.losses,
    ),
    "ddp": Format(
        place=lambda folders, _: folders.ddp,
        write=ddp.write,
        read=_read_ddp,
        reduced=lambda layout: layout,
        losses=lambda _: (),
    ),
}
