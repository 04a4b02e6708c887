"""What lies at a path: which discs, in which forms, in a folder or in a zip."""

from dataclasses import dataclass
from pathlib import Path

from delivery import manifest
from delivery.fileset import Fileset, Folder, find, part
from delivery.tracks_read import track_files
from delivery.zipset import ZipSet, is_zip

KINDS = ("ddp", "toc", "cue", "tracks")
"""The forms of a disc, the one that says most first."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form of a disc: where its files are, and its sheet's name among them."""

    kind: str
    files: Fileset
    name: str

    @property
    def path(self) -> Path:
        """Where people find it: a folder, or a sheet."""
        inside = self.kind in ("ddp", "tracks")
        return self.files.path if inside else self.files.path / self.name


def opened(path: Path) -> tuple[Fileset, str]:
    """Return the files at *path*, and the sheet where it names one.

    A file that is no zip stands in its folder. Raises Refusal for a damaged zip.
    """
    if path.is_dir():
        return Folder(path), ""
    if path.suffix.casefold() in (".cue", ".toc"):
        return Folder(path.parent, deep=False), path.name
    if is_zip(path):
        return ZipSet.opened(path), ""
    return Folder(path.parent, deep=False), path.name


def of_sheet(files: Fileset, name: str) -> dict[str, Form]:
    """Return the one form that the file *name* is; none for what is no sheet."""
    kind = name.rpartition(".")[2].casefold()
    if name.casefold() in ("ddpid", "ddpms"):
        return {"ddp": Form(kind="ddp", files=files, name="DDPID")}
    return {kind: Form(kind=kind, files=files, name=name)} if kind in KINDS else {}


def in_folder(files: Fileset) -> dict[str, Form]:
    """Return the forms of one disc that lie in one folder, sub-folders left out."""
    shallow = Folder(files.path, deep=False) if isinstance(files, Folder) else files
    names = [name for name in shallow.names() if "/" not in name]
    forms = {}
    if (ddp := find(shallow, "DDPID")) is not None:
        forms["ddp"] = Form(kind="ddp", files=shallow, name=ddp)
    for kind in ("toc", "cue"):
        found = [name for name in names if name.casefold().endswith(f".{kind}")]
        if len(found) == 1:
            forms[kind] = Form(kind=kind, files=files, name=found[0])
    if not forms and track_files(shallow):
        forms["tracks"] = Form(kind="tracks", files=shallow, name="")
    return forms


def discs(files: Fileset) -> list[dict[str, Form]]:
    """Return the forms of every disc in *files*, found by looking into its folders.

    The folder itself is taken where it holds a disc; else every folder that does. The
    forms of one of our deliveries (``cd``, ``ddp``, with a number for each disc) are
    one disc.
    """
    mixes = find(files, "album.toml") is not None  # a project's, and no tracks
    if (own := in_folder(files)) and not (mixes and set(own) == {"tracks"}):
        return [own]
    found: dict[str, dict[str, Form]] = {}
    for folder in _folders(files):
        inner = part(files, folder)
        forms = in_folder(inner)
        if not forms or (set(forms) == {"tracks"} and (found or mixes)):
            continue
        names = folder.rstrip("/").split("/")
        key = "/".join(name for name in names if name not in ("cd", "ddp"))
        found.setdefault(key, {}).update(forms)
    return list(found.values())


def prefix(files: Fileset) -> str | None:
    """Return the folder in which a manifest of ours stands; None where none does."""
    if find(files, manifest.MANIFEST) == manifest.MANIFEST:
        return ""
    if isinstance(files, Folder):
        return None
    tail = f"/{manifest.MANIFEST}"
    found = [name for name in files.names() if name.endswith(tail)]
    return found[0].removesuffix(manifest.MANIFEST) if len(found) == 1 else None


def around(path: Path) -> Path | None:
    """Return the delivery of which the folder *path* is a part; None without one.

    Its manifest stands above the folder, at most three up, and names files in it.
    """
    folder = path.resolve()
    if not folder.is_dir():
        return None
    for root in list(folder.parents)[:3]:
        document = manifest.read(root)
        if document is not None:
            inside = folder.relative_to(root).as_posix()
            return root if manifest.under(document, inside)["files"] else None
    return None


def numbers(files: Fileset) -> list[str]:
    """Return the sub-folders of the discs of a delivery; one disc has none."""
    names = (name.split("/") for name in files.names())
    found = {each[1] for each in names if len(each) > 2 and each[0] in ("cd", "ddp")}
    return sorted(
        (name for name in found if name.isascii() and name.isdigit()), key=int
    ) or [""]


def _folders(files: Fileset) -> list[str]:
    """Return the folders inside, those nearest first, at most three deep."""
    found = {name.rpartition("/")[0] for name in files.names() if "/" in name}
    near = [each for each in found if each.count("/") < 4]
    return sorted(near, key=lambda each: (each.count("/"), each))
