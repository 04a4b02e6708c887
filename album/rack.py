"""The rack: the stages of a chain at work on one sound, one after the other.

Stages that would change nothing are left out, and a rack without stages is no rack:
audio that nobody touches stays as it is, bit for bit.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from album.reel import even
from delivery.findings import Place, refuse
from delivery.program import Floats
from dsp.processor import Learner, Lowered, Lowering, Processor, Stream

BLOCK = 1 << 16
"""Samples that go through all stages at a time: they stay in a core's own cache."""

Hear = Callable[[], Iterator[Floats]]
"""A sound that can be heard from its beginning as often as needed."""


class Stage(Protocol):
    """One stage of a chain, as far as the rack has to know it."""

    @property
    def kind(self) -> str:
        """The word that the stage begins with."""

    @property
    def text(self) -> str:
        """The stage as one line of the chain language."""

    @property
    def only(self) -> tuple[str, ...]:
        """The targets or masters it is for; empty: all."""

    @property
    def place(self) -> Place:
        """Where the project asks for it."""

    @property
    def processor(self) -> Processor | Learner:
        """Its settings."""


@dataclass(frozen=True)
class Fitted:
    """A stage that has work to do, and what does it, taught where it had to learn."""

    stage: Stage
    processor: Processor


def busy(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """Return those of *stages* that may change something."""
    return tuple(
        stage for stage in stages if not getattr(stage.processor, "idle", False)
    )


def fitted(
    stages: Iterable[Stage], rate: int, sound: Hear, start: int = 0
) -> tuple[Fitted, ...]:
    """Return *stages* ready for *sound*, whose first sample is number *start*.

    What has to learn hears the sound as the stages before it leave it. Raises Refusal
    at the stage that cannot work on this sound.
    """
    ready: tuple[Fitted, ...] = ()
    for stage in busy(stages):
        processor = stage.processor
        if isinstance(processor, Learner):
            before = ready

            def heard(before: tuple[Fitted, ...] = before) -> Iterator[Floats]:
                # a sum over blocks would depend on them
                return even(through(before, rate, sound(), start), BLOCK)

            with _at(stage):
                processor = processor.learned(rate, heard, start=start)
        if not processor.idle:
            ready = (*ready, Fitted(stage, processor))
    return ready


class Rack:
    """Stages in series, as one stream."""

    def __init__(self, stages: Sequence[Fitted], rate: int, start: int = 0) -> None:
        """Open every stage; raises Refusal at one that cannot work at *rate*."""
        self._streams: list[tuple[Fitted, Stream]] = []
        for together in _cascades(stages):
            with _at(together[0].stage):
                stream = _opened([each.processor for each in together], rate, start)
            self._streams.append((together[-1], stream))

    def process(self, block: Floats) -> Floats:
        """Take the next *block*; return what has come out at the end."""
        for _, stream in self._streams:
            block = stream.process(block)
        return block

    def finish(self) -> Floats:
        """Return the rest, stage by stage emptied into the next."""
        rest = np.zeros((0, 2))
        for _, stream in self._streams:
            parts = [stream.process(rest), stream.finish()]
            rest = np.concatenate(parts)
        return rest

    @property
    def lowered(self) -> list[tuple[Stage, Lowered]]:
        """What those stages that turn the level down have done so far."""
        return [
            (each.stage, stream.lowered)
            for each, stream in self._streams
            if isinstance(stream, Lowering)
        ]


def through(
    stages: Sequence[Fitted], rate: int, blocks: Iterable[Floats], start: int = 0
) -> Iterator[Floats]:
    """Yield *blocks* as *stages* make them, to the end."""
    if not stages:
        yield from blocks
        return
    yield from worked(Rack(stages, rate, start), blocks)


def worked(rack: Stream, blocks: Iterable[Floats]) -> Iterator[Floats]:
    """Yield *blocks* as *rack* makes them, in pieces that stay in the cache."""
    for block in blocks:
        for at in range(0, len(block), BLOCK):
            done = rack.process(block[at : at + BLOCK])
            if len(done):
                yield done
    rest = rack.finish()
    if len(rest):
        yield rest


def _opened(together: list[Processor], rate: int, start: int) -> Stream:
    if len(together) == 1:
        return together[0].open(rate, start=start)
    from dsp.eq import Eq, cascade

    return cascade(rate, [each for each in together if isinstance(each, Eq)])


def _cascades(stages: Sequence[Fitted]) -> list[list[Fitted]]:
    """Return the stages one by one, but neighbouring bands of an equaliser together."""
    groups: list[list[Fitted]] = []
    for stage in stages:
        if groups and _joinable(groups[-1][-1], stage):
            groups[-1].append(stage)
        else:
            groups.append([stage])
    return groups


def _joinable(one: Fitted, other: Fitted) -> bool:
    if not (one.stage.kind == "eq" == other.stage.kind):
        return False
    from dsp.eq import Eq, joinable

    first, second = one.processor, other.processor
    if isinstance(first, Eq) and isinstance(second, Eq):
        return joinable(first, second)
    return False


@contextmanager
def _at(stage: Stage) -> Iterator[None]:
    """Turn a processor's plain words into a refusal at its stage."""
    try:
        yield
    except ValueError as fault:
        message = f"{stage.text!r}: {fault}"
        raise refuse("CHAIN", message, place=stage.place) from fault
