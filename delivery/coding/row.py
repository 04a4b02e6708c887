"""What is known of a coding: one row, whatever library does the work."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from delivery.gapless import Around
from delivery.program import AnyFloats, Pcm
from delivery.redbook import CHANNELS


@dataclass(frozen=True, kw_only=True)
class Quality:
    """How well a lossy coding keeps its sound: a bitrate, or a place on its scale."""

    text: str
    """As it is written: 320, V0, q6."""
    kbits: int | None = None
    scale: float | None = None


@dataclass(frozen=True, kw_only=True)
class Sound:
    """What is to be encoded.

    A lossless coding takes integers of *bits*, a lossy one floats of full scale 1.0.
    """

    rate: int
    blocks: Iterable[NDArray[Any]]
    length: int
    """Samples per channel in *blocks*."""
    bits: int = 24
    quality: Quality | None = None
    channels: int = CHANNELS
    around: Around = Around()
    """How much of *blocks* only comes with the piece."""


@dataclass(frozen=True)
class Encoded:
    """What was written."""

    length: int
    """Samples per channel, without what is around."""
    sha256: str | None = None
    """Of the samples of a lossless coding in memory, packed as in a WAV."""


Encode = Callable[[Path, Sound], Encoded]


def _no_other(_: Quality | None) -> Encode | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Coding:
    """One way to store sound in a file."""

    name: str
    """As a project file has it."""
    title: str
    """As people write it."""
    suffix: str
    container: str
    """How it is tagged: a row of ``delivery.tags.CONTAINERS``."""
    rates: tuple[int, ...]
    """The rates it is delivered at, rising."""
    encode: Encode
    decode: Callable[[Path], Iterator[AnyFloats]]
    """Yields the sound, overs and all; raises Refusal."""
    format_of: Callable[[Path], tuple[int, int]]
    """Returns the rate of a file and its length in samples; raises Refusal."""
    careful: Callable[[Quality | None], Encode | None] = _no_other
    """Returns how else a quality is written, slower: for sound that lost level."""
    depths: tuple[int, ...] = ()
    stored: Callable[[Path], Pcm] | None = None
    """Opens the integers of a lossless file."""
    quality: Callable[[str], Quality] | None = None
    """Reads a quality of a lossy coding; raises ValueError."""
    usual: str = ""
    """The quality where none is said."""
    qualities: str = ""
    """What can be said, in a few words."""
    context: bool = False
    """Whether joins need the sound around a piece (`delivery.gapless`)."""
    held: Callable[[Path], int] | None = None
    """Samples that the frames of a file hold, where its header may tell more."""

    @property
    def lossless(self) -> bool:
        """Whether it gives back the very samples."""
        return self.stored is not None

    def rate_for(self, rate: int) -> int:
        """Return the rate of a file of sound at *rate*: the same where it can be."""
        if rate in self.rates:
            return rate
        family = 44_100 if rate % 44_100 == 0 else 48_000
        return family if family in self.rates else self.rates[-1]


def kbits(text: str, name: str, allowed: Iterable[int]) -> Quality:
    """Return the bitrate that *text* says, as "256" or "256k"; raises ValueError."""
    digits = text.removesuffix("k")
    if not (digits.isascii() and digits.isdigit()) or int(digits) not in allowed:
        raise ValueError(f"{text!r} is no bitrate that {name} is delivered at")
    return Quality(text=digits, kbits=int(digits))


def scaled(text: str, letter: str, name: str, low: float, high: float) -> Quality:
    """Return a place on a coding's own scale, as "q6" or "V0"; raises ValueError."""
    number = text.removeprefix(letter)
    try:
        place = float(number) if number.isascii() and number != text else -1e9
    except ValueError:
        place = -1e9
    if not low <= place <= high:
        raise ValueError(f"{text!r} is none of {name}'s qualities")
    return Quality(text=f"{letter}{place:g}", scale=place)
