"""The files that the settings of processors name: what a sound is made of besides."""

import os
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

from album.near import matching


def named_files(processor: object) -> list[Path]:
    """Return the files that the settings of *processor* name.

    A tuple of paths is of patterns. For a folder, as some plug-ins are, stand all files
    in it. What is not there is returned as it is named.
    """
    if not is_dataclass(processor):
        return []
    found: list[Path] = []
    for each in fields(processor):
        value = getattr(processor, each.name)
        if isinstance(value, Path):
            found += sorted(_within(value)) if value.is_dir() else [value]
        elif isinstance(value, tuple) and value and isinstance(value[0], Path):
            found += matching(value)
    return found


def _within(top: Path) -> Iterator[Path]:
    """Yield all files below *top*, those of every folder once, whatever links to it."""
    seen: set[tuple[int, int]] = set()
    for folder, inner, files in os.walk(top, followlinks=True):
        about = Path(folder).stat()
        if (about.st_dev, about.st_ino) in seen:
            inner.clear()
            continue
        seen.add((about.st_dev, about.st_ino))
        inner.sort()
        yield from (path for name in files if (path := Path(folder, name)).is_file())
