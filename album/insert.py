"""`insert 'print.wav'`: a print of the song through other equipment, in its place.

The print is laid over the song to the sample, and takes its place from there on. What
cannot be the print of this song is refused; what was found is said in `remarks`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from album.scanning import no_audio_because
from album.source import Reader, Source, probe
from delivery.program import Floats
from dsp.alignment import Aligner, Difference, Null, Offset
from dsp.meter import no_audio
from dsp.processor import Processor, Stream
from dsp.survey import LOUDEST

REACH_S = 2.0
"""How far a print may be early or late."""

CLEAR = 12.0
"""How far the peak of a response stands out: that of a print 100, of other music 6."""

FAINT = 10 ** (-80 / 20)
"""What of a song may be missing in its print: its last breath."""

EDGE = 64
"""Samples at the ends of the reach in which no print is looked for."""

DRIFT = 2
"""Samples by which a print may be off between its halves."""

Hear = Callable[[], Iterator[Floats]]


@dataclass(frozen=True, kw_only=True)
class Insert:
    """A file to take the place of the sound; *inverted* turns it over."""

    file: Path
    inverted: bool = False

    @property
    def idle(self) -> bool:
        """A print always changes the sound."""
        return False

    def learned(self, rate: int, sound: Hear, *, start: int = 0) -> Processor:
        """Return the print laid over *sound*.

        Raises ValueError where the file is no print of it, Refusal where it cannot be
        read.
        """
        print_ = _opened(self.file, rate)
        reader = Reader(print_)
        try:
            found = _found(reader, rate, sound, start)
            shift = found.offset.samples + found.nominal
            _check_polarity(self, found.offset)
            difference, lacking = _compared(reader, rate, sound, start + shift, self)
        finally:
            reader.close()
        name = print_.path.name
        if difference.crossed > max(difference.alike, 0.0) + 0.1:
            raise ValueError(
                f"left and right of {name} are exchanged: write `swap` after it, or "
                "print it again"
            )
        if lacking > rate // 100:
            raise ValueError(
                f"{name} is too short: {lacking / rate:.3f} s of the song are not on "
                "it; print the whole song, or trim the song"
            )
        return Printed(
            source=print_,
            shift=shift,
            inverted=self.inverted,
            remarks=_remarks(print_, found, difference, lacking),
        )


@dataclass(frozen=True)
class _Found:
    """Where a print lies: *nominal* + the offset after the same sample of the mix."""

    nominal: int
    offset: Offset
    drift: float
    """Samples from the beginning of the song to its end."""


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A print laid over its mix, whose sample k is k + *shift* of the print."""

    source: Source
    shift: int
    inverted: bool
    remarks: tuple[str, ...] = ()

    @property
    def idle(self) -> bool:
        """A print always changes the sound."""
        return False

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin to play at the sample that belongs to *start* of the mix."""
        return _Playing(self, start + self.shift)


class _Playing:
    """A print that plays as long as the sound does."""

    def __init__(self, printed: Printed, at: int) -> None:
        self._reader = Reader(printed.source)
        self._sign = -1.0 if printed.inverted else 1.0
        self._at = at

    def process(self, block: Floats) -> Floats:
        audio = read_padded(self._reader, self._at, self._at + len(block))
        self._at += len(block)
        return audio * self._sign if self._sign < 0 else audio

    def finish(self) -> Floats:
        self._reader.close()
        return np.zeros((0, 2))

    def __del__(self) -> None:
        # who takes as many samples as there are does not ask for the end
        self._reader.close()


def read_padded(reader: Reader, start: int, stop: int) -> Floats:
    """Return samples *start* to *stop* of a file, silence where it has none."""
    length = reader.source.length
    first, last = min(max(start, 0), length), min(max(stop, 0), length)
    if first == start and last == stop:
        return reader.read(start, stop)
    audio = np.zeros((stop - start, 2))
    if last > first:
        audio[first - start : last - start] = reader.read(first, last)
    return audio


def _opened(file: Path, rate: int) -> Source:
    """Return the print's file. Raises ValueError where it has another rate."""
    source = probe(file)
    if source.rate != rate:
        raise ValueError(
            f"{file.name} has {source.rate} Hz, the sound {rate} Hz: print it again at "
            f"{rate} Hz"
        )
    return source


def _found(reader: Reader, rate: int, sound: Hear, start: int) -> _Found:
    """Return where the print lies. Raises ValueError where it lies nowhere.

    It is looked for as a print of the whole mix, then as one of the trimmed song.
    """
    name = reader.source.path.name
    for nominal in dict.fromkeys((0, -start)):
        whole, places = _heard(reader, rate, sound, start + nominal)
        if whole is None or not _clear(whole, rate):
            continue
        third = max(1, len(places) // 3)
        drift = 0.0
        if len(places) > 1:
            drift = float(np.median(places[-third:]) - np.median(places[:third]))
        if abs(drift) > rate // 100:
            raise ValueError(
                f"{name} is another edit of the song: its end lies {drift:.0f} samples "
                "from where its beginning puts it; print the song as it is now"
            )
        return _Found(nominal, whole, drift)
    raise ValueError(
        f"{name} is no print of this song: nothing of it was found within {REACH_S:g} "
        "s; is it of another song, or later by more?"
    )


def _clear(offset: Offset, rate: int) -> bool:
    """Return whether *offset* is sure: at the edges lies what is beyond them."""
    return offset.clarity >= CLEAR and abs(offset.samples) < REACH_S * rate - EDGE


def _heard(
    reader: Reader, rate: int, sound: Hear, at: int
) -> tuple[Offset | None, list[float]]:
    """Return the offset over the whole *sound*, and those of its clear stretches.

    The print is expected to begin with its sample *at*.
    """
    aligner = Aligner(rate, int(REACH_S * rate))
    places = []
    for stretch in _stretches(sound(), aligner.stretch):
        stop = at + aligner.stretch
        other = read_padded(reader, at - aligner.reach, stop + aligner.reach)
        if not (np.abs(other) < LOUDEST).all():
            name, why = reader.source.path.name, no_audio_because(no_audio(other)[1])
            raise ValueError(f"{name} carries a sample that is {why}: print again")
        found = aligner.add(stretch, other)
        if found is not None and _clear(found, rate):
            places.append(found.samples + found.remainder)
        at = stop
    return aligner.offset(), places


def _stretches(blocks: Iterator[Floats], length: int) -> Iterator[Floats]:
    """Yield *blocks* gathered to pieces of *length*; the last may be shorter."""
    waiting: list[Floats] = []
    count = 0
    for block in blocks:
        waiting.append(block)
        count += len(block)
        while count >= length:
            joined = np.concatenate(waiting)
            yield joined[:length]
            waiting = [joined[length:]]
            count -= length
    if count:
        yield np.concatenate(waiting)


def _check_polarity(insert: Insert, offset: Offset) -> None:
    """Raise ValueError where the print is turned over and nobody says so."""
    name = insert.file.name
    if offset.inverted and not insert.inverted:
        raise ValueError(
            f"{name} is upside down: write \"insert '{name}' inverted\", or look for "
            "the cable that turns the polarity and print it again"
        )
    if insert.inverted and not offset.inverted:
        raise ValueError(f"{name} is not upside down: leave out `inverted`")


def _compared(
    reader: Reader, rate: int, sound: Hear, at: int, insert: Insert
) -> tuple[Difference, int]:
    """Return how the print, from its sample *at*, differs from *sound*.

    The second is how many samples of the sound are heard where the print has none.
    """
    null, lacking = Null(rate), 0
    length = reader.source.length
    sign = -1.0 if insert.inverted else 1.0
    for block in sound():
        null.add(block, sign * read_padded(reader, at, at + len(block)))
        loud = np.abs(block).max(axis=1, initial=0.0) > FAINT
        place = np.arange(at, at + len(block))
        lacking += int((loud & ((place < 0) | (place >= length))).sum())
        at += len(block)
    return null.difference(), lacking


def _remarks(
    source: Source, found: _Found, difference: Difference, lacking: int
) -> tuple[str, ...]:
    """Return what was found, for people."""
    offset, name = found.offset, source.path.name
    way = "late" if offset.samples >= 0 else "early"
    lies = f"{name} lies {abs(offset.samples)} samples {way}, which is taken back"
    if not offset.samples:
        lies = f"{name} lies on the song to the sample"
    said = [f"{lies}; {offset.remainder:+.2f} of a sample is left"]
    if abs(found.drift) > DRIFT:
        said.append(
            f"its end lies {found.drift:+.1f} samples from where its beginning puts "
            "it: it was printed on another clock"
        )
    if lacking:
        said.append(f"{lacking} samples of the song are not on it: they are silent now")
    bands = ", ".join(f"{_hertz(at)} {left:.1f}" for at, left in difference.bands)
    said.append(
        f"it is {difference.gain_db:+.2f} dB against the song; after that the two null "
        f"to {difference.residual_db:.1f} dB ({bands})"
    )
    if source.lossy:
        said.append(f"{name} is {source.depth}, a lossy coding")
    return tuple(said)


def _hertz(frequency: float) -> str:
    return f"{frequency:g} Hz" if frequency < 1000 else f"{frequency / 1000:g} kHz"
