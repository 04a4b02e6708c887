"""What chains ask of mixes that these do not have: frequencies, and times.

Headers tell as much, so that it is known before anything is rendered.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from album.project import Album
from album.rack import Stage, busy
from album.source import Source
from album.titles import clock
from delivery.findings import Finding, error, warning
from dsp.processor import Learner


def beyond(album: Album, sources: Mapping[str, Source]) -> Iterator[Finding]:
    """Yield what stages of songs and stems cannot do, or would do to nothing."""
    for name, source in sources.items():
        song = album.songs[name]
        chains = [song.chain, *(stem.chain for stem in song.stems.values())]
        for stage in (each for chain in chains for each in busy(chain)):
            yield from _too_high(stage, source)
            yield from _too_late(stage, source)


def _too_high(stage: Stage, source: Source) -> Iterator[Finding]:
    if isinstance(stage.processor, Learner):
        return
    try:
        stage.processor.open(source.rate)
    except ValueError as fault:
        yield error("CHAIN", f"{stage.text!r}: {fault}", place=stage.place)


def _too_late(stage: Stage, source: Source) -> Iterator[Finding]:
    begins = _begins(stage.processor)
    if begins is not None and begins >= source.seconds:
        yield warning(
            "CHAIN-TIME",
            f"{stage.text!r} does nothing: it begins at {clock(begins)}, "
            f"and the mix ends at {clock(source.seconds)}",
            place=stage.place,
            measured=begins,
            limit=source.seconds,
            help="times are those of the mix, from its first sample",
        )


def _begins(processor: Any) -> float | None:
    """Return the last time from which on *processor* does something, if it has one."""
    points = getattr(processor, "points", ())
    begins = points[-1][0] if points else getattr(processor, "from_s", None)
    return None if begins is None else float(begins)
