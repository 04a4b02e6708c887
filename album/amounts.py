"""Amounts in the language of chains: a number and its unit, both ways.

Every unit reads into the unit of a processor's field ("6.8kHz" is 6800.0 of a
`frequency_hz`, "60%" is 0.6 of a `mix`) and writes so that reading gives the same
float again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from album.times import BadTime, parse

LONGEST = 40
"""Letters of an amount: more than any float needs."""

LARGEST = 10**9

_AMOUNT = re.compile(
    r"(?P<q>[Qq]?)(?P<number>[+−-]?(?:\d+(?:[.,]\d*)?|[.,]\d+))(?P<unit>[A-Za-zµ%/]*|:1)",
    re.ASCII,
)
_CLOCK = re.compile(r"\d+:[\d:.]+", re.ASCII)


class BadAmount(ValueError):
    """An amount that cannot be taken: what is wrong with it, and the way out."""

    def __init__(self, says: str, way_out: str = "") -> None:
        """Keep the predicate *says*, to stand after the amount, and the way out."""
        self.says, self.way_out = says, way_out
        super().__init__(says)


@dataclass(frozen=True)
class Amount:
    """A number as written: its value, and the unit in small letters."""

    number: Fraction
    unit: str
    text: str


@dataclass(frozen=True)
class Unit:
    """What an amount may be measured in, and how it is written."""

    what: str
    """With its article: "a frequency"."""
    example: str
    scales: Mapping[str, Fraction]
    """How much of the field's unit each spelling is; the first is the one to write."""
    suffix: str = ""
    """How the first spelling is written."""
    prefix: str = ""

    def takes(self, amount: Amount) -> bool:
        """Return whether *amount* is in this unit."""
        return amount.unit in self.scales

    def value(self, amount: Amount) -> float:
        """Return *amount* in the field's unit."""
        return float(amount.number * self.scales[amount.unit]) + 0.0

    def written(self, value: float) -> str:
        """Return the amount that reads as *value*."""
        number = Fraction(repr(float(value))) / next(iter(self.scales.values()))
        return f"{self.prefix}{_plain(number)}{self.suffix}"


def _plain(number: Fraction) -> str:
    """Return a decimal fraction with all its digits and no exponent."""
    sign = "-" if number < 0 else ""
    digits = 0
    while (abs(number) * 10**digits).denominator != 1:
        digits += 1
    whole, part = divmod(int(abs(number) * 10**digits), 10**digits)
    return f"{sign}{whole}.{part:0{digits}}" if digits else f"{sign}{whole}"


@dataclass(frozen=True)
class Frequency(Unit):
    """Frequencies, which are written in kHz from there on."""

    def written(self, value: float) -> str:
        """Return the frequency in Hz, or in kHz from 1000 Hz on."""
        if abs(value) < 1000:
            return super().written(value)
        return f"{_plain(Fraction(repr(float(value))) / 1000)}kHz"


@dataclass(frozen=True)
class Clock(Unit):
    """Times, which are read by the language of times."""

    def takes(self, amount: Amount) -> bool:
        """Return whether *amount* is a time: with a unit of time, or with colons."""
        return amount.unit in self.scales

    def value(self, amount: Amount) -> float:
        """Return a time in the field's unit; raises BadAmount."""
        try:
            time = parse(amount.text)
        except BadTime as bad:
            raise BadAmount(bad.says, bad.way_out) from bad
        if time.seconds is None:
            says = "counts beats or bars, which a stage has none of"
            raise BadAmount(says, 'write seconds, or minutes such as "1:20.5"')
        return float(time.seconds * self.scales["s"])

    def written(self, value: float) -> str:
        """Return the time in seconds, from a minute on as minutes and seconds."""
        if self.suffix == "ms" or value < 60:
            return super().written(value)
        minutes, seconds = divmod(Decimal(repr(float(value))), 60)
        whole, _, part = f"{seconds:f}".partition(".")
        part = part.rstrip("0")
        return f"{minutes:.0f}:{int(whole):02}" + (f".{part}" if part else "")


_ONE, _THOUSAND = Fraction(1), Fraction(1000)
_TIMES = ("beat", "beats", "bar", "bars", "sec", "secs", "second", "seconds", "msec")


def _times(second: Fraction) -> dict[str, Fraction]:
    scales = {"s": second, "ms": second / 1000, "f": second / 75, ":": second}
    return {**scales, **dict.fromkeys(_TIMES, second)}


FREQUENCY = Frequency(
    "a frequency",
    "850Hz",
    {"hz": _ONE, "khz": _THOUSAND, "k": _THOUSAND},
    suffix="Hz",
)
LEVEL = Unit("a level", "-0.65dB", {"db": _ONE, "dbfs": _ONE}, suffix="dB")
QUALITY = Unit("a Q", "Q1.1", {"q": _ONE}, prefix="Q")
SHARE = Unit("a percentage", "60%", {"%": Fraction(1, 100)}, suffix="%")
RATIO = Unit("a ratio", "1.5:1", {":1": _ONE}, suffix=":1")
SLOPE = Unit("a slope", "12dB/oct", {"db/oct": _ONE, "db/octave": _ONE}, "dB/oct")
LENGTH = Clock("a length of time", "30ms", {"ms": _ONE, **_times(_THOUSAND)}, "ms")
TIME = Clock("a time", "1:20.5", _times(_ONE), "s")
SAMPLES = Unit(
    "a number of samples",
    "12samples",
    dict.fromkeys(("samples", "sample", "smp"), _ONE),
    suffix="samples",
)
COUNT = Unit("a number", "8", {"": _ONE})

UNITS = (
    FREQUENCY, LEVEL, QUALITY, SHARE, RATIO, SLOPE, LENGTH, TIME, SAMPLES, COUNT,
)  # fmt: skip
SPELLINGS = frozenset(
    spelling for unit in UNITS for spelling in unit.scales if spelling
) - {":1", ":", "q"}
"""What may stand as a word of its own after a number."""


def amount_of(text: str) -> Amount | None:
    """Return the amount that *text* is; None where it is none at all.

    Raises BadAmount where it looks like one and cannot be read.
    """
    if _CLOCK.fullmatch(text) and not text.endswith(":1"):
        _refuse_long(text)
        return Amount(Fraction(0), ":", text)
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    _refuse_long(text)
    if "," in match["number"]:
        right = text.replace(",", ".")
        raise BadAmount("has a comma", f'write "{right}": decimals have a point')
    number = Fraction(match["number"].replace("−", "-"))
    if abs(number) > LARGEST:
        raise BadAmount("is beyond all sense")
    unit = match["unit"].lower()
    if match["q"]:
        unit = "q" if not unit else f"q{unit}"
    return Amount(number, unit, text)


def _refuse_long(text: str) -> None:
    if len(text) > LONGEST:
        raise BadAmount("has more digits than anything needs")
