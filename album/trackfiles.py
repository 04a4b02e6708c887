"""Track files: the programme cut at the disc's marks, in every form that is asked for.

Where a ceiling is to be found, the lossy files are made first, decoded and measured;
what decodes too high sends the programme back, lower, and nothing else is written
before all of them are clean.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from album import disclayout, embedded, receiving, tapes
from album.decoded import over_warnings
from album.mastering import at_random
from album.masters import listened, report
from album.mastertape import ConvertedTape, Cuttable, Unmastered
from album.onefile import File, tried, written
from album.playback import playback
from album.solving import Round, Search, lowered
from album.stores import COVERS
from album.work import Outcome, Task, Work
from delivery.coding.table import Form, form
from delivery.files import Said
from delivery.findings import any_error, note
from delivery.names import file_names
from delivery.players import players
from delivery.program import Piece
from delivery.tags import for_piece

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
            awaited=len(target.lossy) * len(self.pieces),
            clean=clean,
            again=self.whole,
        )
        return self.of_forms(master, target.lossy, round_)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The programme, cut at its marks."""
        return disclayout.pieces(self.work.album, self.work.disc.timeline)

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
            self.pieces,
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
        for rate, mine in self.by_rate(master, forms).items():
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
        """Return a task for every file of *forms*, the longest first within a form."""
        work, target = self.work, self.work.deliverable
        timeline = work.disc.timeline
        release = disclayout.release(work.album, timeline)
        pieces = self.pieces
        made: list[Task] = []
        for each in forms:
            folder = work.folder(work.target) / target.folder(each)
            folder.mkdir(exist_ok=True)
            cover = embedded.cover(work.album, target, each)
            copied = list(embedded.remark(work.album, target, each))
            names = file_names(
                [self.named(piece, each) for piece in pieces],
                each.coding.suffix,
                target.naming,
                ascii_only=target.kind.ascii,
            )
            for piece, name in zip(pieces, names.names, strict=True):
                tagging = for_piece(release, piece, len(timeline.cues))
                file = File(
                    form=each,
                    label=target.label(each),
                    path=folder / name,
                    piece=piece,
                    song=self.song_of(piece),
                    said=Said(
                        tagging=tagging,
                        cover=cover,
                        policy=target.policy(each),
                        container=target.container(each),
                    ),
                    levels=target.replaygain and target.policy(each) == "full",
                    received=receiving.measured(work.album, target, each),
                    remarks=(
                        *copied,
                        *(
                            one
                            for one in names.findings
                            if one.place.track == piece.number
                        ),
                    ),
                )
                copied.clear()
                task = partial(written, work, master, file)
                made.append(
                    partial(self.told, task)
                    if not round_
                    else partial(round_.tell, task)
                )
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
        for rate, mine in self.by_rate(master, forms).items():
            made.append(partial(self.trying, master, rate, mine))
        return made

    def trying(self, master: Cuttable, rate: int, forms: list[Form]) -> Outcome:
        """Return a task for every song in each of *forms*, none of them kept."""
        if rate == master.rate:
            return self.tries(forms, master)
        return tapes.converted(self.work, master, rate, partial(self.tries, forms))

    def tries(self, forms: list[Form], source: Cuttable) -> Outcome:
        """Return the same with what they are made from at its rate."""
        made: list[Task] = []
        for each in forms:
            for piece in self.pieces:
                name = f"{self.work.target}-{self.work.disc.timeline.number}"
                suffix = each.coding.suffix
                path = self.work.staging / (
                    f"{name}-{piece.number}-{each.name.replace(' ', '-')}.{suffix}"
                )
                file = File(
                    form=each,
                    label=each.title,
                    path=path,
                    piece=piece,
                    song=self.song_of(piece),
                    said=Said(
                        tagging=for_piece(
                            disclayout.release(
                                self.work.album, self.work.disc.timeline
                            ),
                            piece,
                            0,
                        ),
                        policy="none",
                    ),
                )
                task = partial(tried, self.work, source, file)
                made.append(partial(self.told, task))
        return Outcome(then=tuple(made))

    def by_rate(self, master: Cuttable, forms: Sequence[Form]) -> dict[int, list[Form]]:
        """Return *forms* by the rate of their files."""
        rates: dict[int, list[Form]] = {}
        for each in forms:
            rate = each.coding.rate_for(master.rate)
            rates.setdefault(rate, []).append(each)
        return rates

    def song_of(self, piece: Piece) -> str:
        """Return the id of the song that a piece begins with."""
        return receiving.song_of(self.work.disc.timeline, piece)

    def named(self, piece: Piece, each: Form) -> dict[str, str | int]:
        """Return what a naming pattern may say of a file."""
        return named(self.work, piece, each)


def named(work: Work, piece: Piece, each: Form) -> dict[str, str | int]:
    """Return what a naming pattern may say of a file."""
    meta = work.album.meta
    return {
        "track": piece.number,
        "disc": work.disc.timeline.number,
        "rate": each.coding.rate_for(work.deliverable.rate_for(work.programme.rate)),
        "bits": work.deliverable.bits,
        "title": piece.texts.title,
        "artist": piece.texts.performer or meta.artist,
        "album": meta.title,
        "album_artist": meta.artist,
        "isrc": piece.isrc,
        "catalogue": meta.catalogue,
        "ean": meta.ean,
        "coding": each.coding.title,
        "quality": each.quality.text if each.quality else "",
    }
