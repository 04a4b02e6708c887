"""iXML: what a WAV says of its sound in the words of location recorders and editors.

Source: the iXML specification 2.10 at gallery.co.uk/ixml. Written in UTF-8 with the
elements in the order of the specification, and read by a parser that expands nothing.
"""

from dataclasses import dataclass
from xml.etree import ElementTree as Tree
from xml.parsers.expat import ExpatError

from delivery.xmltext import XmlError, legible, parsed, written

_MODES = {1: ("Mono",), 2: ("Left", "Right")}


class IxmlError(ValueError):
    """A text that no XML can hold, or a chunk that is no iXML."""


@dataclass(frozen=True, kw_only=True)
class Ixml:
    """What the chunk says of a file."""

    project: str = ""
    """The release."""
    scene: str = ""
    """The title."""
    take: str = ""
    """The track's number."""
    tape: str = ""
    """The catalogue number."""
    note: str = ""
    rate: int = 48_000
    bits: int = 24
    channels: int = 2
    isrc: str = ""
    artist: str = ""

    def pack(self) -> bytes:
        """Return the chunk's content; raises IxmlError for what XML cannot hold."""
        root = Tree.Element("BWFXML")
        _add(root, "IXML_VERSION", "2.10")
        for name in ("project", "scene", "take", "tape", "note"):
            if text := getattr(self, name):
                _add(root, name.upper(), text)
        speed = Tree.SubElement(root, "SPEED")
        _add(speed, "FILE_SAMPLE_RATE", str(self.rate))
        _add(speed, "AUDIO_BIT_DEPTH", str(self.bits))
        _add(speed, "DIGITIZER_SAMPLE_RATE", str(self.rate))
        tracks = Tree.SubElement(root, "TRACK_LIST")
        _add(tracks, "TRACK_COUNT", str(self.channels))
        for number, name in enumerate(_MODES[self.channels], 1):
            track = Tree.SubElement(tracks, "TRACK")
            _add(track, "CHANNEL_INDEX", str(number))
            _add(track, "INTERLEAVE_INDEX", str(number))
            _add(track, "NAME", name)
        user = Tree.SubElement(root, "USER")
        for name in ("isrc", "artist"):
            if text := getattr(self, name):
                _add(user, name.upper(), text)
        return written(root)


def unpack(content: bytes) -> Ixml:
    """Return what the chunk *content* says; raises IxmlError where it is no iXML."""
    try:
        root = parsed(content.rstrip(b"\0"))
    except (Tree.ParseError, ExpatError, XmlError, ValueError) as bad:
        raise IxmlError(f"the iXML cannot be read: {bad}") from bad
    if root.tag != "BWFXML":
        raise IxmlError(f"the iXML begins with {root.tag}, not with BWFXML")

    def text(path: str) -> str:
        return root.findtext(path) or ""

    def number(path: str, otherwise: int) -> int:
        found = text(path)
        return int(found) if found.isascii() and found.isdigit() else otherwise

    return Ixml(
        project=text("PROJECT"),
        scene=text("SCENE"),
        take=text("TAKE"),
        tape=text("TAPE"),
        note=text("NOTE"),
        rate=number("SPEED/FILE_SAMPLE_RATE", 0),
        bits=number("SPEED/AUDIO_BIT_DEPTH", 0),
        channels=number("TRACK_LIST/TRACK_COUNT", 0),
        isrc=text("USER/ISRC"),
        artist=text("USER/ARTIST"),
    )


def _add(parent: Tree.Element, name: str, text: str) -> None:
    if not legible(text):
        raise IxmlError(f"{name}: {text!r} holds a letter that XML cannot")
    Tree.SubElement(parent, name).text = text
