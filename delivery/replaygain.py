"""Levels for players: from the loudness of what is delivered to the tags that tell it.

ReplayGain 2.0 leads to -18 LUFS and tells peaks as factors; Opus (RFC 7845 §5.2.1)
leads to -23 LUFS in units of 1/256 dB, after an output gain that is 0 in our files;
Sound Check leads to -16 LUFS and tells a thousandth (and a 2.5 thousandth) of power.
Source: ``formats/loudness.md`` §2.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp.figures import Figures, Pooled
from dsp.level import decibels
from dsp.loudness import measured

REPLAYGAIN_LUFS = -18.0
OPUS_LUFS = -23.0
SOUND_CHECK_LUFS = -16.0

_MOST = 65_534
"""The highest of a number of Sound Check."""
_UNKNOWN = 0x00024CA8
"""Stands in Sound Check where nobody outside knows the meaning; others write it too."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What was measured of a song or an album as it is delivered."""

    integrated: float
    """In LUFS."""
    true_peak: float
    """In dBTP."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FileLevel:
    """What was measured of one file, as its decoder has it."""

    rate: int
    energies: NDArray[np.float64] = field(repr=False)
    """By tick of 10 ms (`dsp.loudnesswatch`)."""
    true_peak: float
    """Full scale 1.0."""


def together(files: Sequence[FileLevel]) -> Heard | None:
    """Return the level of *files* as one album, or of one; None of silence.

    No window spans two files, and gates are set once for all of them.
    """
    loud = measured([each.energies for each in files], [each.rate for each in files])
    peak = decibels(max((each.true_peak for each in files), default=0.0))
    if peak is None or loud.integrated is None:
        return None
    return Heard(integrated=loud.integrated, true_peak=peak)


def heard(found: Figures | Pooled) -> Heard | None:
    """Return what *found* says for tags; None of silence, which has no loudness."""
    peak = found.true_peak if isinstance(found, Pooled) else found.peaks.true
    loudness = found.loudness.integrated
    if peak is None or loudness is None:
        return None
    return Heard(integrated=loudness, true_peak=peak)


def tags(container: str, song: Heard | None, album: Heard | None) -> dict[str, str]:
    """Return the level tags of a file of the kind *container*, by Vorbis names.

    Sound Check is in MP3 and M4A; Opus has tags of its own and takes no others.
    """
    if container == "opus":
        told = {"R128_TRACK_GAIN": song, "R128_ALBUM_GAIN": album}
        return {name: opus_gain(each) for name, each in told.items() if each}
    out: dict[str, str] = {}
    for word, each in (("TRACK", song), ("ALBUM", album)):
        if each:
            out[f"REPLAYGAIN_{word}_GAIN"] = gain(each)
            out[f"REPLAYGAIN_{word}_PEAK"] = peak(each)
    if song and container.partition("-")[0] in ("mp3", "m4a"):
        out["ITUNNORM"] = sound_check_text(song)
    return out


def gain(level: Heard) -> str:
    """Return the ReplayGain of *level*, such as ``-3.49 dB``."""
    return f"{_cents(REPLAYGAIN_LUFS - level.integrated):.2f} dB"


def peak(level: Heard) -> str:
    """Return the true peak of *level* as a factor; above 1 where it is over."""
    return f"{10 ** (level.true_peak / 20):.6f}"


def opus_gain(level: Heard) -> str:
    """Return the gain of *level* as Opus tells it: a whole number of 1/256 dB."""
    steps = _nearest((OPUS_LUFS - level.integrated) * 256)
    return str(max(-32_768, min(32_767, steps)))


def sound_check_text(level: Heard) -> str:
    """Return the ten numbers of Sound Check for *level*, in pairs of left and right."""
    gain_db = SOUND_CHECK_LUFS - level.integrated
    power = 10 ** (-gain_db / 10)
    thousandths, finer = (min(_MOST, _nearest(unit * power)) for unit in (1000, 2500))
    top = min(0xFFFF, _nearest(10 ** (level.true_peak / 20) * 32_768))
    numbers = [thousandths, finer, _UNKNOWN, top, _UNKNOWN]
    return "".join(f" {number:08X}" for number in numbers for _ in range(2))


def _nearest(value: float) -> int:
    """Return the nearest whole number; a half goes away from zero."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def _cents(value: float) -> float:
    """Return *value* to hundredths, never as minus zero."""
    return _nearest(value * 100) / 100 + 0.0
