"""Audio files of a set: what their headers promise, held against their bytes.

WAV (RF64 too), AIFF, FLAC and raw PCM are understood from their own headers, so a
length costs no decoding and no library; MP3 and Ogg are asked of libsndfile. Only
what a disc can hold is taken: 44.1 kHz, 16 bit, stereo.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from delivery.fileset import Fileset, reading
from delivery.findings import Finding, Place, refuse, warning
from delivery.flac_head import flac_head
from delivery.redbook import BITS, CHANNELS, RATE, SAMPLES_PER_FRAME, Frames
from delivery.sound import BYTES_PER_SAMPLE, Coding, Sound, Stretch

EXTENSIONS = (".wav", ".flac", ".aif", ".aiff", ".mp3", ".ogg")
_PCM, _EXTENSIBLE = 1, 0xFFFE
_MOST_CHUNKS = 10_000


@dataclass(frozen=True, kw_only=True)
class SoundFile:
    """An audio file: its stretch, and what was found on the way."""

    sound: Sound
    tags: dict[str, str] = field(default_factory=dict)
    """Vorbis comments of a FLAC, keys in capitals."""
    findings: tuple[Finding, ...] = ()

    @property
    def frames(self) -> Frames:
        """CD frames; what is left over of one counts as one more."""
        return Frames(-(-self.sound.length // SAMPLES_PER_FRAME))


def raw(files: Fileset, name: str, *, big_endian: bool = False) -> SoundFile:
    """Return a file that is nothing but PCM."""
    size = files.size(name)
    coding: Coding = "big" if big_endian else "little"
    stretch = Stretch(
        files=files, name=name, length=size // BYTES_PER_SAMPLE, coding=coding
    )
    odd: tuple[Finding, ...] = ()
    if left := size % BYTES_PER_SAMPLE:
        says = f"{name!r} ends within a sample: {left} bytes too many"
        odd = (warning("RB-FORMAT", says, place=Place(file=name), measured=size),)
    return SoundFile(sound=Sound(stretches=(stretch,)), findings=odd)


def opened(files: Fileset, name: str) -> SoundFile:
    """Return the audio file *name*, by what is in it; refuse what no disc can hold."""
    with reading(name), files.open(name) as file:
        head = file.read(12)
        if head[:4] in (b"RIFF", b"RF64") and head[8:] == b"WAVE":
            return _wave(files, name, file)
        if head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC"):
            return _aiff(files, name, file)
    if head[:4] == b"fLaC" or name.casefold().endswith(".flac"):
        return _flac(files, name)
    return _decoded(files, name)


def _wave(files: Fileset, name: str, file: BinaryIO) -> SoundFile:
    size, known, long = files.size(name), False, None
    for kind, length, at in _chunks(file, "<4sI", size):
        if kind == b"ds64" and length >= 16:
            long = struct.unpack("<QQ", file.read(16))[1]
        elif kind == b"fmt ":
            _check_format(file.read(min(length, 40)), name)
            known = True
        elif kind == b"data":
            if not known:
                raise _refusal(name, "has its audio before its format")
            if long is not None and length == 0xFFFFFFFF:
                length = long
            return _pcm(files, name, at, length, size - at, "little")
    raise _refusal(name, "has no audio chunk")


def _aiff(files: Fileset, name: str, file: BinaryIO) -> SoundFile:
    size, coding = files.size(name), None
    for kind, length, at in _chunks(file, ">4sI", size):
        if kind == b"COMM":
            coding = _check_common(file.read(min(length, 40)), name)
        elif kind == b"SSND":
            if coding is None:
                raise _refusal(name, "has its audio before its format")
            skip = int.from_bytes(file.read(4), "big") + 8
            there = size - at - skip
            return _pcm(files, name, at + skip, length - skip, there, coding)
    raise _refusal(name, "has no audio chunk")


def _chunks(file: BinaryIO, shape: str, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, length and first byte of the chunks of a RIFF or an AIFF."""
    at = 12
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or at > size:
            return
        kind, length = struct.unpack(shape, head)
        yield kind, length, at + 8
        at += 8 + length + length % 2


def _pcm(
    files: Fileset, name: str, at: int, length: int, there: int, coding: Coding
) -> SoundFile:
    """Return the PCM that a header promises; refuse a file that is cut off."""
    there = max(0, there)
    if length > there:
        says = f"is cut off: its header promises {length:,} bytes of audio"
        raise _refusal(name, f"{says}, {there:,} are there")
    stretch = Stretch(
        files=files, name=name, offset=at, length=max(0, length) // 4, coding=coding
    )
    return SoundFile(sound=Sound(stretches=(stretch,)))


def _check_format(chunk: bytes, name: str) -> None:
    if len(chunk) < 16:
        raise _refusal(name, "has a format chunk that is too short")
    tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", chunk[:16])
    if tag == _EXTENSIBLE and len(chunk) >= 26:
        tag = struct.unpack_from("<H", chunk, 24)[0]
    if (tag, channels, rate, bits) != (_PCM, CHANNELS, RATE, BITS):
        kind = "" if tag == _PCM else f", format {tag}"
        raise _unfit(name, rate, bits, channels, kind)


def _check_common(chunk: bytes, name: str) -> Coding:
    """Check the COMM chunk of an AIFF; return the byte order of its samples."""
    if len(chunk) < 18:
        raise _refusal(name, "has a format chunk that is too short")
    channels, _, bits, exponent, mantissa = struct.unpack(">hIhHQ", chunk[:18])
    shift = 16383 + 63 - exponent
    rate = mantissa >> shift if 0 <= shift < 64 else 0
    packing = chunk[18:22] or b"NONE"
    if (channels, rate, bits) != (CHANNELS, RATE, BITS) or packing not in (
        b"NONE", b"sowt", b"twos",
    ):  # fmt: skip
        raise _unfit(name, rate, bits, channels, "")
    return "little" if packing == b"sowt" else "big"


def _flac(files: Fileset, name: str) -> SoundFile:
    head = flac_head(files, name)
    if (head.channels, head.rate, head.bits) != (CHANNELS, RATE, BITS):
        raise _unfit(name, head.rate, head.bits, head.channels, "")
    stretch = Stretch(files=files, name=name, length=head.length, coding="decoded")
    return SoundFile(sound=Sound(stretches=(stretch,)), tags=head.tags)


def _decoded(files: Fileset, name: str) -> SoundFile:
    """Return a file that only libsndfile can tell the length of."""
    import soundfile

    with reading(name), files.open(name) as stream:
        try:
            with soundfile.SoundFile(stream) as file:
                rate, channels, length = file.samplerate, file.channels, file.frames
                lossy = file.format in {"MP3", "OGG"}
        except soundfile.LibsndfileError as bad:
            raise _refusal(name, "is no audio file that is read here") from bad
    if (channels, rate) != (CHANNELS, RATE):
        raise _unfit(name, rate, BITS, channels, "")
    stretch = Stretch(files=files, name=name, length=length, coding="decoded")
    said: tuple[Finding, ...] = ()
    if lossy:
        says = f"{name!r} has been through a lossy codec"
        way = "a master is made of what was there before"
        said = (warning("SRC-LOSSY", says, place=Place(file=name), help=way),)
    return SoundFile(sound=Sound(stretches=(stretch,)), findings=said)


def _unfit(name: str, rate: int, bits: int, channels: int, kind: str) -> Exception:
    shape = f"{rate} Hz, {bits} bit, {channels} channels{kind}"
    return _refusal(name, f"is {shape}; a disc needs 44100 Hz, 16 bit, stereo PCM")


def _refusal(name: str, says: str) -> Exception:
    return refuse("RB-FORMAT", f"{name!r} {says}", place=Place(file=name))
