"""Levelling: the one static gain that brings a whole programme to its loudness.

Measured before the limiter and at the programme's own rate, so that all targets of a
master get the same gain to the last bit. What the limiter takes away again is told, not
made up for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from album.finish import Finish
from album.rack import fitted, through
from album.render import Programme
from dsp.loudness import measured
from dsp.meter import Meter
from dsp.tally import Tally

MOST_DB = 40.0
"""Gain beyond which a programme is not music any more."""


@dataclass(frozen=True)
class Level:
    """The loudness of a programme, and the gain to where it is wanted."""

    integrated_lufs: float | None
    """Before the gain; None for silence."""
    gain_db: float


def heard(
    programme: Programme, finish: Finish, advance: Callable[[int], None]
) -> Tally:
    """Return what a meter hears of *programme* with its chain."""
    stages = fitted(finish.stages, programme.rate, programme.blocks)
    meter = Meter(programme.rate, 2)
    for block in through(stages, programme.rate, programme.blocks()):
        meter.feed(block)
        advance(len(block))
    return meter.finish()


def level(tallies: Sequence[Tally], finish: Finish) -> Level:
    """Return how loud programmes are together, and the gain to their target."""
    assert finish.target_lufs is not None, "the master has a loudness to reach"
    found = measured(
        [each.energies for each in tallies], [each.rate for each in tallies]
    ).integrated
    if found is None:
        return Level(None, 0.0)
    gain_db = round(finish.target_lufs - found, 3)
    return Level(found, max(-MOST_DB, min(MOST_DB, gain_db)))
