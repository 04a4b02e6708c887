"""The DDP 2.00 image of an audio CD, as pressing plants take it.

The set is DDPID, DDPMS, PQDESCR, CDTEXT.BIN (where there is text), IMAGE.DAT and
CHECKSUM.MD5; the profile is ``formats/ddp.md`` §11, closest to three commercial tools.
The image begins at 00:00:00: 150 sectors of silence stand before the programme.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from delivery import cdtext
from delivery.alphabets import fitted
from delivery.ddp_records import Identity, MapPacket, PQPacket
from delivery.findings import refuse
from delivery.pq import LEADOUT, Code, codes
from delivery.program import Flag, Integers, Layout, Pcm, Program
from delivery.redbook import (
    BITS,
    CHANNELS,
    FIRST_PAUSE,
    RATE,
    SAMPLES_PER_FRAME,
    msf,
)

IDENTITY, MAP, PQ = "DDPID", "DDPMS", "PQDESCR"
CD_TEXT, IMAGE, CHECKSUMS = "CDTEXT.BIN", "IMAGE.DAT", "CHECKSUM.MD5"
LONGEST_MASTER = 48
LONGEST_PAUSE = 9_999
"""Sectors that PRE2 can hold: four digits."""

CONTROL = {Flag.PRE: 1, Flag.DCP: 2, Flag.FOUR_CHANNEL: 8}
"""Bits of the Q channel's control nibble."""


def _no_progress(_: int) -> None:
    pass


def write(
    program: Program, folder: Path, progress: Callable[[int], None] = _no_progress
) -> None:
    """Write the set of *program* into *folder*.

    *progress* is called with the number of samples that were just written. Refuses,
    before a byte is written, what does not fit the format.
    """
    described = _described(program)
    folder.mkdir(parents=True, exist_ok=True)
    image_md5 = _write_image(program, folder / IMAGE, progress)
    _write_described(described, folder, image_md5)


def describe(program: Program, folder: Path, image_md5: str) -> None:
    """Write what describes *program* into *folder*, where its image lies already."""
    _write_described(_described(program), folder, image_md5)


def _described(program: Program) -> dict[str, bytes]:
    """Return the descriptive files by name; refuses what does not fit the format."""
    layout = program.layout
    _check(program.pcm, layout)
    try:
        return records(layout)
    except ValueError as bad:
        raise refuse("DDP-STRUCT", f"the DDP cannot be written: {bad}") from bad


def _write_described(described: dict[str, bytes], folder: Path, image_md5: str) -> None:
    """Write the descriptive files, and the sums of all files."""
    if CD_TEXT not in described:
        (folder / CD_TEXT).unlink(missing_ok=True)  # of another build
    for name, packed in described.items():
        (folder / name).write_bytes(packed)
    sums = {name: _md5(packed).hexdigest() for name, packed in described.items()}
    sums[IMAGE] = image_md5
    # plants read these lines; two characters, then the name, as cue2ddp has them
    listed = "".join(f"{digest} *{name}\n" for name, digest in sums.items())
    (folder / CHECKSUMS).write_bytes(listed.encode("ascii"))


def records(layout: Layout) -> dict[str, bytes]:
    """Return the descriptive files of *layout* by name.

    Raises ValueError, naming the field, where a code or a text does not fit.
    """
    texts = cdtext.pack(layout)
    pq = b"".join(packet.pack() for packet in pq_packets(layout))
    identity = Identity(ean=layout.ean, master=_master(layout.catalogue))
    streams = map_packets(layout, pq_bytes=len(pq), text_bytes=len(texts))
    files = {IDENTITY: identity.pack(), MAP: b"".join(one.pack() for one in streams)}
    if texts:
        files[CD_TEXT] = texts
    return {**files, PQ: pq}


def reduced(layout: Layout) -> Layout:
    """Return what of *layout* a set carries: its texts as CD-TEXT has them."""
    return fitted(layout)[0]


def _master(catalogue: str) -> str:
    """Return the catalogue number where it fits; CD-TEXT has it in any case."""
    fits = catalogue.isascii() and len(catalogue) <= LONGEST_MASTER
    return catalogue if fits else ""


def map_packets(
    layout: Layout, *, pq_bytes: int, text_bytes: int
) -> tuple[MapPacket, ...]:
    """Return the map of the set's streams, in the order of the big three tools."""
    texts = MapPacket(
        stream="S0", length=text_bytes, subcode="CDTEXT", track="00", name=CD_TEXT
    )
    pq = MapPacket(stream="S0", length=pq_bytes, subcode="PQ DESCR", name=PQ)
    audio = MapPacket(
        stream="D0",
        length=layout.leadout,
        start=0,
        mode="DA",
        storage="7",
        scrambled="0",
        pause=_head_pause(layout),
        name=IMAGE,
    )
    return (texts, pq, audio) if text_bytes else (pq, audio)


def _head_pause(layout: Layout) -> int:
    """Return track 1's pause, which the image holds at its head (PRE2).

    The field has four digits: of a hidden song that is longer, only the silence that
    is made here is said.
    """
    pause = layout.tracks[0].start
    return pause if pause <= LONGEST_PAUSE else FIRST_PAUSE


def pq_packets(layout: Layout) -> tuple[PQPacket, ...]:
    """Return the PQ packets: lead-in with the EAN, every code, the lead-out twice."""
    leadin = PQPacket(
        track="00", index=0, minutes=0, seconds=0, frames=0, ean=layout.ean
    )
    listed = [_pq_packet(code) for code in codes(layout)]
    return (leadin, *listed, listed[-1])


def _pq_packet(code: Code) -> PQPacket:
    minutes, seconds, frames = map(int, msf(code.time).split(":"))
    nibble = sum(bit for flag, bit in CONTROL.items() if flag in code.flags)
    copies = "S" if Flag.SCMS in code.flags else "1"
    return PQPacket(
        track=code.track,
        index=code.index,
        minutes=minutes,
        seconds=seconds,
        frames=frames,
        control="01" if code.track == LEADOUT else f"{nibble:X}{copies}",
        isrc=code.isrc,
    )


def _check(pcm: Pcm, layout: Layout) -> None:
    if (pcm.rate, pcm.bits) != (RATE, BITS):
        shape = f"{pcm.rate} Hz and {pcm.bits} bit"
        raise refuse("RB-FORMAT", f"the programme has {shape}, a disc 44100 Hz, 16 bit")
    if pcm.length != layout.frames * SAMPLES_PER_FRAME:
        raise _wrong_length(pcm.length, layout)


def _wrong_length(length: int, layout: Layout) -> Exception:
    expected = layout.frames * SAMPLES_PER_FRAME
    says = f"the programme has {length} samples, the layout asks for {expected}"
    return refuse("DDP-LEN", says, measured=length, limit=expected)


def _write_image(program: Program, path: Path, progress: Callable[[int], None]) -> str:
    """Write the image in one pass and return its MD5, computed from memory."""
    digest, length = _md5(), 0
    head, pcm = program.head, program.pcm
    with path.open("wb") as file, ThreadPoolExecutor(1) as beside:
        lead = FIRST_PAUSE * SAMPLES_PER_FRAME - (head.length if head else 0)
        silence = memoryview(bytes(lead * CHANNELS * BITS // 8))
        _write_block(file, silence, digest.update, beside)
        for block in head.blocks() if head else ():
            _write_block(file, _bytes(block), digest.update, beside)
        for block in pcm.blocks():
            _write_block(file, _bytes(block), digest.update, beside)
            length += len(block)
            progress(len(block))
    if length != pcm.length:
        raise _wrong_length(length, program.layout)
    return digest.hexdigest()


def _write_block(
    file: BinaryIO,
    block: memoryview,
    update: Callable[[memoryview], None],
    beside: ThreadPoolExecutor,
) -> None:
    """Write *block* while another thread hashes it; both are done on return.

    So the source may use its buffer again for the next block.
    """
    hashed = beside.submit(update, block)
    file.write(block)
    hashed.result()


def _bytes(block: Integers) -> memoryview:
    """Return the block as little-endian 16 bit, without a copy where it is that."""
    if block.ndim != 2 or block.shape[1] != CHANNELS:
        raise ValueError(f"a block of shape {block.shape} is not stereo")
    if block.dtype != np.int16 and block.size:
        low, high = int(block.min()), int(block.max())
        if low < -(1 << 15) or high >= 1 << 15:
            raise ValueError(f"samples {low} … {high} do not fit 16 bit")
    whole: NDArray[np.int16] = np.ascontiguousarray(block, dtype="<i2")
    return whole.reshape(-1).view(np.uint8).data


def _md5(packed: bytes = b"") -> "hashlib._Hash":
    # plants ask for MD5: it finds damage, nobody takes it for a signature
    return hashlib.md5(packed, usedforsecurity=False)
