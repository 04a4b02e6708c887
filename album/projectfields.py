"""The types of the project's fields: what each accepts, and its words when it does not.

A field that refuses raises a `PydanticCustomError` whose type is the finding's rule;
its context says how the sentence is built (see `projecterrors`).
"""

import datetime
import re
from pathlib import Path
from typing import Annotated, Any, LiteralString

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from album.chain import Stage
from album.fades import CURVES, Curve, Fade, parse_fade
from album.times import BadTime, Time, parse
from delivery.redbook import ean_check_digit, ean_fault, isrc_fault

_LOOKALIKES = {
    "digits": str.maketrans("OQDILSBZG", "000115826"),
    "letters": str.maketrans("0158", "OISB"),
}
_TIME_PATTERN = (
    r"^\s*(\d+(\.\d*)?|\.\d+)\s*(s|ms|f|beats?|bars?)\s*$"
    r"|^\s*(\d+:)?\d+:[0-5]\d(\.\d+)?\s*$"
)


def fault(
    rule: LiteralString, says: str, *, subject: str = "key", way_out: str = ""
) -> PydanticCustomError:
    """Return the error for a field, ready to be raised.

    *subject* is what the sentence begins with: the ``key``, the ``value``, the
    ``pair`` of both, or the key with the value at the end (``not``).
    """
    return PydanticCustomError(
        rule, "{says}", {"says": says, "subject": subject, "help": way_out}
    )


def _time(written: object) -> Time:
    if isinstance(written, Time):
        return written
    _refuse_other_types(written, 'a time such as "2s"')
    try:
        return parse(written)
    except BadTime as bad:
        raise fault("UNIT", bad.says, subject="pair", way_out=bad.way_out) from bad


def _fade(default: Curve) -> PlainValidator:
    def read(written: object) -> Fade:
        if isinstance(written, Fade):
            return written
        _refuse_other_types(written, 'a fade such as "9s exp"')
        try:
            return parse_fade(written, default)
        except BadTime as bad:
            raise fault("UNIT", bad.says, subject="pair", way_out=bad.way_out) from bad

    return PlainValidator(read)


def _refuse_other_types(written: object, wanted: str) -> None:
    if isinstance(written, bool) or not isinstance(
        written, str | int | float | datetime.time
    ):
        raise fault("TYPE", f"must be {wanted}", subject="not")


def _plain_text(text: str) -> str:
    for character in text:
        if ord(character) < 32 or 127 <= ord(character) < 160:
            name = f"U+{ord(character):04X}"
            raise fault("VALUE", f"has the control character {name}")
    return text


def _filled(text: str) -> str:
    if not text.strip():
        raise fault("KEY-MISSING", "is empty")
    return text


def _file(written: object) -> Path:
    if isinstance(written, Path):
        return written
    if not isinstance(written, str):
        raise fault("TYPE", "must be the path of a file, in quotes", subject="not")
    if not written.strip():
        raise fault("VALUE", "is empty")
    if "\0" in written:
        raise fault("VALUE", "has the control character U+0000")
    return Path(written)


def _isrc(written: str) -> str:
    code = re.sub(r"[\s-]", "", written).upper()
    if len(code) > 12:
        code = code.removeprefix("ISRC").removeprefix(":")
    if not code or (says := isrc_fault(code)) is None:
        return code
    fixed = (
        code[:2].translate(_LOOKALIKES["letters"])
        + code[2:5]
        + code[5:].translate(_LOOKALIKES["digits"])
    )
    way_out = ""
    if isrc_fault(fixed) is None:
        way_out = f'write "{fixed}" if that is the code you were given'
    raise fault("ISRC-FORMAT", says, subject="value", way_out=way_out)


def _ean(written: object) -> str:
    if isinstance(written, int) and not isinstance(written, bool):
        way_out = f'write "{written:012}", in quotes' if 0 < written < 10**13 else ""
        raise fault("TYPE", "must be a text in quotes", subject="not", way_out=way_out)
    if not isinstance(written, str):
        raise fault("TYPE", "must be a text in quotes", subject="not")
    code = re.sub(r"[\s-]", "", written)
    if not code:
        return ""
    if re.fullmatch(r"\d{12,13}", code, re.ASCII) is None:
        says = "is no EAN of 13 digits and no UPC of 12"
        if re.fullmatch(r"\d+", code, re.ASCII):
            says = f"has {len(code)} digits, an EAN has 13 and a UPC 12"
        raise fault("EAN-LEN", says, subject="value")
    full = code.zfill(13)
    if says_fault := ean_fault(full):
        way_out = ""
        if full.strip("0"):
            right = code[:-1] + ean_check_digit(full)
            way_out = (
                f'"{right}" would be valid, if it is only the last digit that is wrong'
            )
        raise fault("EAN-CHECK", says_fault, subject="value", way_out=way_out)
    return full


def _date(written: object) -> str:
    if isinstance(written, datetime.date) and not isinstance(
        written, datetime.datetime
    ):
        return written.isoformat()
    if not isinstance(written, str):
        wanted = 'must be a date such as "2026-10-03"'
        raise fault("TYPE", wanted, subject="not")
    match = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", written, re.ASCII)
    if written and match is None:
        way_out = 'write "2026", "2026-10" or "2026-10-03"'
        raise fault("VALUE", "is not a date", subject="pair", way_out=way_out)
    if match:
        year, month, day = (int(part or 1) for part in match.groups())
        try:
            datetime.date(year, month, day)
        except ValueError as bad:
            says = "is not in the calendar"
            raise fault("VALUE", says, subject="pair") from bad
    return written


def _schema(kind: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **more})


_TIME_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "pattern": _TIME_PATTERN},
        {"type": "number", "minimum": 0, "maximum": 60},
    ]
}
_FADE_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {
            "type": "string",
            "pattern": rf"^\s*\S.*?(\s+({'|'.join(CURVES)}))?\s*$",
        },
        {"type": "number", "minimum": 0, "maximum": 60},
    ]
}

Text = Annotated[str, AfterValidator(_plain_text)]
FilledText = Annotated[Text, AfterValidator(_filled)]
TimeField = Annotated[Time, PlainValidator(_time), WithJsonSchema(_TIME_SCHEMA)]
FadeField = Annotated[Fade, _fade("linear"), WithJsonSchema(_FADE_SCHEMA)]
FileField = Annotated[Path, PlainValidator(_file), _schema("string")]
Isrc = Annotated[str, AfterValidator(_isrc)]
Ean = Annotated[str, PlainValidator(_ean), _schema("string")]
Date = Annotated[
    str,
    PlainValidator(_date),
    _schema("string", pattern=r"^(\d{4}(-\d\d(-\d\d)?)?)?$"),
]


def _chain(written: object) -> tuple[Stage, ...]:
    if isinstance(written, tuple):
        return written  # resolved, and told of all that is wrong with its stages
    raise fault("TYPE", "must be a list in [brackets]", subject="not")


Chain = Annotated[tuple[Stage, ...], PlainValidator(_chain), _schema("array", items={})]
"""Stages, resolved before the table that holds them is read."""


def _list(written: object) -> object:
    return tuple(written) if isinstance(written, list) else written


Listed = BeforeValidator(_list)
"""Lets a TOML array stand where a tuple is wanted."""


def number(low: float, high: float) -> Any:
    """Return the constraint of a finite number from *low* to *high*."""
    return Field(ge=low, le=high, allow_inf_nan=False)


class Table(BaseModel):
    """A table of the project file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
