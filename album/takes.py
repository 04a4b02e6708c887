"""Takes: what sounds as one stretch on the timeline.

Most takes are one song. Songs that were cut from one recording and follow each other
without a gap are one take: what works on them runs on through the marks, so that
nothing is heard of a cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from album.timeline import Placement, Ramp
from album.treatment import UNTREATED, Treatment, Treatments


@dataclass(frozen=True, kw_only=True)
class Take:
    """Songs that one recording runs through, on the timeline; mostly one."""

    songs: tuple[Placement, ...]
    treatments: tuple[Treatment, ...]

    @property
    def first(self) -> int:
        """The programme sample at which it begins."""
        return self.songs[0].first

    @property
    def length(self) -> int:
        """Samples of the programme that it fills."""
        return self.songs[-1].stop - self.first

    @property
    def cross_in(self) -> Ramp | None:
        """The crossfade from what was before."""
        return self.songs[0].cross_in

    @property
    def cross_out(self) -> Ramp | None:
        """The crossfade into what comes after."""
        return self.songs[-1].cross_out

    def plain(self, rate: int) -> bool:
        """Return whether its samples at *rate* can be read straight from a file."""
        source = self.songs[0].source
        idle = all(each.idle for each in self.treatments)
        return idle and source.rate == rate and not source.lossy


def takes(
    placements: Sequence[Placement], treatments: Treatments, rate: int
) -> tuple[Take, ...]:
    """Return what *placements* are made as."""
    found: list[Take] = []
    for placed in placements:
        treatment = treatments.get(placed.song, UNTREATED)
        take = Take(songs=(placed,), treatments=(treatment,))
        if found and _runs_on(found[-1], take, rate):
            before = found.pop()
            take = Take(
                songs=(*before.songs, placed),
                treatments=(*before.treatments, treatment),
            )
        found.append(take)
    return tuple(found)


def _runs_on(take: Take, other: Take, rate: int) -> bool:
    """Return whether *other* is the recording of *take*, going on."""
    cut = other.songs[0].runs_on(take.songs[-1])
    return cut and not (take.plain(rate) and other.plain(rate))
