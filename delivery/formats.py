"""The table of the forms a disc is delivered in; a new form is a row here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from delivery import cue, toc
from delivery.findings import Finding
from delivery.program import Layout, Program

if TYPE_CHECKING:
    from delivery.fileset import Fileset
    from delivery.reading import Reading


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
    write: Callable[[Program, Path, str], object]
    """Writes all but the audio, given the MD5 of the image."""
    read: Callable[["Fileset", str], "Reading"]
    """Reads it, given where its files are and the name of its sheet."""
    reduced: Callable[[Layout], Layout]
    """What of a layout this form can carry."""
    losses: Callable[[Layout], tuple[Finding, ...]]
    """What is said of all it cannot, but for texts: the law of the disc judges them."""


def _write_cue(program: Program, path: Path, _: str) -> None:
    cue.write(program.layout, program.name, path, program.release)


def _write_toc(program: Program, path: Path, _: str) -> None:
    toc.write(program.layout, program.name, path)


# what only writing or reading needs is loaded then: a plan asks for the losses alone


def _write_ddp(program: Program, path: Path, image_md5: str) -> None:
    from delivery import ddp

    ddp.describe(program, path, image_md5)


def _read_cue(files: "Fileset", name: str) -> "Reading":
    from delivery import cue_read

    return cue_read.read_in(files, name)


def _read_toc(files: "Fileset", name: str) -> "Reading":
    from delivery import toc_read

    return toc_read.read_in(files, name)


def _read_ddp(files: "Fileset", _: str) -> "Reading":
    from delivery import ddp_read

    return ddp_read.read(files, check_image=False)


def _reduced_ddp(layout: Layout) -> Layout:
    from delivery import ddp

    return ddp.reduced(layout)


FORMATS: dict[str, Format] = {
    "cue": Format(
        place=lambda folders, name: folders.cd / f"{name}.cue",
        write=_write_cue,
        read=_read_cue,
        reduced=cue.reduced,
        losses=cue.losses,
    ),
    "toc": Format(
        place=lambda folders, name: folders.cd / f"{name}.toc",
        write=_write_toc,
        read=_read_toc,
        reduced=toc.reduced,
        losses=toc.losses,
    ),
    "ddp": Format(
        place=lambda folders, _: folders.ddp,
        write=_write_ddp,
        read=_read_ddp,
        reduced=_reduced_ddp,
        losses=lambda _: (),
    ),
}
