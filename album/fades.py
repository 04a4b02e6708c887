"""Fades as they are written: a length and, where wanted, the name of a curve."""

from dataclasses import dataclass
from typing import Literal, get_args

from album.times import BadTime, Time, parse

Curve = Literal["linear", "equal-power", "s-curve", "exp"]
CURVES: tuple[Curve, ...] = get_args(Curve)


@dataclass(frozen=True)
class Fade:
    """A fade of some length along a curve."""

    length: Time
    curve: Curve


def parse_fade(written: object, default: Curve) -> Fade:
    """Return the fade that *written* stands for: "9s exp", "9s", or bare seconds.

    Raises BadTime, also for the name of a curve that is not known.
    """
    if not isinstance(written, str):
        return Fade(parse(written), default)
    words = written.split()
    for curve in CURVES:
        if words and words[-1] == curve:
            return Fade(parse(" ".join(words[:-1])), curve)
    if len(words) > 1 and words[-1] not in ("beat", "beats", "bar", "bars"):
        _refuse_curve(words)
    return Fade(parse(written), default)


def _refuse_curve(words: list[str]) -> None:
    """Raise BadTime if all but the last of *words* are a time; the last is no curve."""
    try:
        parse(" ".join(words[:-1]))
    except BadTime:
        return
    way_out = "the curves are " + ", ".join(CURVES)
    raise BadTime(f'"{" ".join(words)}"', f'names no curve "{words[-1]}"', way_out)
