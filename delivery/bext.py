"""The broadcast extension of a WAV, version 2: one table, both ways.

Source: EBU Tech 3285 version 2. Texts are ASCII and filled with NULs; loudness stands
in hundredths, rounded half away from zero, and 0x7FFF where it is not said. The fixed
part has 602 bytes, the coding history follows.
"""

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

UNSET = 0x7FFF
"""Stands where a loudness is not known."""


class BextError(ValueError):
    """A value or bytes that do not fit; the message names the field."""


@dataclass(frozen=True)
class _Column:
    code: str
    """The field in the language of ``struct``."""


def _text(width: int) -> str:
    return field(default="", metadata={"column": _Column(f"{width}s")})


def _number(code: str, default: int = 0) -> int:
    return field(default=default, metadata={"column": _Column(code)})


def _level() -> float | None:
    return field(default=None, metadata={"column": _Column("h")})


@dataclass(frozen=True, kw_only=True)
class Bext:
    """The fields in the order of the bytes; levels in LUFS, LU and dBTP."""

    SIZE: ClassVar[int] = 602

    description: str = _text(256)
    originator: str = _text(32)
    originator_reference: str = _text(32)
    origination_date: str = _text(10)
    """As 2026-10-03; empty where nothing is said."""
    origination_time: str = _text(8)
    time_reference: int = _number("Q")
    """Samples from midnight to the first one."""
    version: int = _number("H", 2)
    umid: bytes = field(default=b"", metadata={"column": _Column("64s")})
    loudness: float | None = _level()
    loudness_range: float | None = _level()
    true_peak: float | None = _level()
    momentary: float | None = _level()
    """The highest of any 400 ms."""
    short_term: float | None = _level()
    """The highest of any 3 s."""
    reserved: bytes = field(
        default=b"", repr=False, metadata={"column": _Column("180s")}
    )
    history: str = ""
    """The coding history: a line for every step, each ended by CR and LF."""

    def pack(self) -> bytes:
        """Return the chunk's content; raises BextError naming what does not fit."""
        out = b"".join(
            _packed(name, column, getattr(self, name)) for name, column in _TABLE
        )
        if self.history and not self.history.endswith("\r\n"):
            raise BextError("history: its last line has no CR and LF")
        return out + _ascii("history", self.history)

    @classmethod
    def unpack(cls, content: bytes) -> Self:
        """Return the record in *content*; raises BextError where it is too short."""
        if len(content) < cls.SIZE:
            raise BextError(f"{len(content)} bytes, the record has {cls.SIZE}")
        values: dict[str, Any] = {}
        at = 0
        for name, column in _TABLE:
            size = struct.calcsize("<" + column.code)
            values[name] = _value(name, column, content[at : at + size])
            at += size
        history = content[cls.SIZE :].rstrip(b"\0").decode("ascii", "replace")
        return cls(**values, history=history)


_TABLE: tuple[tuple[str, _Column], ...] = tuple(
    (part.name, part.metadata["column"])
    for part in fields(Bext)
    if "column" in part.metadata
)
_BYTES = frozenset({"umid", "reserved"})
_LEVELS = frozenset(
    {"loudness", "loudness_range", "true_peak", "momentary", "short_term"}
)


def coding_history(lines: Iterable[tuple[str, int, int, int, str]]) -> str:
    """Return the history of steps: algorithm, rate, bits, channels and what did it.

    EBU R 98: ``A=PCM,F=48000,W=24,M=stereo,T=…``; commas part the fields of a line.
    """
    modes = {1: "mono", 2: "stereo"}
    return "".join(
        f"A={algorithm},F={rate},W={bits},M={modes[channels]},"
        f"T={text.replace(',', ' ')}\r\n"
        for algorithm, rate, bits, channels, text in lines
    )


def plain(text: str, width: int) -> str:
    """Return *text* in ASCII and at most *width* letters, "_" where it is neither.

    What a bext cannot say stands in full in the iXML and the tags.
    """
    return "".join(each if " " <= each <= "~" else "_" for each in text)[:width]


def _packed(name: str, column: _Column, value: Any) -> bytes:
    width = struct.calcsize("<" + column.code)
    if name in _LEVELS:
        return struct.pack("<h", _hundredths(name, value))
    if not column.code.endswith("s"):
        try:
            return struct.pack("<" + column.code, value)
        except struct.error as bad:
            raise BextError(f"{name}: {value} does not fit: {bad}") from bad
    raw = value if name in _BYTES else _ascii(name, value)
    if len(raw) > width:
        raise BextError(f"{name}: {len(raw)} bytes, the field holds {width}")
    return bytes(raw).ljust(width, b"\0")


def _hundredths(name: str, level: float | None) -> int:
    if level is None:
        return UNSET
    count = int(math.copysign(math.floor(abs(level) * 100 + 0.5), level))
    if not -UNSET - 1 <= count < UNSET:
        raise BextError(f"{name}: {level} dB does not fit")
    return count


def _ascii(name: str, text: str) -> bytes:
    try:
        return text.encode("ascii")
    except UnicodeEncodeError as bad:
        raise BextError(f"{name}: {text!r} is not ASCII") from bad


def _value(name: str, column: _Column, content: bytes) -> Any:
    if name in _BYTES:
        return content.rstrip(b"\0")
    if column.code.endswith("s"):
        return content.split(b"\0", 1)[0].decode("ascii", "replace")
    (number,) = struct.unpack("<" + column.code, content)
    if name in _LEVELS:
        return None if number == UNSET else number / 100
    return number
