"""Codings called with few words, for tests that need a file and no more."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from delivery.coding.row import Quality, Sound
from delivery.coding.sndfile import decode, format_of
from delivery.coding.table import CODINGS

__all__ = ["decode", "encode_flac", "encode_mp3", "format_of", "mp3_rate"]


def encode_flac(
    path: Path, rate: int, blocks: Iterable[Any], bits: int = 24, channels: int = 2
) -> tuple[int, str | None]:
    sound = Sound(rate=rate, blocks=blocks, length=0, bits=bits, channels=channels)
    made = CODINGS["flac"].encode(path, sound)
    return made.length, made.sha256


def encode_mp3(
    path: Path,
    rate: int,
    blocks: Iterable[Any],
    quality: Any = None,
    channels: int = 2,
) -> int:
    asked = None
    if quality is not None:
        asked = Quality(text="", kbits=quality.bitrate, scale=quality.variable)
    sound = Sound(rate=rate, blocks=blocks, length=0, quality=asked, channels=channels)
    return CODINGS["mp3"].encode(path, sound).length


def mp3_rate(rate: int) -> int:
    return CODINGS["mp3"].rate_for(rate)
