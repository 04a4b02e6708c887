"""The tapes of a target: its master, and that at other rates, shared where they can be.

Targets with the same finish, rate and depth are cut from one tape, and what is made
from that at another rate is made once too. The tapes of a search for a ceiling are its
own: each lies in the place of the one before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from album.finish import Finish
from album.mastering import Master
from album.mastertape import ConvertedTape, Cuttable, MasterTape
from album.work import Outcome, Work


@dataclass(frozen=True, eq=False)
class Mastered:
    """A master on tape, and what making it has shown."""

    master: Master
    tape: MasterTape


def mastered(work: Work, finish: Finish, folder: Path) -> Mastered:
    """Make the master of the programme that *work* asks for, as a file in *folder*."""
    target = work.deliverable
    rate = target.rate_for(work.programme.rate)
    master = Master(work.programme, work.settings, rate, target.bits, finish=finish)
    advance = work.stage(f"{work.target}: the master", master.length)
    path = folder / f"{work.target}-{work.disc.timeline.number}"
    return Mastered(master, MasterTape(path, master, advance))


def mastertape(
    work: Work, finish: Finish, then: Callable[[Mastered], Outcome]
) -> Outcome:
    """Return what is done with the master of *finish*, made by whoever asks first."""
    target = work.deliverable
    key = finish, target.rate_for(work.programme.rate), target.bits

    def make() -> Mastered:
        return mastered(work, finish, Path(mkdtemp(dir=work.staging)))

    return work.tapes.made(key, work.target, make, then)


def converted(
    work: Work, master: Cuttable, rate: int, then: Callable[[ConvertedTape], Outcome]
) -> Outcome:
    """Return what is done with *master* at another rate."""
    if work.deliverable.solve:
        return then(_converted(work, master, rate, work.staging))
    own = master if isinstance(master, MasterTape) else master.bits

    def make() -> ConvertedTape:
        return _converted(work, master, rate, Path(mkdtemp(dir=work.staging)))

    return work.tapes.made((own, rate), work.target, make, then)


def _converted(work: Work, master: Cuttable, rate: int, folder: Path) -> ConvertedTape:
    advance = work.stage(f"{work.target}: at {rate} Hz", master.length)
    path = folder / f"{work.target}-{work.disc.timeline.number}-{rate}"
    return ConvertedTape(path, master, rate, work.settings.alone(), advance)
