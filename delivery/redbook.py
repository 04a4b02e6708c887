"""The disc's clock, its fixed numbers and the syntax of its codes.

Sources: ``formats/redbook.md`` §1 (IEC 60908 by its readers), ISO 3901:2019 for ISRC,
GS1 for the check digit.
"""

import re
from fractions import Fraction
from typing import NewType

Frames = NewType("Frames", int)
"""CD frames of 1/75 s: the clock of every mark. On a disc, 00:02:00 is 150."""

Samples = NewType("Samples", int)
"""Samples per channel at some rate: the clock of the audio."""

FRAMES_PER_SECOND = 75
RATE = 44_100
BITS = 16
CHANNELS = 2
SAMPLES_PER_FRAME = RATE // FRAMES_PER_SECOND  # 588
BYTES_PER_FRAME = SAMPLES_PER_FRAME * CHANNELS * BITS // 8  # 2352
FIRST_PAUSE = Frames(2 * FRAMES_PER_SECOND)
MINIMUM_TRACK = Frames(4 * FRAMES_PER_SECOND)
MAXIMUM_TRACKS = 99
MAXIMUM_INDEX = 99
LAST_ADDRESS = Frames((99 * 60 + 59) * FRAMES_PER_SECOND + 74)  # BCD ends at 99:59:74
STUDIO_RATES = (44_100, 48_000, 88_200, 96_000, 176_400, 192_000)
"""The rates a programme may have; each holds a whole number of samples in a frame."""

_MSF = re.compile(r"(\d{2}):([0-5]\d):([0-6]\d|7[0-4])", re.ASCII)
_ISRC = re.compile(r"[A-Z0-9]{5}\d{7}", re.ASCII)


def samples(count: int, rate: int) -> Samples:
    """Return *count* frames in samples of *rate*.

    Raises ValueError where *rate* has no whole number of samples in a frame.
    """
    if rate % FRAMES_PER_SECOND:
        raise ValueError(f"{rate} Hz has no whole number of samples in a frame")
    return Samples(count * (rate // FRAMES_PER_SECOND))


def frames_before(position: int, rate: int) -> Frames:
    """Return the last frame at or before sample *position* of *rate*."""
    return Frames(position * FRAMES_PER_SECOND // rate)


def frames_over(position: int, rate: int) -> Frames:
    """Return the first frame at or after sample *position* of *rate*."""
    return Frames(-(-position * FRAMES_PER_SECOND // rate))


def nearest_sample(seconds: Fraction, rate: int) -> Samples:
    """Return the sample of *rate* nearest to *seconds*; half a sample goes up."""
    return Samples((2 * seconds * rate + 1).__floor__() // 2)


def msf(count: int) -> str:
    """Return *count* frames as ``MM:SS:FF``.

    Raises ValueError outside 00:00:00 … 99:59:74.
    """
    if not 0 <= count <= LAST_ADDRESS:
        raise ValueError(f"{count} frames do not fit MM:SS:FF")
    return clock(count)


def clock(count: int) -> str:
    """Return *count* frames as ``MM:SS:FF``, with more digits where they are due."""
    seconds, frame = divmod(count, FRAMES_PER_SECOND)
    return f"{seconds // 60:02}:{seconds % 60:02}:{frame:02}"


def from_msf(text: str) -> Frames:
    """Return the frames of ``MM:SS:FF``, two digits each; raises ValueError."""
    match = _MSF.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a time MM:SS:FF")
    minutes, seconds, frame = map(int, match.groups())
    return Frames((minutes * 60 + seconds) * FRAMES_PER_SECOND + frame)


def isrc_fault(code: str) -> str | None:
    """Return what is wrong with the syntax of an ISRC of 12 characters, or None."""
    if len(code) != 12:
        return f"has {len(code)} characters, an ISRC has 12"
    if _ISRC.fullmatch(code):
        return None
    classes = "XXXXX" + "9" * 7
    for place, (character, kind) in enumerate(zip(code, classes, strict=True), 1):
        digit, letter = character in "0123456789", "A" <= character <= "Z"
        if kind == "9" and not digit:
            return f"has {character!r} where a digit belongs (place {place})"
        if kind == "X" and not (digit or letter):
            return f"has {character!r} where a letter or digit belongs (place {place})"
    return "is not an ISRC"


def isrc_doubt(code: str) -> str | None:
    """Return what is doubtful about an ISRC whose syntax can pass, or None.

    ISO 3901 begins with two letters; older rules, and the tools that keep them, let
    digits through.
    """
    if code[:2].isalpha():
        return None
    return "begins with a digit, where ISO 3901 has two letters"


def ean_check_digit(digits: str) -> str:
    """Return the GS1 check digit for the first twelve of *digits*."""
    total = sum(
        int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[:12])
    )
    return str(-total % 10)


def ean_fault(code: str) -> str | None:
    """Return what is wrong with an EAN-13, or None."""
    if re.fullmatch(r"\d{13}", code, re.ASCII) is None:
        return f"has {len(code)} characters, an EAN has 13 digits"
    if code == "0" * 13:
        return "is all zeros, which readers take as no code at all"
    if (digit := ean_check_digit(code)) != code[12]:
        return f"has the check digit {code[12]}, it should be {digit}"
    return None
