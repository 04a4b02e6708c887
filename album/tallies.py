"""Measurements kept from run to run, so that a file is measured once.

A tally is found by its file's path, size, time, number on the disk, and a hash of parts
of its content: to hash all of it would cost as much as to measure it. What is kept is
never trusted: what cannot be read as a tally is measured anew. A folder that cannot be
written is no error; then nothing is kept.
"""

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from album.pcmstream import BrokenError, Stream, blocks, broken, open_stream
from album.scanning import unheard
from delivery.findings import Place
from dsp.cachehome import cache_home
from dsp.meter import Meter, NotANumberError
from dsp.tally import VERSION, Tally

MOST = 512 * 2**20
"""Bytes that are kept; beyond that, what was not used for longest goes."""

LARGEST = MOST // 2
"""Bytes of one tally that is read or kept: a whole day in stereo takes 150 MB."""

_PARTS, _PART = 16, 4096
"""Places of a file that are looked at, from its first byte to its last."""

_SUFFIX = ".tally"
_DIGEST = 32  # bytes of SHA-256, before the tally


def tally_of(
    path: Path, advance: Callable[[int], None] | None = None, *, cached: bool = True
) -> Tally:
    """Return the tally of the audio file *path*, measured only if it has to be.

    *advance* is called with the samples that are done; it may raise to end the work.
    Neither read nor kept where not *cached*; the tally is the same. Safe in threads.
    Raises BrokenError.
    """
    stream = open_stream(path)
    known = recalled(stream) if cached else None
    return known or measured(stream, advance or _nobody, cached=cached)


def _nobody(_: int) -> None:
    """Take no notice."""


def recalled(stream: Stream) -> Tally | None:
    """Return what is kept of *stream*, None where it has to be measured."""
    try:
        tally = recall(key_of(stream.path))
    except OSError:
        return None
    fits = tally and (tally.rate, tally.weights) == (stream.rate, stream.weights)
    return tally if fits else None


def measured(
    stream: Stream, advance: Callable[[int], None], *, cached: bool = True
) -> Tally:
    """Return the tally of *stream*, measured now; raises BrokenError."""
    key = _key(stream.path) if cached else None
    try:
        meter = Meter(stream.rate, stream.channels, stream.weights)
    except ValueError as bad:
        raise broken(stream.path, f"cannot be measured: {bad}") from None
    try:
        for block in blocks(stream):
            meter.feed(block)
            advance(len(block))
        tally = meter.finish()
    except NotANumberError as bad:
        place, at = Place(file=str(stream.path)), bad.position
        name = stream.path.name
        raise BrokenError(unheard(name, at, stream.rate, bad.value, place)) from None
    if key and key == _key(stream.path):  # it was not written to meanwhile
        keep(key, tally)
    return tally


def _key(path: Path) -> str | None:
    try:
        return key_of(path)
    except OSError:
        return None


def folder() -> Path:
    """Return where tallies are kept: GLASSMASTER_CACHE, or the user's cache."""
    chosen = os.environ.get("GLASSMASTER_CACHE")
    if chosen:
        return Path(chosen) / "tallies"
    return cache_home() / "glassmaster" / "tallies"


def key_of(path: Path) -> str:
    """Return the name under which the tally of *path* is kept; raises OSError."""
    about = path.stat()
    told = [
        VERSION, os.fsencode(path.resolve()).hex(), about.st_size, about.st_mtime_ns,
        about.st_ino,
    ]  # fmt: skip
    hashed = hashlib.sha256(json.dumps(told).encode())
    with path.open("rb", buffering=0) as file:
        last = max(0, about.st_size - _PART)
        for part in range(_PARTS):
            file.seek(last * part // (_PARTS - 1))
            hashed.update(file.read(_PART))
    return hashed.hexdigest()


def recall(key: str) -> Tally | None:
    """Return the tally kept under *key*, None where there is none that is whole."""
    place = folder() / (key + _SUFFIX)
    try:
        kept = _read(place)
        digest, body = kept[:_DIGEST], kept[_DIGEST:]
        if _digest(key, body) != digest:
            return None
        tally = Tally.from_bytes(body)
    except (OSError, ValueError):
        return None
    with suppress(OSError):
        os.utime(place)  # used now: the last to go
    return tally


def _read(place: Path) -> bytes:
    """Return what is kept at *place*; raises OSError, ValueError for no such file.

    What is no file, as a pipe, is not waited for; what is too large is not read.
    """
    at_once: int = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(place, os.O_RDONLY | at_once)
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
            raise ValueError("no tally looks like that")
        return os.read(handle, about.st_size)
    finally:
        os.close(handle)


def _digest(key: str, body: bytes) -> bytes:
    """Return what stands before *body*: it holds under its own name alone."""
    return hashlib.sha256(key.encode() + body).digest()


def keep(key: str, tally: Tally) -> None:
    """Keep *tally* under *key*, if there is a folder to write in."""
    home = folder()
    body = tally.to_bytes()
    if _DIGEST + len(body) > LARGEST:
        return
    with suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=home, prefix=".", suffix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_digest(key, body) + body)
            Path(beside).replace(home / (key + _SUFFIX))
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise


def tidy(most: int = MOST) -> None:
    """Throw away what was not used for longest, down to *most* bytes.

    What is no file is nobody's tally and stays; so does what cannot be thrown away.
    """
    found = _kept()
    total = sum(size for _, size, _ in found)
    for _, size, name in sorted(found):
        if total <= most:
            break
        with suppress(OSError):
            Path(name).unlink(missing_ok=True)
            total -= size


def _kept() -> list[tuple[int, int, str]]:
    """Return time of last use, size and name of all that is kept."""
    found: list[tuple[int, int, str]] = []
    with suppress(OSError), os.scandir(folder()) as entries:
        for each in entries:
            if each.name.endswith((_SUFFIX, ".new")):
                with suppress(FileNotFoundError):  # another run has tidied it away
                    about = each.stat(follow_symlinks=False)
                    if stat.S_ISREG(about.st_mode):
                        found.append((about.st_mtime_ns, about.st_size, each.path))
    return found
