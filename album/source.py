"""The mixes: what their headers say, what a scan finds, and their samples.

Headers are enough for every mark and length; only ``scan`` reads the audio.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from album.containers import promise
from delivery.findings import Finding, Place, error, note, refuse, warning
from delivery.mpeg import SPARE, samples_in
from delivery.program import Floats

if TYPE_CHECKING:
    import soundfile

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


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What reading a whole mix has shown."""

    peak: float
    """The largest absolute sample, full scale 1.0."""
    peak_at: int
    silence_before: int
    """Samples of digital silence before the first sound; the whole length if none."""
    silence_after: int
    sha256: str
    """Of the file as it lies on disk."""


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
            f"{path.name} cannot be read: {_reason(fault, path)}",
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
            f"{path.name} holds {_clock(held, source.rate)} of audio but tells a "
            f"length of {_clock(source.length, source.rate)}",
            place=place,
            measured=held,
            limit=source.length,
            help="its bitrate changes and it has no Xing header: ask for a WAV or FLAC",
        )
    if unfit := _unfit(source):
        raise refuse(*unfit, place=place)
    return source


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


def scan(source: Source, place: Place = Place()) -> Scan:
    """Read the whole mix once; raises Refusal where it is broken or carries NaN."""
    import soundfile

    dtype = "int16" if source.bits in (8, 16) else "float64"
    scale = 32768.0 if dtype == "int16" else 1.0
    peak, peak_at, first, at = -1.0, 0, None, 0
    sounding: tuple[int, Any] | None = None
    try:
        with soundfile.SoundFile(str(source.path)) as file:
            while len(block := file.read(_BLOCK, dtype=dtype, always_2d=True)):
                high, low = float(block.max()) / scale, float(block.min()) / scale
                if not (np.isfinite(high) and np.isfinite(low)):
                    raise _not_a_number(source, block, at, place)
                if max(high, -low) > peak:
                    peak = max(high, -low)
                    loud = np.abs(block.astype(np.float64)).max(axis=1)
                    peak_at = at + int(loud.argmax())
                if high != 0 or low != 0:
                    sounding = at, block
                    if first is None:
                        first = at + int(np.flatnonzero(block.any(axis=1))[0])
                at += len(block)
        with source.path.open("rb") as raw:
            digest = hashlib.file_digest(raw, "sha256").hexdigest()
    except (OSError, soundfile.LibsndfileError) as fault:
        raise refuse(
            "SRC-BROKEN",
            f"{source.path.name} is damaged after {_clock(at, source.rate)}: "
            f"{_reason(fault, source.path)}",
            place=place,
            help="copy or export the mix again",
        ) from None
    if at != source.length:
        raise refuse(
            "SRC-TRUNCATED",
            f"{source.path.name} ends after {_clock(at, source.rate)}: its header "
            f"promises {_clock(source.length, source.rate)}",
            place=place,
            measured=at,
            limit=source.length,
            help="copy or export the mix again",
        )
    last = 0
    if sounding is not None:
        last = sounding[0] + int(np.flatnonzero(sounding[1].any(axis=1))[-1]) + 1
    return Scan(
        peak=max(peak, 0.0),
        peak_at=peak_at,
        silence_before=at if first is None else first,
        silence_after=at - last if first is not None else at,
        sha256=digest,
    )


def heard(source: Source, scanned: Scan, place: Place) -> list[Finding]:
    """Return what a scan has to say about a mix that can be used."""
    name = source.path.name
    if scanned.peak == 0:
        return [
            error(
                "SRC-SILENT",
                f"{name} is digital silence from start to end",
                place=place,
                help="check the export; a pause is written as a gap, not as a song",
            )
        ]
    return []


class Reader:
    """Random access to the samples of one file, safe to use from several threads."""

    def __init__(self, source: Source) -> None:
        """Open nothing yet; files are opened as threads need them."""
        self.source = source
        self._idle: list[soundfile.SoundFile] = []
        self._lock = Lock()

    def read(self, start: int, stop: int) -> Floats:
        """Return samples *start* to *stop* as stereo; mono stands on both channels."""
        import soundfile

        with self._lock:
            file = self._idle.pop() if self._idle else None
        try:
            if file is None:
                file = soundfile.SoundFile(str(self.source.path))
            if file.tell() != start:
                file.seek(start)
            audio: Floats = file.read(stop - start, dtype="float64", always_2d=True)
        except soundfile.LibsndfileError:
            audio = np.empty((0, 2))
        if len(audio) != stop - start:
            raise refuse(
                "SRC-CHANGED",
                f"{self.source.path.name} changed while it was being read",
                help="leave the mixes alone during a build, and build again",
            )
        with self._lock:
            self._idle.append(file)
        return np.repeat(audio, 2, axis=1) if audio.shape[1] == 1 else audio

    def blocks(self, start: int, stop: int) -> Iterator[Floats]:
        """Yield samples *start* to *stop* in order."""
        for at in range(start, stop, _BLOCK):
            yield self.read(at, min(at + _BLOCK, stop))

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


def _not_a_number(source: Source, block: Floats, at: int, place: Place) -> Exception:
    bad = int(np.flatnonzero(~np.isfinite(block).all(axis=1))[0]) + at
    return refuse(
        "SRC-NAN",
        f"{source.path.name} carries a sample that is no number "
        f"at {_clock(bad, source.rate)}",
        place=place,
        measured=bad,
        help="a plug-in has failed while the mix was exported: export it again",
    )


def _clock(samples: int, rate: int) -> str:
    minutes, seconds = divmod(samples / rate, 60)
    return f"{int(minutes)}:{seconds:06.3f}"


def _reason(fault: Exception, path: Path) -> str:
    """Return the library's reason without the path, which the message already names."""
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror.lower()
    text = str(fault).replace(repr(str(path)), "").replace(str(path), "")
    return text.removeprefix("Error opening ").lstrip(": ").rstrip(".").strip()
