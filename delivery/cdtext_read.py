"""Reading CD-TEXT: packs of any writer, sound or not, into texts and findings.

Double-byte blocks (MS-JIS) and blocks after the first are reported, not read.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from delivery import genres
from delivery.findings import Finding, error, note, warning
from delivery.latin1 import unwritable
from delivery.packs import (
    CODES,
    DISC_ID,
    GENRE,
    PACK_SIZE,
    SAME,
    SIZE,
    TEXT_TYPES,
    Pack,
    checksum,
)
from delivery.program import Texts

_PACK = struct.Struct(">BBBB12sH")
_LATIN1, _ASCII = 0x00, 0x01
_Strings = dict[int, dict[int, str]]
"""Strings by type and by track, 0 for the disc."""


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """What the packs say."""

    texts: Texts = field(default_factory=Texts)
    tracks: Mapping[int, Texts] = field(default_factory=dict)
    genre: str = ""
    catalogue: str = ""
    ean: str = ""
    isrcs: Mapping[int, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def unpack(packed: bytes) -> Unpacked:
    """Return the texts in *packed*; whatever is wrong is among the findings."""
    findings: list[Finding] = []
    packs = _sound(_pieces(_bare(packed, findings), findings), findings)
    _check_sizes(packs, findings)
    strings, code = _strings(packs, findings)
    tracks = sorted({track for of in TEXT_TYPES.values() for track in strings[of]})
    isrcs = {track: _bare_code(isrc) for track, isrc in strings[CODES].items() if track}
    words = strings[GENRE].get(0, "")
    return Unpacked(
        texts=_texts(strings, 0),
        tracks={track: _texts(strings, track) for track in tracks if track},
        genre=genres.worded(code, words),
        catalogue=strings[DISC_ID].get(0, ""),
        ean=_bare_code(strings[CODES].get(0, "")),
        isrcs={track: isrc for track, isrc in isrcs.items() if isrc},
        findings=tuple(findings),
    )


def _bare(packed: bytes, findings: list[Finding]) -> bytes:
    """Return the packs without the drive's header or Sony's closing zero."""
    if len(packed) % PACK_SIZE == 4 and packed[:1] < b"\x80":
        says = "the CD-TEXT begins with the four bytes of a drive's answer"
        findings.append(warning("TXT-SIZE", says, help="plants expect bare packs"))
        return packed[4:]
    if len(packed) % PACK_SIZE == 1 and packed[-1:] == b"\0":
        says = "the CD-TEXT ends with Sony's extra zero byte"
        findings.append(note("TXT-SIZE", says, source="formats/ddp.md §5"))
        return packed[:-1]
    return packed


def _pieces(packed: bytes, findings: list[Finding]) -> list[bytes]:
    if left := len(packed) % PACK_SIZE:
        says = f"the CD-TEXT has {len(packed)} bytes: {left} after the last whole pack"
        findings.append(error("TXT-SIZE", says, measured=len(packed), limit=PACK_SIZE))
    whole = len(packed) - left
    return [packed[at : at + PACK_SIZE] for at in range(0, whole, PACK_SIZE)]


def _sound(pieces: list[bytes], findings: list[Finding]) -> list[Pack]:
    """Return the packs of the first block, in order; report damage on the way."""
    packs, others = [], 0
    for place, piece in enumerate(pieces):
        kind, track, sequence, position, payload, crc = _PACK.unpack(piece)
        if crc != checksum(piece[:16]):
            says = f"CD-TEXT pack {place + 1} of {len(pieces)} has a wrong checksum"
            findings.append(error("TXT-CRC", says, measured=place + 1))
        if not 0x80 <= kind <= SIZE:
            says = f"CD-TEXT pack {place + 1} has the unknown type 0x{kind:02X}"
            findings.append(error("TXT-SIZE", says, measured=place + 1))
        elif position & 0x70:
            others += 1
        elif position & 0x80:
            says = f"CD-TEXT pack {place + 1} holds double-byte text, which is not read"
            findings.append(warning("TXT-LATIN1", says, measured=place + 1))
        else:
            packs.append(Pack(kind, track & 0x7F, sequence, position & 0xF, payload))
    if others:
        says = f"{others} CD-TEXT packs belong to further languages and were not read"
        findings.append(note("TXT-SIZE", says, measured=others))
    return packs


def _check_sizes(packs: list[Pack], findings: list[Finding]) -> None:
    if not packs:
        return
    if any(one.sequence != place & 0xFF for place, one in enumerate(packs)):
        findings.append(error("TXT-SIZE", "the CD-TEXT packs are not in sequence"))
    record = b"".join(one.payload for one in packs if one.kind == SIZE)
    if len(record) != 36:
        says = f"the CD-TEXT has {len(record) // 12} size packs, there must be 3"
        findings.append(error("TXT-SIZE", says))
        return
    if record[0] not in (_LATIN1, _ASCII):
        says = f"the CD-TEXT says its letters are of alphabet 0x{record[0]:02X}"
        findings.append(warning("TXT-LATIN1", says, help="they were read as Latin-1"))
    for kind, said in enumerate(record[4:20], 0x80):
        there = sum(one.kind == kind for one in packs)
        if there != said:
            says = f"the CD-TEXT announces {said} packs of type 0x{kind:02X}"
            says += f" and has {there}"
            findings.append(error("TXT-SIZE", says, measured=there, limit=said))


def _strings(packs: list[Pack], findings: list[Finding]) -> tuple[_Strings, int]:
    """Return all strings by type, and the genre's code."""
    strings: _Strings = {kind: {} for kind in range(0x80, SIZE)}
    code = 0
    for kind in (*TEXT_TYPES.values(), DISC_ID, GENRE, CODES):
        of = [one for one in packs if one.kind == kind]
        if kind == GENRE and of:
            code = int.from_bytes(of[0].payload[:2], "big")
            of = _without_code(of)
        strings[kind] = _joined(of, findings)
    return strings, code


def _without_code(packs: list[Pack]) -> list[Pack]:
    """Return the genre's packs without its code, which some repeat in each pack."""
    code = packs[0].payload[:2]
    repeated = code != b"\0\0"
    return [
        replace(one, payload=one.payload[2:])
        if place == 0 or (repeated and one.payload.startswith(code))
        else one
        for place, one in enumerate(packs)
    ]


def _joined(packs: list[Pack], findings: list[Finding]) -> dict[int, str]:
    """Return the strings of one type by track.

    Each pack names the owner of its first byte, so a lost pack costs the strings it
    held and no others.
    """
    letters: dict[int, bytearray] = {}
    track, lost = None, 0
    for one in packs:
        if track is not None and one.track != track:
            # a pack after the last string of its type is padding, whatever it says
            lost += bool(one.payload.strip(b"\0"))
        track = one.track
        for byte in one.payload:
            held = letters.setdefault(track, bytearray())
            if byte:
                held.append(byte)
            else:
                track += 1
    if lost:
        says = f"CD-TEXT packs of type 0x{packs[0].kind:02X} do not follow on"
        findings.append(error("TXT-SIZE", says, measured=lost))
    return _expanded({track: held.decode("latin-1") for track, held in letters.items()})


def _expanded(strings: dict[int, str]) -> dict[int, str]:
    """Return *strings* without the empty, TAB replaced by the track's before."""
    whole: dict[int, str] = {}
    for track in sorted(strings):
        string = strings[track]
        if string == SAME.decode():
            string = whole.get(track - 1, "") if track > 1 else ""
        if string and track <= 99:
            whole[track] = _readable(string)
    return whole


def _readable(string: str) -> str:
    """Return *string* with a space for each control character."""
    for _, letter in unwritable(string):
        string = string.replace(letter, " ")
    return string


def _texts(strings: _Strings, track: int) -> Texts:
    return Texts(
        **{name: strings[kind].get(track, "") for name, kind in TEXT_TYPES.items()}
    )


def _bare_code(code: str) -> str:
    """Return an EAN or ISRC without the hyphens that pressed discs often have."""
    return code.replace("-", "").replace(" ", "").upper()
