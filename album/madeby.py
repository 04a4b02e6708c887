"""What decides the bytes of a delivery, for its manifest: versions, project, sounds."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from album import __version__
from album.balance import references
from album.finish import finish_of, treatments_of
from album.namedfiles import named_files
from album.prepare import Prepared
from album.proposing import is_balanced
from album.rack import Stage
from album.scanning import Scan, scan
from delivery import manifest

LIBRARIES = ("numpy", "soundfile", "soxr", "mutagen", "lameenc", "av", "pillow")
"""What has a say in the bytes of a delivery, beside our own version."""


def decided_by(prepared: Prepared, scans: Mapping[str, Scan]) -> dict[str, Any]:
    """Return what decides the delivery's bytes; *scans* are those of all mixes.

    It is that of all targets, whichever are built. Keys of what an album has none of
    are left out. Raises Refusal where there is no such reference.
    """
    import soundfile

    place = prepared.album.place("sequence", "roomtone")
    tones = [scan(tone, place) for tone in prepared.tones.values()]

    album = prepared.album
    cover = album.meta.cover
    compared = [manifest.sha256(file) for file in _references(prepared)]
    named = dict.fromkeys(file for stage in _stages(prepared) for file in _named(stage))
    return {
        "made_by": {
            "glassmaster": __version__,
            **{name: version(name) for name in LIBRARIES},
            "libsndfile": soundfile.__libsndfile_version__,
        },
        "album": {"artist": album.meta.artist, "title": album.meta.title},
        "project": {path.name: manifest.sha256(path) for path in album.files},
        "mixes": {name: each.sha256 for name, each in scans.items()},
        **({"roomtone": [each.sha256 for each in tones]} if tones else {}),
        **({"references": compared} if compared else {}),
        **({"named": [manifest.sha256(file) for file in named]} if named else {}),
        **({"cover": manifest.sha256(cover)} if cover else {}),
    }


def _references(prepared: Prepared) -> list[Path]:
    """Return the recordings that the record is compared with, if it is balanced."""
    if not is_balanced(prepared):
        return []
    return [path for path, _ in references.find(prepared.album)]


def _stages(prepared: Prepared) -> Iterator[Stage]:
    """Yield the stages that any target is heard through, those of stems too."""
    album = prepared.album
    for target in prepared.targets:
        yield from finish_of(album, target).stages
        for song, treatment in treatments_of(album, target).items():
            if song in prepared.sources:
                yield from treatment.stages
                for stages in treatment.stems.values():
                    yield from stages


def _named(stage: Stage) -> list[Path]:
    return named_files(stage.processor)
