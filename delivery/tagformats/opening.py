"""What every kind of tagged file shares: how it is opened, and its empty bytes."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mutagen import MutagenError

from delivery.findings import refuse

FAULTS = (MutagenError, EOFError, IndexError, KeyError, ValueError, struct.error)
"""What mutagen raises of damaged files."""

VENDOR = "Glassmaster"
PADDING = 1024
"""Empty bytes after the tags, for a later tagger; always as many."""


def opened(path: Path, kind: Callable[..., Any], **options: Any) -> Any:
    """Return what mutagen's *kind* reads from *path*; raises Refusal where it fails."""
    try:
        return kind(path, **options)
    except FAULTS as fault:
        raise refuse(
            "META-TAGS", f"the tags of {path.name!r} cannot be read: {fault}"
        ) from fault


def padding(_: Any) -> int:
    """Return how many empty bytes a file gets, whatever it had before."""
    return PADDING


def in_place(found: Any) -> int:
    """Return how many empty bytes leave the audio where it is; see ``padding``."""
    return max(0, int(found.padding))
