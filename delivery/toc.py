"""TOC files of cdrdao: one WAV image with marks, codes, flags and CD-TEXT.

Source: cdrdao(1), "TOC FILES", and what cdrdao 1.2.4 takes. A track's data begins at
its INDEX 00; START is the length of its pause, and INDEX counts from INDEX 01.
"""

from dataclasses import replace
from pathlib import Path

from delivery import genres
from delivery.cdtext import has_text, unwritable
from delivery.findings import Finding, Place, note, refuse
from delivery.packs import TEXT_TYPES
from delivery.program import Flag, Layout, Texts, Track
from delivery.redbook import FIRST_PAUSE, Frames, msf
from delivery.toc_read import read as read
from delivery.toc_read import read_in as read_in

_SCMS = frozenset({Flag.SCMS})
_FLAGS = {
    Flag.DCP: "COPY",
    Flag.PRE: "PRE_EMPHASIS",
    Flag.FOUR_CHANNEL: "FOUR_CHANNEL_AUDIO",
}


def write(layout: Layout, name: str, path: Path) -> tuple[Finding, ...]:
    """Write the TOC file of the image ``NAME.wav`` to *path*.

    Return a note for each flag that the file cannot carry.
    """
    path.write_bytes(sheet(layout, name).encode("ascii"))
    return losses(layout)


def sheet(layout: Layout, name: str) -> str:
    """Return the file's text, ASCII; refuse letters that Latin-1 lacks."""
    lines = ["CD_DA"]
    if layout.ean:
        lines.append(f'CATALOG "{layout.ean}"')
    parts = _text_parts(layout)
    if has_text(layout):
        lines += ["", *_disc_texts(layout, parts)]
    for track, end in zip(layout.tracks, _ends(layout), strict=True):
        lines += ["", *_track(track, end, name, parts, layout)]
    return "".join(f"{line}\n" for line in lines)


def reduced(layout: Layout) -> Layout:
    """Return what of *layout* a TOC file carries: all but serial copy management."""
    return replace(
        layout,
        tracks=tuple(replace(t, flags=t.flags - _SCMS) for t in layout.tracks),
    )


def losses(layout: Layout) -> tuple[Finding, ...]:
    """Return a note for each flag that the file leaves out."""
    says = "the TOC file leaves out the flag SCMS: cdrdao has no word for it"
    return tuple(
        note("RB-FLAGS", says, place=Place(track=track.number))
        for track in layout.tracks
        if Flag.SCMS in track.flags
    )


def _ends(layout: Layout) -> tuple[Frames, ...]:
    """Return where the data of each track ends: at the next track's first mark."""
    return (*(track.first for track in layout.tracks[1:]), layout.leadout)


def _text_parts(layout: Layout) -> list[str]:
    """Return the kinds of text in use: what one track has, all and the disc have."""
    every = (layout.texts, *(track.texts for track in layout.tracks))
    return [part for part in TEXT_TYPES if any(getattr(t, part) for t in every)]


def _codes_in_text(layout: Layout) -> bool:
    """Return whether CD-TEXT repeats the codes; a disc ID asks cdrdao for ISRCs."""
    isrcs = any(track.isrc for track in layout.tracks)
    return has_text(layout) and bool(layout.ean or isrcs or layout.catalogue)


def _disc_texts(layout: Layout, parts: list[str]) -> list[str]:
    lines = ["CD_TEXT {", "  LANGUAGE_MAP {", "    0 : EN", "  }", "  LANGUAGE 0 {"]
    lines += _items(layout.texts, parts)
    if layout.catalogue:
        lines.append(f"    DISC_ID {quoted(layout.catalogue)}")
    if layout.genre:
        code, words = genres.coded(layout.genre)
        packed = code.to_bytes(2, "big") + _latin1(words) + b"\0"
        lines.append(f"    GENRE {{ {', '.join(map(str, packed))} }}")
    if _codes_in_text(layout):
        lines.append(f'    UPC_EAN "{layout.ean}"')
    return [*lines, "  }", "}"]


def _items(texts: Texts, parts: list[str]) -> list[str]:
    return [f"    {part.upper()} {quoted(getattr(texts, part))}" for part in parts]


def _track(
    track: Track, end: Frames, name: str, parts: list[str], layout: Layout
) -> list[str]:
    lines = [f"// Track {track.number}", "TRACK AUDIO"]
    for flag, word in _FLAGS.items():
        if flag in track.flags:
            lines.append(word)
    if track.isrc:
        lines.append(f'ISRC "{track.isrc}"')
    items = _items(track.texts, parts)
    if _codes_in_text(layout):
        items.append(f'    ISRC "{track.isrc}"')
    if items:
        lines += ["CD_TEXT {", "  LANGUAGE 0 {", *items, "  }", "}"]
    start = max(track.first, FIRST_PAUSE)  # the first pause lies before the image
    length = msf(end - start)
    lines.append(f"FILE {quoted(f'{name}.wav')} {msf(start - FIRST_PAUSE)} {length}")
    if track.start > start:
        lines.append(f"START {msf(track.start - start)}")
    lines += [f"INDEX {msf(index - track.start)}" for index in track.indexes]
    return lines


def quoted(text: str) -> str:
    """Return *text* in quotation marks; all but plain ASCII as octal escapes.

    cdrdao 1.2.4 loses its place at an escaped quotation mark or backslash, and takes
    both as octal.
    """
    plain = set(range(0x20, 0x7F)) - set(b'"\\')
    letters = (chr(x) if x in plain else f"\\{x:03o}" for x in _latin1(text))
    return f'"{"".join(letters)}"'


def _latin1(text: str) -> bytes:
    if bad := unwritable(text):
        says = f"{text!r} has {bad[0][1]!r}, which a TOC file cannot hold"
        raise refuse("TXT-LATIN1", says)
    return text.encode("latin-1")
