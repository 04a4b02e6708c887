"""Reading CD-TEXT: the packs of any writer, sound or not, into texts and findings.

All eight blocks are read, each in its own alphabet: Latin-1, ASCII, or MS-JIS with two
bytes a letter. The first block gives the disc's texts, the others its languages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from delivery import genres
from delivery.cdtext_blocks import ASCII, MS_JIS, Block, at_pack, blocks
from delivery.findings import Finding, Place, error, warning
from delivery.latin1 import unwritable
from delivery.packs import CODES, DISC_ID, GENRE, SAME, SIZE, TEXT_TYPES, Pack
from delivery.program import Language, Texts
from delivery.redbook import Frames

_TOC = 0x88
_Strings = dict[int, dict[int, str]]
"""Strings by type and by track, 0 for the disc."""


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """What the packs say; texts and codes are those of the first block."""

    texts: Texts = field(default_factory=Texts)
    tracks: Mapping[int, Texts] = field(default_factory=dict)
    genre: str = ""
    catalogue: str = ""
    ean: str = ""
    isrcs: Mapping[int, str] = field(default_factory=dict)
    language: int = 0x09
    charset: int = 0
    languages: tuple[Language, ...] = ()
    numbers: tuple[int, int] | None = None
    """The first and the last track by the size packs."""
    leadout: Frames | None = None
    starts: Mapping[int, Frames] = field(default_factory=dict)
    """Lead-out and starts by the packs of type 0x88, where there are any."""
    findings: tuple[Finding, ...] = ()


def unpack(packed: bytes, file: str = "CDTEXT.BIN") -> Unpacked:
    """Return the texts in *packed*; whatever is wrong is among the findings."""
    findings: list[Finding] = []
    listed = blocks(packed, file, findings)
    if not listed:
        return Unpacked(findings=tuple(findings))
    first, *others = listed
    strings, code = _strings(first, findings)
    isrcs = {track: _bare_code(isrc) for track, isrc in strings[CODES].items() if track}
    leadout, starts = _contents(first)
    return Unpacked(
        texts=_texts(strings, 0),
        tracks=dict(_tracks(strings)),
        genre=genres.worded(code, strings[GENRE].get(0, "")),
        catalogue=strings[DISC_ID].get(0, ""),
        ean=_bare_code(strings[CODES].get(0, "")),
        isrcs={track: isrc for track, isrc in isrcs.items() if isrc},
        language=first.language,
        charset=first.charset,
        languages=tuple(_language(each, findings) for each in others),
        numbers=(first.record[1], first.record[2]) if first.record else None,
        leadout=leadout,
        starts=starts,
        findings=tuple(findings),
    )


def _language(block: Block, findings: list[Finding]) -> Language:
    strings, _ = _strings(block, findings)
    return Language(
        code=block.language,
        charset=block.charset,
        texts=_texts(strings, 0),
        tracks=_tracks(strings),
    )


def _strings(block: Block, findings: list[Finding]) -> tuple[_Strings, int]:
    """Return all strings of a block by type, and the genre's code."""
    strings: _Strings = {kind: {} for kind in range(0x80, SIZE)}
    code = 0
    for kind in (*TEXT_TYPES.values(), DISC_ID, GENRE, CODES):
        of = block.of(kind)
        head = 0
        if kind == GENRE and of:
            code = int.from_bytes(of[0][1].payload[:2], "big")
            of, head = _without_code(of), 2
        # codes are plain letters, whatever alphabet the texts have
        wide = block.wide and kind not in (CODES, DISC_ID, GENRE)
        row = _Row(block, kind, wide)
        strings[kind] = row.joined(of, findings, head)
    return strings, code


def _without_code(packs: list[tuple[int, Pack]]) -> list[tuple[int, Pack]]:
    """Return the genre's packs without its code, which some repeat in each pack."""
    code = packs[0][1].payload[:2]
    repeated = code != b"\0\0"
    return [
        (at, replace(one, payload=one.payload[2:]))
        if place == 0 or (repeated and one.payload.startswith(code))
        else (at, one)
        for place, (at, one) in enumerate(packs)
    ]


@dataclass
class _Row:
    """The strings of one type of one block, while its packs are read through."""

    block: Block
    kind: int
    wide: bool

    def joined(
        self, packs: list[tuple[int, Pack]], findings: list[Finding], head: int
    ) -> dict[int, str]:
        """Return the strings by track.

        Each pack names the owner of its first byte, so a lost pack costs the strings
        it held and no others.
        """
        letters: dict[int, bytearray] = {}
        track: int | None = None
        began = False  # whether the string began before the pack at hand
        for place, (at, one) in enumerate(packs):
            if track is not None and one.track != track:
                if one.payload.strip(b"\0"):  # else padding, whatever it says
                    self._say_owner(at, one.track, track, findings)
                elif place == len(packs) - 1:
                    break
            elif track is not None:
                sent = len(letters.get(track, b"")) // (2 if self.wide else 1)
                self._check_position(at, one, sent if began else 0, findings)
            elif one.position:
                self._check_position(at, one, 0, findings)
            track = one.track
            step = 2 if self.wide else 1
            for byte in range(0, len(one.payload), step):
                unit = one.payload[byte : byte + step]
                held = letters.setdefault(track, bytearray())
                if unit.strip(b"\0"):
                    held += unit
                else:
                    track += 1
            began = bool(letters.get(track))
        whole = {owner: bytes(held) for owner, held in letters.items()}
        self._check_tracks(whole, packs, findings)
        return self._expanded(whole, packs, findings)

    def _say_owner(self, at: int, said: int, due: int, findings: list[Finding]) -> None:
        says = f"CD-TEXT packs of type 0x{self.kind:02X} do not follow on: pack "
        says += f"{at + 1} is of track {said}, the one before ends in track {due}"
        place = at_pack(self.block.file, at, said if 0 < said < 100 else None)
        findings.append(error("TXT-SIZE", says, place=place, measured=said, limit=due))

    def _check_position(
        self, at: int, one: Pack, sent: int, findings: list[Finding]
    ) -> None:
        """Compare a pack's position with the letters sent; past 12 writers differ."""
        if one.position == min(sent, 15) or (one.position == 15 and sent > 11):
            return
        says = f"CD-TEXT pack {at + 1} says {one.position} letters of its text went "
        says += f"before it, {sent} did"
        place = at_pack(self.block.file, at)
        found = warning(
            "TXT-SIZE", says, place=place, measured=one.position, limit=min(sent, 15)
        )
        findings.append(found)

    def _check_tracks(
        self,
        letters: dict[int, bytes],
        packs: list[tuple[int, Pack]],
        findings: list[Finding],
    ) -> None:
        """Find strings of tracks that the size packs do not know."""
        last = self.block.record[2] if self.block.record else 99
        strays = sorted(track for track, held in letters.items() if held)
        if not strays or strays[-1] <= last:
            return
        says = f"the CD-TEXT has a text of type 0x{self.kind:02X} for track "
        says += f"{strays[-1]}, by its size packs the last is {last}"
        place = at_pack(self.block.file, packs[-1][0])
        findings.append(
            error("TXT-SIZE", says, place=place, measured=strays[-1], limit=last)
        )

    def _expanded(
        self,
        letters: dict[int, bytes],
        packs: list[tuple[int, Pack]],
        findings: list[Finding],
    ) -> dict[int, str]:
        """Return the strings decoded, without the empty, TAB as the track's before."""
        texts: dict[int, str] = {}
        same = SAME * 2 if self.wide else SAME
        for track in sorted(letters):
            held = letters[track]
            if held in (SAME, same):
                text = texts.get(track - 1, "") if track > 1 else ""
            else:
                text = self._decoded(held, track, packs, findings)
            if text and track <= 99:
                texts[track] = text
        return texts

    def _decoded(
        self,
        held: bytes,
        track: int,
        packs: list[tuple[int, Pack]],
        findings: list[Finding],
    ) -> str:
        if not held:
            return ""
        place = self._where(track, packs)
        whose = f"track {track}" if track else "the disc"
        what = f"the CD-TEXT string of type 0x{self.kind:02X} of {whose}"
        if self.wide or self.block.charset == MS_JIS:
            try:
                # a text of an odd number of bytes is filled up to whole letters
                return _readable(held.rstrip(b"\0").decode("cp932"))
            except UnicodeDecodeError:
                says = f"{what} is not MS-JIS"
                findings.append(error("TXT-LATIN1", says, place=place))
                return _readable(held.rstrip(b"\0").decode("cp932", "replace"))
        text = held.decode("latin-1")
        if fault := _letters_fault(held, self.block.charset):
            says = f"{what} {fault}: {text!r}"
            findings.append(warning("TXT-LATIN1", says, place=place))
        return _readable(text)

    def _where(self, track: int, packs: list[tuple[int, Pack]]) -> Place:
        """Return the last pack that begins at or before *track*."""
        before = [at for at, one in packs if one.track <= track]
        at = before[-1] if before else packs[0][0]
        return at_pack(self.block.file, at, track or None)


def _letters_fault(held: bytes, charset: int) -> str | None:
    """Return what is doubtful about the bytes of a Latin-1 or ASCII text, or None."""
    if any(byte < 0x20 or byte == 0x7F for byte in held):
        return "has control characters"
    if max(held) < 0x80:
        return None
    if charset == ASCII:
        return "has letters that are not ASCII, as it says it is"
    try:
        held.decode("utf-8")
    except UnicodeDecodeError:
        if any(0x80 <= byte <= 0x9F for byte in held):
            return "has bytes that Latin-1 lacks; they look like Windows-1252"
        return None
    return "looks like UTF-8, which players show as rubbish"


def _readable(string: str) -> str:
    """Return *string* with a space for each control character."""
    for _, letter in unwritable(string):
        if ord(letter) < 0xA0:
            string = string.replace(letter, " ")
    return string


def _tracks(strings: _Strings) -> tuple[tuple[int, Texts], ...]:
    numbers = {track for kind in TEXT_TYPES.values() for track in strings[kind]}
    return tuple((track, _texts(strings, track)) for track in sorted(numbers) if track)


def _texts(strings: _Strings, track: int) -> Texts:
    return Texts(
        **{name: strings[kind].get(track, "") for name, kind in TEXT_TYPES.items()}
    )


def _contents(block: Block) -> tuple[Frames | None, dict[int, Frames]]:
    """Return lead-out and starts by the packs of type 0x88 (binary, not BCD)."""
    packs = [one for _, one in block.of(_TOC)]
    if not packs or packs[0].track:
        return None, {}
    first, last = packs[0].payload[0], packs[0].payload[1]
    starts = {}
    for one in packs[1:]:
        for place in range(4):
            track = one.track + place
            if first <= track <= last:
                starts[track] = _time(one.payload[place * 3 : place * 3 + 3])
    return _time(packs[0].payload[3:6]), starts


def _time(packed: bytes) -> Frames:
    minutes, seconds, frames = packed
    return Frames((minutes * 60 + seconds) * 75 + frames)


def _bare_code(code: str) -> str:
    """Return an EAN or ISRC without the hyphens that pressed discs often have."""
    return code.replace("-", "").replace(" ", "").upper()
