"""MP3 frames: how many samples those of a file hold, whatever its header tells.

A file of changing bitrate that does not tell its length is guessed from its first frame
by decoders, and cut off where the guess ends.
"""

import mmap
from pathlib import Path

_KBITS = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000)}
_RATES[0] = (11_025, 12_000, 8_000)  # MPEG 2.5
_LAYER_3 = 1

SPARE = 4 * 1152
"""Samples that an encoder adds and a decoder takes away: delay, padding, a header."""


def samples_in(path: Path) -> int:
    """Return the samples of all frames in a row from the first, delays and all.

    Free bitrates and other layers count as none: they are the decoder's to judge.
    """
    if not path.stat().st_size:
        return 0
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        at, found = _after_id3(content[:10]), 0
        while frame := _frame(content[at : at + 4]):
            size, count = frame
            at, found = at + size, found + count
        return found


def _after_id3(head: bytes) -> int:
    """Return where the audio begins: behind an ID3v2 tag, if there is one."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return size + (20 if head[5] & 0x10 else 10)


def _frame(head: bytes) -> tuple[int, int] | None:
    """Return bytes and samples of the frame that begins with *head*."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    speed, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer != _LAYER_3 or speed in (0, 15) or rate == 3:
        return None
    count = 1152 if version == 3 else 576
    kbits = _KBITS[3 if version == 3 else 2][speed]
    padding = head[2] >> 1 & 1
    return count // 8 * kbits * 1000 // _RATES[version][rate] + padding, count
