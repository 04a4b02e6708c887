"""What a broadcast WAV says of itself: bext and iXML, from tags and a measurement."""

import re

from delivery.bext import Bext, coding_history, plain
from delivery.ixml import Ixml
from delivery.tagformats.opening import VENDOR
from delivery.tagformats.wav import Broadcast
from delivery.tagging import Tagging
from dsp.figures import Figures
from dsp.loudness import Loudness

_UNKNOWN = Loudness(
    integrated=None, range=None, max_momentary=None, max_short_term=None
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def chunks(
    tagging: Tagging,
    measured: Figures | None,
    *,
    rate: int,
    bits: int,
    channels: int,
    time_reference: int = 0,
) -> Broadcast:
    """Return the chunks of a file that holds what was *measured*.

    bext has ASCII alone: another letter becomes "_" there, and is whole in the iXML.
    The date is the release's, where it is a day. *time_reference* counts samples from
    midnight. What silence does not have stays unset.
    """
    levels = measured.loudness if measured else _UNKNOWN
    bext = Bext(
        description=plain(f"{tagging.artist}: {tagging.title}", 256),
        originator=VENDOR,
        originator_reference=plain(tagging.isrc, 32),
        origination_date=tagging.date if _DAY.fullmatch(tagging.date) else "",
        time_reference=time_reference,
        history=coding_history([("PCM", rate, bits, channels, VENDOR)]),
        loudness=levels.integrated,
        loudness_range=levels.range,
        true_peak=measured.peaks.true if measured else None,
        momentary=levels.max_momentary,
        short_term=levels.max_short_term,
    )
    ixml = Ixml(
        project=tagging.album,
        scene=tagging.title,
        take=str(tagging.track) if tagging.track else "",
        tape=tagging.catalogue,
        rate=rate,
        bits=bits,
        channels=channels,
        isrc=tagging.isrc,
        artist=tagging.artist,
    )
    return Broadcast(bext=bext, ixml=ixml)
