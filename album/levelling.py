"""Levelling: the one static gain that brings a whole programme to its loudness.

Measured before the limiter and at the programme's own rate, so that all targets of a
master get the same gain to the last bit. What the limiter takes away again is told, not
made up for.
"""

from collections.abc import Callable
from dataclasses import dataclass

from album.finish import Finish
from album.rack import fitted, through
from album.render import Programme
from dsp.loudness import measured
from dsp.meter import Meter

MOST_DB = 40.0
"""Gain beyond which a programme is not music any more."""


@dataclass(frozen=True)
class Level:
    """The loudness of a programme, and the gain to where it is wanted."""

    integrated_lufs: float | None
    """Before the gain; None for silence."""
    gain_db: float


def level(
    programme: Programme, finish: Finish, advance: Callable[[int], None]
) -> Level:
    """Return how loud *programme* is with its chain, and the gain to its target."""
    assert finish.target_lufs is not None, "the master has a loudness to reach"
    stages = fitted(finish.stages, programme.rate, programme.blocks)
    meter = Meter(programme.rate, 2)
    for block in through(stages, programme.rate, programme.blocks()):
        meter.feed(block)
        advance(len(block))
    tally = meter.finish()
    found = measured([tally.energies], [tally.rate]).integrated
    if found is None:
        return Level(None, 0.0)
    gain_db = round(finish.target_lufs - found, 3)
    return Level(found, max(-MOST_DB, min(MOST_DB, gain_db)))
