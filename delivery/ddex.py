"""A draft of a DDEX ERN 4.3 NewReleaseMessage: a release as a store is told of it.

It has no deals, which are made between two parties, and is marked as a test message.
Element names and their order follow what is publicly said of ERN 4.3 and its profile
for audio. The draft was never held against DDEX's own schema nor read by a store:
``ddexrules`` has what it is held against.
"""

import hashlib
import re
from dataclasses import dataclass
from xml.etree import ElementTree as Tree

from delivery.findings import refuse
from delivery.labelcopy import Line, Sheet
from delivery.redbook import FRAMES_PER_SECOND
from delivery.xmltext import legible, written

NAMESPACE = "http://ddex.net/xml/ern/43"
ROOT = f"{{{NAMESPACE}}}NewReleaseMessage"

_WARNINGS = {
    "": "NoAdviceAvailable",
    "not-explicit": "NotExplicit",
    "explicit": "Explicit",
    "clean": "ExplicitContentEdited",
}
_YEAR = re.compile(r"\s*(\d{4})\b")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Who sends the message to whom, by name and DDEX party identifier."""

    sender: str = ""
    sender_dpid: str = ""
    recipient: str = ""
    recipient_dpid: str = ""
    release_type: str = "Album"


@dataclass(frozen=True, kw_only=True)
class Artwork:
    """The front cover as a file beside the message."""

    file: str
    kind: str
    """JPEG or PNG."""
    width: int
    height: int


def message(paper: Sheet, parties: Parties, cover: Artwork | None = None) -> bytes:
    """Return the draft; raises Refusal for a text that no XML can hold.

    Its id comes from its content: the same release makes the same message.
    """
    plain = written(_root(paper, parties, cover, ""))
    name = hashlib.sha256(plain).hexdigest()[:32]
    return written(_root(paper, parties, cover, name))


def duration(frames: int) -> str:
    """Return *frames* as ISO 8601 has it, to the nearest second."""
    seconds = (2 * frames + FRAMES_PER_SECOND) // (2 * FRAMES_PER_SECOND)
    hours, rest = divmod(seconds, 3600)
    return f"PT{f'{hours}H' if hours else ''}{rest // 60}M{rest % 60:02}S"


def _root(
    paper: Sheet, parties: Parties, cover: Artwork | None, message_id: str
) -> Tree.Element:
    Tree.register_namespace("ern", NAMESPACE)
    versions = {
        "ReleaseProfileVersionId": "Audio",
        "AvsVersionId": "5",
        "LanguageAndScriptCode": "en",
    }
    root = Tree.Element(ROOT, versions)
    root.append(Tree.Comment(" DRAFT: not validated against the schema, no deals "))
    _header(_add(root, "MessageHeader"), paper, parties, message_id)
    people = _people(paper)
    listed = _add(root, "PartyList")
    for name, reference in people.items():
        party = _add(listed, "Party")
        _add(party, "PartyReference", reference)
        _add(_add(party, "PartyName"), "FullName", name)
    recordings = _add(root, "ResourceList")
    for number, line in enumerate(paper.lines, 1):
        _recording(_add(recordings, "SoundRecording"), paper, line, number, people)
    if cover:
        _image(_add(recordings, "Image"), paper, parties, cover)
    releases = _add(root, "ReleaseList")
    release = _add(releases, "Release")
    _release(release, paper, parties, people)
    _group(_add(release, "ResourceGroup"), paper, cover)
    for number, line in enumerate(paper.lines, 1):
        track = _add(releases, "TrackRelease")
        _add(track, "ReleaseReference", f"R{number}")
        if line.isrc:
            _add(_add(track, "ReleaseId"), "ISRC", line.isrc)
        _titled(track, line.title, line.version)
        _add(track, "ReleaseResourceReference", f"A{number}")
        _label(track, paper, people)
        _genre(track, paper)
    return root


def _header(
    header: Tree.Element, paper: Sheet, parties: Parties, message_id: str
) -> None:
    if message_id:
        _add(header, "MessageId", message_id)
    sides = (
        ("MessageSender", parties.sender or paper.label, parties.sender_dpid),
        ("MessageRecipient", parties.recipient, parties.recipient_dpid),
    )
    for name, who, dpid in sides:
        party = _add(header, name)
        if dpid:
            _add(party, "PartyId", dpid)
        if who:
            _add(_add(party, "PartyName"), "FullName", who)
    if _DAY.fullmatch(paper.date):
        # no other day is known that the same project would give tomorrow
        _add(header, "MessageCreatedDateTime", f"{paper.date}T00:00:00Z")
    _add(header, "MessageControlType", "TestMessage")


def _recording(
    out: Tree.Element, paper: Sheet, line: Line, number: int, people: dict[str, str]
) -> None:
    _add(out, "ResourceReference", f"A{number}")
    _add(out, "Type", "MusicalWorkSoundRecording")
    edition = _add(out, "SoundRecordingEdition")
    if line.isrc:
        _add(_add(edition, "ResourceId"), "ISRC", line.isrc)
    _copyright(edition, "PLine", paper.p_line)
    _titled(out, line.title, line.version)
    _artist(out, line.artist, people)
    for at, (who, role) in enumerate(_makers(line), 1):
        maker = _add(out, "Contributor")
        maker.set("SequenceNumber", str(at))
        _add(maker, "ContributorPartyReference", people[who])
        _add(maker, "Role", role)
    _add(out, "Duration", duration(line.frames))
    _add(out, "ParentalWarningType", _WARNINGS[line.advisory])


def _release(
    out: Tree.Element, paper: Sheet, parties: Parties, people: dict[str, str]
) -> None:
    _add(out, "ReleaseReference", "R0")
    _add(out, "ReleaseType", parties.release_type)
    if paper.ean or paper.catalogue:
        ids = _add(out, "ReleaseId")
        if paper.ean:
            _add(ids, "ICPN", paper.ean)
        if paper.catalogue:
            catalogue = _add(ids, "CatalogNumber", paper.catalogue)
            catalogue.set("Namespace", parties.sender_dpid or "DPID:unknown")
    _titled(out, paper.title, "")
    _artist(out, paper.artist, people)
    _label(out, paper, people)
    _copyright(out, "PLine", paper.p_line)
    _copyright(out, "CLine", paper.c_line)
    _add(out, "Duration", duration(sum(line.frames for line in paper.lines)))
    _genre(out, paper)
    if paper.date:
        _add(out, "OriginalReleaseDate", paper.date)
    _add(out, "ParentalWarningType", _warning(paper))


def _warning(paper: Sheet) -> str:
    """Return the warning of the release: that of its gravest song."""
    said = {_WARNINGS[line.advisory] for line in paper.lines}
    grave = ("Explicit", "NoAdviceAvailable", "ExplicitContentEdited")
    return next((each for each in grave if each in said), "NotExplicit")


def _group(out: Tree.Element, paper: Sheet, cover: Artwork | None) -> None:
    """Write the order of the recordings: a component a disc where there are several."""
    discs = list(dict.fromkeys(line.disc for line in paper.lines))
    _add(out, "SequenceNumber", "1")
    for disc in discs:
        group = out
        if len(discs) > 1:
            group = _add(out, "ResourceGroup")
            group.set("ResourceGroupType", "Component")
            _add(group, "SequenceNumber", str(disc))
        for number, line in enumerate(paper.lines, 1):
            if line.disc == disc:
                item = _add(group, "ResourceGroupContentItem")
                _add(item, "SequenceNumber", str(line.track))
                _add(item, "ReleaseResourceReference", f"A{number}")
    if cover:
        reference = f"A{len(paper.lines) + 1}"
        linked = _add(out, "LinkedReleaseResourceReference", reference)
        linked.set("LinkDescription", "CoverArt")


def _image(out: Tree.Element, paper: Sheet, parties: Parties, cover: Artwork) -> None:
    _add(out, "ResourceReference", f"A{len(paper.lines) + 1}")
    _add(out, "Type", "FrontCoverImage")
    own = _add(
        _add(out, "ResourceId"),
        "ProprietaryId",
        f"front-cover:{paper.ean or paper.catalogue or paper.title}",
    )
    own.set("Namespace", parties.sender_dpid or "DPID:unknown")
    _add(out, "ParentalWarningType", _warning(paper))
    details = _add(out, "TechnicalDetails")
    _add(details, "TechnicalResourceDetailsReference", "T1")
    _add(details, "ImageCodecType", cover.kind)
    for name, size in (("ImageHeight", cover.height), ("ImageWidth", cover.width)):
        _add(details, name, str(size)).set("UnitOfMeasure", "Pixel")
    _add(_add(details, "File"), "URI", cover.file)


def _people(paper: Sheet) -> dict[str, str]:
    """Return a reference for everybody who is named."""
    named = [paper.artist, paper.label]
    for line in paper.lines:
        named += [line.artist, *(who for who, _ in _makers(line))]
    unique = dict.fromkeys(name for name in named if name)
    return {name: f"P{number}" for number, name in enumerate(unique, 1)}


def _makers(line: Line) -> list[tuple[str, str]]:
    made = ((line.composer, "Composer"), (line.songwriter, "Lyricist"))
    return [(who, role) for who, role in (*made, (line.arranger, "Arranger")) if who]


def _titled(out: Tree.Element, title: str, version: str) -> None:
    _add(out, "DisplayTitleText", f"{title} ({version})" if version else title)
    parts = _add(out, "DisplayTitle")
    _add(parts, "TitleText", title)
    if version:
        _add(parts, "SubTitle", version)


def _artist(out: Tree.Element, name: str, people: dict[str, str]) -> None:
    if name:
        _add(out, "DisplayArtistName", name)
        artist = _add(out, "DisplayArtist")
        artist.set("SequenceNumber", "1")
        _add(artist, "ArtistPartyReference", people[name])
        _add(artist, "DisplayArtistRole", "MainArtist")


def _label(out: Tree.Element, paper: Sheet, people: dict[str, str]) -> None:
    if paper.label:
        _add(out, "ReleaseLabelReference", people[paper.label])


def _genre(out: Tree.Element, paper: Sheet) -> None:
    if paper.genre:
        _add(_add(out, "Genre"), "GenreText", paper.genre)


def _copyright(out: Tree.Element, name: str, text: str) -> None:
    if not text:
        return
    line = _add(out, name)
    if year := _YEAR.match(text):
        _add(line, "Year", year[1])
    _add(line, f"{name}Text", text)


def _add(parent: Tree.Element, name: str, text: str = "") -> Tree.Element:
    if not legible(text):
        raise refuse("DDEX", f"{text!r} holds a letter that XML cannot")
    child = Tree.SubElement(parent, name)
    child.text = text or None
    return child
