"""The finish: what is done to a whole programme for one target, with nothing left open.

A target names its master; without a name it is ``main``, where there is one. Without a
master nothing is done but what every target needs: its rate and its depth.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from album.chain import Stage as ReadStage
from album.chain import read_line
from album.deliverable import Deliverable
from album.project import Album, CdTarget, DdexTarget, Master, Song
from album.rack import Stage, busy
from album.treatment import UNTREATED, Treatment, Treatments
from delivery.redbook import RATE
from dsp.shaping import Shape

MAIN = "main"
"""The master of every target that names none."""

DEEP_DB = 3.0
"""Gain reduction beyond which a limiter is heard at work."""

DEEP_SHARE = 0.05
"""The share of a song beyond which deep limiting is a warning."""

Limiting = Literal["transparent", "balanced", "loud", "none"]


@dataclass(frozen=True, kw_only=True)
class Finish:
    """What is done to a programme at the rate of a target."""

    master: str = ""
    """The name of the master; empty without one."""
    stages: tuple[Stage, ...] = ()
    target_lufs: float | None = None
    gain_db: float = 0.0
    """The static gain that brings the programme to its target."""
    limiter: Limiting = "none"
    ceiling_dbtp: float = 0.0
    emphasis: tuple[Stage, ...] = ()
    """Behind all the others the stage that a disc with pre-emphasis has."""
    dither: Shape = "flat"
    auto_blank: bool = False
    """Whether digital silence is not dithered inside songs either."""

    @property
    def behind(self) -> tuple[Stage, ...]:
        """All stages the programme runs through, at the rate of the target."""
        return (*self.stages, *self.emphasis)

    @property
    def limited(self) -> bool:
        """Whether a limiter keeps the programme below its ceiling."""
        return self.limiter != "none"

    @property
    def idle(self) -> bool:
        """Whether every sample stays as it is until its depth is cut."""
        return not (self.behind or self.gain_db or self.limited or self.target_lufs)

    def levelled(self, gain_db: float) -> "Finish":
        """Return the finish with the gain that its target asks for."""
        return replace(self, gain_db=gain_db)


def finish_of(album: Album, target: str) -> Finish:
    """Return what *target* asks for."""
    table = album.deliver.targets[target]
    if isinstance(table, DdexTarget):
        return Finish()
    name = master_name(album, target)
    emphasis = _emphasis(album, target)
    if not name:
        return Finish(
            emphasis=emphasis, dither=table.dither, auto_blank=table.auto_blank
        )
    master = album.master[name]
    ceiling = master.ceiling_dbtp
    if isinstance(table, Deliverable) and not table.levelled:
        ceiling = (
            master.ceiling_dbtp if table.ceiling_dbtp is None else (table.ceiling_dbtp)
        )
    return Finish(
        master=name,
        stages=busy(_meant(_stages(album, name, master), {target, name})),
        target_lufs=master.target_lufs,
        limiter=master.limiter,
        ceiling_dbtp=album.loudness.ceiling_dbtp if ceiling is None else ceiling,
        emphasis=emphasis,
        dither=table.dither,
        auto_blank=table.auto_blank,
    )


def master_name(album: Album, target: str) -> str:
    """Return the name of the master that *target* is made from, empty without one."""
    table = album.deliver.targets[target]
    if isinstance(table, DdexTarget):
        return ""
    if table.master:
        return table.master
    usual = table.kind.masters if isinstance(table, Deliverable) else (MAIN,)
    return next((name for name in usual if name in album.master), "")


def rate_of(album: Album, target: str, rate: int) -> int:
    """Return the rate at which *target* has a programme of *rate*."""
    table = album.deliver.targets[target]
    return table.rate_for(rate) if isinstance(table, Deliverable) else RATE


def treatments_of(album: Album, target: str) -> Treatments:
    """Return what is done to the songs for *target*; who is not named is untreated."""
    names = {target, master_name(album, target)}
    found = {name: _treatment(song, names) for name, song in album.songs.items()}
    return {name: each for name, each in found.items() if not each.idle}


def alike(one: Treatments, other: Treatments) -> bool:
    """Return whether two targets treat all songs alike."""
    return all(
        one.get(song, UNTREATED).sounds_like(other.get(song, UNTREATED))
        for song in {*one, *other}
    )


def grouped(
    targets: Iterable[str], same: Callable[[str, str], bool]
) -> list[list[str]]:
    """Return *targets* with those together that are the *same*, in order."""
    groups: list[list[str]] = []
    for name in targets:
        found = next((group for group in groups if same(group[0], name)), None)
        if found is None:
            groups.append([name])
        else:
            found.append(name)
    return groups


def _treatment(song: Song, names: set[str]) -> Treatment:
    stems = {name: busy(_meant(stem.chain, names)) for name, stem in song.stems.items()}
    return Treatment(
        stages=busy(_meant(song.chain, names)),
        stems={name: stages for name, stages in stems.items() if stages},
    )


def _stages(album: Album, name: str, master: Master) -> tuple[Stage, ...]:
    """Return the master's chain, behind its mono bass."""
    if not master.mono_below_hz:
        return master.chain
    place = album.place("master", name, "mono_below_hz")
    # steep: with 6 dB/oct the bass would be as wide as before right below its frequency
    bass = read_line(f"mono below {master.mono_below_hz:g}Hz 24dB/oct").stage
    return (replace(bass, place=place), *master.chain)


def _emphasis(album: Album, target: str) -> tuple[Stage, ...]:
    """Return the stage of a disc with pre-emphasis."""
    disc = album.deliver.targets[target]
    if not (isinstance(disc, CdTarget) and disc.pre_emphasis):
        return ()
    from dsp.emphasis import Preemphasis

    place = album.place("deliver", target, "pre_emphasis")
    text = "pre-emphasis 50/15 µs"
    return (
        ReadStage(kind="preemphasis", processor=Preemphasis(), text=text, place=place),
    )


def _meant(stages: tuple[Stage, ...], names: set[str]) -> tuple[Stage, ...]:
    """Return those of *stages* that are for all targets, or for one of *names*."""
    return tuple(stage for stage in stages if not stage.only or names & set(stage.only))
