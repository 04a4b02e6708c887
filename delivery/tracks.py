"""Streaming files of a delivery, held against the disc that they were cut from."""

from collections.abc import Iterator
from dataclasses import replace

from delivery.fileset import Fileset
from delivery.findings import Finding, Place, Refusal, error
from delivery.flac_head import FlacHead, flac_head
from delivery.program import Layout
from delivery.redbook import FRAMES_PER_SECOND, samples


def check(files: Fileset, folder: str, layout: Layout) -> Iterator[Finding]:
    """Yield where the lossless files in *folder* do not add up to *layout*.

    Their lengths together have to be the programme's, and each has its track's ISRC.
    Their contents are the manifest's to confirm.
    """
    before = f"{folder}/" if folder else ""
    names = [
        name
        for name in files.names()
        if name.startswith(before)
        and "/" not in name[len(before) :]
        and name.endswith(".flac")
    ]
    isrcs = {track.number: track.isrc for track in layout.tracks}
    heads: list[FlacHead] = []
    for name in names:
        try:
            heads.append(flac_head(files, name))
        except Refusal as refusal:
            yield from (replace(one, rule="FILE-READ") for one in refusal.findings)
            return
        yield from _isrc(name, heads[-1], isrcs)
    if not heads:
        return
    rate, length = heads[-1].rate, sum(head.length for head in heads)
    if rate % FRAMES_PER_SECOND:
        yield error(
            "FILE-ROUND",
            f"the FLAC files have {rate} Hz, at which no disc can be cut",
            place=Place(file=folder),
            measured=rate,
        )
    elif length != (due := samples(layout.frames, rate)):
        yield error(
            "FILE-ROUND",
            f"the FLAC files together have {length:,} samples, the programme {due:,}",
            place=Place(file=folder),
            measured=length,
            limit=due,
        )


def _isrc(name: str, head: FlacHead, isrcs: dict[int, str]) -> Iterator[Finding]:
    number, own = head.tags.get("TRACKNUMBER", ""), head.tags.get("ISRC", "")
    track = int(number) if number.isascii() and number.isdigit() else 0
    isrc = isrcs.get(track, own)
    if own != isrc:
        plain = name.rpartition("/")[2]
        yield error(
            "META-READBACK",
            f"{plain} carries the ISRC {own or 'none'}, the disc has {isrc or 'none'}",
            place=Place(file=name, track=track),
            measured=own,
            limit=isrc,
        )
