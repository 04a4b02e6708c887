"""What the channels of a file count for in loudness, by the speakers they are for.

BS.1770-5 weighs speakers, not numbers of channels. WAVE files may name theirs in a
mask; Vorbis and Opus have an order of their own, with the LFE last.
"""

from pathlib import Path

from album.containers import wave_format
from dsp.loudness import channel_weights

_MASK = slice(20, 24)
"""Of a WAVE format chunk, where it is extensible."""
_EXTENSIBLE = b"\xfe\xff"

_LFE = 0x8
_BACK = 0x10, 0x20
_SIDE = 0x200, 0x400

_VORBIS = {
    6: (1.0, 1.0, 1.0, 1.41, 1.41, 0.0),
    7: (1.0, 1.0, 1.0, 1.41, 1.41, 1.0, 0.0),
    8: (1.0, 1.0, 1.0, 1.41, 1.41, 1.0, 1.0, 0.0),
}
"""Vorbis I specification §4.3.9: left, centre, right, sides, backs, LFE."""


def speaker_weights(path: Path, coding: str, channels: int) -> tuple[float, ...]:
    """Return the weights of BS.1770-5 for the *channels* of *path*, in its order."""
    if channels < 3:
        return channel_weights(channels)
    if coding.startswith("OGG ") and channels in _VORBIS:
        return _VORBIS[channels]
    chunk = wave_format(path)
    if chunk[:2] == _EXTENSIBLE:
        mask = int.from_bytes(chunk[_MASK], "little")
        if mask.bit_count() == channels:
            return _of_mask(mask)
    return channel_weights(channels)


def _of_mask(mask: int) -> tuple[float, ...]:
    """Return the weights of the speakers of *mask*, from its lowest bit.

    Backs are at 110 degrees where there are no sides, and behind those where there are.
    """
    surround = _SIDE if mask & sum(_SIDE) else _BACK
    named = [1 << bit for bit in range(mask.bit_length()) if mask >> bit & 1]
    return tuple(
        0.0 if each == _LFE else 1.41 if each in surround else 1.0 for each in named
    )
