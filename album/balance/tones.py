"""Tone moves of songs: bands of an equaliser as stages, and in words."""

from dataclasses import replace
from math import isnan

from album.chain import Stage, read_line
from delivery.findings import Place
from dsp.eq import Eq
from dsp.level import rounded
from dsp.thirds import nominal
from dsp.tonality import CENTRES, JUDGED_HZ, Floats, between
from dsp.tonemove import Move

KEPT_OUT = 0.3
"""dB below which a difference is not put in words."""

_EDGES = {
    "low end": (40.0, 160.0),
    "low mids": (160.0, 500.0),
    "mids": (500.0, 2000.0),
    "upper mids": (2000.0, 6000.0),
    "top": (6000.0, JUDGED_HZ[1]),
}
MIDS = _EDGES["mids"]
RANGES = tuple(_EDGES)
"""The ranges that tones are told by."""


def lines(move: Move, phase: str) -> list[str]:
    """Return a move as lines of the chain language."""
    suffix = " phase linear" if phase == "linear" else ""
    found = [_line(band) + suffix for band in move.bands]
    if found and move.makeup_db:
        found.append(f"gain {move.makeup_db:g}dB")
    return found


def stages(move: Move, phase: str, place: Place) -> tuple[Stage, ...]:
    """Return a move as stages, to stand behind the song's own."""
    read = [read_line(text).stage for text in lines(move, phase)]
    return tuple(replace(stage, place=place) for stage in read)


def words(move: Move) -> str:
    """Return a move as an engineer would say it."""
    said = [_said(band) for band in move.bands]
    return ", ".join(said)


def ranges(values: Floats) -> list[float]:
    """Return the means of third octaves in every one of ``RANGES``; NaN of nothing."""
    return [between(values, low, high) for low, high in _EDGES.values()]


def difference(off_db: Floats) -> str:
    """Return by what a tone lies off its target, in words."""
    said = [
        f"{name} {mean:+.1f} dB"
        for name, mean in zip(RANGES, ranges(off_db), strict=True)
        if abs(mean) >= KEPT_OUT
    ]
    return ", ".join(said) or "as the target"


def as_json(move: Move) -> list[dict[str, float | str]]:
    """Return the bands of a move."""
    return [
        {
            "shape": band.shape,
            "frequency_hz": band.frequency_hz,
            "gain_db": band.gain_db,
            **({"q": band.q} if band.q else {}),
            "text": _line(band),
        }
        for band in move.bands
    ]


def third_octaves(values: Floats) -> dict[str, float | None]:
    """Return *values* of third octaves by the names of their bands."""
    return {
        f"{nominal(float(hertz)):g}": None if isnan(value) else rounded(value, 2)
        for hertz, value in zip(CENTRES, values.tolist(), strict=True)
    }


def _line(band: Eq) -> str:
    q = f" Q{band.q:g}" if band.q else ""
    return f"eq {band.shape} {_hertz(band).replace(' ', '')} {band.gain_db:g}dB{q}"


def _said(band: Eq) -> str:
    if band.shape == "tilt":
        half = band.gain_db / 2.0
        return f"{half:+z.1f} dB above and {-half:+z.1f} dB below {_hertz(band)}"
    where = {"lowshelf": "below", "highshelf": "above"}.get(band.shape, "around")
    return f"{band.gain_db:+.1f} dB {where} {_hertz(band)}"


def _hertz(band: Eq) -> str:
    hertz = band.frequency_hz
    return f"{hertz / 1000:g} kHz" if hertz >= 1000 else f"{hertz:g} Hz"
