"""Balancing: from the album and its mixes to the gains and tone moves of every target.

Gains are in closed form and never heard twice: the same mixes give the same numbers,
and no song's fault moves another song.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from album.balance import hearing, joins, moving, references
from album.balance.foretelling import Foretelling
from album.balance.hearing import Sung, Voice
from album.balance.levels import Aim, Balance, Gain, Heard, balance, unbalanced
from album.balance.moving import ToneOf
from album.balance.record import Record, SongPlan, behind, expected, passing
from album.balance.references import Reference
from album.balance.soundness import judges
from album.finish import Finish, alike, finish_of, grouped, rate_of, treatments_of
from album.project import Album
from album.timeline import Placement, Timeline
from album.treatment import Treatments
from delivery.findings import Finding
from dsp.level import rounded
from dsp.loudness import MOMENTARY, integrated, windows
from dsp.loudpart import loud_part
from dsp.tonebalance import TonalBalance

ROUNDING = 0.005
"""dB that gains in hundredths may be off."""

CONVERSION = 0.1
"""dB by which another rate may raise true peaks of music."""

Stage = Callable[[str, int], Callable[[int], None]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Balanced:
    """The record for every target, and what stood in the way."""

    records: Mapping[str, Record]
    findings: tuple[Finding, ...] = ()
    """Of songs that cannot be measured."""


@dataclass(frozen=True, eq=False)
class _Group:
    """What is alike for targets that treat all songs alike."""

    voices: Mapping[str, Voice]
    finals: Mapping[str, Voice]
    """The songs with their tones moved."""
    runs: Sequence[Sequence[str]]
    """The songs, those together that one recording runs through."""
    tonal: TonalBalance
    tones: Mapping[str, ToneOf]
    judging: frozenset[str]
    """The songs that the record may be judged by."""
    compared: tuple[Reference, ...]


@dataclass(frozen=True, kw_only=True)
class Balancing:
    """An album that is to be balanced."""

    album: Album
    timelines: Sequence[Timeline]
    jobs: int
    stage: Stage
    stop: threading.Event

    def records(self, targets: Sequence[str]) -> Balanced:
        """Return the record for each of *targets*; raises Refusal for references."""
        compared, runs = self._references(), self._runs()
        found: dict[str, Record] = {}
        faults: dict[Finding, None] = {}
        for group in self._groups(targets):
            voices, unread = self._heard(treatments_of(self.album, group[0]), {})
            faults |= dict.fromkeys(unread)
            # a move of tone bends flat tops: judged as it came before that
            judging = judges({name: each.unsound for name, each in voices.items()})
            tonal, tones = moving.moves(self.album, voices, runs, judging, compared)
            finals, unread = self._moved(group, voices, tones)
            faults |= dict.fromkeys(unread)
            same = _Group(voices, finals, runs, tonal, tones, judging, compared)
            found |= {name: self._record(name, same) for name in group}
        return Balanced(records=found, findings=tuple(faults))

    @property
    def placements(self) -> dict[str, Placement]:
        """All songs of all discs, in order."""
        discs = self.timelines
        return {each.song: each for disc in discs for each in disc.placements}

    def _groups(self, targets: Sequence[str]) -> list[list[str]]:
        treated = {name: treatments_of(self.album, name) for name in targets}
        return grouped(targets, lambda a, b: alike(treated[a], treated[b]))

    def _references(self) -> tuple[Reference, ...]:
        files = references.find(self.album)
        if not files:
            return ()
        advance = self.stage("measuring the references", 0)
        return references.listen(files, self.jobs, advance, self.stop)

    def _heard(
        self, treatments: Treatments, known: Mapping[str, Voice]
    ) -> tuple[dict[str, Voice], tuple[Finding, ...]]:
        songs = hearing.sung(self.placements, treatments)
        left: dict[str, Sung] = {
            name: song for name, song in songs.items() if name not in known
        }
        if not left:
            return dict(known), ()
        total = sum(song.placed.end - song.placed.begin for song in left.values())
        advance = self.stage("measuring the songs", total)
        found, faults = hearing.listen(left, self.jobs, advance, self.stop)
        both = {**known, **found}
        return {name: both[name] for name in songs if name in both}, faults

    def _moved(
        self,
        group: Sequence[str],
        voices: Mapping[str, Voice],
        tones: Mapping[str, ToneOf],
    ) -> tuple[dict[str, Voice], tuple[Finding, ...]]:
        """Return the songs with their tones moved, foretold where that is exact."""
        moves = {name: each.move for name, each in tones.items() if each.move.bands}
        own = treatments_of(self.album, group[0])
        treated = moving.toned(self.album, own, moves)
        known = {name: each for name, each in voices.items() if name not in moves}
        if self.album.tone.phase == "minimum":
            limited = all(
                self._promised(finish) is None
                for finish in (finish_of(self.album, name) for name in group)
            )
            songs = hearing.sung(self.placements, own)
            told = Foretelling(self.jobs, limited)
            known |= told.voices(songs, treated, voices, moves)
        return self._heard(treated, known)

    def _runs(self) -> list[list[str]]:
        """Return the songs, those together that one recording runs through."""
        runs: list[list[str]] = []
        before: Placement | None = None
        for disc in self.timelines:
            for placed in disc.placements:
                if before is not None and placed.runs_on(before):
                    runs[-1].append(placed.song)
                else:
                    runs.append([placed.song])
                before = placed
            before = None
        return runs

    def _record(self, target: str, group: _Group) -> Record:
        album, finish = self.album, finish_of(self.album, target)
        wanted = album.loudness.target_lufs
        if finish.target_lufs is not None:
            wanted = finish.target_lufs
        aim = Aim(
            amount=album.loudness.amount,
            target=wanted,
            ceiling=self._ceiling(finish, target),
        )
        found = self._gains(group, aim)
        limit = finish.ceiling_dbtp if finish.limited else None
        songs = {
            name: self._plan(name, group, found.gains[name], limit)
            for name in group.finals
        }
        totals = {name: each.gain_db for name, each in songs.items()}
        return Record(
            target=target,
            master=finish.master,
            method=album.loudness.method,
            amount=album.loudness.amount,
            aim_lufs=wanted,
            balance=found,
            songs=songs,
            joins=tuple(
                join
                for disc in self.timelines
                for join in joins.joins(
                    disc.placements, disc.rate, dict(group.finals), totals
                )
            ),
            references=group.compared,
            tone_amount=album.tone.amount,
            tonal=group.tonal,
            limiter=finish.limiter,
            ceiling=limit if limit is not None else self._promised(finish),
            master_stages=len(finish.stages),
        )

    def _plan(
        self, name: str, group: _Group, gain: Gain, limit: float | None
    ) -> SongPlan:
        final, tone = group.finals[name], group.tones[name]
        free = self.album.loudness.method == "none"
        total = gain.total if free else rounded(gain.total, 2)
        over, deep = passing(final, total, limit)
        energies = behind(final, total, limit)
        return SongPlan(
            song=name,
            voice=group.voices[name],
            judge=name in group.judging,
            final=final,
            off=tone.off,
            allowed=tone.allowed,
            move=tone.move,
            would=tone.would,
            kept=tone.kept,
            gain=gain,
            gain_db=total,
            energies=energies,
            after=expected(final, energies, total, limit),
            over_db=over,
            share_deep=deep,
        )

    def _gains(self, group: _Group, aim: Aim) -> Balance:
        method, finals = self.album.loudness.method, group.finals
        heard: dict[str, Heard] = {}
        for run in group.runs:
            known = [name for name in run if name in finals]
            level = _level([finals[name] for name in known], method)
            for name in known:
                song, found = self.album.songs[name], finals[name]
                heard[name] = Heard(
                    level=level,
                    true_peak=found.figures.peaks.true,
                    offset=song.loudness_offset_lu,
                    own_gain=song.gain_db,
                    sound=name in group.judging,
                    recording=run[0],
                )
        songs = {name: heard[name] for name in finals}
        return unbalanced(songs) if method == "none" else balance(songs, aim)

    def _ceiling(self, finish: Finish, target: str) -> float | None:
        """Return what peaks have to stay below by gain alone; None with a limiter."""
        promised = self._promised(finish)
        if promised is None:
            return None
        rates = {placed.source.rate for placed in self.placements.values()}
        rates |= {rate_of(self.album, target, disc.rate) for disc in self.timelines}
        rates |= {disc.rate for disc in self.timelines}
        converted = len(rates) > 1
        return promised - ROUNDING - (CONVERSION if converted else 0.0)

    def _promised(self, finish: Finish) -> float | None:
        """Return the ceiling of a balanced record that no limiter holds."""
        if finish.limited or self.album.loudness.method == "none":
            return None
        return (
            finish.ceiling_dbtp if finish.master else self.album.loudness.ceiling_dbtp
        )


def _level(voices: Sequence[Voice], method: str) -> float | None:
    """Return the statistic that songs are matched by."""
    if not voices:
        return None
    first = voices[0]
    if len(voices) == 1:
        found = first.figures
        return found.loudness.integrated if method == "integrated" else found.loud_part
    energies = np.concatenate([each.tally.energies for each in voices])
    if method == "integrated":
        return integrated(windows(energies, first.tally.rate, MOMENTARY))
    return loud_part(energies, first.tally.rate)
