"""A DDEX draft, read back: well-formed, whole, and of the release it was made from.

What a release cannot do without is a table here, after what is publicly said of ERN
4.3; the schema itself is not read.
"""

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as Tree

from delivery.ddex import ROOT, duration
from delivery.findings import Finding, error, warning
from delivery.labelcopy import Sheet
from delivery.xmltext import XmlError, parsed

_REFERENCE = re.compile(
    r"(ArtistParty|ContributorParty|ReleaseLabel|(Linked)?ReleaseResource)Reference"
)

REQUIRED = (
    ("MessageHeader/MessageId", ""),
    ("MessageHeader/MessageSender/PartyId", "sender_dpid of [deliver.ddex]"),
    ("MessageHeader/MessageSender/PartyName/FullName", "sender of [deliver.ddex]"),
    ("MessageHeader/MessageRecipient/PartyId", "recipient_dpid of [deliver.ddex]"),
    (
        "MessageHeader/MessageRecipient/PartyName/FullName",
        "recipient of [deliver.ddex]",
    ),
    ("MessageHeader/MessageCreatedDateTime", "date of [album], as a day"),
    ("PartyList/Party/PartyReference", ""),
    ("PartyList/Party/PartyName/FullName", ""),
    ("ResourceList/SoundRecording/ResourceReference", ""),
    ("ResourceList/SoundRecording/Type", ""),
    ("ResourceList/SoundRecording/SoundRecordingEdition/ResourceId/ISRC", "isrc"),
    ("ResourceList/SoundRecording/SoundRecordingEdition/PLine/Year", "p_line"),
    ("ResourceList/SoundRecording/DisplayTitleText", ""),
    ("ResourceList/SoundRecording/DisplayTitle/TitleText", ""),
    ("ResourceList/SoundRecording/DisplayArtistName", ""),
    ("ResourceList/SoundRecording/DisplayArtist/ArtistPartyReference", ""),
    ("ResourceList/SoundRecording/Duration", ""),
    ("ResourceList/SoundRecording/ParentalWarningType", ""),
    ("ReleaseList/Release/ReleaseReference", ""),
    ("ReleaseList/Release/ReleaseType", ""),
    ("ReleaseList/Release/ReleaseId/ICPN", "ean of [album]"),
    ("ReleaseList/Release/DisplayTitleText", ""),
    ("ReleaseList/Release/DisplayTitle/TitleText", ""),
    ("ReleaseList/Release/DisplayArtistName", ""),
    ("ReleaseList/Release/DisplayArtist/ArtistPartyReference", ""),
    ("ReleaseList/Release/ReleaseLabelReference", "label of [album]"),
    ("ReleaseList/Release/PLine/PLineText", "p_line of [album]"),
    ("ReleaseList/Release/CLine/CLineText", "c_line of [album]"),
    ("ReleaseList/Release/Genre/GenreText", "genre of [album]"),
    ("ReleaseList/Release/OriginalReleaseDate", "date of [album]"),
    ("ReleaseList/Release/ParentalWarningType", ""),
    ("ReleaseList/Release/ResourceGroup", ""),
    ("ReleaseList/TrackRelease/ReleaseReference", ""),
    ("ReleaseList/TrackRelease/ReleaseResourceReference", ""),
)
"""What a message cannot do without, and the key of the project that says it."""


def check(content: bytes, paper: Sheet) -> Iterator[Finding]:
    """Yield what a draft lacks, and errors where it is not what *paper* says."""
    try:
        root = parsed(content)
    except (Tree.ParseError, XmlError) as bad:
        yield error("DDEX", f"the message cannot be read back: {bad}")
        return
    if root.tag != ROOT:
        yield error("DDEX", f"the message begins with {root.tag}, not with {ROOT}")
        return
    for path, key in REQUIRED:
        count = _lacking(root, path.split("/"))
        if count:
            yield warning(
                "DDEX",
                f"{count} × {path} is missing from the draft",
                measured=count,
                source="DDEX ERN 4.3, as publicly described",
                help=f"write {key}" if key else None,
            )
    yield from _alone(root)
    yield from _references(root)
    yield from _compared(root, paper)


def _lacking(root: Tree.Element, path: Sequence[str]) -> int:
    """Return how many of the elements along *path* end without a text or a child."""
    parents = [root]
    for at, name in enumerate(path):
        found = [child for parent in parents for child in parent.findall(name)]
        without = sum(parent.find(name) is None for parent in parents)
        last = at == len(path) - 1
        if without and not last:
            return without
        if last:
            empty = sum(not (each.text or len(each)) for each in found)
            return without + empty
        parents = found
    return 0


def _alone(root: Tree.Element) -> Iterator[Finding]:
    """Yield an error where there is more than one of what there is only one of."""
    for path in ("ReleaseList/Release", "ReleaseList/Release/ResourceGroup"):
        count = len(root.findall(path))
        if count > 1:
            yield error(
                "DDEX", f"{path} is there {count} times", measured=count, limit=1
            )


def _references(root: Tree.Element) -> Iterator[Finding]:
    """Yield an error for every reference that nothing in the message declares."""
    names = ("PartyReference", "ResourceReference", "ReleaseReference")
    known = {each.text for name in names for each in root.iter(name)}
    for each in root.iter():
        if _REFERENCE.fullmatch(each.tag) and each.text not in known:
            yield error("DDEX", f"{each.tag} {each.text!r} leads nowhere")


def _compared(root: Tree.Element, paper: Sheet) -> Iterator[Finding]:
    """Yield an error for every recording that reads back as another."""
    found = [
        (
            each.findtext("DisplayTitle/TitleText") or "",
            each.findtext("SoundRecordingEdition/ResourceId/ISRC") or "",
            each.findtext("Duration") or "",
        )
        for each in root.findall("ResourceList/SoundRecording")
    ]
    meant = [(line.title, line.isrc, duration(line.frames)) for line in paper.lines]
    if found != meant:
        yield error(
            "DDEX",
            "the message reads back with other recordings than it was made from",
            measured=found,
            limit=meant,
        )
