"""The pack of CD-TEXT: 18 bytes of type, track, sequence, position, text, checksum.

Source: ``formats/redbook.md`` §3.1–3.3.
"""

from binascii import crc_hqx
from dataclasses import dataclass, fields

from delivery.program import Texts

TEXT_TYPES = {part.name: 0x80 + place for place, part in enumerate(fields(Texts))}
"""Title, performer, songwriter, composer, arranger, message: 0x80 to 0x85."""

DISC_ID, GENRE, CODES, SIZE = 0x86, 0x87, 0x8E, 0x8F
PACK_SIZE = 18
PAYLOAD = 12
SAME = b"\t"
"""A track's text that repeats the track before."""


@dataclass(frozen=True)
class Pack:
    """One pack without its checksum."""

    kind: int
    track: int
    """The owner of the first character; for a size pack its part."""
    sequence: int
    position: int
    payload: bytes

    def packed(self) -> bytes:
        """Return the 18 bytes."""
        head = bytes((self.kind, self.track, self.sequence, self.position))
        return head + self.payload + checksum(head + self.payload).to_bytes(2, "big")


def checksum(head: bytes) -> int:
    """Return the CRC of a pack's first sixteen bytes: 0x1021, from 0, inverted."""
    return crc_hqx(head, 0) ^ 0xFFFF
