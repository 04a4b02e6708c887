"""The search for a ceiling: encoded, decoded, measured, and lower where it has to be.

The programme is never made louder than its master has it. Where it has a limiter, that
is given a lower ceiling; else all of it is turned down, songs and joins alike.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock

from album.decoded import DecodedFile, worst
from album.finish import Finish
from album.work import Outcome, Task, Work
from delivery.findings import Finding, error, note

RESERVE_DB = 0.1
"""How far below the limit every file stays: meters differ by almost that."""

BELOW_DB = 0.02, 0.1, 0.3
"""How far below the reserve the next pass aims: what a codec adds moves with the level,
and more than the pass before has shown."""

PASSES = 4
"""How often the programme is made at most."""


def lowered(finish: Finish, by_db: float) -> Finish:
    """Return *finish* with its programme lower by *by_db*, to a hundredth."""
    step = round(by_db + 0.005, 2)
    if finish.limited:
        return replace(finish, ceiling_dbtp=round(finish.ceiling_dbtp - step, 2))
    return finish.levelled(round(finish.gain_db - step, 3))


@dataclass
class Round:
    """One pass: gathers what its files have shown, and says what follows."""

    work: Work
    number: int
    finish: Finish
    awaited: int
    """Files that are still to be told of."""
    clean: Callable[[], Outcome]
    """What is done when all files are clean."""
    again: Callable[[Finish, int], Outcome]
    """Makes the programme once more, lower."""
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
        if over <= 0:
            return self._done(said, files)
        if self.number == PASSES:
            return Outcome(findings=(*said, self._failed(top)))
        finish = lowered(self.finish, over + BELOW_DB[self.number - 1])
        following = self.number + 1
        return Outcome(
            findings=tuple(said), then=(lambda: self.again(finish, following),)
        )

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
        finish, target = self.finish, self.work.target
        at = f"a gain of {finish.gain_db:+.2f} dB"
        if finish.limited:
            at = f"a ceiling of {finish.ceiling_dbtp:g} dBTP"
        title = self.work.album.songs[top.song].title if top.song else ""
        return note(
            "CODEC-SOLVE",
            f"{target}: pass {self.number} at {at}: {title!r} as {top.form} decodes "
            f"highest, to {top.true_peak_dbtp:+.2f} dBTP at {top.place}",
            measured=round(top.true_peak_dbtp or 0.0, 3),
            limit=round(top.limit_dbtp - RESERVE_DB, 3),
        )

    def _failed(self, top: DecodedFile) -> Finding:
        return error(
            "CODEC-UNSOLVED",
            f"{self.work.target}: after {PASSES} passes a file still decodes to "
            f"{top.true_peak_dbtp:+.2f} dBTP",
            place=self.work.album.place("deliver", self.work.target, "ceiling_dbtp"),
            measured=round(top.true_peak_dbtp or 0.0, 3),
            limit=round(top.limit_dbtp - RESERVE_DB, 3),
            help="write a number instead, a decibel lower than the last pass had",
        )
