"""CUE sheets of one WAV image: the dialect that every reader takes.

Source: ``formats/redbook.md`` §2, the safe writer profile of §2.8. Times count from
the image's first sample, which is 00:02:00 on the disc.
"""

import unicodedata
from dataclasses import replace
from pathlib import Path

from delivery.findings import Finding, Place, note
from delivery.pq import Code, codes
from delivery.program import Flag, Layout, Release, Texts, Track
from delivery.redbook import FIRST_PAUSE, msf

LONGEST_TEXT = 80
"""Bytes of a text in UTF-8: cdrdao refuses a sheet with a longer one."""

_ENGLISH = 0x09  # what readers take a sheet's texts for
_COMMANDS = {"title": "TITLE", "performer": "PERFORMER", "songwriter": "SONGWRITER"}
_OTHERS = ("composer", "arranger", "message")
_REPLACED = str.maketrans({'"': "'", "\\": "/"})


def write(
    layout: Layout, name: str, path: Path, comments: Release | None = None
) -> tuple[Finding, ...]:
    """Write the sheet of the image ``NAME.wav`` to *path*.

    Return a note for each text that the sheet cannot carry as it is.
    """
    path.write_bytes(sheet(layout, name, comments).encode("utf-8"))
    return losses(layout)


def sheet(
    layout: Layout,
    name: str,
    comments: Release | None = None,
    *,
    file: str = "",
    kind: str = "WAVE",
    packs: str = "",
) -> str:
    """Return the sheet; *comments* add the release date.

    The image is ``NAME.wav``, or the *file* that is given, of its *kind*; *packs* is
    the file of CD-TEXT packs beside it.
    """
    lines = opening(layout, comments, packs)
    lines.append(f'FILE "{file or carried(name) + ".wav"}" {kind}')
    listed = codes(layout)
    for track in layout.tracks:
        lines += titled(track)
        own = [code for code in listed if code.track == f"{track.number:02}"]
        lines += _marks(track, own)
    return joined(lines)


def opening(
    layout: Layout, comments: Release | None = None, packs: str = ""
) -> list[str]:
    """Return the lines before the first file."""
    release = comments or Release()
    lines = []
    if layout.genre:
        lines.append(f'REM GENRE "{carried(layout.genre)}"')
    if release.date:
        lines.append(f'REM DATE "{carried(release.date)}"')
    if layout.ean:
        lines.append(f"CATALOG {layout.ean}")
    if packs:
        lines.append(f'CDTEXTFILE "{packs}"')
    return lines + _texts(layout.texts, "")


def joined(lines: list[str]) -> str:
    """Return the sheet of *lines*; the last one ends too, or libcue refuses it."""
    return "".join(f"{line}\n" for line in lines)


def reduced(layout: Layout) -> Layout:
    """Return what of *layout* a sheet carries."""
    return replace(
        layout,
        catalogue="",
        language=_ENGLISH,
        charset=0,
        languages=(),
        genre=carried(layout.genre),
        texts=_carried(layout.texts),
        tracks=tuple(
            replace(track, texts=_carried(track.texts)) for track in layout.tracks
        ),
    )


def carried(text: str) -> str:
    """Return *text* as a sheet can hold it.

    There is no escape for a quotation mark, cdrdao takes a backslash for one, and a
    text has at most 80 bytes.
    """
    text = text.translate(_REPLACED)
    text = "".join(" " if unicodedata.category(x) in _ENDS else x for x in text)
    if len(text.encode("utf-8")) <= LONGEST_TEXT:
        return text
    cut = text.encode("utf-8")[:LONGEST_TEXT].decode("utf-8", "ignore")
    return cut.rstrip()


_ENDS = {"Cc", "Zl", "Zp"}  # controls, and what some readers take for a line's end


def losses(layout: Layout) -> tuple[Finding, ...]:
    """Return a note for each text that the sheet cuts, changes or leaves out."""
    found = text_losses(layout)
    if any(track.indexes for track in layout.tracks):
        says = "cdrdao misreads INDEX 02 and above in a CUE sheet"
        found.append(note("CUE-INDEX", says, help="give it the TOC"))
    return tuple(found)


def text_losses(layout: Layout) -> list[Finding]:
    """Return a note for each text that is not whole without a file of packs."""
    found = _changes(layout)
    every = (layout.texts, *(track.texts for track in layout.tracks))
    left = [part for part in _OTHERS if any(getattr(texts, part) for texts in every)]
    left += ["catalogue number"] if layout.catalogue else []
    left += ["texts in other languages"] if layout.languages else []
    if left:
        says = f"the CUE sheet leaves out {', '.join(left)}: it has no word for them"
        found.append(note("CUE-LOSS", says, help="the DDP and the TOC carry them"))
    return found


def _changes(layout: Layout) -> list[Finding]:
    """Return a note for each text that changes, with all the places that share it."""
    places: dict[tuple[str, str], list[int]] = {("genre", layout.genre): [0]}
    said = [(0, layout.texts), *((one.number, one.texts) for one in layout.tracks)]
    for number, texts in said:
        for part in _COMMANDS:
            places.setdefault((part, getattr(texts, part)), []).append(number)
    return [
        _change(part, text, numbers)
        for (part, text), numbers in places.items()
        if carried(text) != text
    ]


def _change(part: str, text: str, numbers: list[int]) -> Finding:
    tracks = [str(number) for number in numbers if number]
    named = f"track{'s' if len(tracks) > 1 else ''} {', '.join(tracks)}"
    whose = " and ".join(["the disc"] * (0 in numbers) + [named] * bool(tracks))
    length = len(text.encode("utf-8"))
    cut = ", cut at 80 bytes" if length > LONGEST_TEXT else ""
    return note(
        "CUE-LOSS",
        f"the CUE sheet has the {part} of {whose} as {carried(text)}{cut}, for {text}",
        place=Place(track=numbers[0] or None),
        measured=length if cut else None,
        limit=LONGEST_TEXT if cut else None,
        help=_WHY_CUT if cut else _WHY_CHANGED,
    )


_WHY_CHANGED = "a sheet has no escape for quotation marks, backslashes and controls"
_WHY_CUT = "cdrdao refuses a sheet with a longer text; the DDP has it whole"


def _carried(texts: Texts) -> Texts:
    return Texts(**{part: carried(getattr(texts, part)) for part in _COMMANDS})


def _texts(texts: Texts, indent: str) -> list[str]:
    return [
        f'{indent}{command} "{carried(text)}"'
        for part, command in _COMMANDS.items()
        if (text := getattr(texts, part))
    ]


def titled(track: Track) -> list[str]:
    """Return the lines of a track before its marks."""
    lines = [f"  TRACK {track.number:02} AUDIO", *_texts(track.texts, "    ")]
    if track.flags:
        # in the order of the enumeration: a set has none
        lines.append("    FLAGS " + " ".join(x for x in Flag if x in track.flags))
    if track.isrc:
        lines.append(f"    ISRC {track.isrc}")
    return lines


def _marks(track: Track, own: list[Code]) -> list[str]:
    lines = []
    for code in own:
        if code.time < FIRST_PAUSE and not _hidden(track):
            continue  # the first pause lies before the image
        at = max(code.time - FIRST_PAUSE, 0)
        lines.append(f"    INDEX {code.index:02} {msf(at)}")
    return lines


def _hidden(track: Track) -> bool:
    return track.start > FIRST_PAUSE
