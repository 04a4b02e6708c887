"""The paperwork of a release: its label copy, for spreadsheets, programs and people."""

from collections.abc import Sequence
from pathlib import Path

from album import disclayout
from album.prepare import Disc
from album.project import Album
from delivery import labelcopy
from delivery.labelcopy import Sheet


def label_copy(album: Album, discs: Sequence[Disc]) -> Sheet:
    """Return the label copy of the whole album."""
    return labelcopy.sheet(
        [
            (
                disclayout.release(album, disc.timeline),
                disclayout.pieces(album, disc.timeline),
            )
            for disc in discs
        ]
    )


def write(folder: Path, album: Album, discs: Sequence[Disc]) -> None:
    """Write the label copy into *folder* in its three forms."""
    paper = label_copy(album, discs)
    # spreadsheets tell UTF-8 by its mark
    text = labelcopy.as_csv(paper)
    (folder / "labelcopy.csv").write_text(text, encoding="utf-8-sig", newline="")
    for suffix, text in (
        ("json", labelcopy.as_json(paper)),
        ("html", labelcopy.as_html(paper)),
    ):
        path = folder / f"labelcopy.{suffix}"
        path.write_text(text, encoding="utf-8", newline="\n")
