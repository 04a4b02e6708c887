"""The mixes: what their headers say, and their samples.

Headers are enough for every mark and length.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from album import titles
from album.containers import Promise, promise
from album.packed import WIDTHS, Packed, read_at
from delivery.findings import Finding, Place, note, refuse, warning
from delivery.mpeg import SPARE, samples_in
from delivery.program import Floats

if TYPE_CHECKING:
    pass

DEPTHS = {
    "PCM_S8": 8,
    "PCM_U8": 8,
    "PCM_16": 16,
    "PCM_24": 24,
    "PCM_32": 32,
    "DPCM_8": 8,
    "DPCM_16": 16,
    "ALAC_16": 16,
    "ALAC_20": 20,
    "ALAC_24": 24,
    "ALAC_32": 32,
}
"""Integer depths by libsndfile's names; float and lossy codings have none."""

LOSSLESS_FLOAT = {"FLOAT": "32 float", "DOUBLE": "64 float"}
LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000
_BLOCK = 1 << 17
_PACKED = 1 << 14  # what needs no decoder is read while the cache holds it


@dataclass(frozen=True, kw_only=True)
class Source:
    """A mix as its header describes it."""

    path: Path
    rate: int
    channels: int
    length: int
    """Samples per channel."""
    kind: str
    """The container, as people call it: WAV, FLAC …"""
    coding: str
    bits: int | None
    """The integer depth, None for float and lossy codings."""
    parts: "tuple[Part, ...]" = ()
    """The stems that it is the sum of; none for a file."""
    packed: Packed | None = None
    """Where its samples lie as they are; None where they have to be decoded."""

    @property
    def lossy(self) -> bool:
        """Whether the audio has been through a lossy codec."""
        return self.bits is None and self.coding not in LOSSLESS_FLOAT

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return self.length / self.rate

    @property
    def depth(self) -> str:
        """The depth in words: ``24 bit``, ``32 float`` or the codec's name."""
        if self.bits is not None:
            return f"{self.bits} bit"
        return LOSSLESS_FLOAT.get(self.coding, self.coding.replace("_", " ").title())


@dataclass(frozen=True, kw_only=True)
class Part:
    """One stem of a recording."""

    name: str
    source: Source
    gain_db: float


def probe(path: Path, place: Place = Place()) -> Source:
    """Return what the header of *path* says; raises Refusal with *place*."""
    import soundfile

    if path.exists() and not path.is_file():
        message = f"{path.name} is not a file"
        raise refuse("SRC-UNREADABLE", message, place=place)
    try:
        promised = promise(path)
        found = soundfile.info(str(path))
    except (OSError, TypeError, UnicodeError, soundfile.LibsndfileError) as fault:
        # TypeError: a name that ends in .raw is samples without a header to the library
        raise refuse(
            "SRC-UNREADABLE",
            f"{path.name} cannot be read: {reason(fault, path)}",
            place=place,
            help="export the mix again as WAV, AIFF or FLAC",
        ) from None
    source = Source(
        path=path,
        rate=found.samplerate,
        channels=found.channels,
        length=found.frames,
        kind=found.format,
        coding=found.subtype,
        bits=DEPTHS.get(found.subtype),
        packed=_packed(found, promised),
    )
    if promised and promised.promised and promised.present < promised.promised:
        raise refuse(
            "SRC-TRUNCATED",
            f"{path.name} is cut off: its header promises {promised.promised:,} bytes "
            f"of audio, {promised.present:,} are there",
            place=place,
            measured=promised.present,
            limit=promised.promised,
            help="copy or export the mix again",
        )
    if source.kind == "MP3" and (held := samples_in(path)) > source.length + SPARE:
        raise refuse(
            "SRC-LENGTH",
            f"{path.name} holds {clock(held, source.rate)} of audio but tells a "
            f"length of {clock(source.length, source.rate)}",
            place=place,
            measured=held,
            limit=source.length,
            help="its bitrate changes and it has no Xing header: ask for a WAV or FLAC",
        )
    if unfit := _unfit(source):
        raise refuse(*unfit, place=place)
    return source


def _packed(found: Any, promised: Promise | None) -> Packed | None:
    """Return where the samples of a file lie, if they lie there as they are."""
    waves = found.format in ("WAV", "WAVEX", "RF64") and found.endian == "FILE"
    if not (waves and promised and promised.at and found.subtype in WIDTHS):
        return None
    packed = Packed(promised.at, found.subtype, found.channels)
    whole = promised.present >= found.frames * packed.frame
    return packed if whole else None


def remarks(source: Source, place: Place) -> list[Finding]:
    """Return what is worth saying about a mix that can be used."""
    said = []
    name = source.path.name
    if source.lossy:
        said.append(
            warning(
                "SRC-LOSSY",
                f"{name} is {source.depth}, a lossy coding: what it lost stays lost",
                place=place,
                help="ask for the mix as WAV, AIFF or FLAC",
            )
        )
    if source.channels == 1:
        said.append(
            note("SRC-MONO", f"{name} is mono: both channels carry it", place=place)
        )
    return said


class Reader:
    """Random access to the samples of one file, safe to use from several threads."""

    def __init__(self, source: Source) -> None:
        """Open nothing yet; files are opened as threads need them."""
        self.source = source
        self._idle: list[Any] = []
        self._lock = Lock()

    def read(self, start: int, stop: int) -> Floats:
        """Return samples *start* to *stop* as stereo; mono stands on both channels."""
        with self._lock:
            file = self._idle.pop() if self._idle else None
        if file is None:
            file = self._opened()
        packed = self.source.packed
        read = self._decoded if packed is None else self._packed
        audio = read(file, start, stop)
        if len(audio) != stop - start:
            if file is not None:
                file.close()
            raise refuse(
                "SRC-CHANGED",
                f"{self.source.path.name} changed while it was being read",
                help="leave the mixes alone during a build, and build again",
            )
        with self._lock:
            self._idle.append(file)
        return np.repeat(audio, 2, axis=1) if audio.shape[1] == 1 else audio

    def _opened(self) -> Any:
        import soundfile

        try:
            if self.source.packed is not None:
                return self.source.path.open("rb", buffering=0)
            return soundfile.SoundFile(str(self.source.path))
        except (OSError, soundfile.LibsndfileError):
            return None

    def _decoded(self, file: Any, start: int, stop: int) -> Floats:
        import soundfile

        nothing = np.empty((0, 2))
        if file is None:
            return nothing
        try:
            if file.tell() != start:
                file.seek(start)
            audio: Floats = file.read(stop - start, dtype="float64", always_2d=True)
        except soundfile.LibsndfileError:
            return nothing
        return audio

    def _packed(self, file: Any, start: int, stop: int) -> Floats:
        packed = self.source.packed
        assert packed is not None, "the samples lie as they are"
        raw = np.empty((stop - start) * packed.frame, np.uint8)
        if file is None or read_at(file, packed.place(start), raw) < len(raw):
            return np.empty((0, 2))
        return packed.floats(raw)

    def blocks(self, start: int, stop: int) -> Iterator[Floats]:
        """Yield samples *start* to *stop* in order."""
        step = _BLOCK if self.source.packed is None else _PACKED
        for at in range(start, stop, step):
            yield self.read(at, min(at + step, stop))

    def close(self) -> None:
        """Close every file that was opened."""
        while self._idle:
            self._idle.pop().close()


def _unfit(source: Source) -> tuple[str, str] | None:
    """Return rule and message where no programme can be made of *source*."""
    name = source.path.name
    if source.length <= 0:
        return "SRC-EMPTY", f"{name} holds no audio"
    if source.channels not in (1, 2):
        return "SRC-CHANNELS", (
            f"{name} has {source.channels} channels; a disc has two: "
            "fold it down to stereo first"
        )
    if not LOWEST_RATE <= source.rate <= HIGHEST_RATE:
        return "SRC-RATE", (
            f"{name} has {source.rate} Hz; mixes have {LOWEST_RATE} to "
            f"{HIGHEST_RATE} Hz"
        )
    return None


def clock(samples: int, rate: int) -> str:
    """Return a place in a mix as minutes and seconds."""
    return titles.clock(samples / rate)


def reason(fault: Exception, path: Path) -> str:
    """Return the library's reason without the path, which the message already names."""
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror.lower()
    text = str(fault).replace(repr(str(path)), "").replace(str(path), "")
    return text.removeprefix("Error opening ").lstrip(": ").rstrip(".").strip()
