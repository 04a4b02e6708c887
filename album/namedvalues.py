"""The values of a stage that are names: of files, parameters, stages, targets."""

import math
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from album.amounts import BadAmount
from album.words import Reader, Word

_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}", re.ASCII)
_PLAIN = re.compile(r"[^\s\"'=/]+")
_SETTING = re.compile(r"([A-Za-z_]\w*)=(.+)", re.ASCII | re.DOTALL)
_FLOAT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)


@dataclass(frozen=True)
class FileName:
    """The name of a file, in quotes; its folder is added when it is opened."""

    example: str
    pattern: bool = False
    """Whether it may stand for several files, or none."""
    bundle: bool = False
    """Whether it may be a folder."""

    @property
    def what(self) -> str:
        """What is wanted."""
        return f"a file in quotes such as '{self.example}'"

    @property
    def shape(self) -> str:
        """An example stands for it."""
        return f"'{self.example}'"

    def begins(self, reader: Reader) -> bool:
        """Return whether quotes are ahead."""
        return reader.ahead[:1] in ("'", '"') and reader.ahead != ""

    def read(self, reader: Reader) -> Path:
        """Take the quoted word."""
        if not reader.left:
            raise reader.end.fault(f'"{reader.end.text}" needs {self.what} after it')
        word = reader.take()
        if word.quoted is None:
            way_out = None
            if _PLAIN.fullmatch(word.text):
                way_out = f"write '{word.text}', in quotes"
            raise word.fault(f'"{word.text}" is not {self.what}', way_out)
        try:
            return self.given(word.quoted)
        except BadAmount as bad:
            raise word.fault(f"the name {bad.says}", bad.way_out) from bad

    def given(self, value: Any) -> Path:
        """Return the path that a text names."""
        if not isinstance(value, str):
            raise BadAmount("must be the name of a file, as a text")
        if not value.strip():
            raise BadAmount("is empty")
        if any(ord(letter) < 32 for letter in value):
            raise BadAmount("has a control character")
        if "'" in value and '"' in value:
            raise BadAmount("has both kinds of quotes", "rename the file")
        return Path(value)

    def written(self, value: Any) -> str:
        """Return the name in the quotes that it does not have."""
        name = self.tabled(value)
        return f'"{name}"' if "'" in name else f"'{name}'"

    def tabled(self, value: Any) -> str:
        """Return the name with "/"."""
        return PurePosixPath(value).as_posix()

    def schema(self) -> dict[str, Any]:
        """Return that of a text."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class Parameters:
    """Settings by the names that a plug-in has for them: "drive=3 mode='Soft'"."""

    what = "settings such as drive=3 or mode='Soft clip'"
    shape = "NAME=VALUE …"

    def begins(self, reader: Reader) -> bool:
        """Return whether a setting is ahead."""
        return _SETTING.fullmatch(reader.ahead) is not None

    def read(self, reader: Reader) -> Any:
        """Take all the settings ahead."""
        taken: dict[str, str | float | bool] = {}
        while self.begins(reader):
            word = reader.take()
            match = _SETTING.fullmatch(word.text)
            assert match is not None
            if match[1] in taken:
                raise word.fault(f'"{match[1]}" is said twice')
            value = Word(match[2], 0, 0)
            if value.quoted is not None:
                taken[match[1]] = value.quoted
            elif '"' in match[2] or "'" in match[2]:
                raise word.fault("quotes stand around the whole value")
            else:
                taken[match[1]] = _scalar(match[2])
        return tuple(taken.items())

    def given(self, value: Any) -> Any:
        """Return the settings of a table."""
        if not isinstance(value, dict):
            raise BadAmount("must be a table such as { drive = 3 }")
        for name, each in value.items():
            if _SETTING.fullmatch(f"{name}=0") is None:
                raise BadAmount(f'names "{name}", which no parameter can be called')
            number = isinstance(each, int | float) and math.isfinite(each)
            if not number and not _is_text(each):
                raise BadAmount(f"has for {name} neither a number nor a text")
        return tuple(
            (name, each if isinstance(each, bool | str) else float(each))
            for name, each in value.items()
        )

    def written(self, value: Any) -> str:
        """Return the settings."""
        return " ".join(f"{name}={_scalar_text(each)}" for name, each in value)

    def tabled(self, value: Any) -> Any:
        """Return the table."""
        return dict(value)

    def schema(self) -> dict[str, Any]:
        """Return that of a table of scalars."""
        scalar = {"type": ["number", "string", "boolean"]}
        return {"type": "object", "additionalProperties": scalar}


def _is_text(value: Any) -> bool:
    return (
        isinstance(value, str)
        and not ("'" in value and '"' in value)
        and not any(ord(letter) < 32 for letter in value)
    )


def _scalar(text: str) -> str | float | bool:
    if text in ("true", "false"):
        return text == "true"
    return float(text) if _FLOAT.fullmatch(text) else text


def _scalar_text(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(int(value) if value.is_integer() and abs(value) < 1e15 else value)
    return f'"{value}"' if "'" in value else f"'{value}'"


@dataclass(frozen=True)
class Names:
    """Names with commas between; *single* takes one."""

    example: str
    single: bool = False

    @property
    def what(self) -> str:
        """What is wanted."""
        return f"{'a name' if self.single else 'names'} such as {self.example}"

    @property
    def shape(self) -> str:
        """An example stands for it."""
        return self.example

    def begins(self, reader: Reader) -> bool:
        """Names never stand without their word."""
        return False

    def read(self, reader: Reader) -> Any:
        """Take names as long as commas tell of more."""
        if not reader.left:
            raise reader.end.fault(f'"{reader.end.text}" needs {self.what} after it')
        word = reader.take()
        whole = word.text
        while (
            not self.single
            and reader.left
            and (whole.endswith(",") or reader.ahead.startswith(","))
        ):
            after = reader.take()
            word, whole = word.upto(after), whole + after.text
        try:
            return self.given(whole if self.single else whole.split(","))
        except BadAmount as bad:
            raise word.fault(f'"{whole}" {bad.says}', bad.way_out) from bad

    def given(self, value: Any) -> Any:
        """Return one name, or the names of a list."""
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not names:
            raise BadAmount(f"must be {self.what}")
        for name in names:
            if not isinstance(name, str) or _NAME.fullmatch(name) is None:
                raise BadAmount("is no name: those have letters, digits, - and _")
        if self.single and len(names) > 1:
            raise BadAmount("must be one name")
        return names[0] if self.single else tuple(dict.fromkeys(names))

    def written(self, value: Any) -> str:
        """Return the names."""
        return value if self.single else ",".join(value)

    def tabled(self, value: Any) -> Any:
        """Return the name, or the list."""
        return value if self.single else list(value)

    def schema(self) -> dict[str, Any]:
        """Return that of a text, or of a list."""
        text = {"type": "string", "minLength": 1}
        return (
            text if self.single else {"anyOf": [text, {"type": "array", "items": text}]}
        )
