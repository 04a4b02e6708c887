"""What a processor is: settings that open into a stream with its own state.

Blocks go in, in order, of any length; as many samples come out as went in, and sample
k that comes out belongs to sample k that went in: a stream that has to look ahead
holds back, and gives the rest at the end. The output never depends on the blocks.
"""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Streaming = TypeVar("Streaming")


class Stream(Protocol):
    """A processor at work on one sound of ``(samples, 2)``."""

    def process(self, block: Floats) -> Floats:
        """Take the next *block*, which stays as it is; return what is ready.

        What is returned is the caller's to keep; it may be the block itself.
        """

    def finish(self) -> Floats:
        """Return the rest, so that all that went in has come out."""


class Processor(Protocol):
    """The settings of one stage: frozen, and checked where they are made.

    Settings out of range raise ValueError, with a sentence for the user.
    """

    @property
    def idle(self) -> bool:
        """Whether nothing would change: such a stage is left out, bit for bit."""

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream at *rate* Hz whose first sample is number *start* of the mix.

        Only what has a time of its own (a ride, a repair) looks at *start*.
        """


@runtime_checkable
class Learner(Protocol):
    """Settings that have to hear the whole sound before they can work on it."""

    def learned(
        self, rate: int, sound: Callable[[], Iterator[Floats]], *, start: int = 0
    ) -> Processor:
        """Return the processor for *sound*, which can be heard as often as needed."""


@dataclass(frozen=True)
class Lowered:
    """How far a stage has turned the level down, in steps of 100 ms."""

    hop: int
    """Samples in a step."""
    deepest: NDArray[np.float32]
    """The most in each step, in dB, 0 or less."""


@runtime_checkable
class Lowering(Protocol):
    """A stream that turns the level down, and says how far it did."""

    @property
    def lowered(self) -> Lowered:
        """Return what was done so far, from the first sample on."""


def twin(stream: Streaming, **own: Any) -> Streaming:
    """Return a copy of *stream* that shares everything with it but its *own*."""
    other = copy(stream)
    vars(other).update(own)
    return other


def run(stream: Stream, blocks: Iterable[Floats]) -> Iterator[Floats]:
    """Yield *blocks* as *stream* makes them, to the end."""
    for block in blocks:
        done = stream.process(block)
        if len(done):
            yield done
    rest = stream.finish()
    if len(rest):
        yield rest
