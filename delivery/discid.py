"""Disc identifiers: what databases compute from a table of contents.

Source: ``formats/redbook.md`` §4.
"""

import base64
import hashlib

from delivery.program import Layout
from delivery.redbook import FRAMES_PER_SECOND, MAXIMUM_TRACKS


def musicbrainz(layout: Layout) -> str:
    """Return the MusicBrainz disc ID, 28 characters."""
    starts = {track.number: track.start for track in layout.tracks}
    first, last = min(starts), max(starts)
    offsets = [starts.get(number, 0) for number in range(1, MAXIMUM_TRACKS + 1)]
    listed = f"{first:02X}{last:02X}" + "".join(
        f"{offset:08X}" for offset in (layout.leadout, *offsets)
    )
    # SHA-1 is the identifier's own definition; nothing secret hangs on it
    digest = hashlib.sha1(listed.encode("ascii"), usedforsecurity=False).digest()
    # "._-" stand for "+/=", which an address on the web cannot hold
    return base64.b64encode(digest, b"._").decode("ascii").replace("=", "-")


def cddb(layout: Layout) -> str:
    """Return the CDDB (freedb) ID, 8 lower-case hexadecimal digits."""
    seconds = [track.start // FRAMES_PER_SECOND for track in layout.tracks]
    digits = sum(int(digit) for second in seconds for digit in str(second))
    length = layout.leadout // FRAMES_PER_SECOND - seconds[0]
    return f"{digits % 255:02x}{length:04x}{len(seconds):02x}"
