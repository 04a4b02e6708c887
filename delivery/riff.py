"""The chunks of a WAV: found without trusting a length, and laid out anew.

All chunks stand before the audio and nothing after it, as shops demand that read on
from the start of the data. RF64 (EBU Tech 3306) is kept RF64. A file whose new chunks
take as much room as the old ones is changed in its place, any other is copied once.
"""

import os
import shutil
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from delivery.findings import Refusal, refuse

_LARGEST = 64 << 20
"""Bytes of a chunk that is read: pictures are the largest there are."""
_MOST_CHUNKS = 1024
_UNTOLD = 2**32 - 1
_BEFORE = ("bext", "iXML")
"""Chunks that stand before the format, as EBU Tech 3285 has it; the others after it."""


@dataclass(frozen=True, kw_only=True)
class Riff:
    """The chunks of a WAV, but for its audio."""

    kind: bytes
    """RIFF or RF64."""
    chunks: Mapping[str, bytes]
    """By name, in the order of the file; the first, where there are several."""
    sizes: bytes
    """What ds64 says, of an RF64."""
    begin: int
    """Where the first byte of the audio lies."""
    length: int
    """Bytes of audio."""
    trailing: int
    """Bytes after the audio: chunks that some shops refuse."""


def read(path: Path) -> Riff:
    """Return the chunks of a WAV; raises Refusal where it is none or is damaged."""
    try:
        with path.open("rb") as file:
            return _read(path.name, file, os.fstat(file.fileno()).st_size)
    except OSError as fault:
        reason = str(fault.strerror).lower()
        raise refuse("META-TAGS", f"{path.name!r} cannot be read: {reason}") from fault


def rewrite(path: Path, chunks: Mapping[str, bytes]) -> None:
    """Leave a WAV with its format, its audio and *chunks*, in their order.

    Raises Refusal where it is no WAV, or where the chunks do not fit.
    """
    old = read(path)
    head = _head(path.name, old, chunks)
    if len(head) == old.begin and not old.trailing:
        with path.open("r+b") as file:
            file.write(head)
        return
    partial = path.with_name(f".{path.name}.partial")
    try:
        with path.open("rb") as source, partial.open("wb") as out:
            out.write(head)
            source.seek(old.begin)
            _copy(source, out, old.length)
            if old.length % 2:
                out.write(b"\0")
        shutil.copymode(path, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def packed(chunks: Mapping[str, bytes], form: bytes) -> bytes:
    """Return *chunks* around the format *form* as they stand before the audio."""
    ahead = {name: each for name, each in chunks.items() if name in _BEFORE}
    behind = {name: each for name, each in chunks.items() if name not in _BEFORE}
    return b"".join(
        _chunk(name, each) for name, each in {**ahead, "fmt ": form, **behind}.items()
    )


def _head(name: str, old: Riff, chunks: Mapping[str, bytes]) -> bytes:
    """Return all that stands before the audio."""
    body = packed(chunks, old.chunks["fmt "])
    rf64 = old.kind == b"RF64"
    before = 12 + (8 + len(old.sizes) if rf64 else 0)
    size = before + len(body) + 8 + old.length + old.length % 2 - 8
    if not rf64:
        if size > _UNTOLD:
            raise refuse(
                "META-TAGS",
                f"{name!r} has no room for its tags: a WAV ends at 4 GiB",
                help="deliver it as FLAC, or with the tag policy none",
            )
        start = struct.pack("<4sI4s", b"RIFF", size, b"WAVE")
        return start + body + struct.pack("<4sI", b"data", old.length)
    sizes = struct.pack("<Q", size) + old.sizes[8:]
    start = struct.pack("<4sI4s", b"RF64", _UNTOLD, b"WAVE") + _chunk("ds64", sizes)
    return start + body + struct.pack("<4sI", b"data", _UNTOLD)


def _chunk(name: str, content: bytes) -> bytes:
    start = struct.pack("<4sI", name.encode("ascii"), len(content))
    return start + content + b"\0" * (len(content) % 2)


def _read(name: str, file: BinaryIO, size: int) -> Riff:
    start = file.read(12)
    if start[:4] not in (b"RIFF", b"RF64") or start[8:] != b"WAVE":
        raise refuse("META-TAGS", f"{name!r} is no WAV")
    chunks: dict[str, bytes] = {}
    sizes, at = b"", 12
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        if len(head := file.read(8)) < 8:
            raise _damaged(name, "has no audio")
        kind, length = head[:4].decode("latin-1"), int.from_bytes(head[4:], "little")
        if kind == "data":
            if length == _UNTOLD and len(sizes) >= 16:
                length = int.from_bytes(sizes[8:16], "little")
            end = at + 8 + length
            if end > size:
                raise _damaged(name, f"ends {end - size} bytes early")
            break
        if length > min(_LARGEST, size - at - 8):
            raise _damaged(name, f"has a chunk {kind!r} of {length} bytes")
        content = file.read(length)
        if kind == "ds64":
            sizes = content
        else:
            # a list is told from others by its kind
            key = "INFO" if kind == "LIST" and content[:4] == b"INFO" else kind
            chunks.setdefault(key, content)
        at += 8 + length + length % 2
    else:
        raise _damaged(name, f"has more than {_MOST_CHUNKS} chunks")
    if "fmt " not in chunks:
        raise _damaged(name, "has no format before its audio")
    return Riff(
        kind=start[:4],
        chunks=chunks,
        sizes=sizes,
        begin=at + 8,
        length=length,
        trailing=max(0, size - end - length % 2),
    )


def _copy(source: BinaryIO, out: BinaryIO, length: int) -> None:
    while length:
        part = source.read(min(length, 8 << 20))
        if not part:
            raise OSError(f"the audio ends {length} bytes early")
        out.write(part)
        length -= len(part)


def _damaged(name: str, says: str) -> Refusal:
    return refuse("META-TAGS", f"the WAV {name!r} {says}")
