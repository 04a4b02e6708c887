"""The cover as files carry it: whole, or a copy where a limit asks for one."""

from functools import lru_cache
from pathlib import Path

from album.deliverable import Deliverable
from album.project import Album
from delivery import coverrules, receivers
from delivery.coding.table import Form
from delivery.cover import Cover, open_cover
from delivery.findings import Finding, note
from delivery.receivers import CoverSpec

WHOLE = "flac"
"""The row of covers that are as large as they can be."""

_MEGA = 1_000_000


def cover(album: Album, target: Deliverable, form: Form) -> Cover | None:
    """Return what the files of *form* carry; None where the tags carry no cover."""
    if album.meta.cover is None or target.policy(form) != "full":
        return None
    row = receivers.row(CoverSpec, target.cover_row(form), album.book)
    return _fitted(album.meta.cover, album.meta.cover.stat().st_mtime_ns, row)


def remark(album: Album, target: Deliverable, form: Form) -> tuple[Finding, ...]:
    """Say where the files of *form* carry a copy."""
    made, path = cover(album, target, form), album.meta.cover
    if made is None or path is None or made.image == open_cover(path).image:
        return ()
    row = receivers.row(CoverSpec, target.cover_row(form), album.book)
    size = f"{made.width} × {made.height}"
    text = (
        f"{target.name}: {form.title} has a copy of the cover, {size} pixels, "
        f"{len(made.image) / _MEGA:.2f} MB ({row.title})"
    )
    return (
        note(
            "COVER-COPY",
            text,
            place=album.place("album", "cover"),
            measured=size,
            limit=f"{row.largest_px} pixels" if row.largest_px else None,
            source=f"{row.source}, read {row.read}",
            help=None
            if row.name == WHOLE
            else f'cover = "{WHOLE}" of the target embeds it whole, up to 16 MB',
        ),
    )


@lru_cache(maxsize=8)
def _fitted(path: Path, _: int, row: CoverSpec) -> Cover:
    return coverrules.fitted(open_cover(path), row, path.name)
