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
from album.balance.levels import Aim, Balance, Heard, balance, unbalanced
from album.balance.moving import ToneOf
from album.balance.record import Record, SongPlan, expected
from album.balance.references import Reference
from album.finish import Finish, alike, finish_of, treatments_of
from album.project import Album
from album.timeline import Placement, Timeline
from album.treatment import Treatments
from delivery.findings import Finding
from dsp.loudness import MOMENTARY, integrated, windows
from dsp.loudpart import loud_part
from dsp.tonemove import Move

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
        compared = self._references()
        found: dict[str, Record] = {}
        faults: dict[Finding, None] = {}
        for group in self._groups(targets):
            voices, unread = self._heard(treatments_of(self.album, group[0]), {})
            faults |= dict.fromkeys(unread)
            moves = moving.moves(self.album, voices, self._runs(), compared)
            finals, unread = self._moved(group, voices, moves)
            faults |= dict.fromkeys(unread)
            for name in group:
                found[name] = self._record(name, voices, finals, moves, compared)
        return Balanced(records=found, findings=tuple(faults))

    @property
    def placements(self) -> dict[str, Placement]:
        """All songs of all discs, in order."""
        discs = self.timelines
        return {each.song: each for disc in discs for each in disc.placements}

    def _groups(self, targets: Sequence[str]) -> list[list[str]]:
        groups: list[list[str]] = []
        for name in targets:
            mine = treatments_of(self.album, name)
            for group in groups:
                if alike(mine, treatments_of(self.album, group[0])):
                    group.append(name)
                    break
            else:
                groups.append([name])
        return groups

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

    def _record(
        self,
        target: str,
        voices: Mapping[str, Voice],
        finals: Mapping[str, Voice],
        moves: Mapping[str, ToneOf],
        compared: tuple[Reference, ...],
    ) -> Record:
        album, finish = self.album, finish_of(self.album, target)
        method = album.loudness.method
        peaked = self._ceiling(finish, target)
        wanted = album.loudness.target_lufs
        if finish.target_lufs is not None:
            wanted = finish.target_lufs
        aim = Aim(amount=album.loudness.amount, target=wanted, ceiling=peaked)
        found = self._gains(voices, finals, aim)
        own = {
            name: each.total if method == "none" else round(each.total, 2)
            for name, each in found.gains.items()
        }
        limit = finish.ceiling_dbtp if finish.limited else None
        songs = {
            name: SongPlan(
                song=name,
                voice=voices[name],
                final=finals[name],
                off=moves[name].off,
                allowed=moves[name].allowed,
                move=moves[name].move,
                would=moves[name].would,
                kept=moves[name].kept,
                gain=found.gains[name],
                gain_db=own[name],
                after=expected(finals[name], own[name], limit),
                over_db=_over(finals[name], own[name], limit),
            )
            for name in finals
        }
        totals = {name: each.gain_db for name, each in songs.items()}
        return Record(
            target=target,
            master=finish.master,
            method=method,
            amount=album.loudness.amount,
            aim_lufs=wanted,
            balance=found,
            songs=songs,
            joins=tuple(
                join
                for disc in self.timelines
                for join in joins.joins(
                    disc.placements, disc.rate, dict(finals), totals
                )
            ),
            references=compared,
            tone_amount=album.tone.amount,
            tone_by="the references" if compared else "the record",
            tone_common=next((each.common for each in moves.values()), Move()),
            limiter=finish.limiter,
            ceiling=limit if limit is not None else self._promised(finish),
            master_stages=len(finish.stages),
        )

    def _gains(
        self, voices: Mapping[str, Voice], finals: Mapping[str, Voice], aim: Aim
    ) -> Balance:
        method = self.album.loudness.method
        heard: dict[str, Heard] = {}
        for run in self._runs():
            known = [name for name in run if name in finals]
            level = _level([finals[name] for name in known], method)
            # a move of tone bends flat tops: soundness is of what came before it
            sound = [name for name in known if voices[name].unsound is None]
            # a recording counts once, however many songs it is cut into
            counted = (sound or known)[:1]
            for name in known:
                song, found = self.album.songs[name], finals[name]
                heard[name] = Heard(
                    level=level,
                    true_peak=found.figures.peaks.true,
                    offset=song.loudness_offset_lu,
                    own_gain=song.gain_db,
                    sound=name in sound,
                    runs_on=name not in counted,
                )
        songs = {name: heard[name] for name in finals}
        return unbalanced(songs) if method == "none" else balance(songs, aim)

    def _ceiling(self, finish: Finish, target: str) -> float | None:
        """Return what peaks have to stay below by gain alone; None with a limiter."""
        rates = {placed.source.rate for placed in self.placements.values()}
        programme = {disc.rate for disc in self.timelines}
        same = rates == programme and (target != "cd" or rates == {44_100})
        reserve = ROUNDING if same else ROUNDING + CONVERSION
        promised = self._promised(finish)
        return None if promised is None else promised - reserve

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


def _over(final: Voice, total_db: float, ceiling: float | None) -> float:
    peak = final.figures.peaks.true
    if ceiling is None or peak is None:
        return 0.0
    return max(0.0, peak + total_db - ceiling)
