"""Streaming files of a delivery, held against the disc that they were cut from."""

from collections.abc import Iterator
from pathlib import Path

from delivery import tags, wav
from delivery.findings import Finding, Place, Refusal, error
from delivery.program import Layout
from delivery.redbook import FRAMES_PER_SECOND, samples


def check(folder: Path, layout: Layout) -> Iterator[Finding]:
    """Yield where the lossless files in *folder* do not add up to *layout*.

    Their lengths together have to be the programme's, and each has its track's ISRC.
    Their contents are the manifest's to confirm.
    """
    paths = sorted(folder.glob("*.flac")) if folder.is_dir() else []
    if not paths:
        return
    isrcs = {track.number: track.isrc for track in layout.tracks}
    length, rate = 0, 0
    for path in paths:
        try:
            pcm, tagging = wav.open_pcm(path), tags.read_tags(path)
        except Refusal as refusal:
            yield from refusal.findings
            return
        length, rate = length + pcm.length, pcm.rate
        isrc = isrcs.get(tagging.track, tagging.isrc)
        if tagging.isrc != isrc:
            yield error(
                "META-READBACK",
                f"{path.name} carries the ISRC {tagging.isrc or 'none'}, the disc has "
                f"{isrc or 'none'}",
                place=Place(file=path.name, track=tagging.track),
                measured=tagging.isrc,
                limit=isrc,
            )
    if rate % FRAMES_PER_SECOND:
        yield error(
            "FILE-ROUND",
            f"the FLAC files have {rate} Hz, at which no disc can be cut",
            place=Place(file=folder.name),
            measured=rate,
        )
    elif length != (due := samples(layout.frames, rate)):
        yield error(
            "FILE-ROUND",
            f"the FLAC files together have {length:,} samples, the programme {due:,}",
            place=Place(file=folder.name),
            measured=length,
            limit=due,
        )
