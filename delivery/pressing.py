"""The audio of a disc in its two files: recorded in one pass, read back in one.

The WAV of the sheets and the image of the DDP hold the same samples behind another
head. What is written is summed in memory; what lies on the disk is read to the last
byte, the WAV against its sum and the image against the WAV. So nothing is read twice.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from delivery.fileset import Fileset, hashed, reading
from delivery.hand import Hand
from delivery.program import Integers
from delivery.redbook import BITS, FIRST_PAUSE, RATE, SAMPLES_PER_FRAME
from delivery.sound import BYTES_PER_SAMPLE, Sound
from delivery.wav import header, pack

BLOCK = 1 << 18
"""Samples per channel that are written at a time: to hand a block on costs time too."""

_READ = 1 << 19
"""Samples per channel that are read at a time."""

_HEAD = bytes(FIRST_PAUSE * SAMPLES_PER_FRAME * BYTES_PER_SAMPLE)
"""What stands before 00:02:00 in an image."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What was written, summed in memory."""

    samples: int
    wav_sha256: str
    """Of the file."""
    image_md5: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """Audio that lies in one file from a byte on, without a hole."""

    files: Fileset
    name: str
    offset: int
    length: int
    """Samples per channel."""


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """What reading both files back has shown."""

    wav_sha256: str
    """Of the file, as the next two."""
    image_sha256: str
    image_md5: str


def record(
    blocks: Iterable[Integers], length: int, wav: Path, image: Path, jobs: int
) -> Recorded:
    """Write *length* samples into both files, at the same time where *jobs* allow it.

    Raises ValueError where *blocks* hold another number.
    """
    sha256 = hashlib.sha256()
    # plants ask for MD5: it finds damage, nobody takes it for a signature
    md5 = hashlib.md5(usedforsecurity=False)
    with ExitStack() as stack:
        sides: list[tuple[Hand, FileIO, Any]] = []
        for path, digest in ((wav, sha256), (image, md5)):
            file = stack.enter_context(path.open("wb", buffering=0))
            # the hand lets go before its file is closed
            hand = stack.enter_context(Hand(jobs))
            sides.append((hand, file, digest))
        heads = header(RATE, BITS, length), _HEAD
        for (hand, file, digest), head in zip(sides, heads, strict=True):
            hand.do(_put, file, digest, memoryview(head))
        for data in _packed(blocks, length):
            for hand, file, digest in sides:
                hand.do(_put, file, digest, data)
        for hand, _, _ in sides:
            hand.rest()
    return Recorded(
        samples=length, wav_sha256=sha256.hexdigest(), image_md5=md5.hexdigest()
    )


def run_of(sound: Sound) -> Run | None:
    """Return where *sound* lies, if it lies in one file as it is."""
    first = sound.stretches[0] if sound.stretches else None
    if first is None or first.files is None:
        return None
    at = first.offset
    for each in sound.stretches:
        there = (each.files, each.name, each.offset, each.coding)
        if there != (first.files, first.name, at, "little"):
            return None
        at += each.length * BYTES_PER_SAMPLE
    return Run(
        files=first.files, name=first.name, offset=first.offset, length=sound.length
    )


def read_back(
    wav: Run,
    image: Run,
    recorded: Recorded,
    advance: Callable[[int], None],
    jobs: int,
) -> Pressed:
    """Read both files to their ends; *advance* is told the samples read of both.

    *image* begins with the head of the image.
    The MD5 of an image that holds the samples of a good WAV behind silence is known;
    that of any other is found out. Raises Refusal where a file cannot be read.
    """
    digests = hashlib.sha256(), hashlib.sha256()
    with ExitStack() as stack:
        files = [_opened(run, stack) for run in (wav, image)]
        hand = stack.enter_context(Hand(jobs))
        heads = files[0].read(wav.offset), files[1].read(len(_HEAD))
        same = heads[1] == _HEAD
        for digest, head in zip(digests, heads, strict=True):
            digest.update(head)
        rooms = np.empty((2, _READ), np.int32)
        counts = [1, 1]

        def fill(side: int) -> None:
            room = memoryview(rooms[side]).cast("B")
            counts[side] = _filled(files[side], room)
            digests[side].update(room[: counts[side]])

        while any(counts):
            hand.do(fill, 1)
            fill(0)
            hand.rest()
            words = counts[0] // BYTES_PER_SAMPLE
            same = same and counts[0] == counts[1]
            same = same and np.array_equal(rooms[0, :words], rooms[1, :words])
            advance(2 * words)
    found = [digest.hexdigest() for digest in digests]
    known = same and found[0] == recorded.wav_sha256
    md5 = recorded.image_md5
    return Pressed(
        wav_sha256=found[0],
        image_sha256=found[1],
        image_md5=md5 if known else hashed(image.files, image.name, ["md5"])["md5"],
    )


def _put(file: FileIO, digest: Any, data: memoryview) -> None:
    """Sum *data* and write every byte; the system may take less than it is given."""
    digest.update(data)
    while data:
        data = data[file.write(data) :]


def _packed(blocks: Iterable[Integers], length: int) -> Iterator[memoryview]:
    """Yield *blocks* as bytes, several of them at a time."""
    held: list[Integers] = []
    left = length
    for block in blocks:
        held.append(block)
        left -= len(block)
        if sum(map(len, held)) >= BLOCK:
            yield pack(np.concatenate(held), BITS)
            held = []
    if left:
        raise ValueError(f"{length - left} samples, not the {length} that were told")
    if held:
        yield pack(np.concatenate(held), BITS)


def _opened(run: Run, stack: ExitStack) -> BinaryIO:
    stack.enter_context(reading(run.name))
    return stack.enter_context(run.files.open(run.name))


def _filled(file: Any, room: memoryview) -> int:
    """Fill *room* from *file*; return how many bytes there were."""
    done = 0
    while done < len(room) and (count := file.readinto(room[done:])):
        done += count
    return done
