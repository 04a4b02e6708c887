"""Disc identifiers: what databases compute from a table of contents.

Source: ``formats/redbook.md`` §4. Data tracks count for CDDB and AccurateRip; of an
Enhanced CD MusicBrainz and CTDB see the audio alone.
"""

import base64
import hashlib

from delivery.program import Layout, Track
from delivery.redbook import FIRST_PAUSE, FRAMES_PER_SECOND, MAXIMUM_TRACKS

SESSION_GAP = 11_400
"""Frames from the end of the audio to a second session's data: 2:32:00."""


def musicbrainz(layout: Layout) -> str:
    """Return the MusicBrainz disc ID, 28 characters."""
    tracks, leadout = _audio(layout)
    starts = {track.number: track.start for track in tracks}
    first, last = min(starts), max(starts)
    offsets = [starts.get(number, 0) for number in range(1, MAXIMUM_TRACKS + 1)]
    listed = f"{first:02X}{last:02X}" + "".join(
        f"{offset & 0xFFFFFFFF:08X}" for offset in (leadout, *offsets)
    )
    return _digest(listed)


def cddb(layout: Layout) -> str:
    """Return the CDDB (freedb) ID, 8 lower-case hexadecimal digits."""
    seconds = [track.start // FRAMES_PER_SECOND for track in layout.tracks]
    digits = sum(int(digit) for second in seconds for digit in str(max(second, 0)))
    length = layout.leadout // FRAMES_PER_SECOND - seconds[0]
    return f"{digits % 255:02x}{length & 0xFFFF:04x}{len(seconds) & 0xFF:02x}"


def accuraterip(layout: Layout) -> tuple[int, int]:
    """Return the two AccurateRip ids of the disc."""
    end = layout.leadout - FIRST_PAUSE
    audio = [track for track in layout.tracks if not track.data]
    starts = [(track.number, track.start - FIRST_PAUSE) for track in audio]
    first = sum(start for _, start in starts) + end
    second = sum(max(start, 1) * number for number, start in starts)
    second += end * (len(audio) + 1)
    return first & 0xFFFFFFFF, second & 0xFFFFFFFF


def accuraterip_path(layout: Layout) -> str:
    """Return where AccurateRip keeps the disc's records."""
    first, second = accuraterip(layout)
    name = f"{first:08x}"
    count = sum(not track.data for track in layout.tracks)
    folders = "/".join(reversed(name[-3:]))
    return f"{folders}/dBAR-{count:03}-{name}-{second:08x}-{cddb(layout)}.bin"


def ctdb(layout: Layout) -> str:
    """Return CTDB's TOC id, 28 characters."""
    tracks, leadout = _audio(layout)
    begin = tracks[0].start
    offsets = [*(track.start - begin for track in tracks[1:]), leadout - begin]
    padded = [*offsets, *[0] * (100 - len(offsets))]
    return _digest("".join(f"{offset & 0xFFFFFFFF:08X}" for offset in padded))


def _audio(layout: Layout) -> tuple[tuple[Track, ...], int]:
    """Return the audio tracks, and where they end: at the data of an Enhanced CD."""
    tracks = layout.tracks
    last = len(tracks)
    while last > 1 and tracks[last - 1].data:
        last -= 1
    if last == len(tracks) or tracks[last - 1].data:
        return tracks, layout.leadout
    return tracks[:last], tracks[last].start - SESSION_GAP


def _digest(listed: str) -> str:
    # SHA-1 is the identifier's own definition; nothing secret hangs on it
    digest = hashlib.sha1(listed.encode("ascii"), usedforsecurity=False).digest()
    # "._-" stand for "+/=", which an address on the web cannot hold
    return base64.b64encode(digest, b"._").decode("ascii").replace("=", "-")
