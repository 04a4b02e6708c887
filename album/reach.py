"""What chains and targets ask of sounds that these do not have: frequencies, times.

Headers tell as much, so that it is known before anything is rendered.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from album.finish import finish_of, rate_of
from album.project import Album, DdexTarget
from album.rack import Stage, busy
from album.source import Source
from album.titles import clock
from delivery.findings import Finding, error, warning
from dsp.processor import Learner
from dsp.shaping import Shape, feedback


def beyond(album: Album, sources: Mapping[str, Source]) -> Iterator[Finding]:
    """Yield what stages of songs and stems cannot do, or would do to nothing."""
    for name, source in sources.items():
        song = album.songs[name]
        chains = [song.chain, *(stem.chain for stem in song.stems.values())]
        for stage in (each for chain in chains for each in busy(chain)):
            yield from _too_high(stage, source)
            yield from _too_late(stage, source)


def of_targets(album: Album, rate: int) -> Iterator[Finding]:
    """Yield what masters cannot do at the rates of their targets.

    The programme has *rate*; what brings it to a loudness hears the chain there too.
    """
    faults: dict[tuple[str, int], tuple[Stage, str, list[str]]] = {}
    for target, table in album.deliver.targets.items():
        if isinstance(table, DdexTarget):
            continue
        finish = finish_of(album, target)
        own = rate_of(album, target, rate)
        yield from _no_dither(album, target, finish.dither, own)
        rates = {own: target}
        if finish.target_lufs is not None:
            rates.setdefault(rate, f"measuring for {target}")
        for at, what in rates.items():
            for stage in finish.stages:
                if says := _refused(stage, at):
                    found = faults.setdefault((stage.text, at), (stage, says, []))
                    found[2].append(what)
    for stage, says, targets in faults.values():
        listed = ", ".join(targets)
        yield error(
            "CHAIN",
            f"{stage.text!r} for {listed}: {says}",
            place=stage.place,
            help="a master works at the rate of its target: end the stage with `only` "
            "and the targets it suits, or move it into the songs' chains",
        )


def _no_dither(album: Album, target: str, shape: Shape, rate: int) -> Iterator[Finding]:
    try:
        feedback(shape, rate)
    except ValueError as fault:
        place = album.place("deliver", target, "dither")
        yield error("VALUE", f"{target}: {fault}", place=place)


def _too_high(stage: Stage, source: Source) -> Iterator[Finding]:
    if says := _refused(stage, source.rate):
        yield error("CHAIN", f"{stage.text!r}: {says}", place=stage.place)


def _refused(stage: Stage, rate: int) -> str:
    """Return why *stage* cannot work at *rate*, empty where it can."""
    if isinstance(stage.processor, Learner):
        return str(getattr(stage.processor, "lacking", ""))
    try:
        stage.processor.open(rate)
    except ValueError as fault:
        return str(fault)
    return ""


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
