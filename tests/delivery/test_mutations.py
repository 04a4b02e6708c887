"""Targeted damages of a sound DDP, its checksums made anew: each has to be found.

Left out are damages that make another sound disc (a mark moved within its track): only
the checksums know of those, and with them every changed byte is found.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from delivery import ddp, ddp_read
from delivery.ddp_records import Identity, MapPacket, PQPacket
from delivery.fileset import from_bytes
from delivery.findings import Finding, Refusal
from delivery.packs import checksum
from delivery.program import Flag, Layout, Texts, Track
from delivery.rules import check
from delivery.specs import plant

DISC = Layout(
    tracks=(
        Track(number=1, start=150, pause=0, indexes=(400,), isrc="GBXYZ2600001",
              texts=Texts(title="Low Tide", performer="Nora Vale")),
        Track(number=2, start=900, pause=750, isrc="GBXYZ2600002",
              flags=frozenset({Flag.DCP}),
              texts=Texts(title="A glass of something longer", performer="Nora Vale")),
        Track(number=3, start=1500, isrc="GBXYZ2600003",
              texts=Texts(title="Harbour", performer="The Others")),
    ),
    leadout=2100,
    ean="5012345678900",
    catalogue="TWR012",
    genre="Rock",
    texts=Texts(title="Night Ferry", performer="Nora Vale"),
)  # fmt: skip
IMAGE = "IMAGE.DAT"
SUMS = "CHECKSUM.MD5"
PLANT = plant("generic")


@cache
def sound() -> dict[str, bytes]:
    return {**ddp.records(DISC), IMAGE: bytes(DISC.leadout * 2352)}


def summed(files: dict[str, bytes]) -> dict[str, bytes]:
    lines = "".join(
        f"{hashlib.md5(packed).hexdigest()} *{name}\n" for name, packed in files.items()
    )
    return {**files, SUMS: lines.encode("ascii")}


def found(files: dict[str, bytes]) -> list[Finding]:
    try:
        reading = ddp_read.read(from_bytes(files), check_image=False)
    except Refusal as refusal:
        return list(refusal.findings)
    law = map(reading.placed, check(reading.layout, PLANT, foreign=True))
    return [*reading.findings, *law]


class Damage(NamedTuple):
    name: str
    file: str
    packed: bytes


def put(packed: bytes, at: int, new: bytes) -> bytes:
    return packed[:at] + new + packed[at + len(new) :]


def records(file: str, size: int, field: str, record: int, new: bytes, table) -> Damage:
    at = record * size + table.at(field)
    packed = sound()[file]
    assert packed[at : at + len(new)] != new, (file, record, field, new)
    return Damage(f"{file}[{record}].{field}={new!r}", file, put(packed, at, new))


PQ_FIELDS = [
    (0, "valid", b"VVVX"), (0, "track", b"0X"), (0, "index", b"01"),
    (0, "seconds", b"05"), (0, "hours", b"01"), (0, "control", b"X1"),
    (0, "ean", b"5012345678901"), (0, "ean", b"50123456789AB"),
    (0, "isrc", b"GBXYZ2600009"), (1, "valid", b"\0\0\0\0"), (1, "track", b"09"),
    (1, "track", b"A1"), (1, "index", b"03"), (1, "minutes", b"01"),
    (1, "frames", b"01"), (1, "control", b"41"), (1, "control", b"02"),
    (1, "control", b"21"), (1, "isrc", b"GBXYZ26O0001"), (1, "isrc", b"-"),
    (1, "reserved", b"XX"), (2, "index", b"02"), (2, "index", b"  "),
    (2, "index", b"X1"), (2, "seconds", b"01"), (2, "seconds", b"60"),
    (2, "frames", b"75"), (2, "frames", b"-1"), (2, "minutes", b"99"),
    (2, "minutes", b"  "), (2, "hours", b"99"), (2, "control", b"  "),
    (2, "control", b"1S"), (2, "isrc", b"GBXYZ2600009"), (3, "index", b"03"),
    (3, "index", b"01"), (3, "seconds", b"00"), (3, "track", b"02"),
    (4, "track", b"01"), (4, "track", b"03"), (4, "minutes", b"01"),
    (4, "index", b"01"), (4, "isrc", b"GBXYZ2600001"), (5, "index", b"00"),
    (5, "seconds", b"09"), (5, "control", b"A1"), (5, "control", b"01"),
    (6, "track", b"04"), (6, "track", b"05"), (6, "track", b"AA"),
    (6, "seconds", b"08"), (6, "isrc", b"gbxyz2600003"), (7, "track", b"04"),
    (7, "index", b"00"), (7, "minutes", b"01"), (7, "frames", b"01"),
    (7, "control", b"11"), (8, "frames", b"01"), (8, "index", b"02"),
    (8, "track", b"AB"), (8, "seconds", b"27"),
]  # fmt: skip
MAP_FIELDS = [
    *((n, "valid", b"VVVS") for n in range(3)),
    *((n, "stream", b"X0") for n in range(3)),
    *((n, "length", b"00000001") for n in range(3)),
    *((n, "length", b"0000x000") for n in range(3)),
    *((n, "name_width", b"016") for n in range(3)),
    *((n, "name", b"OTHER   ") for n in range(3)),
    *((n, "name", b"../DDPID") for n in range(3)),
    *((n, "pointer", b"00000012") for n in range(3)), (0, "subcode", b"CDTXT   "),
    (1, "subcode", b"PQ DESCX"), (1, "subcode", b"CDTEXT  "), (2, "mode", b"10"),
    (2, "storage", b"8"), (2, "scrambled", b"7"), (2, "pause", b" 225"),
    (2, "start", b"00000150"), (2, "start", b"00000075"), (2, "start", b"0000000x"),
    (2, "length", b"00002099"), (2, "length", b"00002101"),
    (2, "length", b"99999999"), (2, "offset", b"000002352"),
    (2, "pregap_part", b"0150"), (2, "pause_added", b"00000150"),
    (2, "stream", b"D2"), (2, "stream", b"S0"), (1, "stream", b"D0"),
]  # fmt: skip
ID_FIELDS = [
    ("version", b"DDP 3.00"), ("version", b"XXX 2.00"), ("version", b"DDP 2.10"),
    ("ean", b"5012345678901"), ("ean", b"501234567890 "), ("ean", b"501234567890X"),
    ("kind", b"DV"), ("kind", b"  "), ("master", b"\xe9"), ("sides", b"2"),
    ("layer", b"X"), ("map_length", b"xxxxxxxx"), ("user_text", b"99"),
]  # fmt: skip


def fields() -> Iterator[Damage]:
    for record, field, new in PQ_FIELDS:
        yield records("PQDESCR", 64, field, record, new, PQPacket)
    for record, field, new in MAP_FIELDS:
        yield records("DDPMS", 128, field, record, new, MapPacket)
    for field, new in ID_FIELDS:
        yield records("DDPID", 128, field, 0, new, Identity)


def lengths() -> Iterator[Damage]:
    for file, size in (("PQDESCR", 64), ("DDPMS", 128), ("CDTEXT.BIN", 18)):
        packed = sound()[file]
        count = len(packed) // size
        pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
        yield Damage(f"{file} cut by a byte", file, packed[:-1])
        yield Damage(f"{file} cut in half a record", file, packed[: -size // 2])
        yield Damage(f"{file} longer", file, packed + b"X" * 7)
        yield Damage(f"{file} twice", file, packed * 2)
        yield Damage(f"{file} empty", file, b"")
        yield Damage(f"{file} with its end twice", file, packed + pieces[0])
        if file != "DDPMS":  # whose order is free
            turned = b"".join(reversed(pieces))
            yield Damage(f"{file} turned round", file, turned)
        for lost in range(count if file != "CDTEXT.BIN" else 4):
            left = b"".join(pieces[:lost] + pieces[lost + 1 :])
            yield Damage(f"{file} without record {lost}", file, left)
    yield Damage("DDPID short", "DDPID", sound()["DDPID"][:100])
    yield Damage("DDPID long", "DDPID", sound()["DDPID"] + b"X" * 20)
    for change in (-2352, -1, 1, 4, 2352, 23520):
        size = DISC.leadout * 2352 + change
        yield Damage(f"image of {change:+} bytes", IMAGE, bytes(size))


def packs() -> Iterator[Damage]:
    """Damages of CD-TEXT; all but the first kind have a right checksum again."""
    packed = sound()["CDTEXT.BIN"]
    count = len(packed) // 18
    for pack in range(count):
        at = pack * 18
        bad = bytes([packed[at + 5] ^ 1])
        yield Damage(f"letter of pack {pack}", "CDTEXT.BIN", put(packed, at + 5, bad))
        bad = bytes([packed[at + 17] ^ 0x80])
        yield Damage(
            f"checksum of pack {pack}", "CDTEXT.BIN", put(packed, at + 17, bad)
        )
    changes = [
        (1, 0, 0x7F), (1, 1, 9), (1, 2, 7), (1, 3, 9), (1, 3, 0x50), (1, 3, 0x80),
        (0, 0, 0x85), (2, 1, 0x81), (3, 2, 0), (count - 3, 4, 0x42),
        (count - 3, 5, 9), (count - 3, 6, 2), (count - 3, 7, 1), (count - 3, 8, 99),
        (count - 3, 1, 1), (count - 2, 12, 3), (count - 1, 9, 9), (count - 1, 2, 0),
        (0, 5, 7), (count - 1, 8, 0x30),
    ]  # fmt: skip
    for pack, byte, value in changes:
        at = pack * 18
        piece = bytearray(packed[at : at + 18])
        assert piece[byte] != value
        piece[byte] = value
        piece[16:] = checksum(bytes(piece[:16])).to_bytes(2, "big")
        name = f"byte {byte} of pack {pack} is {value:#x}"
        yield Damage(name, "CDTEXT.BIN", put(packed, at, bytes(piece)))


DAMAGES = [*fields(), *lengths(), *packs()]
UNSEEN = 0.02
"""The part that may stay unseen."""


def names(finding: Finding, damage: Damage) -> bool:
    """Whether a finding points at the damaged file, or speaks of it."""
    known = {"PQDESCR": "PQ", "CDTEXT.BIN": "CD-TEXT", IMAGE: "image"}
    words = (damage.file, known.get(damage.file, damage.file))
    return finding.place.file == damage.file or any(w in finding.message for w in words)


def test_the_sound_set_has_no_finding():
    assert [one.message for one in found(summed(sound()))] == []


def test_damages_are_found_and_the_damaged_part_is_named():
    assert len(DAMAGES) >= 150
    unseen, unnamed = [], []
    for damage in DAMAGES:
        said = found(summed({**sound(), damage.file: damage.packed}))
        if not said:
            unseen.append(damage.name)
        elif not any(names(one, damage) for one in said):
            unnamed.append((damage.name, [one.message for one in said]))
    assert len(unseen) <= UNSEEN * len(DAMAGES), unseen
    assert len(unnamed) <= UNSEEN * len(DAMAGES), unnamed


def test_every_finding_has_a_place():
    for damage in DAMAGES:
        for one in found(summed({**sound(), damage.file: damage.packed})):
            assert one.place.file, (damage.name, one)


@pytest.mark.parametrize("kind", ["md5", "crc", "gone"])
def test_with_its_checksums_every_changed_byte_is_found(kind):
    import zlib

    files = summed(sound())
    if kind == "crc":
        lines = "".join(f"{n}={zlib.crc32(p):08X}\r\n" for n, p in sound().items())
        files = {**sound(), "CHECKSUM.TXT": f"[CRC32 Checksum]\r\n{lines}".encode()}
    for name in ("DDPID", "DDPMS", "PQDESCR", "CDTEXT.BIN"):
        changed = put(files[name], 60, bytes([files[name][60] ^ 1]))
        if kind == "gone":
            rest = {key: packed for key, packed in files.items() if key != name}
            assert found(rest)
        else:
            said = found({**files, name: changed})
            assert ("DDP-CRC", name) in [(one.rule, one.place.file) for one in said]
