"""MP4: the atoms that iTunes reads, in M4A files of AAC and ALAC."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mutagen import mp4

from delivery.cover import Cover, parse
from delivery.gapless import told_mp4
from delivery.tagformats.opening import in_place, opened, padding
from delivery.tagging import LEVELS, NUMBERS, TAKEN, TEXTS, Tagging, joined, of_texts

# mutagen says it is typed, but its calls are not annotated
_MP4: Any = mp4
_SHORT, _FREE = "----:", "----:com.apple.iTunes:"
_SMPB = "iTunSMPB"
_PAIRS = {"trkn": ("track", "tracks"), "disk": ("disc", "discs")}
_IMAGES = {
    "image/jpeg": mp4.AtomDataType.JPEG,
    "image/png": mp4.AtomDataType.PNG,
}
# as loudgain, foobar2000 and iTunes write them
_SPELT = {name: name.lower() for name in LEVELS} | {"ITUNNORM": "iTunNORM"}


def write(path: Path, tagging: Tagging, cover: Cover | None) -> None:
    """Write the tags of an M4A, and its cover; whatever it said before is gone."""
    tags = _MP4.MP4Tags()
    for name, text in _texts(tagging):
        if name == "rtng":
            tags[name] = [int(text)]
        elif name.startswith(_SHORT):
            key = _FREE + name.removeprefix(_SHORT)
            tags[key] = [_MP4.MP4FreeForm(text.encode())]
        else:
            tags[name] = [text]
    for atom, names in _PAIRS.items():
        numbers = tuple(getattr(tagging, name) for name in names)
        if any(numbers):
            tags[atom] = [numbers]
    if cover is not None:
        tags["covr"] = [_MP4.MP4Cover(cover.image, _IMAGES[cover.mime])]
    _tell_gap(path, tags)
    tags.save(path, padding=padding)


def level(path: Path, levels: Mapping[str, str]) -> None:
    """Add *levels* to the tags of an M4A, in their padding."""
    tags = opened(path, _MP4.MP4).tags
    for name, text in levels.items():
        tags[_FREE + _SPELT[name]] = [_MP4.MP4FreeForm(text.encode())]
    tags.save(path, padding=in_place)


def strip(path: Path) -> None:
    """Leave an M4A without tags."""
    opened(path, _MP4.MP4).delete()
    tags = _MP4.MP4Tags()
    if _tell_gap(path, tags):
        tags.save(path, padding=lambda _: 0)


def _tell_gap(path: Path, tags: Any) -> bool:
    """Tell older players where the sound of an AAC begins and ends."""
    told = told_mp4(path)
    if told is not None:
        tags[_FREE + _SMPB] = [_MP4.MP4FreeForm(told.smpb.encode())]
    return told is not None


def read(path: Path) -> Tagging:
    """Return the tags of an M4A."""
    tags = opened(path, _MP4.MP4).tags or {}
    atoms = {row.atom: row.vorbis for row in TEXTS}
    spelt = {theirs: name for name, theirs in _SPELT.items()}
    free = joined(
        (spelt.get(name, name.upper()), str(bytes(part), "utf-8", "replace"))
        for key, parts in tags.items()
        if key.startswith(_FREE) and key != _FREE + _SMPB
        for name in [key.removeprefix(_FREE)]
        for part in parts
    )
    found = dict(free)
    for atom, values in tags.items():
        if atom in atoms:
            found[atoms[atom]] = ", ".join(dict.fromkeys(map(str, values)))
    for atom, names in _PAIRS.items():
        for name, number in zip(names, *tags.get(atom, [(0, 0)])[:1], strict=False):
            found[NUMBERS[name]] = str(number)
    people = {key.lower(): who for key, who in free.items() if key not in TAKEN}
    return of_texts(path.name, found, people)


def read_cover(path: Path) -> Cover | None:
    """Return the cover of an M4A; raises Refusal for a damaged one."""
    for image in (opened(path, _MP4.MP4).tags or {}).get("covr", ()):
        return parse(bytes(image), path.name)
    return None


def _texts(tagging: Tagging) -> Iterator[tuple[str, str]]:
    """Yield atoms with what they say, freeform ones by their short names."""
    for row in TEXTS:
        if text := getattr(tagging, row.name):
            yield row.atom, text
    for role, who in tagging.credits.items():
        yield _SHORT + role.upper(), who
    for name, text in tagging.levels.items():
        yield _SHORT + _SPELT[name], text
