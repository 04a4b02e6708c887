"""The records of a DDP set, 2.00 and 1.0x, as their tables.

Source: ``formats/ddp.md`` §§2–4. Offsets are the running sums of the widths. Fields
that stay blank on an audio disc keep their places, and their names, all the same.
"""

from dataclasses import dataclass

from delivery.records import Record, number, text


@dataclass(frozen=True, kw_only=True)
class Identity(Record):
    """The whole set (DDPID)."""

    SIZE = 128

    version: str = text(8, "DDP 2.00")
    ean: str = text(13)
    map_start: str = text(8)
    map_length: str = text(8)
    medium: str = text(1)
    master: str = text(48)
    """The master ID; it never reaches the disc."""
    book: str = text(1)
    kind: str = text(2, "CD")
    sides: str = text(1)
    side: str = text(1)
    layers: str = text(1)
    layer: str = text(1)
    user_text: str = text(35)
    """Length and text; their places are disputed, so they are read as one."""


@dataclass(frozen=True, kw_only=True)
class FirstIdentity(Record):
    """The whole set (DDPID) of DDP 1.0x."""

    SIZE = 128

    version: str = text(8, "DDP 1.01")
    ean: str = text(13)
    map_start: str = text(8)
    map_length: str = text(8)
    medium: str = text(1)
    master: str = text(48)
    text_length: int | None = number(2)
    user_text: str = text(40)


@dataclass(frozen=True, kw_only=True)
class MapPacket(Record):
    """One stream of the set (DDPMS)."""

    SIZE = 128

    valid: str = text(4, "VVVM")
    stream: str = text(2)
    """S0 subcode, D0 main channel."""
    pointer: str = text(8)
    length: int | None = number(8)
    """Bytes of a subcode file, sectors of the audio."""
    start: int | None = number(8)
    """The physical sector of the stream's first; blank in order of appearance."""
    subcode: str = text(8)
    mode: str = text(2)
    storage: str = text(1)
    scrambled: str = text(1)
    pregap_part: str = text(4)
    pause: int | None = number(4, padding=" ")
    """Sectors of the first pause that stand at the head of the image."""
    postgap: str = text(4)
    medium: str = text(1)
    track: str = text(2)
    index: str = text(2)
    isrc: str = text(12)
    name_width: int | None = number(3, 17)
    name: str = text(17)
    new: str = text(1)
    next_pregap: str = text(4)
    pause_added: str = text(8)
    offset: int | None = number(9)
    reserved: str = text(15)


@dataclass(frozen=True, kw_only=True)
class PQPacket(Record):
    """One index of one track (PQDESCR); times are absolute, 00:00:00 on."""

    SIZE = 64

    valid: str = text(4, "VVVS")
    track: str = text(2)
    """00 lead-in, 01 to 99, AA lead-out."""
    index: int | None = number(2, padding="0")
    hours: str = text(2)
    minutes: int | None = number(2, padding="0")
    seconds: int | None = number(2, padding="0")
    frames: int | None = number(2, padding="0")
    control: str = text(2, "01")
    """The control bits in hexadecimal, then 1, or S for serial copy management."""
    reserved: str = text(2)
    isrc: str = text(12)
    ean: str = text(13)
    comment: str = text(19)
