"""XML as we write and read it: UTF-8, escaped by the library, nothing expanded."""

import re
from xml.etree import ElementTree as Tree

_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_BYTES = 8 << 20


class XmlError(ValueError):
    """XML that is not read: too large, or with definitions of its own."""


def legible(text: str) -> bool:
    """Return whether XML 1.0 has a way to write every letter of *text*."""
    return _ILLEGAL.search(text) is None


def written(root: Tree.Element) -> bytes:
    """Return the document of *root*, indented, always the same."""
    Tree.indent(root)
    document: bytes = Tree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def parsed(content: bytes) -> Tree.Element:
    """Return the root of a document; raises XmlError or ParseError.

    One that defines entities is refused: they are how a small text becomes a huge one.
    """
    if len(content) > _MOST_BYTES:
        raise XmlError(f"{len(content)} bytes of XML are too many")
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.IGNORECASE):
        raise XmlError("it has definitions of its own")
    # no DOCTYPE, hence no entity to expand
    return Tree.fromstring(content)  # noqa: S314
