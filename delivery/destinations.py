"""Where a conversion goes: which form, in a folder, in files beside one another, a zip.

The form is told by the name (``out.cue``, ``out.toc``, ``out.bin``, ``out.flac``, a
folder for a DDP, ``.zip`` for one in a zip) or asked for by its own.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from delivery.cue import carried
from delivery.findings import Place, Refusal, refuse
from delivery.latin1 import NoFallbackError, ascii_fallback

Kind = Literal["ddp", "cue", "bin", "toc", "tracks", "flac"]
GapForm = Literal["append", "prepend", "leave-out", "image"]
Container = Literal["folder", "files", "zip"]

KINDS: tuple[Kind, ...] = get_args(Kind)
GAPS: tuple[GapForm, ...] = get_args(GapForm)
_ENDINGS: dict[str, tuple[Kind, ...]] = {
    ".cue": ("cue", "bin", "flac"),
    ".wav": ("cue",),
    ".bin": ("bin",),
    ".flac": ("flac",),
    ".toc": ("toc",),
}
"""The forms that a file's name can mean, the one it means by itself first."""

_OTHERS = (".mp3", ".ogg", ".m4a", ".aif", ".aiff", ".ape", ".iso", ".img", ".nrg",
           ".ccd", ".mds", ".txt", ".pdf", ".ddp", ".7z", ".rar", ".tar")  # fmt: skip
_LONGEST_STEM = 70


@dataclass(frozen=True, kw_only=True)
class Destination:
    """What is written, and where."""

    path: Path
    kind: Kind
    container: Container
    gaps: GapForm
    """Where a file for each track has its pauses; "image" is one file of all."""
    stem: str
    """Of the files that are not called after a track."""

    @property
    def sheet(self) -> str:
        """The file that a reader is given."""
        if self.kind == "ddp":
            return "DDPID"
        if self.path.suffix.casefold() in (".cue", ".toc"):
            return self.path.name
        return f"{self.stem}.toc" if self.kind == "toc" else f"{self.stem}.cue"

    @property
    def form(self) -> str:
        """The form that it is read back as."""
        return self.kind if self.kind in ("ddp", "toc") else "cue"


def destination(path: Path, to: str = "", gaps: str = "") -> Destination:
    """Return what *path* means, with the form *to* and the *gaps* that are asked for.

    Raises Refusal where they contradict one another.
    """
    ending = path.suffix.casefold()
    if to and to not in KINDS:
        raise _refusal(path, f"{to!r} is no form of a disc", f"one of {_list(KINDS)}")
    if gaps and gaps not in GAPS:
        raise _refusal(path, f"{gaps!r} is no way of gaps", f"one of {_list(GAPS)}")
    allowed = _ENDINGS.get(ending)
    if ending in _OTHERS and not path.is_dir():
        way = "name a .cue, .toc, .bin, .flac or .zip, or a folder"
        raise _refusal(path, f"nothing is written as {ending}", way)
    if allowed is not None and to and to not in allowed:
        way = f"leave --to {to} out, or name a folder or a .zip"
        raise _refusal(path, f"a {ending} is not of the form {to}", way)
    container: Container = (
        "files" if allowed else "zip" if ending == ".zip" else "folder"
    )
    kind = next((one for one in KINDS if one == to), None)
    kind = kind or (allowed[0] if allowed else "tracks" if gaps else "ddp")
    cut = kind == "tracks" or (kind == "flac" and allowed is None)
    if gaps and not cut:
        way = "ask for --to tracks or --to flac into a folder"
        raise _refusal(path, "--gaps is for a file for each track", way)
    form = next((one for one in GAPS if one == gaps), None)
    return Destination(
        path=path,
        kind=kind,
        container=container,
        gaps=form or ("append" if cut else "image"),
        stem=_stem(path if container == "folder" else path.with_suffix("")),
    )


def _stem(path: Path) -> str:
    """Return a name that every sheet can say: plain letters, no quotation marks."""
    name = path.absolute().name or "disc"
    if carried(name) == name and name.isascii() and len(name) <= _LONGEST_STEM:
        return name
    try:
        plain = carried(ascii_fallback(name)).replace("/", "-")
    except NoFallbackError:
        return "disc"
    return plain.replace("'", "")[:_LONGEST_STEM].strip(" .") or "disc"


def _list(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _refusal(path: Path, says: str, way: str) -> Refusal:
    return refuse("CONVERT-TO", says, place=Place(file=path.name), help=way)
