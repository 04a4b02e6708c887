"""CD-TEXT packs of one Latin-1 block: a layout's texts as the lead-in carries them.

Sources: ``formats/redbook.md`` §3 and ``formats/ddp.md`` §5. A pack has 18 bytes:
type, track, sequence, position, twelve of text, and a checksum.
"""

from collections.abc import Iterator
from itertools import count

from delivery import genres
from delivery.cdtext_read import Unpacked as Unpacked
from delivery.cdtext_read import unpack as unpack
from delivery.latin1 import NoFallbackError as NoFallbackError
from delivery.latin1 import ascii_fallback as ascii_fallback
from delivery.latin1 import unwritable as unwritable
from delivery.packs import CODES, DISC_ID, GENRE, PAYLOAD, SAME, SIZE, TEXT_TYPES, Pack
from delivery.program import Layout, Texts

MAXIMUM_PACKS = 252  # libburn stops at 255 with the three of size (redbook.md §3.8)
_POSITION_CAP = 15
_ENGLISH = 0x09


def has_text(layout: Layout) -> bool:
    """Return whether *layout* has anything that asks for CD-TEXT.

    The EAN and the ISRCs alone do not: their place is the Q channel.
    """
    every = (layout.texts, *(track.texts for track in layout.tracks))
    return bool(layout.genre or layout.catalogue or any(t != Texts() for t in every))


def pack(layout: Layout, *, repeats: bool = True) -> bytes:
    """Return the packs of *layout*, or nothing where it has no text.

    A track's text that repeats the track before is a single TAB, where the disc and
    all tracks have that kind of text; *repeats* False writes it out, as cue2ddp does.
    Raises ValueError where a letter does not fit Latin-1 or the packs do not fit a
    block: the rules find both beforehand.
    """
    if not has_text(layout):
        return b""
    packs = list(_text_packs(layout, repeats=repeats))
    if len(packs) > MAXIMUM_PACKS:
        limit = f"a block holds {MAXIMUM_PACKS}"
        raise ValueError(f"the CD-TEXT needs {len(packs)} packs, {limit}")
    packs += _size_packs(layout, packs)
    return b"".join(one.packed() for one in packs)


def text_packs(layout: Layout) -> int:
    """Return how many packs the texts of *layout* need, without those of size.

    Letters that Latin-1 lacks count as one byte each.
    """
    if not has_text(layout):
        return 0
    return sum(1 for _ in _text_packs(layout, repeats=True, errors="replace"))


def _text_packs(
    layout: Layout, *, repeats: bool, errors: str = "strict"
) -> Iterator[Pack]:
    sequence = count()
    for kind, strings, head in _strings(layout, errors):
        # libcdio does not count empty strings, and gives up at a TAB that is then
        # out of place: only where nothing is empty are repeats a TAB
        compressed = repeats and kind in TEXT_TYPES.values() and all(strings)
        listed = _with_repeats(strings) if compressed else strings
        yield from _flow(kind, listed, head, sequence)


def _strings(layout: Layout, errors: str) -> Iterator[tuple[int, list[bytes], bytes]]:
    """Yield type, the disc's string and the tracks', and bytes before the first."""
    tracks = layout.tracks
    for name, kind in TEXT_TYPES.items():
        parts = [getattr(texts, name) for texts in (layout.texts, *_texts(layout))]
        if any(parts):
            yield kind, [part.encode("latin-1", errors) for part in parts], b""
    if layout.catalogue:
        yield DISC_ID, [layout.catalogue.encode("latin-1", errors)], b""
    if layout.genre:
        code, words = genres.coded(layout.genre)
        yield GENRE, [words.encode("latin-1", errors)], code.to_bytes(2, "big")
    if layout.ean or any(track.isrc for track in tracks):
        codes = [layout.ean, *(track.isrc for track in tracks)]
        yield CODES, [code.encode("ascii", errors) for code in codes], b""


def _texts(layout: Layout) -> list[Texts]:
    return [track.texts for track in layout.tracks]


def _with_repeats(strings: list[bytes]) -> list[bytes]:
    """Return *strings* with TAB for each track's that is the track's before it."""
    disc, *tracks = strings
    before = [None, *tracks]
    return [
        disc,
        *(
            SAME if track and track == earlier else track
            for track, earlier in zip(tracks, before, strict=False)
        ),
    ]


def _flow(
    kind: int, strings: list[bytes], head: bytes, sequence: "count[int]"
) -> Iterator[Pack]:
    """Yield the packs of one type: strings back to back, each ended by a NUL."""
    owners: list[tuple[int, int]] = [(0, 0)] * len(head)
    flat = bytearray(head)
    for track, string in enumerate(strings):
        flat += string + b"\0"
        owners += [(track, place) for place in range(len(string) + 1)]
    for at in range(0, len(flat), PAYLOAD):
        track, place = owners[at]
        yield Pack(
            kind=kind,
            track=track,
            sequence=next(sequence) & 0xFF,
            position=min(place, _POSITION_CAP),
            payload=bytes(flat[at : at + PAYLOAD]).ljust(PAYLOAD, b"\0"),
        )


def _size_packs(layout: Layout, packs: list[Pack]) -> list[Pack]:
    counts = [sum(one.kind == kind for one in packs) for kind in range(0x80, SIZE)]
    first, last = layout.tracks[0].number, layout.tracks[-1].number
    # Latin-1, no copyright asserted; block 0 is the only block
    record = bytes((0, first, last, 0, *counts, 3))
    record += bytes((len(packs) + 2,)).ljust(8, b"\0") + bytes((_ENGLISH,))
    record = record.ljust(3 * PAYLOAD, b"\0")
    return [
        Pack(SIZE, part, len(packs) + part, 0, record[part * 12 : part * 12 + 12])
        for part in range(3)
    ]
