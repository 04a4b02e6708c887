"""TOC files of cdrdao: one WAV image with marks, codes, flags and CD-TEXT.

Source: cdrdao(1), "TOC FILES", and what cdrdao 1.2.4 takes. A track's data begins at
its INDEX 00; START is the length of its pause, and INDEX counts from INDEX 01.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from delivery import genres
from delivery.alphabets import fitted
from delivery.cdtext import has_text, unwritable
from delivery.cdtext_blocks import ASCII, MS_JIS
from delivery.findings import Finding, Place, note, refuse
from delivery.packs import TEXT_TYPES
from delivery.program import Flag, Layout, Texts, Track
from delivery.redbook import FIRST_PAUSE, Frames, msf
from delivery.toc_tokens import SCMS

_FLAGS = {
    Flag.DCP: "COPY",
    Flag.PRE: "PRE_EMPHASIS",
    Flag.FOUR_CHANNEL: "FOUR_CHANNEL_AUDIO",
}


_ENCODINGS = {ASCII: "ENCODING_ASCII", MS_JIS: "ENCODING_MS_JIS"}
"""Written where they are needed alone: cdrdao before 1.2.5 knows none."""

_ENGLISH = 0x09


@dataclass(frozen=True)
class _Tongue:
    """The texts of one language, and the kinds of text in use."""

    number: int
    charset: int
    disc: Texts
    tracks: Mapping[int, Texts]

    @property
    def parts(self) -> list[str]:
        """What one track has, all and the disc have."""
        every = (self.disc, *self.tracks.values())
        return [part for part in TEXT_TYPES if any(getattr(t, part) for t in every)]

    def items(self, texts: Texts) -> list[str]:
        """Return the lines of the texts of the disc or of a track."""
        wide = self.charset == MS_JIS
        return [
            f"    {part.upper()} {quoted(getattr(texts, part), wide=wide)}"
            for part in self.parts
        ]


def write(layout: Layout, name: str, path: Path) -> tuple[Finding, ...]:
    """Write the TOC file of the image ``NAME.wav`` to *path*.

    Return a note for each flag and alphabet that cdrdao makes nothing of.
    """
    path.write_bytes(sheet(layout, name).encode("utf-8"))
    return losses(layout)


def sheet(layout: Layout, name: str) -> str:
    """Return the file's text: ASCII, but for texts in MS-JIS, which are UTF-8 there.

    Refuses letters that Latin-1 lacks in any other text.
    """
    lines = ["CD_DA"]
    if layout.ean:
        lines.append(f'CATALOG "{layout.ean}"')
    tongues = list(_tongues(layout)) if has_text(layout) else []
    if tongues:
        lines += ["", *_disc_texts(layout, tongues)]
    for track, end in zip(layout.tracks, _ends(layout), strict=True):
        lines += ["", *_track(track, end, name, tongues, layout)]
    return "".join(f"{line}\n" for line in lines)


def reduced(layout: Layout) -> Layout:
    """Return what of *layout* a TOC file carries: its texts as CD-TEXT has them."""
    return fitted(layout)[0]


def losses(layout: Layout) -> tuple[Finding, ...]:
    """Return a note for each flag and alphabet that cdrdao makes nothing of."""
    says = "cdrdao has no word for the flag SCMS: it is a remark in the TOC file"
    flags = (
        note("RB-FLAGS", says, place=Place(track=track.number))
        for track in layout.tracks
        if Flag.SCMS in track.flags
    )
    carried = reduced(layout)
    alphabets = (carried.charset, *(other.charset for other in carried.languages))
    encoded = [one for one in (ASCII, MS_JIS) if one in alphabets]
    says = f"the TOC file says {_ENCODINGS[encoded[-1]]}" if encoded else ""
    way = "give the TOC to cdrdao 1.2.5 or later; older ones know no alphabets"
    told = [note("TOC-LETTERS", says, help=way)] if encoded else []
    return (*flags, *told)


def _ends(layout: Layout) -> tuple[Frames, ...]:
    """Return where the data of each track ends: at the next track's first mark."""
    return (*(track.first for track in layout.tracks[1:]), layout.leadout)


def _tongues(layout: Layout) -> Iterator[_Tongue]:
    own = {track.number: track.texts for track in layout.tracks}
    yield _Tongue(0, layout.charset, layout.texts, own)
    for number, other in enumerate(layout.languages, 1):
        said = dict(other.tracks)
        tracks = {track: said.get(track, Texts()) for track in own}
        yield _Tongue(number, other.charset, other.texts, tracks)


def _codes_in_text(layout: Layout) -> bool:
    """Return whether CD-TEXT repeats the codes; a disc ID asks cdrdao for ISRCs."""
    isrcs = any(track.isrc for track in layout.tracks)
    return has_text(layout) and bool(layout.ean or isrcs or layout.catalogue)


def _disc_texts(layout: Layout, tongues: list[_Tongue]) -> list[str]:
    codes = (layout.language, *(other.code for other in layout.languages))
    lines = ["CD_TEXT {", "  LANGUAGE_MAP {"]
    for number, code in enumerate(codes):
        lines.append(f"    {number} : {'EN' if code == _ENGLISH else code}")
    lines.append("  }")
    for one in tongues:
        lines.append(f"  LANGUAGE {one.number} {{")
        if one.charset in _ENCODINGS:
            lines.append(f"    {_ENCODINGS[one.charset]}")
        lines += one.items(one.disc)
        lines += _disc_codes(layout) if one.number == 0 else []
        lines.append("  }")
    return [*lines, "}"]


def _disc_codes(layout: Layout) -> list[str]:
    lines = []
    if layout.catalogue:
        lines.append(f"    DISC_ID {quoted(layout.catalogue)}")
    if layout.genre:
        code, words = genres.coded(layout.genre)
        packed = code.to_bytes(2, "big") + _latin1(words) + b"\0"
        lines.append(f"    GENRE {{ {', '.join(map(str, packed))} }}")
    if _codes_in_text(layout):
        lines.append(f'    UPC_EAN "{layout.ean}"')
    return lines


def _track_texts(track: Track, tongues: list[_Tongue], layout: Layout) -> Iterator[str]:
    """Yield the lines of a track's texts, language by language."""
    for one in tongues:
        items = one.items(one.tracks[track.number])
        if one.number == 0 and _codes_in_text(layout):
            items.append(f'    ISRC "{track.isrc}"')
        if items:
            yield from (f"  LANGUAGE {one.number} {{", *items, "  }")


def _track(
    track: Track, end: Frames, name: str, tongues: list[_Tongue], layout: Layout
) -> list[str]:
    remark = f" {SCMS}" if Flag.SCMS in track.flags else ""
    lines = [f"// Track {track.number}", f"TRACK AUDIO{remark}"]
    for flag, word in _FLAGS.items():
        if flag in track.flags:
            lines.append(word)
    if track.isrc:
        lines.append(f'ISRC "{track.isrc}"')
    if texts := list(_track_texts(track, tongues, layout)):
        lines += ["CD_TEXT {", *texts, "}"]
    start = max(track.first, FIRST_PAUSE)  # the first pause lies before the image
    length = msf(end - start)
    lines.append(f"FILE {quoted(f'{name}.wav')} {msf(start - FIRST_PAUSE)} {length}")
    if track.start > start:
        lines.append(f"START {msf(track.start - start)}")
    lines += [f"INDEX {msf(index - track.start)}" for index in track.indexes]
    return lines


def quoted(text: str, *, wide: bool = False) -> str:
    """Return *text* in quotation marks; all but plain ASCII as octal escapes.

    cdrdao 1.2.4 loses its place at an escaped quotation mark or backslash, and takes
    both as octal. A *wide* text, of two bytes a letter, keeps its letters.
    """
    if wide:
        escaped = {'"': "\\042", "\\": "\\134"}
        return f'"{"".join(escaped.get(letter, letter) for letter in text)}"'
    plain = set(range(0x20, 0x7F)) - set(b'"\\')
    letters = (chr(x) if x in plain else f"\\{x:03o}" for x in _latin1(text))
    return f'"{"".join(letters)}"'


def _latin1(text: str) -> bytes:
    if bad := unwritable(text):
        says = f"{text!r} has {bad[0][1]!r}, which a TOC file cannot hold"
        raise refuse("TXT-LATIN1", says)
    return text.encode("latin-1")
