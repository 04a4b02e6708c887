"""The search for a ceiling: encoded, decoded, measured, lower or higher, and again.

The programme is never made louder than its master has it. Where it has a limiter, that
is given a lower ceiling; else all of it is turned down, songs and joins alike. What a
codec adds moves with the level, so the passes close in on the ceiling from both sides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from album.decoded import DecodedFile, worst
from album.finish import Finish
from album.work import Outcome, Task, Work
from delivery.findings import Finding, error, note

RESERVE_DB = 0.1
"""How far below the limit every file stays: meters differ by almost that."""

CLOSE_DB = 0.25
"""How much level may be given away: a pass that close below the reserve is the last."""

BELOW_DB = 0.02, 0.1, 0.3
"""How far below the reserve the next pass aims while none has been clean: what a codec
adds grows as the level falls, more than the pass before has shown."""

PASSES = 5
"""How often the programme is made in search of its ceiling. Where the last of these is
not the best that was clean, that is made once more."""


@dataclass(frozen=True)
class Pass:
    """A pass that was made, in dB."""

    lower: float
    """How much lower than the master it was."""
    over: float
    """How far its highest file decoded over the reserve; below it where negative."""


@dataclass(frozen=True)
class Search:
    """Where a search stands: the pass that is being made, and those before it."""

    finish: Finish
    """The master's own."""
    lower: float = 0.0
    made: tuple[Pass, ...] = ()
    again: bool = False
    """Whether the pass was made before, and is the one to keep."""

    @property
    def number(self) -> int:
        """Which pass it is, from 1."""
        return len(self.made) + 1

    @property
    def now(self) -> Finish:
        """The finish of the pass."""
        return lowered(self.finish, self.lower) if self.lower else self.finish

    def told(self, over: float) -> "Search | None":
        """Return the pass that follows one that was *over* by so much.

        None where this one is kept, or where there is nothing left to try.
        """
        made = (*self.made, Pass(self.lower, over))
        best = clean(made)
        if best is not None and (best.over >= -CLOSE_DB or not best.lower):
            lower = best.lower
        elif len(made) == PASSES:
            lower = best.lower if best else self.lower
        else:
            lower = following(made)
        if lower == self.lower:
            return None
        known = any(each.lower == lower for each in made)
        return Search(self.finish, lower, made, again=known)


def clean(made: Sequence[Pass]) -> Pass | None:
    """Return the loudest pass in which every file stayed below the reserve."""
    found = [each for each in made if each.over <= 0]
    return min(found, key=lambda each: each.lower, default=None)


def following(made: Sequence[Pass]) -> float:
    """Return how much lower than the master the next pass has to be, to a hundredth.

    Between the highest that was clean and the lowest that was not; below all of them
    while none was clean. It is that of a pass before where the two have met.
    """
    best = clean(made)
    if best is None:
        last = made[-1]
        return round(last.lower + last.over + BELOW_DB[min(len(made), 3) - 1], 2)
    above = max(
        (each for each in made if each.over > 0 and each.lower < best.lower),
        key=lambda each: each.lower,
    )
    share = above.over / (above.over - best.over)
    gap = best.lower - above.lower
    aimed = above.lower + gap * min(0.85, max(0.15, share)) + CLOSE_DB / 4
    return round(aimed, 2) if aimed < best.lower - CLOSE_DB / 4 else best.lower


def lowered(finish: Finish, by_db: float) -> Finish:
    """Return *finish* with its programme lower by *by_db*, to a hundredth."""
    step = round(by_db, 2)
    if finish.limited:
        return replace(finish, ceiling_dbtp=round(finish.ceiling_dbtp - step, 2))
    return finish.levelled(round(finish.gain_db - step, 3))


@dataclass
class Round:
    """One pass: gathers what its files have shown, and says what follows."""

    work: Work
    search: Search
    awaited: int
    """Files that are still to be told of."""
    clean: Callable[[], Outcome]
    """What is done when all files are clean."""
    again: Callable[[Search], Outcome]
    """Makes the programme once more, at another level."""
    _told: list[Outcome] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def tell(self, task: Task) -> Outcome:
        """Run *task*, which makes one file; the answer of the last is for all."""
        outcome = task()
        if outcome.overs:
            return outcome
        with self._lock:
            self._told.append(outcome)
            self.awaited -= 1
            if self.awaited:
                return Outcome()
        return self._judged()

    def _judged(self) -> Outcome:
        files = [each for outcome in self._told for each in outcome.decoded]
        files.sort(key=lambda each: (each.form, each.track))
        top = worst(files)
        if top is None or top.true_peak_dbtp is None:
            return self._done([], files)
        over = top.true_peak_dbtp - (top.limit_dbtp - RESERVE_DB)
        said = [self._pass(top)]
        following = None if self.search.again else self.search.told(over)
        if following is not None:
            return Outcome(findings=tuple(said), then=(lambda: self.again(following),))
        if over > 0:
            return Outcome(findings=(*said, self._failed(top)))
        return self._done(said, files)

    def _done(self, said: list[Finding], files: list[DecodedFile]) -> Outcome:
        proofs = dict(self._told[0].proofs) if self._told else {}
        for outcome in self._told[1:]:
            for form, proof in outcome.proofs.items():
                proofs[form] = proofs[form] + proof if form in proofs else proof
        made = self.clean()
        remarks = [each for outcome in self._told for each in outcome.findings]
        return replace(
            made,
            proofs={**proofs, **made.proofs},
            findings=(*said, *remarks, *made.findings),
            decoded=tuple(files),
            heard=tuple(each for outcome in self._told for each in outcome.heard),
        )

    def _pass(self, top: DecodedFile) -> Finding:
        finish, target = self.search.now, self.work.target
        at = f"a gain of {finish.gain_db:+.2f} dB"
        if finish.limited:
            at = f"a ceiling of {finish.ceiling_dbtp:g} dBTP"
        if self.search.again:
            at += ", the highest that was clean"
        title = self.work.album.songs[top.song].title if top.song else ""
        return note(
            "CODEC-SOLVE",
            f"{target}: pass {self.search.number} at {at}: {title!r} as {top.form} "
            f"decodes highest, to {top.true_peak_dbtp:+.2f} dBTP at {top.place}",
            measured=round(top.true_peak_dbtp or 0.0, 3),
            limit=round(top.limit_dbtp - RESERVE_DB, 3),
        )

    def _failed(self, top: DecodedFile) -> Finding:
        return error(
            "CODEC-UNSOLVED",
            f"{self.work.target}: after {self.search.number} passes a file still "
            f"decodes to {top.true_peak_dbtp:+.2f} dBTP",
            place=self.work.album.place("deliver", self.work.target, "ceiling_dbtp"),
            measured=round(top.true_peak_dbtp or 0.0, 3),
            limit=round(top.limit_dbtp - RESERVE_DB, 3),
            help="write a number instead, a decibel lower than the last pass had",
        )
