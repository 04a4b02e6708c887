"""Rendering: every disc of an album into every target that is asked for.

Targets that treat all songs alike share one programme. Where only one of them plays it,
and only once, the songs are made while it plays; else they are staged to files first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from album import levelled
from album.balance.moving import toned
from album.balance.record import Record
from album.balance.remeasured import Delivered
from album.decoded import DecodedFile
from album.finish import Finish, alike, finish_of, grouped, treatments_of
from album.levelling import Level, heard, level
from album.mastering import over_findings
from album.masterreport import MasterReport
from album.notices import folded
from album.playback import Played
from album.prepare import Disc, Prepared
from album.project import Album
from album.render import Programme, Settings
from album.stages import Stages
from album.targets import Outcome, Task, Work, in_order
from album.targets import tasks as tasks_of
from album.treatment import Treatments
from album.work import HeardFile, Tapes
from delivery import folder
from delivery.findings import Failure, Finding
from delivery.groove import Side
from delivery.proof import Proof
from dsp.tally import Tally

Proofs = dict[str, dict[str, Proof]]
"""The proofs of a build: by target, and in it by form."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What rendering has left, beside the files."""

    proofs: Proofs
    masters: tuple[MasterReport, ...]
    decoded: tuple[DecodedFile, ...]
    played: tuple[Played, ...]
    delivered: tuple[Delivered, ...]
    """What was measured of the songs where the record is balanced."""
    findings: tuple[Finding, ...]
    sums: Mapping[Path, str]
    """SHA-256 of files, as they were read back."""


@dataclass(frozen=True)
class Shared:
    """Targets that play the same programmes."""

    discs: tuple[Disc, ...]
    finishes: dict[str, Finish]
    """What is done to the programmes for each target."""
    staging: Path
    sheets: dict[str, list[Side]]

    @property
    def first(self) -> str:
        """The target whose treatment of songs stands for all."""
        return next(iter(self.finishes))


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """An album on its way into its targets."""

    prepared: Prepared
    content: Path
    settings: Settings
    stages: Stages
    records: Mapping[str, Record] = field(default_factory=dict)
    """The balance by target; of an album that is left as it is, none."""

    def render(self, names: Sequence[str]) -> Rendered:
        """Render every disc into the targets *names*; raises Failure for what clips."""
        staging = self.content.parent / folder.STAGING
        staging.mkdir()
        proofs: Proofs = {name: {} for name in names}
        findings: list[Finding] = []
        masters: list[MasterReport] = []
        sheets: dict[str, list[Side]] = {}
        decoded: list[DecodedFile] = []
        played: list[Played] = []
        delivered: list[Delivered] = []
        sums: dict[Path, str] = {}
        for discs, asked in self.by_discs(names):
            for group in self.groups(asked):
                placed = tuple(self.levelled(disc, group[0]) for disc in discs)
                finishes = {name: self.finish(name) for name in group}
                shared = Shared(placed, finishes, staging, sheets)
                for name, outcome in self.rendered(shared):
                    findings += outcome.findings
                    masters += outcome.masters
                    decoded += outcome.decoded
                    played += outcome.played
                    delivered += outcome.delivered
                    sums |= outcome.sums
                    for form, proof in outcome.proofs.items():
                        findings += proof.findings
                        proofs[name][form] = proofs[name].get(form, Proof()) + proof
        return Rendered(
            proofs=proofs,
            masters=tuple(masters),
            decoded=tuple(sorted(decoded, key=_by_file)),
            played=tuple(played),
            delivered=tuple(delivered),
            findings=tuple(folded(findings)),
            sums=sums,
        )

    def by_discs(
        self, names: Sequence[str]
    ) -> list[tuple[tuple[Disc, ...], list[str]]]:
        """Return *names* by what is played for them: the discs, or their own sides."""
        prepared = self.prepared
        found = [
            (prepared.discs, [name for name in names if name not in prepared.sides])
        ]
        found += [
            (prepared.sides[name], [name]) for name in names if name in prepared.sides
        ]
        return found

    def groups(self, names: Sequence[str]) -> list[list[str]]:
        """Return *names* with those together that treat all songs alike."""
        treated = {name: self.treatments(name) for name in names}

        def same(one: str, other: str) -> bool:
            alike_gains = self.gains(one) == self.gains(other)
            return alike_gains and alike(treated[one], treated[other])

        return grouped(names, same)

    def gains(self, target: str) -> Mapping[str, float]:
        """Return the songs' gains where they are balanced."""
        return self.records[target].gains if target in self.records else {}

    def treatments(self, target: str) -> Treatments:
        """Return what is done to the songs, moves of their tone included."""
        album = self.prepared.album
        own = treatments_of(album, target)
        if target not in self.records:
            return own
        songs = self.records[target].songs
        return toned(album, own, {name: song.move for name, song in songs.items()})

    def finish(self, target: str) -> Finish:
        """Return what is done to the whole; a balanced record has its loudness."""
        finish = finish_of(self.prepared.album, target)
        if target in self.records and self.records[target].method != "none":
            return replace(finish, target_lufs=None)
        return finish

    def levelled(self, disc: Disc, target: str) -> Disc:
        """Return *disc* with the songs at their gains."""
        gains = self.gains(target)
        placed = tuple(
            replace(each, gain_db=gains.get(each.song, each.gain_db))
            for each in disc.timeline.placements
        )
        return replace(disc, timeline=replace(disc.timeline, placements=placed))

    def rendered(self, shared: "Shared") -> Iterator[tuple[str, Outcome]]:
        """Render disc after disc into targets that share their programmes."""
        levels: dict[str, Level] | None = None
        if len(shared.discs) > 1:
            # what belongs together gets one gain, whatever each part has
            levels = self.levels(shared, self.one_by_one(shared))
        files: dict[str, list[HeardFile]] = {}
        for disc in shared.discs:
            for name, outcome in self.together(shared, disc, levels):
                files.setdefault(name, []).extend(outcome.heard)
                yield name, outcome
        told = [(name, task) for name in files for task in levelled.tasks(files[name])]
        yield from _run(told, self.settings.jobs, self.stages)

    def one_by_one(self, shared: "Shared") -> Iterator[Programme]:
        """Yield the programmes of all discs; each is closed when the next is wanted."""
        for disc in shared.discs:
            programme = self.staged(shared, disc)
            try:
                yield programme
            finally:
                programme.close()

    def together(
        self, shared: "Shared", disc: Disc, levels: dict[str, Level] | None
    ) -> list[tuple[str, Outcome]]:
        """Render one disc into targets that share its programme."""
        album = self.prepared.album
        finishes = shared.finishes
        live = _played_once(album, finishes) and levels in (None, {})
        programme = self.staged(shared, disc, live=live)
        try:
            if levels is None:
                levels = self.levels(shared, [programme])
            tasks: list[tuple[str, Task]] = []
            tapes = Tapes()
            for name, finish in finishes.items():
                found = levels.get(finish.master) if finish.target_lufs else None
                work = Work(
                    album=album,
                    disc=disc,
                    discs=self.prepared.discs,
                    notes=self.prepared.findings,
                    target=name,
                    programme=programme,
                    finish=finish.levelled(found.gain_db) if found else finish,
                    level=found,
                    record=self.records.get(name),
                    staging=shared.staging,
                    content=self.content,
                    settings=self.settings,
                    stage=self.stages.stage,
                    sheets=shared.sheets,
                    tapes=tapes,
                )
                tasks += [(name, task) for task in tasks_of(work)]
            outcomes = _run(tasks, self.settings.jobs, self.stages)
        finally:
            programme.close()
        overs = [over for _, outcome in outcomes for over in outcome.overs]
        if overs:
            raise Failure(over_findings(album, disc.timeline, overs))
        return outcomes

    def levels(
        self, shared: "Shared", programmes: Iterable[Programme]
    ) -> dict[str, Level]:
        """Return how loud programmes are together, for every master with a target."""
        finishes = shared.finishes.values()
        asked = {each.master: each for each in finishes if each.target_lufs is not None}
        if not asked:
            return {}
        tallies: dict[str, list[Tally]] = {master: [] for master in asked}
        for programme in programmes:
            for master, finish in asked.items():
                title = f"measuring for master {master}"
                advance = self.stages.stage(title, programme.length)
                tallies[master].append(heard(programme, finish, advance))
        return {master: level(tallies[master], asked[master]) for master in asked}

    def staged(self, shared: "Shared", disc: Disc, *, live: bool = False) -> Programme:
        """Return the programme of a disc for targets that share it."""
        ready = self.stages.stage("opening the mixes", len(disc.timeline.placements))
        return Programme(
            disc.timeline,
            shared.staging,
            self.settings,
            ready,
            treatments=self.treatments(shared.first),
            live=live,
        )


def _played_once(album: Album, finishes: dict[str, Finish]) -> bool:
    """Return whether a programme is played from beginning to end once, and no more."""
    levelled = any(finish.target_lufs is not None for finish in finishes.values())
    return (
        len(finishes) == 1
        and not levelled
        and all(in_order(album, name, finish) for name, finish in finishes.items())
    )


def _by_file(row: DecodedFile) -> tuple[str, int, bool, str, int]:
    return row.target, row.disc, not row.delivered, row.form, row.track


def _run(
    tasks: Sequence[tuple[str, Task]], jobs: int, stages: Stages
) -> list[tuple[str, Outcome]]:
    """Run *tasks*, as many at once as allowed; the first failure ends them all.

    What a task leaves to be done is done when it is. Outcomes come in the tasks' order,
    each before those that it led to, whoever was done first.
    """
    done_by: dict[Future[Outcome], tuple[tuple[int, ...], str]] = {}
    first = {name: at for at, (name, _) in reversed([*enumerate(tasks)])}
    with ThreadPoolExecutor(jobs) as pool:
        for at, (name, task) in enumerate(tasks):
            done_by[pool.submit(task)] = (at,), name
        waiting = set(done_by)
        try:
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                if any(future.exception() for future in done):
                    break
                for future in sorted(done, key=lambda each: done_by[each][0]):
                    place, name = done_by[future]
                    found = future.result()
                    led_to = [
                        ((*place, at), name, task) for at, task in enumerate(found.then)
                    ]
                    led_to += [((first[who], 0), who, do) for who, do in found.others]
                    for at_, who, task in led_to:
                        more = pool.submit(task)
                        done_by[more] = at_, who
                        waiting.add(more)
        finally:
            failed = [each for each in done_by if each.done() and each.exception()]
            if failed or not all(each.done() for each in done_by):
                stages.stop.set()
            for future in done_by:
                future.cancel()
        if failed:
            raise failed[0].exception() or AssertionError
        in_order = sorted(done_by, key=lambda each: done_by[each][0])
        return [(done_by[future][1], future.result()) for future in in_order]
