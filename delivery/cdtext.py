"""CD-TEXT packs of up to eight languages: a layout's texts as the lead-in carries them.

Sources: ``formats/redbook.md`` §3 and ``formats/ddp.md`` §5. A pack has 18 bytes:
type, track, sequence, position, twelve of text, and a checksum. MS-JIS has two bytes a
letter, every pack of its texts says so, and repeats are written out (§3.8).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from delivery import genres
from delivery.cdtext_blocks import MS_JIS
from delivery.latin1 import NoFallbackError as NoFallbackError
from delivery.latin1 import ascii_fallback as ascii_fallback
from delivery.latin1 import unwritable as unwritable
from delivery.packs import CODES, DISC_ID, GENRE, PAYLOAD, SAME, SIZE, TEXT_TYPES, Pack
from delivery.program import Layout, Texts

MAXIMUM_PACKS = 252  # libburn stops at 255 with the three of size (redbook.md §3.8)
MAXIMUM_BLOCKS = 8
_POSITION_CAP = 15
_DOUBLE_BYTE = 0x80


@dataclass(frozen=True)
class _Block:
    """The texts of one language."""

    number: int
    charset: int
    language: int
    disc: Texts
    tracks: tuple[Texts, ...]
    """Of every track of the disc."""

    @property
    def wide(self) -> bool:
        """Whether a letter of its texts has two bytes."""
        return self.charset == MS_JIS

    def encoded(self, text: str, errors: str = "strict") -> bytes:
        """Return a text in the block's alphabet, in whole letters."""
        if not self.wide:
            return text.encode("latin-1", errors)
        packed = text.encode("cp932", errors)
        return packed + b"\0" * (len(packed) % 2)


@dataclass(frozen=True)
class _Row:
    """The strings of one type: the disc's, then each track's."""

    kind: int
    strings: tuple[bytes, ...]
    head: bytes = b""
    """Bytes before the first."""
    wide: bool = False


def has_text(layout: Layout) -> bool:
    """Return whether *layout* has anything that asks for CD-TEXT.

    The EAN and the ISRCs alone do not: their place is the Q channel.
    """
    every = (layout.texts, *(track.texts for track in layout.tracks))
    said = layout.genre or layout.catalogue or layout.languages
    return bool(said or any(texts != Texts() for texts in every))


def pack(layout: Layout, *, repeats: bool = True) -> bytes:
    """Return the packs of *layout*, or nothing where it has no text.

    A track's text that repeats the track before is a single TAB, where the disc and
    all tracks have that kind of text; *repeats* False writes it out, as cue2ddp does.
    Raises ValueError where a letter does not fit its alphabet, the packs do not fit a
    block or the languages the lead-in: the rules find it beforehand.
    """
    if not has_text(layout):
        return b""
    blocks = _blocks(layout)
    if len(blocks) > MAXIMUM_BLOCKS:
        says = f"the CD-TEXT has {len(blocks)} languages"
        raise ValueError(f"{says}, the lead-in carries {MAXIMUM_BLOCKS}")
    packed = [list(_text_packs(layout, block, repeats=repeats)) for block in blocks]
    for block, packs in zip(blocks, packed, strict=True):
        if len(packs) > MAXIMUM_PACKS:
            of = f" of language {block.number}" if block.number else ""
            limit = f"a block holds {MAXIMUM_PACKS}"
            raise ValueError(f"the CD-TEXT{of} needs {len(packs)} packs, {limit}")
    ends = bytes(len(packs) + 2 for packs in packed).ljust(8, b"\0")
    tongues = bytes(block.language for block in blocks).ljust(8, b"\0")
    whole: list[Pack] = []
    for block, packs in zip(blocks, packed, strict=True):
        whole += packs
        whole += _size_packs(layout, block, packs, ends + tongues)
    return b"".join(one.packed() for one in whole)


def text_packs(layout: Layout, block: int = 0) -> int:
    """Return how many packs the texts of a block need, without those of size.

    Letters that its alphabet lacks count as one byte each.
    """
    if not has_text(layout):
        return 0
    one = _blocks(layout)[block]
    return sum(1 for _ in _text_packs(layout, one, repeats=True, errors="replace"))


def _blocks(layout: Layout) -> list[_Block]:
    own = tuple(track.texts for track in layout.tracks)
    blocks = [_Block(0, layout.charset, layout.language, layout.texts, own)]
    for number, other in enumerate(layout.languages, 1):
        said: Mapping[int, Texts] = dict(other.tracks)
        tracks = tuple(said.get(track.number, Texts()) for track in layout.tracks)
        blocks.append(_Block(number, other.charset, other.code, other.texts, tracks))
    return blocks


def _text_packs(
    layout: Layout, block: _Block, *, repeats: bool, errors: str = "strict"
) -> Iterator[Pack]:
    sequence = count()
    for row in _rows(layout, block, errors):
        # libcdio does not count empty strings, and gives up at a TAB that is then
        # out of place: only where nothing is empty are repeats a TAB
        text = row.kind in TEXT_TYPES.values()
        compressed = repeats and text and not row.wide and all(row.strings)
        strings = _with_repeats(row.strings) if compressed else row.strings
        yield from _flow(row, strings, block.number, layout.tracks[0].number, sequence)


def _rows(layout: Layout, block: _Block, errors: str) -> Iterator[_Row]:
    """Yield the strings of a block by type; codes stand in the first alone."""
    tracks = layout.tracks
    for name, kind in TEXT_TYPES.items():
        parts = [getattr(texts, name) for texts in (block.disc, *block.tracks)]
        if any(parts):
            strings = tuple(block.encoded(part, errors) for part in parts)
            yield _Row(kind, strings, wide=block.wide)
    if block.number:
        return
    if layout.catalogue:
        yield _Row(DISC_ID, (layout.catalogue.encode("latin-1", errors),))
    if layout.genre:
        code, words = genres.coded(layout.genre)
        head = code.to_bytes(2, "big")
        yield _Row(GENRE, (words.encode("latin-1", errors),), head)
    if layout.ean or any(track.isrc for track in tracks):
        codes = [layout.ean, *(track.isrc for track in tracks)]
        yield _Row(CODES, tuple(code.encode("ascii", errors) for code in codes))


def _with_repeats(strings: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return *strings* with TAB for each track's that is the track's before it."""
    disc, *tracks = strings
    before = [None, *tracks]
    return (
        disc,
        *(
            SAME if track and track == earlier else track
            for track, earlier in zip(tracks, before, strict=False)
        ),
    )


def _flow(
    row: _Row,
    strings: tuple[bytes, ...],
    block: int,
    first: int,
    sequence: "count[int]",
) -> Iterator[Pack]:
    """Yield the packs of one type: strings back to back, each ended by a NUL."""
    step = 2 if row.wide else 1
    owners: list[tuple[int, int]] = [(0, 0)] * len(row.head)
    flat = bytearray(row.head)
    for place, string in enumerate(strings):
        track = first + place - 1 if place else 0
        flat += string + b"\0" * step
        owners += [(track, at // step) for at in range(len(string) + step)]
    for at in range(0, len(flat), PAYLOAD):
        track, sent = owners[at]
        position = min(sent, _POSITION_CAP) | block << 4
        yield Pack(
            kind=row.kind,
            track=track,
            sequence=next(sequence) & 0xFF,
            position=position | (_DOUBLE_BYTE if row.wide else 0),
            payload=bytes(flat[at : at + PAYLOAD]).ljust(PAYLOAD, b"\0"),
        )


def _size_packs(
    layout: Layout, block: _Block, packs: list[Pack], all_blocks: bytes
) -> list[Pack]:
    counts = [sum(one.kind == kind for one in packs) for kind in range(0x80, SIZE)]
    first, last = layout.tracks[0].number, layout.tracks[-1].number
    # no copyright asserted
    record = bytes((block.charset, first, last, 0, *counts, 3)) + all_blocks
    return [
        Pack(
            SIZE,
            part,
            len(packs) + part,
            block.number << 4,
            record[part * 12 : part * 12 + 12],
        )
        for part in range(3)
    ]
