"""Track files: the programme cut at the disc's marks, in every form that is asked for.

Where a ceiling is to be found, the lossy files are made first, decoded and measured;
what decodes too high sends the programme back, lower, and nothing else is written
before all of them are clean.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from album import tapes
from album.decoded import over_warnings
from album.filelist import by_rate, listed, pieces, trials
from album.mastering import at_random
from album.masters import listened, report
from album.mastertape import ConvertedTape, Cuttable, Unmastered
from album.onefile import tried, written
from album.playback import playback
from album.solving import Round, Search, lowered
from album.stores import COVERS
from album.work import Outcome, Task, Work
from delivery.coding.table import Form, form
from delivery.findings import any_error, note
from delivery.players import players

PREVIEW = ("aac 256", "aac 128", "vorbis q5", "vorbis q9", "opus 128", "mp3 320")
"""What services that transcode make of what they are given (`formats/loudness.md`)."""


def tasks(work: Work) -> list[Task]:
    """Return a task for every file: each track in each form.

    What is done to the programme as a whole is done first, once, for all of them.
    """
    return Tracks(work).tasks()


@dataclass(frozen=True)
class Tracks:
    """The files of one disc for one target, on their way."""

    work: Work

    def tasks(self) -> list[Task]:
        """Return what is to be done first."""
        work, target = self.work, self.work.deliverable
        alike = target.rate_for(work.programme.rate) == work.programme.rate
        if at_random(work.finish) and alike and not (target.solve or self.held):
            return self.files(Unmastered(work.programme, target.bits))
        return [partial(self.whole, Search(work.finish))]

    @property
    def held(self) -> bool:
        """Whether a ceiling has to be kept that no limiter keeps."""
        return self.work.deliverable.ceiling_dbtp is not None and (
            not self.work.finish.limited
        )

    def whole(self, search: Search) -> Outcome:
        """Make the master of the programme for a pass of *search*; cut its files.

        Targets with the same master, rate and depth are cut from the same tape.
        """
        work, target = self.work, self.work.deliverable
        if target.solve:
            # every pass lies in the place of the one before
            return self.taped(search, tapes.mastered(work, search.now, work.staging))
        return tapes.mastertape(work, search.now, partial(self.taped, search))

    def taped(self, search: Search, made: tapes.Mastered) -> Outcome:
        """Cut the files from a master; make it again where it stands too high."""
        finish, master, taped = search.now, made.master, made.tape
        work, target = replace(self.work, finish=finish), self.work.deliverable
        reported = report(work, master)
        if master.overs or any_error(reported.findings):
            return replace(reported, overs=tuple(master.overs))
        peak, ceiling = taped.true_peak_dbtp, target.ceiling_dbtp
        if self.held and ceiling is not None and peak is not None and peak > ceiling:
            trimmed = lowered(finish, peak - ceiling + 0.01)
            said = note(
                "CODEC-TRIM",
                f"{work.target}: the programme is turned down by "
                f"{finish.gain_db - trimmed.gain_db:.2f} dB to its ceiling of "
                f"{ceiling:g} dBTP",
                measured=round(peak, 3),
                limit=ceiling,
            )
            again = partial(self.whole, Search(trimmed))
            return Outcome(findings=(said,), then=(again,))
        if not target.solve:
            return replace(reported, then=tuple(self.files(taped)))
        return Outcome(then=tuple(self.solving(taped, search, reported)))

    def solving(
        self, master: Cuttable, search: Search, reported: Outcome
    ) -> list[Task]:
        """Return the tasks of one pass in search of the ceiling."""
        work, target = self.work, self.work.deliverable

        def clean() -> Outcome:
            rest = [
                *self.of_forms(master, target.lossless),
                *self.tried(master),
                *self.played(master),
            ]
            return replace(reported, then=tuple(rest))

        if not target.lossy:
            return [clean]
        round_ = Round(
            work=work,
            search=search,
            awaited=len(target.lossy) * len(pieces(self.work)),
            clean=clean,
            again=self.whole,
        )
        return self.of_forms(master, target.lossy, round_)

    def files(self, master: Cuttable) -> list[Task]:
        """Return the tasks of all files that are cut from *master*."""
        forms = self.work.deliverable.forms
        return [
            *self.of_forms(master, forms),
            *self.tried(master),
            *self.played(master),
        ]

    def played(self, master: Cuttable) -> list[Task]:
        """Return what is measured of *master*: the balance, and what players do."""
        made: list[Task] = []
        if self.work.record is not None:
            made.append(partial(listened, self.work, master.rate, master.read))
        if self.work.deliverable.kind.name in COVERS:
            made.append(partial(self.playing, master))
        return made

    def playing(self, master: Cuttable) -> Outcome:
        """Measure every song of *master*; return what players do to it."""
        work = self.work
        found = playback(
            work.target,
            work.disc.timeline.number,
            master,
            pieces(self.work),
            players(work.album.book),
            work.settings,
        )
        return Outcome(played=found)

    def of_forms(
        self, master: Cuttable, forms: Sequence[Form], round_: Round | None = None
    ) -> list[Task]:
        """Return the tasks that write *forms*, with what has to come before them.

        Conversions stand first: others write files meanwhile that need none.
        """
        ready: list[Task] = []
        converted: list[Task] = []
        for rate, mine in by_rate(forms, master.rate).items():
            if rate == master.rate:
                ready += self.cut(master, mine, round_)
            else:
                made = partial(self.converted, master, rate, mine, round_)
                converted.append(made)
        return [*converted, *ready]

    def converted(
        self, master: Cuttable, rate: int, forms: list[Form], round_: Round | None
    ) -> Outcome:
        """Convert *master* once for all *forms* of a rate; cut the files from it."""

        def cut(tape: ConvertedTape) -> Outcome:
            if tape.overs:
                return Outcome(overs=tuple(tape.overs))
            return Outcome(then=tuple(self.cut(tape, forms, round_)))

        return tapes.converted(self.work, master, rate, cut)

    def cut(
        self, master: Cuttable, forms: Sequence[Form], round_: Round | None
    ) -> list[Task]:
        """Return a task for every file of *forms*, song by song.

        What is encoded at a time is then mostly of different forms: encoders that come
        back to Python for every frame wait for each other.
        """
        made: list[Task] = []
        by_form = [listed(self.work, each) for each in forms]
        for file in chain.from_iterable(zip(*by_form, strict=True)):
            task = partial(written, self.work, master, file)
            end = round_.tell if round_ else self.told
            made.append(partial(end, task))
        return made

    def told(self, task: Task) -> Outcome:
        """Run *task*; warn of what decodes too high."""
        outcome = task()
        said = over_warnings(self.work.album, outcome.decoded)
        return replace(outcome, findings=(*outcome.findings, *said))

    def tried(self, master: Cuttable) -> list[Task]:
        """Return the tasks that encode and decode what is not delivered."""
        target = self.work.deliverable
        asked = [*target.kind.check, *(PREVIEW if target.preview else ())]
        delivered = {each.name for each in target.forms}
        forms = [form(text) for text in dict.fromkeys(asked) if text not in delivered]
        made: list[Task] = []
        for rate, mine in by_rate(forms, master.rate).items():
            made.append(partial(self.trying, master, rate, mine))
        return made

    def trying(self, master: Cuttable, rate: int, forms: list[Form]) -> Outcome:
        """Return a task for every song in each of *forms*, none of them kept."""
        if rate == master.rate:
            return self.tries(forms, master)
        return tapes.converted(self.work, master, rate, partial(self.tries, forms))

    def tries(self, forms: list[Form], source: Cuttable) -> Outcome:
        """Return the same with what they are made from at its rate."""
        files = chain.from_iterable(trials(self.work, each) for each in forms)
        tasks = [partial(tried, self.work, source, file) for file in files]
        return Outcome(then=tuple(partial(self.told, task) for task in tasks))
