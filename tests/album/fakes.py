"""Processors of a few lines, with what real ones have: memory, look-ahead, lessons."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from delivery.findings import Place
from dsp.processor import Processor, Stream

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Stage:
    """A stage as the chain language would make it."""

    processor: Any
    kind: str = "fake"
    text: str = "fake"
    name: str = ""
    only: tuple[str, ...] = ()
    place: Place = field(default=Place(), compare=False)


class _Smooth:
    def __init__(self, memory: float) -> None:
        self._memory = memory
        self._state = np.zeros((1, 2))

    def process(self, block: Floats) -> Floats:
        if not len(block):
            return block
        taps = [1 - self._memory], [1.0, -self._memory]
        out, self._state = lfilter(*taps, block, axis=0, zi=self._state)
        return np.asarray(out)

    def finish(self) -> Floats:
        return np.zeros((0, 2))


@dataclass(frozen=True)
class Smooth:
    """A low-pass that remembers."""

    memory: float = 0.999
    idle: bool = False

    def open(self, rate: int, *, start: int = 0) -> Stream:
        if self.memory >= 1:
            raise ValueError("a memory of 1 never lets go")
        return _Smooth(self.memory)


class _Ahead:
    def __init__(self, reach: int) -> None:
        self._reach = reach
        self._held = np.zeros((0, 2))

    def process(self, block: Floats) -> Floats:
        self._held = np.concatenate((self._held, block))
        return self._give(len(self._held) - self._reach, self._held)

    def finish(self) -> Floats:
        padded = np.concatenate((self._held, np.zeros((self._reach, 2))))
        return self._give(len(self._held), padded)

    def _give(self, count: int, audio: Floats) -> Floats:
        if count <= 0:
            return np.zeros((0, 2))
        out = audio[:count] - 0.5 * audio[self._reach : self._reach + count]
        self._held = self._held[count:]
        return out


@dataclass(frozen=True)
class Ahead:
    """Takes away half of what is yet to come."""

    reach: int = 500
    idle: bool = False

    def open(self, rate: int, *, start: int = 0) -> Stream:
        return _Ahead(self.reach)


class _Plus:
    def __init__(self, offset: Floats) -> None:
        self._offset = offset

    def process(self, block: Floats) -> Floats:
        return block + self._offset

    def finish(self) -> Floats:
        return np.zeros((0, 2))


@dataclass(frozen=True)
class Plus:
    """Adds a constant."""

    offset: tuple[float, float] = (0.0, 0.0)

    @property
    def idle(self) -> bool:
        return self.offset == (0.0, 0.0)

    def open(self, rate: int, *, start: int = 0) -> Stream:
        return _Plus(np.array(self.offset))


@dataclass(frozen=True)
class Centre:
    """Learns the mean and takes it away."""

    def learned(
        self, rate: int, sound: Callable[[], Iterator[Floats]], *, start: int = 0
    ) -> Processor:
        total, count = np.zeros(2), 0
        for block in sound():
            total += block.sum(axis=0)
            count += len(block)
        left, right = -total / count
        return Plus((float(left), float(right)))


@dataclass(frozen=True)
class Clock:
    """Adds the number of the sample of the mix, to show where a stage thinks it is."""

    idle: bool = False

    def open(self, rate: int, *, start: int = 0) -> Stream:
        return _Clock(start)


class _Clock:
    def __init__(self, start: int) -> None:
        self._at = start

    def process(self, block: Floats) -> Floats:
        numbers = np.arange(self._at, self._at + len(block), dtype=np.float64)
        self._at += len(block)
        return block + numbers[:, np.newaxis]

    def finish(self) -> Floats:
        return np.zeros((0, 2))
