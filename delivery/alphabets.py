"""Texts brought into the alphabets of CD-TEXT, and what that costs.

A disc's texts are Latin-1; where they have letters without a likeness in ASCII (日, Ж)
and MS-JIS has them, they are MS-JIS. A letter that the alphabet lacks becomes its
nearest in ASCII, a text with a letter that has none is left out, and kinds of text that
the lead-in has no room for are too. All of it is told.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace

from delivery import cdtext
from delivery.cdtext_blocks import ASCII, LATIN1, MS_JIS
from delivery.findings import Finding, Place, note, warning
from delivery.latin1 import NoFallbackError, ascii_fallback, unwritable
from delivery.program import Language, Layout, Texts

LOSS = "TXT-LOSS"
_ENGLISH = 0x09
PARTS = tuple(part.name for part in fields(Texts))
_LEAST_FIRST = ("message", "arranger", "composer", "songwriter", "performer", "title")
"""What is left out first where there is no room."""


def fitted(layout: Layout) -> tuple[Layout, tuple[Finding, ...]]:
    """Return *layout* as CD-TEXT can carry it, and a finding for all that changes."""
    findings: list[Finding] = []
    own = (layout.texts, *(track.texts for track in layout.tracks))
    charset = _alphabet(own, layout.charset)
    if charset == MS_JIS and layout.charset != MS_JIS:
        says = "the texts have letters that Latin-1 lacks: CD-TEXT has them in MS-JIS"
        way = "players without Japanese letters show none of the disc's texts"
        findings.append(note("TXT-MSJIS", says, help=way))
    told = _Told(charset, "")
    changed = replace(
        layout,
        charset=charset,
        texts=told.texts(layout.texts, 0),
        tracks=tuple(
            replace(track, texts=told.texts(track.texts, track.number))
            for track in layout.tracks
        ),
        catalogue=told.plain(layout.catalogue, "catalogue number"),
        genre=told.plain(layout.genre, "genre"),
        languages=(),
    )
    findings += told.findings()
    room = cdtext.MAXIMUM_BLOCKS - 1
    for number, other in enumerate(layout.languages[:room], 1):
        tongue, said = _language(other, number, layout)
        findings += said
        changed = replace(changed, languages=(*changed.languages, tongue))
    if len(layout.languages) > room:
        says = f"CD-TEXT carries {room} further languages, not {len(layout.languages)}"
        findings.append(warning(LOSS, says, measured=len(layout.languages), limit=room))
    changed = _with_room(changed, findings)
    if not cdtext.has_text(changed):  # then no size pack says a language
        changed = replace(changed, language=_ENGLISH, charset=LATIN1)
    return changed, tuple(findings)


def _language(
    other: Language, number: int, layout: Layout
) -> tuple[Language, list[Finding]]:
    """Return one further language in its alphabet; texts of no track are left out."""
    known = {track.number for track in layout.tracks}
    every = (other.texts, *(texts for _, texts in other.tracks))
    charset = _alphabet(every, other.charset)
    told = _Told(charset, f" in language {number} (0x{other.code:02X})")
    tracks = tuple(
        (track, told.texts(texts, track))
        for track, texts in other.tracks
        if track in known and texts != Texts()
    )
    texts = told.texts(other.texts, 0)
    findings = list(told.findings())
    if strays := [track for track, _ in other.tracks if track not in known]:
        listed = ", ".join(map(str, strays))
        says = f"texts of tracks that the disc lacks are left out: {listed}"
        findings.append(warning(LOSS, says))
    return replace(other, charset=charset, texts=texts, tracks=tracks), findings


def _alphabet(every: Iterable[Texts], said: int) -> int:
    """Return the alphabet that has most of the texts: their own, as long as it does."""
    texts = [text for one in every for text in vars(one).values() if text]
    if said == MS_JIS:
        return MS_JIS
    if said == ASCII and all(map(str.isascii, texts)):
        return ASCII
    if any(map(_without_likeness, texts)) and all(
        _in_japanese(letter) for text in texts for letter in text
    ):
        return MS_JIS
    return LATIN1


def _without_likeness(text: str) -> bool:
    if not unwritable(text):
        return False
    try:
        ascii_fallback(text)
    except NoFallbackError:
        return True
    return False


def _in_japanese(letter: str) -> bool:
    """Return whether MS-JIS has a letter, and gives back the same."""
    if not letter.isprintable():
        return False
    try:
        return letter.encode("cp932").decode("cp932") == letter
    except UnicodeError:
        return False


def _in_latin(letter: str) -> bool:
    return not unwritable(letter)


class _Told:
    """Texts brought into one alphabet, with all the places that share a change."""

    def __init__(self, charset: int, tongue: str) -> None:
        self._has: Callable[[str], bool]
        self._has = _in_japanese if charset == MS_JIS else _in_latin
        self._tongue = tongue
        self._changes: dict[tuple[str, str, str], list[int]] = {}

    def texts(self, texts: Texts, track: int) -> Texts:
        """Return the texts of the disc (0) or of a track."""
        return Texts(
            **{
                part: self._fit(getattr(texts, part), part, track, self._has)
                for part in PARTS
            }
        )

    def plain(self, text: str, what: str) -> str:
        """Return a text that is Latin-1 in every block."""
        return self._fit(text, what, 0, _in_latin)

    def _fit(self, text: str, what: str, track: int, has: Callable[[str], bool]) -> str:
        try:
            fits = "".join(x if has(x) else ascii_fallback(x) for x in text)
        except NoFallbackError:
            fits = ""
        if fits != text:
            self._changes.setdefault((what, text, fits), []).append(track)
        return fits

    def findings(self) -> Iterator[Finding]:
        """Yield what has changed, a finding for each text."""
        for (what, text, fits), tracks in self._changes.items():
            numbers = ", ".join(str(track) for track in tracks if track)
            named = f"track{'s' if numbers.count(',') else ''} {numbers}"
            whose = " and ".join(["the disc"] * (0 in tracks) + [named] * bool(numbers))
            how = (
                f"is {fits!r} in CD-TEXT, for {text!r}" if fits else f"{text!r} is lost"
            )
            yield warning(
                LOSS,
                f"the {what} of {whose}{self._tongue} {how}",
                place=Place(track=tracks[0] or None),
                measured=text,
                limit=fits,
                help="the alphabet of CD-TEXT lacks letters of it",
            )


def _with_room(layout: Layout, findings: list[Finding]) -> Layout:
    """Leave out kinds of text, the least needed first, until every block has room."""
    for block in range(len(layout.languages) + 1):
        for part in _LEAST_FIRST:
            packs = cdtext.text_packs(layout, block)
            if packs <= cdtext.MAXIMUM_PACKS:
                break
            changed = _without(layout, block, part)
            if changed == layout:
                continue
            says = f"the {part}s{f' of language {block}' * bool(block)} are left out: "
            says += f"the texts need {packs} packs"
            limit = {"measured": packs, "limit": cdtext.MAXIMUM_PACKS}
            findings.append(warning(LOSS, says, **limit))
            layout = changed
    return layout


def _without(layout: Layout, block: int, part: str) -> Layout:
    def cleared(texts: Texts) -> Texts:
        return Texts(**{**vars(texts), part: ""})

    if block == 0:
        tracks = tuple(replace(t, texts=cleared(t.texts)) for t in layout.tracks)
        return replace(layout, texts=cleared(layout.texts), tracks=tracks)
    others = list(layout.languages)
    of = others[block - 1]
    others[block - 1] = replace(
        of,
        texts=cleared(of.texts),
        tracks=tuple((number, cleared(texts)) for number, texts in of.tracks),
    )
    return replace(layout, languages=tuple(others))
