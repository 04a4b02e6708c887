"""The grammar of chain texts, as far as their first word.

A chain is a list of stages: texts ("comp 1.5:1 …"), names of chains ("@glue"), removals
("-deess"), or tables with a `kind`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

KINDS = frozenset(
    {"eq", "comp", "multiband", "deess", "tape", "saturate", "clip", "width", "mono"}
    | {"balance", "swap", "polarity", "delay", "ride", "dc", "declick", "dehum"}
    | {"denoise", "mute", "repair", "match", "insert", "plugin"}
)


@dataclass(frozen=True)
class ChainFault:
    """What is wrong with one stage, and the part of its text that says so."""

    stage: int
    message: str
    start: int = 0
    stop: int = 0
    word: str = ""
    """What was meant to be a known name; empty where the fault is another."""
    known: Collection[str] = ()


def faults(stages: list[Any], names: Collection[str]) -> Iterator[ChainFault]:
    """Yield what is wrong in *stages*; *names* are the chains that "@" may name."""
    for position, stage in enumerate(stages):
        if isinstance(stage, dict):
            yield from _table(position, stage)
        elif isinstance(stage, str):
            yield from _text(position, stage, names)
        else:
            message = "a stage of a chain is a text or a table with `kind`"
            yield ChainFault(position, message)


def _table(position: int, stage: dict[str, Any]) -> Iterator[ChainFault]:
    kind = stage.get("kind")
    if not isinstance(kind, str):
        yield ChainFault(position, "a stage written as a table needs a `kind`")
    elif kind not in KINDS:
        message = f'no processor is called "{kind}"'
        yield ChainFault(position, message, word=kind, known=KINDS)


def _text(position: int, text: str, names: Collection[str]) -> Iterator[ChainFault]:
    words = text.split()
    if not words:
        yield ChainFault(position, "a stage of a chain is empty")
        return
    word = words[0]
    start = text.index(word)
    stop = start + len(word)
    if word[0] in "@-":
        if len(words) > 1:
            after = text.index(words[1], stop)
            message = f'nothing may follow "{word}"'
            yield ChainFault(position, message, after, len(text.rstrip()))
        elif len(word) == 1:
            yield ChainFault(position, f'"{word}" names nothing', start, stop)
        elif word[0] == "@" and word[1:] not in names:
            message = f'no chain is called "{word[1:]}"'
            yield ChainFault(position, message, start + 1, stop, word[1:], names)
    elif word not in KINDS:
        message = f'no processor is called "{word}"'
        yield ChainFault(position, message, start, stop, word, KINDS)
