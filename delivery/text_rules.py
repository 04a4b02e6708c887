"""The law of CD-TEXT: letters, lengths and completeness."""

from collections.abc import Iterator
from dataclasses import fields

from delivery import cdtext
from delivery.cdtext_blocks import MS_JIS
from delivery.findings import Finding, Place, error, warning
from delivery.latin1 import NoFallbackError, ascii_fallback, unwritable
from delivery.program import Layout, Texts
from delivery.specs import Plant

LONGEST_TEXT = 160
LONGEST_MASTER_ID = 48
_SOURCE = "MMC-3 Annex J, libburn doc/cdtext.txt"


def text_letters(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Look for letters that CD-TEXT cannot hold.

    CD-TEXT of a Western disc is Latin-1: é and ß are in it, ł, ’ and 日 are not, and
    players show rubbish for them. Nothing is replaced unasked: choose the ASCII
    fallback, or write another text for the disc. The catalogue number is
    plain ASCII, as the DDP's master ID has it.
    """
    for texts, place, whose in _every(layout):
        for part in fields(texts):
            text = getattr(texts, part.name)
            if layout.charset != MS_JIS and (bad := unwritable(text)):
                what = f"the {part.name} {text!r} of {whose}"
                yield _letters(what, bad, place, _way_out(text, place))
    if bad := unwritable(layout.genre):
        way_out = _way_out(layout.genre, Place())
        yield _letters(f"the genre {layout.genre!r}", bad, Place(), way_out)
    number = enumerate(layout.catalogue, 1)
    if bad := tuple((at, x) for at, x in number if not " " <= x <= "~"):
        what = f"the catalogue number {layout.catalogue!r}"
        yield _letters(what, bad, Place(), "write it in plain letters", "ASCII")


def _letters(
    what: str,
    bad: tuple[tuple[int, str], ...],
    place: Place,
    way_out: str,
    limit: str = "Latin-1",
) -> Finding:
    listed = ", ".join(f"{letter!r} (letter {at})" for at, letter in bad)
    return error(
        "TXT-LATIN1",
        f"{what} has letters that CD-TEXT cannot hold: {listed}",
        place=place,
        measured=[letter for _, letter in bad],
        limit=limit,
        source=_SOURCE,
        help=way_out,
    )


def _way_out(text: str, place: Place) -> str:
    """Return what can be done about *text*, and what would become of it."""
    own = "" if place.track is None else ", or give the song a cd_title"
    try:
        plain = ascii_fallback(text)
    except NoFallbackError:
        return "no letter of ASCII is near: write another text for the disc" + own
    return f'[deliver.cd.text] fallback = "ascii" would write {plain!r}{own}'


def text_long(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Measure every text: at most 160 bytes, as Sony advised.

    Players show a few dozen letters and cut the rest. A catalogue number of more than
    48 letters does not fit the DDP's master ID at all.
    """
    for texts, place, whose in _every(layout):
        for part in fields(texts):
            length = len(getattr(texts, part.name))
            if length > LONGEST_TEXT:
                says = f"the {part.name} of {whose} has {length} letters, "
                says += f"players expect at most {LONGEST_TEXT}"
                limit = {"measured": length, "limit": LONGEST_TEXT}
                yield warning(
                    "TXT-LONG",
                    says,
                    place=place,
                    source="Sony's advice, by libburn doc/cdtext.txt",
                    **limit,
                )
    if (length := len(layout.catalogue)) > LONGEST_MASTER_ID:
        says = f"the catalogue number has {length} letters, the DDP's master ID holds "
        says += f"{LONGEST_MASTER_ID}"
        limit = {"measured": length, "limit": LONGEST_MASTER_ID}
        yield error("TXT-LONG", says, source="DDP 2.00", **limit)


def text_size(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Count the packs that all texts need together.

    The lead-in carries 255 packs of twelve bytes, about 3000 letters. Leave out the
    performer of each track where it is the disc's, or shorten messages.
    """
    packs = cdtext.text_packs(layout)
    if packs > cdtext.MAXIMUM_PACKS:
        yield error(
            "TXT-SIZE",
            f"the texts need {packs} packs, the lead-in carries {cdtext.MAXIMUM_PACKS}",
            measured=packs,
            limit=cdtext.MAXIMUM_PACKS,
            source=_SOURCE,
            help="leave out texts that repeat the disc's own, or shorten the longest",
        )


def text_partial(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Find tracks without a title or performer where others have one.

    Players show the text of another track, or nothing, in its place. Where tracks
    have a text the disc needs one too.
    """
    for part in ("title", "performer"):
        given = [track for track in layout.tracks if getattr(track.texts, part)]
        without = [t.number for t in layout.tracks if not getattr(t.texts, part)]
        if given and without:
            listed = ", ".join(map(str, without))
            word = "track" if len(without) == 1 else "tracks"
            says = f"{word} {listed} without a {part}, which others have"
            yield warning("TXT-PARTIAL", says, place=Place(track=without[0]))
        if given and not getattr(layout.texts, part):
            says = f"the disc has no {part}, which its tracks have"
            yield warning("TXT-PARTIAL", says, source="REAPER's DDP notes")


def _every(layout: Layout) -> Iterator[tuple[Texts, Place, str]]:
    yield layout.texts, Place(), "the disc"
    for track in layout.tracks:
        yield track.texts, Place(track=track.number), f"track {track.number}"
