"""The time language: "2s", "3:41.250", "40f", "4 beats", and bare seconds.

Every time is an exact fraction of a second, or a count of beats or bars that becomes
one when a song's tempo is known.
"""

import datetime
import math
import re
from dataclasses import dataclass
from fractions import Fraction

FRAMES_PER_SECOND = 75
LONGEST_BARE = 60  # seconds: beyond it a bare number is too likely to be milliseconds
LONGEST = Fraction(24 * 3600)
MOST_SECONDS = 10**12  # beyond it a number is not worth showing
MOST_BEATS = 100_000
LONGEST_TEXT = 40

FORMS = '"2s", "250ms", "3:41.250", "40f" or "4 beats"'

_AMOUNT = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*([A-Za-zµ]*)", re.ASCII)
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d\d(?:\.\d+)?)", re.ASCII)
_WRONG_UNITS = {
    "sec": "s",
    "secs": "s",
    "second": "s",
    "seconds": "s",
    "msec": "ms",
    "frame": "f",
    "frames": "f",
}


class BadTime(ValueError):
    """A time that cannot be read: what was *written*, what is wrong, the way out.

    *says* is a predicate ("has no unit") that a caller may put after its own subject.
    """

    def __init__(self, written: str, says: str, way_out: str = "") -> None:
        """Keep the parts; the text is one sentence of them."""
        self.written, self.says, self.way_out = written, says, way_out
        super().__init__(f"{written} {says}" + (f": {way_out}" if way_out else ""))


@dataclass(frozen=True)
class Time:
    """A length or a position; exactly one of the three is known."""

    seconds: Fraction | None = None
    beats: Fraction | None = None
    bars: Fraction | None = None

    @property
    def musical(self) -> bool:
        """Whether the time needs a tempo."""
        return self.seconds is None

    def resolve(self, bpm: Fraction | float | None, beats_per_bar: int) -> Fraction:
        """Return the time in seconds at *bpm*.

        Raises ValueError where the time counts beats or bars and *bpm* is missing.
        """
        if self.seconds is not None:
            return self.seconds
        if bpm is None:
            raise ValueError(f'"{self}" needs the song\'s `bpm`, which is missing')
        beats = self.beats if self.bars is None else self.bars * beats_per_bar
        assert beats is not None
        return beats * 60 / Fraction(str(bpm))

    def __str__(self) -> str:
        for amount, unit in ((self.beats, " beats"), (self.bars, " bars")):
            if amount is not None:
                return _decimal(amount) + unit
        assert self.seconds is not None
        frames = self.seconds * FRAMES_PER_SECOND
        if frames.denominator == 1 and not _is_decimal(self.seconds):
            return f"{frames.numerator}f"
        return _decimal(self.seconds) + "s"


def parse(written: object) -> Time:
    """Return the time that *written* stands for: a text, or a number of seconds.

    Raises BadTime, a ValueError worded for the engineer.
    """
    match written:
        case bool():
            raise BadTime(str(written).lower(), "is not a time", f"write {FORMS}")
        case int() | float():
            return _bare(written)
        case str():
            return _text(written)
        case datetime.time():
            raise BadTime(
                written.isoformat(),
                "is a time of day without quotes",
                f'write "{_clock_text(written)}", in quotes',
            )
    raise BadTime("this", "is not a time", f"write {FORMS}")


def _bare(number: float) -> Time:
    if isinstance(number, int) and abs(number) > MOST_SECONDS:
        says = "is longer than a day" if number > 0 else "is a negative time"
        raise BadTime("so large a number", says, f"write {FORMS}")
    shown = str(number)
    if not math.isfinite(number):
        raise BadTime(shown, "is not a length of time", f"write {FORMS}")
    if number < 0:
        raise BadTime(shown, "is a negative time", "a time is zero or more")
    if number > LONGEST_BARE:
        if number > LONGEST:
            raise BadTime(shown, "is longer than a day", _two_readings(number))
        raise BadTime(shown, f"would be {in_words(number)}", _two_readings(number))
    return Time(seconds=Fraction(repr(number)))


def _two_readings(number: float) -> str:
    if number > MOST_SECONDS:
        return f"a bare number is seconds; write {FORMS}"
    shown = f"{number:.10g}" if isinstance(number, float) else str(number)
    milliseconds = _decimal(Fraction(repr(number)) / 1000)
    return (
        f'a bare number is seconds; write "{milliseconds}s" or "{shown}ms"'
        f' if milliseconds were meant, "{shown}s" if seconds were'
    )


def in_words(seconds: float) -> str:
    """Return *seconds* roughly, as people say it: "33 minutes"."""
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {unit}s"
    return f"{seconds:.10g} seconds"


def _text(text: str) -> Time:
    shown = f'"{text[:LONGEST_TEXT]}"'
    plain = text.strip()
    if not plain:
        raise BadTime(shown, "is no time", f"write {FORMS}")
    if len(plain) > LONGEST_TEXT:
        raise BadTime(shown, "is too long for a time", f"write {FORMS}")
    if plain[0] in "-−":
        raise BadTime(shown, "is a negative time", "a time is zero or more")
    if match := _CLOCK.fullmatch(plain):
        return _checked(shown, Time(seconds=_clock(shown, *match.groups())))
    if match := _AMOUNT.fullmatch(plain):
        return _checked(shown, _amount(shown, *match.groups()))
    raise BadTime(shown, "is not a time", f"write {FORMS}")


def _clock(shown: str, hours: str | None, minutes: str, seconds: str) -> Fraction:
    if Fraction(seconds) >= 60:
        raise BadTime(shown, "has 60 seconds or more after the colon")
    if hours is not None and (int(minutes) >= 60 or len(minutes) != 2):
        raise BadTime(shown, "has no minutes 00 to 59 between its colons")
    return Fraction(int(hours or 0) * 3600 + int(minutes) * 60) + Fraction(seconds)


def _amount(shown: str, number: str, unit: str) -> Time:
    amount = Fraction(number)
    match unit:
        case "s":
            return Time(seconds=amount)
        case "ms":
            return Time(seconds=amount / 1000)
        case "f" if amount.denominator == 1:
            return Time(seconds=amount / FRAMES_PER_SECOND)
        case "f":
            raise BadTime(shown, "is not a whole number of CD frames")
        case "beat" | "beats":
            return Time(beats=amount)
        case "bar" | "bars":
            return Time(bars=amount)
        case "":
            way_out = f'write "{number}s" or "{number}ms"'
            raise BadTime(shown, "has no unit", way_out)
    if known := _WRONG_UNITS.get(unit.lower(), ""):
        raise BadTime(shown, f'has the unit "{unit}"', f'write "{number}{known}"')
    raise BadTime(shown, f'has the unknown unit "{unit}"', f"write {FORMS}")


def _checked(shown: str, time: Time) -> Time:
    if time.seconds is not None and time.seconds > LONGEST:
        raise BadTime(shown, "is longer than a day")
    if max(time.beats or 0, time.bars or 0) > MOST_BEATS:
        raise BadTime(shown, f"is more than {MOST_BEATS} beats or bars")
    return time


def _clock_text(time: datetime.time) -> str:
    fraction = f"{time.microsecond:06}".rstrip("0")
    rest = f"{time.second:02}" + (f".{fraction}" if fraction else "")
    if time.hour:
        return f"{time.hour}:{time.minute:02}:{rest}"
    return f"{time.minute}:{rest}"


def _is_decimal(value: Fraction) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _decimal(value: Fraction) -> str:
    """Return *value*, a decimal fraction, with all its digits."""
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
    whole, part = divmod(int(value * 10**digits), 10**digits)
    return f"{whole}.{part:0{digits}}" if digits else str(whole)
