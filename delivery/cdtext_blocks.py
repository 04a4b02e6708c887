"""The packs of a CD-TEXT file, sorted into its eight blocks and judged one by one.

Sources: ``formats/redbook.md`` §3, ``formats/ddp.md`` §5. Every finding names the file,
the pack (from 1) and its first byte.
"""

import struct
from dataclasses import dataclass, field
from itertools import pairwise

from delivery.findings import Finding, Place, error, note, warning
from delivery.packs import PACK_SIZE, PAYLOAD, SIZE, Pack, checksum

_PACK = struct.Struct(">BBBB12sH")
LATIN1, ASCII, MS_JIS = 0x00, 0x01, 0x80
_SOURCE = "MMC-3 Annex J, libburn doc/cdtext.txt"


@dataclass
class Block:
    """The packs of one language, in their order, and the record of its size packs."""

    number: int
    file: str
    packs: list[tuple[int, Pack]] = field(default_factory=list)
    """Place in the file (from 0) and pack."""
    wide: bool = False
    """Whether its texts have two bytes a letter."""
    record: bytes = b""
    """The 36 bytes of the size packs; empty where they are not whole."""

    @property
    def charset(self) -> int:
        """The alphabet that the size packs name."""
        if self.record:
            return self.record[0]
        return MS_JIS if self.wide else LATIN1

    @property
    def language(self) -> int:
        """The language that the size packs name; 0 is unknown."""
        return self.record[28 + self.number] if self.record else 0

    def of(self, kind: int) -> list[tuple[int, Pack]]:
        """Return the packs of one type."""
        return [(at, one) for at, one in self.packs if one.kind == kind]


def at_pack(file: str, place: int, track: int | None = None) -> Place:
    """Return the place of the pack that stands at *place* (from 0)."""
    return Place(file=file, packet=place + 1, byte=place * PACK_SIZE, track=track)


def blocks(packed: bytes, file: str, findings: list[Finding]) -> list[Block]:
    """Return the blocks in *packed*; whatever is wrong goes to *findings*."""
    bare = _bare(packed, file, findings)
    if left := len(bare) % PACK_SIZE:
        says = f"the CD-TEXT has {len(packed)} bytes: {left} after the last whole pack"
        place = Place(file=file, byte=len(packed) - left)
        findings.append(
            error(
                "TXT-SIZE",
                says,
                place=place,
                measured=len(packed),
                limit=len(packed) - left,
            )
        )
    found: dict[int, Block] = {}
    count = len(bare) // PACK_SIZE
    for number in range(count):
        piece = bare[number * PACK_SIZE : (number + 1) * PACK_SIZE]
        _sort(piece, number, count, file, found, findings)
    listed = [found[each] for each in sorted(found)]
    for block in listed:
        _check_sequence(block, findings)
        _check_sizes(block, listed, findings)
    if [block.number for block in listed] != list(range(len(listed))):
        numbers = ", ".join(str(block.number) for block in listed)
        says = f"the CD-TEXT has the blocks {numbers}, they begin at 0"
        findings.append(error("TXT-SIZE", says, place=Place(file=file)))
    return listed


def _bare(packed: bytes, file: str, findings: list[Finding]) -> bytes:
    """Return the packs without the drive's header or Sony's closing zero."""
    skipped = 0
    if len(packed) % PACK_SIZE in (4, 5) and packed[:1] < b"\x80":
        says = "the CD-TEXT begins with the four bytes of a drive's answer"
        way = "plants expect bare packs"
        place = Place(file=file, byte=0)
        findings.append(warning("TXT-SIZE", says, place=place, help=way))
        packed, skipped = packed[4:], 4
    if len(packed) % PACK_SIZE == 1 and packed[-1:] == b"\0":
        says = "the CD-TEXT ends with Sony's extra zero byte"
        place = Place(file=file, byte=len(packed) - 1 + skipped)
        findings.append(note("TXT-SIZE", says, place=place, source=_SOURCE))
        packed = packed[:-1]
    return packed


def _sort(
    piece: bytes,
    place: int,
    count: int,
    file: str,
    found: dict[int, Block],
    findings: list[Finding],
) -> None:
    """Put one pack into its block; report what its own bytes have wrong."""
    kind, track, sequence, position, payload, crc = _PACK.unpack(piece)
    at = at_pack(file, place)
    name = f"CD-TEXT pack {place + 1} of {count}"
    if crc != (due := checksum(piece[:16])):
        says = f"{name} has a wrong checksum"
        findings.append(
            error(
                "TXT-CRC",
                says,
                place=at,
                measured=f"{crc:04x}",
                limit=f"{due:04x}",
                source=_SOURCE,
            )
        )
    if not 0x80 <= kind <= SIZE:
        says = f"{name} has the unknown type 0x{kind:02X}"
        findings.append(error("TXT-SIZE", says, place=at, measured=kind))
        return
    if track & 0x80:
        says = f"{name} has the extension flag, which must be clear"
        findings.append(error("TXT-SIZE", says, place=at, measured=track))
    number = position >> 4 & 7
    block = found.setdefault(number, Block(number, file))
    if position & 0x80 and kind not in (SIZE, 0x8E, 0x88, 0x89):
        block.wide = True
    pack = Pack(kind, track & 0x7F, sequence, position & 0xF, payload)
    block.packs.append((place, pack))


def _check_sequence(block: Block, findings: list[Finding]) -> None:
    """Find the first pack of a block that is out of its row, by number or by type."""
    for due, (place, one) in enumerate(block.packs):
        if one.sequence != due & 0xFF:
            says = f"the CD-TEXT packs of block {block.number} are not in sequence: "
            says += f"pack {place + 1} has the number {one.sequence}"
            findings.append(
                error(
                    "TXT-SIZE",
                    says,
                    place=at_pack(block.file, place),
                    measured=one.sequence,
                    limit=due & 0xFF,
                    source=_SOURCE,
                )
            )
            break
    if len(block.packs) > 256:
        says = f"block {block.number} of the CD-TEXT has {len(block.packs)} packs"
        late = at_pack(block.file, block.packs[256][0])
        findings.append(error("TXT-SIZE", says, place=late, limit=256))
    for (_, one), (place, other) in pairwise(block.packs):
        if other.kind < one.kind:
            says = f"CD-TEXT pack {place + 1} of type 0x{other.kind:02X} stands behind "
            says += f"one of type 0x{one.kind:02X}"
            at = at_pack(block.file, place)
            findings.append(error("TXT-SIZE", says, place=at, source=_SOURCE))
            break


def _check_sizes(block: Block, listed: list[Block], findings: list[Finding]) -> None:
    """Hold the size packs of a block against the packs that are there."""
    sizes = block.of(SIZE)
    parts = [one.track for _, one in sizes]
    if parts != [0, 1, 2]:
        says = f"block {block.number} of the CD-TEXT has {len(sizes)} size packs"
        says += ", there must be 3" if len(sizes) != 3 else f" numbered {parts}"
        place = at_pack(block.file, sizes[0][0] if sizes else block.packs[-1][0])
        findings.append(
            error("TXT-SIZE", says, place=place, measured=len(sizes), limit=3)
        )
        if len(sizes) != 3:
            return
    block.record = b"".join(one.payload for _, one in sizes)
    at = [at_pack(block.file, place) for place, _ in sizes]
    _check_alphabet(block, at[0], findings)
    for kind, said in enumerate(block.record[4:20], 0x80):
        if (there := len(block.of(kind))) != said:
            says = f"the CD-TEXT announces {said} packs of type 0x{kind:02X}"
            says += f" and has {there}"
            place = at[(4 + kind - 0x80) // PAYLOAD]
            limit = {"measured": there, "limit": said}
            findings.append(error("TXT-SIZE", says, place=place, **limit))
    ends = {each.number: (len(each.packs) - 1) & 0xFF for each in listed}
    for number, said in enumerate(block.record[20:28]):
        if said != ends.get(number, 0):
            says = f"the CD-TEXT says that block {number} ends with pack {said}, "
            says += f"it ends with {ends.get(number, 0)}"
            place = at[(20 + number) // PAYLOAD]
            limit = {"measured": ends.get(number, 0), "limit": said}
            findings.append(error("TXT-SIZE", says, place=place, **limit))
    _check_languages(block, listed, at[2], findings)


def _check_alphabet(block: Block, at: Place, findings: list[Finding]) -> None:
    code, copyright_flags = block.record[0], block.record[3]
    if code not in (LATIN1, ASCII, MS_JIS):
        says = f"the CD-TEXT says its letters are of alphabet 0x{code:02X}"
        way = "they were read as Latin-1"
        findings.append(warning("TXT-LATIN1", says, place=at, help=way))
    if block.wide != (code == MS_JIS):
        says = f"the CD-TEXT says its letters are of alphabet 0x{code:02X}, its packs "
        says += f"have {'two bytes' if block.wide else 'one byte'} a letter"
        findings.append(error("TXT-LATIN1", says, place=at, source=_SOURCE))
    if copyright_flags not in (0, 3):
        says = f"the CD-TEXT has the copyright flags 0x{copyright_flags:02X}"
        findings.append(warning("TXT-SIZE", says, place=at, limit=[0, 3]))


def _check_languages(
    block: Block, listed: list[Block], at: Place, findings: list[Finding]
) -> None:
    codes = block.record[28:36]
    there = {each.number for each in listed}
    for number, code in enumerate(codes):
        if code and number not in there:
            says = f"the CD-TEXT names language 0x{code:02X} for block {number}, "
            says += "which it lacks"
            findings.append(error("TXT-SIZE", says, place=at, measured=code))
        elif number in there and (code > 0x7F or 0x2B < code < 0x45):
            says = f"the CD-TEXT names the unknown language 0x{code:02X}"
            findings.append(warning("TXT-SIZE", says, place=at, measured=code))
    first = listed[0]
    if first.record and first is not block and first.record[20:] != block.record[20:]:
        says = f"block {block.number} of the CD-TEXT has another table of languages "
        says += "than block 0"
        findings.append(error("TXT-SIZE", says, place=at, source=_SOURCE))
