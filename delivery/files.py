"""Files of a target: a stretch of the programme in one form, with its tags.

Laid end to end the files of a set are the programme. Each is decoded again after it is
written (`delivery.readback`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import cast

import numpy as np

from delivery import tags
from delivery.agreement import Beside
from delivery.coding.row import Sound
from delivery.coding.table import Form
from delivery.cover import Cover
from delivery.gapless import Around
from delivery.pieces import span
from delivery.program import AnyFloats, Integers, Piece
from delivery.redbook import CHANNELS
from delivery.tags import Broadcast, Policy, Tagging

Audio = Callable[[], Iterator[Integers]] | Callable[[], Iterator[AnyFloats]]
"""The samples of one piece, from its first to its last, as often as it is called."""

CONTEXT = 150
"""CD frames of the audio around a piece that leave a codec no seam."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a file says of itself."""

    tagging: Tagging
    cover: Cover | None = None
    policy: Policy = "full"
    broadcast: Broadcast | None = None
    """The chunks of a broadcast WAV, instead of other tags than RIFF INFO."""
    container: str = ""
    """Other than its coding's own: a row of ``tags.CONTAINERS``."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A file, and what it has to hold."""

    form: Form
    path: Path
    piece: Piece
    said: Said
    container: str
    rate: int
    bits: int | None
    """None for a lossy file."""
    length: int
    """Samples per channel."""
    sha256: str | None
    """Of the samples of a lossless file, computed from memory."""
    reference: Callable[[], Iterator[AnyFloats]] | None
    """What a lossy file was made of."""
    beside: Beside = field(default_factory=Beside)
    """What was encoded with it."""
    careful: bool = False
    """Whether the coding has no other way than it was written."""


def write_piece(
    form: Form,
    path: Path,
    piece: Piece,
    said: Said | Callable[[], Said],
    audio: Audio,
    *,
    rate: int,
    bits: int = 24,
    before: AnyFloats | None = None,
    after: AnyFloats | None = None,
    careful: bool = False,
) -> Written:
    """Write *piece* in one form with its tags, ready to be read back.

    *audio* is at *rate*, which the coding has to know: integers of *bits* for a
    lossless one, integers or floats for a lossy one. *before* and *after*, what the
    programme has around the piece (CONTEXT is enough), are encoded with it and left
    away by players: so the joins of a continuous album have no seam. What is *said* may
    depend on what was written. *careful* asks for the coding's other way, if it has
    one. Raises ValueError where *audio* is not as long as the
    piece.
    """
    first, last = span(piece, rate)
    coding, due = form.coding, last - first
    if rate not in coding.rates:
        raise ValueError(f"{coding.title} is not delivered at {rate} Hz")
    nothing = np.zeros((0, CHANNELS))
    ahead = nothing if before is None or not coding.context else before
    behind = nothing if after is None or not coding.context else after
    around = Around(len(ahead), due, len(behind))

    def given() -> Iterator[AnyFloats]:
        return chain([ahead], _floats(audio, bits), [behind])

    def reference() -> Iterator[AnyFloats]:
        return _floats(audio, bits)

    other = coding.careful(form.quality)
    encode = other if careful and other else coding.encode
    encoded = encode(
        path,
        Sound(
            rate=rate,
            blocks=_integers(audio) if coding.lossless else given(),
            length=due if coding.lossless else len(ahead) + due + len(behind),
            bits=bits,
            quality=form.quality,
            around=Around() if coding.lossless else around,
        ),
    )
    if encoded.length != due:
        raise ValueError(
            f"the audio of piece {piece.number} has {encoded.length} samples, not {due}"
        )
    says = said() if callable(said) else said
    container = says.container or coding.container
    if says.broadcast:
        tags.write_broadcast(path, says.tagging, says.broadcast)
    else:
        tags.write_tags(path, container, says.tagging, says.cover, says.policy)
    return Written(
        form=form,
        path=path,
        piece=piece,
        said=says,
        container=container,
        rate=rate,
        bits=bits if coding.lossless else None,
        length=due,
        sha256=encoded.sha256,
        reference=None if coding.lossless else reference,
        beside=Beside(ahead, behind).nearest(rate),
        careful=careful or other is None,
    )


def _integers(audio: Audio) -> Iterator[Integers]:
    """Yield integers; floats would be rounded by the encoder, unseen."""
    for block in audio():
        if not np.issubdtype(block.dtype, np.integer):
            raise ValueError("a lossless file takes integers, not floats")
        yield cast(Integers, block)


def _floats(audio: Audio, bits: int) -> Iterator[AnyFloats]:
    """Yield floats of full scale 1.0, whichever kind the audio is; 24 bits exactly."""
    scale = np.float32(2.0 ** (1 - bits))
    for block in audio():
        if np.issubdtype(block.dtype, np.integer):
            yield np.multiply(block, scale, dtype=np.float32)
        else:
            yield cast(AnyFloats, block)
