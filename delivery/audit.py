"""The audit of a disc's audio: one row a rule, told from what was heard.

Each id has its page in ``delivery/findings.toml``. To add a rule, write a function of
``Heard`` and give it a row here and a page there; what it needs is heard in
``delivery/heard.py``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from delivery import mark_audit, source_audit
from delivery.findings import Finding, Severity
from delivery.heard import Detail, Levels
from delivery.hearing import Heard
from delivery.reading import Reading


@dataclass(frozen=True)
class Check:
    """One row of the audit."""

    id: str
    severity: Severity
    """The heaviest that it gives."""
    line: str
    function: Callable[[Heard], Iterable[Finding]]


_W, _N = Severity.WARNING, Severity.NOTE

AUDIT = (
    Check("RB-PAUSE", _W, "pauses are digital silence", mark_audit.pauses),
    Check("DDP-IDX-CUT", _W, "no mark cuts into music", mark_audit.cut_marks),
    Check("SRC-CUTEND", _W, "no song stops inside a wave", mark_audit.cut_ends),
    Check("SEQ-CLICK", _W, "nothing clicks where tracks meet", mark_audit.clicks),
    Check("SRC-SILENT", _W, "every track sounds", source_audit.silence),
    Check("SRC-CLIP", _W, "no samples are clipped", source_audit.clipping),
    Check("LOUD-TP", _N, "the wave stays below full scale", source_audit.over),
    Check("SRC-DC", _W, "the wave lies around zero", source_audit.offset),
    Check("SRC-MONO1", _W, "both channels sound", source_audit.channels),
    Check("SRC-POLARITY", _W, "the channels agree", source_audit.polarity),
    Check("SRC-LOSSY", _W, "no spectrum is cut off", source_audit.lossy),
    Check("SRC-BITS", _W, "all 16 bits are used", source_audit.depth),
    Check("SRC-DROPOUT", _W, "no hole is in the music", source_audit.holes),
    Check("SRC-REPEAT", _W, "nothing is there twice", source_audit.copies),
)
"""In the order of the findings. SRC-MONO1 brings SRC-DUALMONO, SRC-POLARITY brings
SRC-CHDELAY."""


def listeners(reading: Reading) -> tuple[Levels, Detail]:
    """Return who has to hear *reading* for an audit."""
    return Levels(reading.layout), Detail(reading.layout, reading.head.length)


def heard(reading: Reading, ears: Iterable[object]) -> Heard | None:
    """Return what was heard of *reading*; None where nobody has listened."""
    levels = next((each for each in ears if isinstance(each, Levels)), None)
    detail = next((each for each in ears if isinstance(each, Detail)), None)
    if levels is None or detail is None:
        return None
    detail.finish()
    return Heard(reading, levels, detail)


def audit(found: Heard) -> tuple[Finding, ...]:
    """Return what every rule has to say."""
    return tuple(each for row in AUDIT for each in row.function(found))
