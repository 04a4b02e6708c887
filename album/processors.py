"""The words of the chain language: one row for each processor that a chain can name.

A row is the word, the class behind it and what may be said of it: texts, tables, the
schema and the reference are all read from here. The classes are loaded when a chain
uses them, so that a project without chains stays quick to read.
"""

from collections.abc import Mapping

from album.amounts import LEVEL, SHARE
from album.grammar import Row, Values, may, must
from album.imagewords import IMAGE, REPAIR
from album.namedvalues import FileName, Parameters
from album.tonewords import TONE
from album.values import Choice, Number


def _listed(said: Values, name: str) -> Values:
    """Return what is *said* with the one value of *name* as all there are."""
    return said | ({name: (said[name],)} if name in said else {})


def _single(there: Values, name: str) -> Values:
    """Return what is *there* with the one value of *name* by itself."""
    return there | ({name: there[name][0]} if there.get(name) else {})


FILES = (
    Row(
        kind="match",
        target="album.match:Match",
        says="Tone moved towards that of other recordings.",
        parts=(
            must("amount", Number(SHARE, "50%"), "How far."),
            may("max_db", Number(LEVEL, "3dB"), "The most in any band.", "max"),
            may(
                "references",
                FileName("refs/*.flac", pattern=True),
                "Other recordings than those of [tone].",
                "references",
            ),
        ),
        examples=("match 50% references 'refs/*.flac'",),
        into=lambda said: _listed(said, "references"),
        outof=lambda there: _single(there, "references"),
    ),
    Row(
        kind="insert",
        target="album.insert:Insert",
        says="A print of the song, through other equipment, in its place.",
        parts=(
            must("file", FileName("print.wav"), "The print."),
            may(
                "inverted",
                Choice({"inverted": True}),
                "The print is upside down, and is turned over.",
            ),
        ),
        examples=("insert 'print.wav'",),
    ),
    Row(
        kind="plugin",
        target="album.plugin:Plugin",
        says="A VST3 plug-in (or an Audio Unit, on a Mac).",
        parts=(
            must("file", FileName("x.vst3", bundle=True), "The plug-in."),
            may("parameters", Parameters(), "Its own parameters."),
        ),
        examples=("plugin 'x.vst3'", "plugin 'x.vst3' drive_db=3 mode='Soft clip'"),
    ),
)

_ROWS = (*TONE, *IMAGE, *REPAIR, *FILES)

PROCESSORS: Mapping[str, Row] = {row.kind: row for row in _ROWS}
"""By word, in the order of the reference."""
