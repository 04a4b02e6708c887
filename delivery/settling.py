"""The place of a conversion: what may go there, and how the new files take it.

Nothing goes unasked: a place that is taken needs ``force``, and of a folder only the
files of the one disc in it are replaced. The source is never written to.
"""

from pathlib import Path

from delivery import ddp, places
from delivery.destinations import Destination
from delivery.fileset import Folder
from delivery.findings import Finding, refuse
from delivery.folder import STAGING, become, foreign, put
from delivery.formats import FORMATS
from delivery.reading import Reading
from delivery.sound import BYTES_PER_SAMPLE

WAV_HEAD = 44
"""Bytes before the samples of a WAV that has nothing else in it."""


def may_go(to: Destination, read: Reading, *, force: bool, fix: bool) -> frozenset[str]:
    """Return the files at the destination that may go; Refusal where one may not."""
    if fix and not force and log_of(to).exists():
        says = f"{log_of(to).name}, where the changes are logged, is there already"
        raise refuse("OUT-THERE", says, help="--force replaces it")
    target = to.path.absolute()
    if target.is_symlink():
        raise refuse("OUT-FOLDER", f"{to.path} is a link", help="name another place")
    if to.container == "folder":
        return _folder(to, target, read, force)
    if target.is_dir():
        raise refuse("OUT-FOLDER", f"{to.path} is a folder", help="name another place")
    names = [target.name] if to.container == "zip" else _beside(to)
    if (image := shared_image(to, read)) is not None:
        names.remove(image.name)
    there = [name for name in names if (target.parent / name).exists()]
    own = _own(read)
    if spoilt := [name for name in names if (target.parent / name).resolve() in own]:
        says = f"{', '.join(spoilt)} is of the source, which is never written to"
        raise refuse("OUT-FOREIGN", says, help="name another place")
    if there and not force:
        says = f"{', '.join(there)} is there already"
        raise refuse("OUT-THERE", says, help="--force replaces it")
    return frozenset(there)


def shared_image(to: Destination, read: Reading) -> Path | None:
    """Return the source's WAV where the new sheet can name it as it is.

    So a CUE sheet and a TOC file of one name have one image; it is not written to.
    """
    stretches = (read.head + read.sound).stretches
    if to.container != "files" or to.kind not in ("cue", "toc") or len(stretches) != 1:
        return None
    (only,) = stretches
    name = f"{to.stem}.wav"
    folder = to.path.absolute().parent.resolve()
    if only.name != name or not isinstance(read.files, Folder):
        return None
    plain = only.coding == "little" and only.offset == WAV_HEAD
    whole = read.files.size(name) == WAV_HEAD + only.length * BYTES_PER_SAMPLE
    same_folder = read.files.path.resolve() == folder
    return folder / name if plain and whole and same_folder else None


def _beside(to: Destination) -> list[str]:
    """Return the names of the files that may be written beside one another."""
    coding = {"bin": "bin", "flac": "flac"}.get(to.kind, "wav")
    packs = [f"{to.stem}.cdt"] if to.form == "cue" else []
    return [f"{to.stem}.{coding}", *packs, to.sheet]


def _own(read: Reading) -> set[Path]:
    """Return the files of the source."""
    if not isinstance(read.files, Folder):
        return {read.files.path.resolve()}
    folder = read.files.path
    names = {each.name for each in (read.head + read.sound).stretches if each.name}
    return {(folder / name).resolve() for name in (*names, read.name)}


def _folder(
    to: Destination, target: Path, read: Reading, force: bool
) -> frozenset[str]:
    if target.exists() and not target.is_dir():
        raise refuse("OUT-FOLDER", f"{to.path} is not a folder")
    if any(target.resolve() in (own, *own.parents) for own in _own(read)):
        says = f"{to.path} holds the source, which is never written to"
        raise refuse("OUT-FOREIGN", says, help="name another place")
    if not target.is_dir() or not any(target.iterdir()):
        return frozenset()
    if not force:
        says = f"{to.path} is there already, with files in it"
        raise refuse("OUT-THERE", says, help="--force replaces a disc that lies there")
    known = _of_disc(target)
    if others := [name for name in foreign(target) if name not in known]:
        listed = ", ".join(others[:3]) + " …" * (len(others) > 3)
        says = f"{to.path} holds files that are not of a disc: {listed}"
        way = "move them away, or name another folder; nothing was deleted"
        raise refuse("OUT-FOREIGN", says, help=way)
    return known


def _of_disc(folder: Path) -> frozenset[str]:
    """Return the files of *folder* that are of the one disc in it."""
    known: set[str] = set()
    for kind, form in places.in_folder(Folder(folder)).items():
        if kind not in FORMATS:
            continue
        found = FORMATS[kind].read(form.files, form.name)
        sounds = (found.head + found.sound).stretches
        known |= {found.name, *(each.name for each in sounds if each.name)}
        known |= set(found.checksums)
        known |= {claim.place.file for claim in found.claims if claim.place.file}
        stem = found.name.rpartition(".")[0]
        known |= {f"{stem}.cdt"} if kind == "cue" else set()
        if kind == "ddp":
            known |= {ddp.IDENTITY, ddp.MAP, ddp.PQ, ddp.CD_TEXT, ddp.CHECKSUMS}
    return frozenset(known)


def settle(
    to: Destination,
    folder: Path,
    known: frozenset[str],
    fixes: tuple[Finding, ...],
) -> tuple[str, ...]:
    """Give what was made its place, and the log beside it; return the files' names."""
    target = to.path.absolute()
    names = tuple(sorted(path.name for path in folder.iterdir()))
    if to.container == "folder":
        become(folder, target, known)
    elif to.container == "zip":
        put(folder.with_name(STAGING), {target.name: target})
    else:
        put(folder, {name: target.parent / name for name in names})
        for stale in known - set(names):
            (target.parent / stale).unlink()
    if fixes:
        lines = [f"{one.rule}: {one.message}\n" for one in fixes]
        log_of(to).write_text("".join(lines), encoding="utf-8", newline="\n")
    return names


def log_of(to: Destination) -> Path:
    """Return the file beside the destination that tells what was fixed."""
    target = to.path.absolute()
    return target.with_name(f"{target.name}.log")
