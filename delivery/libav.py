"""AAC, ALAC and Opus, written and read through FFmpeg's libraries (PyAV), in blocks.

Each file tells its encoder's delay where its format has a place for it: MP4 in its
edit list, Opus in its pre-skip and last granule. Nothing in a file is random or dated.
Many players give the last frame of an AAC whole, whatever the edit list says (FFmpeg
does): so a piece ends where a frame ends, and only its delay is to be left away.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from delivery.findings import Refusal, refuse
from delivery.gapless import AAC_FRAME, Around, trim_mp4
from delivery.program import AnyFloats

AAC_RATES = (32_000, 44_100, 48_000, 88_200, 96_000)
OPUS_RATE = 48_000
AAC_BITRATES = range(64, 321)
OPUS_BITRATES = range(32, 511)
"""In kbit/s, of stereo: below these music is not delivered, above nobody takes it."""

WARM_UP = 64 * AAC_FRAME
"""Samples of the programme before a piece in which the encoder finds its settings; of
these no more than ``KEPT`` are left in the file."""
KEPT = 2 * AAC_FRAME
"""Samples on both sides that make the first and last frame whole."""

_BITEXACT = 1 << 23  # AV_CODEC_FLAG_BITEXACT
_BLOCK = 1 << 15


@dataclass(frozen=True)
class _Coding:
    """How one codec is asked for, and in which container it lies."""

    codec: str
    container: str
    sample: str
    """FFmpeg's name of the sample format it takes."""
    options: Mapping[str, str] = field(default_factory=dict)


AacMethod = Literal["fast", "twoloop"]
"""How FFmpeg's encoder finds its quantizers: as the bits allow, or by a search."""


def _aac(method: AacMethod) -> _Coding:
    """Return how AAC is asked for.

    No noise and no other channel's sound stands in for a band's own, and no band is
    shaped in time: what FFmpeg's encoder does so is heard sooner than what it saves
    (docs/explanation/codecs.md).
    """
    own = {"aac_pns": "0", "aac_is": "0", "aac_tns": "0"}
    return _Coding("aac", "ipod", "fltp", {"aac_coder": method, **own})


_ALAC = _Coding("alac", "ipod", "s32p")
_ALAC_16 = _Coding("alac", "ipod", "s16p")
_OPUS = _Coding("libopus", "ogg", "flt")


def encode_aac(
    path: Path,
    rate: int,
    blocks: Iterable[AnyFloats],
    kbits: int,
    channels: int,
    around: Around = Around(),
    method: AacMethod = "twoloop",
) -> int:
    """Write AAC-LC of about *kbits* in an M4A; return its length in samples.

    What *around* tells of is encoded too, and left away by players: before the piece so
    much that the piece ends with a frame; with silence where there is less than that.
    """
    if rate not in AAC_RATES:
        raise ValueError(f"AAC is not delivered at {rate} Hz")
    if kbits not in AAC_BITRATES:
        raise ValueError(f"AAC is not delivered at {kbits} kbit/s")
    if around.length is None:
        return _encode(path, _aac(method), rate, channels, blocks, kbits)
    uneven = -around.length % AAC_FRAME
    frames = max(0, min(around.before, WARM_UP) - uneven) // AAC_FRAME
    given, near = around.nearest(blocks, frames * AAC_FRAME + uneven, KEPT)
    silence = frames * AAC_FRAME + uneven - near.before
    left_out = max(0, frames - KEPT // AAC_FRAME)
    before = near.before + silence - left_out * AAC_FRAME
    lead = [np.zeros((silence, channels))] if silence else []
    total = _encode(
        path, _aac(method), rate, channels, chain(lead, given), kbits, left_out,
        before + around.length,
    )  # fmt: skip
    trim_mp4(path, before, around.length)
    return total - silence - near.before - near.after


def encode_alac(
    path: Path, rate: int, blocks: Iterable[NDArray[Any]], bits: int, channels: int
) -> int:
    """Write integers of 16 or 24 *bits* as ALAC in an M4A; return the length."""
    coding = _ALAC_16 if bits == 16 else _ALAC
    # FFmpeg takes 24 bits at the top of 32
    raised = blocks if bits == 16 else (np.left_shift(each, 8) for each in blocks)
    return _encode(path, coding, rate, channels, raised, None)


def encode_opus(
    path: Path, blocks: Iterable[AnyFloats], kbits: int, channels: int
) -> int:
    """Write Opus of about *kbits* from audio at 48 kHz; return its length."""
    if kbits not in OPUS_BITRATES:
        raise ValueError(f"Opus is not delivered at {kbits} kbit/s")
    return _encode(path, _OPUS, OPUS_RATE, channels, blocks, kbits)


def format_of(path: Path) -> tuple[int, int]:
    """Return the rate of a file and its length in samples; raises Refusal."""
    import av

    try:
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            return stream.rate, _length(stream)
    except (av.FFmpegError, IndexError, OSError) as fault:
        raise _unreadable(path, fault) from fault


def depth_of(path: Path) -> int:
    """Return the bits of a lossless file; raises Refusal."""
    import av

    try:
        with av.open(str(path)) as container:
            context: Any = container.streams.audio[0].codec_context
            return 16 if context.format.name.startswith("s16") else 24
    except (av.FFmpegError, IndexError, OSError) as fault:
        raise _unreadable(path, fault) from fault


def decode(path: Path) -> Iterator[AnyFloats]:
    """Yield the audio of a file, overs and all; raises Refusal."""
    import av

    try:
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            left = _length(stream)
            for block in _gathered(container.decode(stream)):
                part = block[:left]
                left -= len(part)
                if len(part):
                    yield part
    except (av.FFmpegError, IndexError, OSError, ValueError) as fault:
        raise _unreadable(path, fault) from fault


def _gathered(frames: Iterable[Any]) -> Iterator[AnyFloats]:
    """Yield the audio of decoded *frames*, many at a time.

    A frame is a thousand samples: too few for what comes after. Raises ValueError where
    one is of another format than those before.
    """
    import av

    buffered = av.AudioFifo()
    for frame in frames:
        frame.pts = None  # a gap in the times is no gap in the sound
        buffered.write(frame)
        if buffered.samples >= _BLOCK:
            yield _floats(buffered.read(_BLOCK))
    if buffered.samples:
        yield _floats(buffered.read())


def _encode(
    path: Path,
    coding: _Coding,
    rate: int,
    channels: int,
    blocks: Iterable[NDArray[Any]],
    kbits: int | None,
    left_out: int = 0,
    stop: int | None = None,
) -> int:
    """Write *blocks*, but for the first *left_out* frames; return their length.

    No packet is written that begins at sample *stop* behind these frames, or later.
    """
    import av

    layout = "stereo" if channels == 2 else "mono"
    options = {"fflags": "+bitexact"}
    if coding.container == "ipod":
        # lengths in an MP4 are told in this clock: by default thousandths of a second
        options["movie_timescale"] = str(rate)
    length, begin = 0, left_out * AAC_FRAME
    with av.open(str(path), "w", format=coding.container, options=options) as out:
        stream: Any = out.add_stream(
            coding.codec, rate=rate, layout=layout, options=dict(coding.options)
        )
        stream.codec_context.flags |= _BITEXACT
        stream.codec_context.format = coding.sample
        if kbits is not None:
            stream.bit_rate = kbits * 1000
        for part in chain(_parts(blocks), [None]):
            frame: Any = None
            if part is not None:
                frame = av.AudioFrame.from_ndarray(
                    _laid_out(part, coding.sample), format=coding.sample, layout=layout
                )
                frame.sample_rate, frame.pts = rate, length - begin
                frame.time_base = Fraction(1, rate)
                length += len(part)
            for packet in stream.encode(frame):
                early = begin and packet.pts < -AAC_FRAME
                if not early and (stop is None or packet.pts < stop):
                    out.mux(packet)
    return length


def _parts(blocks: Iterable[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    for block in blocks:
        for at in range(0, len(block), _BLOCK):
            yield block[at : at + _BLOCK]


_TYPES = {"fltp": np.float32, "flt": np.float32, "s32p": np.int32, "s16p": np.int16}


def _laid_out(block: NDArray[Any], sample: str) -> NDArray[Any]:
    """Return *block* of (samples, channels) as FFmpeg lays out *sample*."""
    shaped = block.T if sample.endswith("p") else block.reshape(1, -1)
    return np.ascontiguousarray(shaped, _TYPES[sample])


def _floats(frame: Any) -> AnyFloats:
    """Return a decoded frame of any sample format as (samples, channels)."""
    laid = frame.to_ndarray()
    channels = frame.layout.nb_channels
    block: AnyFloats = laid.T if frame.format.is_planar else laid.reshape(-1, channels)
    if not np.issubdtype(block.dtype, np.integer):
        return np.ascontiguousarray(block)
    return np.multiply(block, 2.0 ** (1 - 8 * block.itemsize), dtype=np.float64)


def _length(stream: Any) -> int:
    """Return the samples that the container tells, delay and padding left out."""
    told = int(stream.duration * stream.time_base * stream.rate)
    if stream.codec_context.name != "opus":
        return told
    # RFC 7845 §5.1: the pre-skip stands in bytes 10 and 11 of the head
    head = bytes(stream.codec_context.extradata or b"")
    return told - int.from_bytes(head[10:12], "little")


def _unreadable(path: Path, fault: Exception) -> Refusal:
    return refuse("FILE-READ", f"{path.name!r} cannot be decoded: {fault}")
