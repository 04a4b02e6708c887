"""Placing: every song of a disc laid on the timeline, to the sample.

A gap is what is heard between two songs; a segue joins them without a sample lost or
added; a crossfade moves the second back under the first. Marks come later, in
``marks.py``: music never moves for the grid.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from album.project import (
    Album,
    Crossfade,
    Disc,
    Entry,
    Fade,
    Fill,
    RoomTone,
    Segue,
    Song,
    Spacing,
)
from album.source import Source
from album.timeline import Placement, Ramp, Tone
from album.times import Time
from delivery.findings import Finding, Place, error, warning
from delivery.redbook import Samples, nearest_sample

CUT_FADE = Fraction(5, 1000)
"""Seconds of fade at a trimmed end, where the project does not say otherwise."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A song that has been placed, and what came before it.

    *silent_from* is the programme sample after the music before: None for the first.
    """

    entry: Entry
    placed: Placement
    silent_from: int | None

    @property
    def joined(self) -> bool:
        """Whether the song runs on from the one before, without a gap."""
        return isinstance(self.entry.join, Segue | Crossfade)


@dataclass
class Placer:
    """The pencil that walks along one disc; thrown away when the disc is placed."""

    album: Album
    sources: Mapping[str, Source]
    tone_sources: Mapping[Path, Source]
    rate: int
    at: int = 0
    """The programme sample after everything placed so far."""
    music: int | None = None
    """The programme sample after the last music placed so far."""
    placements: list[Placement] = field(default_factory=list)
    tones: list[Tone] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def place(self, disc: Disc) -> list[Step]:
        """Place *disc* from its opening to its end; returns the songs in order."""
        self._before_track_1(disc)
        self._fill(disc.opening, None)
        steps = []
        joins = [entry.join for entry in disc.entries[1:]] + [None]
        for entry, after in zip(disc.entries, joins, strict=True):
            silent_from = self.music
            self._entry(entry, runs_on=isinstance(after, Segue | Crossfade))
            steps.append((entry, silent_from))
        self._silence(self.album.sequence.tail, None)
        self._fill(disc.closing, None)
        placed = self.placements[-len(steps) :]
        return [
            Step(entry=entry, placed=each, silent_from=silent_from)
            for (entry, silent_from), each in zip(steps, placed, strict=True)
        ]

    def samples(self, time: Time, song: Song | None, place: Place) -> int:
        """Return *time* in samples of the programme; beats are the outgoing song's."""
        bpm, beats = (song.bpm, song.beats_per_bar) if song else (None, 4)
        try:
            return nearest_sample(time.resolve(bpm, beats), self.rate)
        except ValueError as fault:
            self.fault("UNIT", str(fault), place)
            return 0

    def seconds(self, time: Time, song: Song, *key: str | int) -> Fraction:
        """Return the seconds of a time that the song's own *key* holds."""
        try:
            return time.resolve(song.bpm, song.beats_per_bar)
        except ValueError as fault:
            self.fault("UNIT", str(fault), self.album.place("song", song.id, *key))
            return Fraction(0)

    def fault(self, rule: str, message: str, place: Place, **parts: object) -> None:
        """Note an error and go on, so that all of them are found in one run."""
        self.findings.append(error(rule, message, place=place, **parts))

    def _before_track_1(self, disc: Disc) -> None:
        """Place the song hidden before track 1, or the lead before track 1."""
        cd = self.album.deliver.cd
        sequence = self.album.sequence
        if cd and cd.pregap and disc.number == 1:
            song = self.album.songs[cd.pregap]
            self._song(song)
            self._silence(sequence.gap, song)
        else:
            lead = self.album.place("sequence", "lead")
            self.at = self.samples(sequence.lead, None, lead)

    def _entry(self, entry: Entry, *, runs_on: bool) -> None:
        song = self.album.songs[entry.song]
        before = self.placements[-1] if self.placements else None
        match entry.join:
            case Spacing(fills=fills):
                self._fill(fills, self.album.songs[before.song] if before else None)
            case Crossfade() if before:
                self._overlap(song, before, entry.join, entry.place)
        joined = isinstance(entry.join, Segue | Crossfade)
        self._song(song, joined=joined, runs_on=runs_on)
        if isinstance(entry.join, Crossfade) and before:
            self._cross(before, entry.join.curve)

    def _song(self, song: Song, *, joined: bool = False, runs_on: bool = False) -> None:
        """Place *song* at the pencil and move the pencil behind it."""
        source = self.sources[song.id]
        begin, end = self._trims(song, source)
        cut_in, cut_out = begin > 0 and not joined, end < source.length and not runs_on
        placed = Placement(
            song=song.id,
            source=source,
            begin=begin,
            end=end,
            first=Samples(self.at),
            length=Samples(-(-(end - begin) * self.rate // source.rate)),
            gain_db=song.gain_db,
            fade_in=self._ramp(song, "fade_in", song.fade_in, source, cut=cut_in),
            fade_out=self._ramp(song, "fade_out", song.fade_out, source, cut=cut_out),
        )
        for key, ramp in (("fade_in", placed.fade_in), ("fade_out", placed.fade_out)):
            if ramp and ramp.length > end - begin:
                self.fault(
                    "SEQ-FADE",
                    f"the {key} of {song.title!r} is longer than the song",
                    self.album.place("song", song.id, key),
                    measured=ramp.length / source.rate,
                    limit=(end - begin) / source.rate,
                )
        self.placements.append(placed)
        self.at = self.music = placed.stop

    def _trims(self, song: Song, source: Source) -> tuple[int, int]:
        """Return the first sample of the mix that is used, and the one after the last.

        A song whose trims do not fit keeps its whole mix, so that placing goes on and
        finds what else is wrong.
        """
        begin = self._in_mix(song, "start", song.start, source, 0)
        end = self._in_mix(song, "end", song.end, source, source.length)
        if begin < end:
            return begin, end
        self.fault(
            "SEQ-TRIM",
            f"nothing is left of {song.title!r}: start and end leave no music",
            self.album.place("song", song.id, "start" if song.start else "end"),
            limit=source.seconds,
            help=f"the mix lasts {source.seconds:.3f} s",
        )
        return 0, source.length

    def _in_mix(
        self, song: Song, key: str, time: Time | None, source: Source, default: int
    ) -> int:
        """Return a time of the mix in its samples."""
        if time is None:
            return default
        position = nearest_sample(self.seconds(time, song, key), source.rate)
        if position <= source.length:
            return position
        self.fault(
            "SEQ-TRIM",
            f"{key} of {song.title!r} lies behind the end of its mix",
            self.album.place("song", song.id, key),
            measured=position / source.rate,
            limit=source.seconds,
            help=f"the mix lasts {source.seconds:.3f} s",
        )
        return default

    def _ramp(
        self, song: Song, key: str, fade: Fade | None, source: Source, *, cut: bool
    ) -> Ramp | None:
        """Return a song's fade at one end; a plain cut gets ``CUT_FADE``."""
        if fade is not None:
            seconds = self.seconds(fade.length, song, key)
            length = nearest_sample(seconds, source.rate)
            return Ramp(length, fade.curve) if length else None
        return Ramp(nearest_sample(CUT_FADE, source.rate), "linear") if cut else None

    def _overlap(
        self, song: Song, before: Placement, join: Crossfade, place: Place
    ) -> None:
        """Move the pencil back by a crossfade, if both songs are long enough for it."""
        outgoing = self.album.songs[before.song]
        overlap = self.samples(join.length, outgoing, place)
        source = self.sources[song.id]
        begin, end = self._trims(song, source)
        shorter = min(before.length, -(-(end - begin) * self.rate // source.rate))
        if overlap > shorter:
            self.fault(
                "SEQ-XFADE",
                f"a crossfade of {overlap / self.rate:.3f} s into {song.title!r} is "
                "longer than the shorter of its songs",
                place,
                measured=overlap / self.rate,
                limit=shorter / self.rate,
                help=f"the longest that fits is {shorter / self.rate:.3f} s",
            )
            overlap = shorter
        for side, key in ((outgoing, "fade_out"), (song, "fade_in")):
            if getattr(side, key) is not None:
                self.findings.append(
                    warning(
                        "SEQ-FADETWICE",
                        f"{side.title!r} has a {key} of its own under a crossfade: "
                        "both are applied",
                        place=self.album.place("song", side.id, key),
                        help=f"drop the {key}, or the crossfade",
                    )
                )
        if join.curve == "exp":
            self.findings.append(
                warning(
                    "SEQ-XFADE",
                    f"both songs are at -30 dB in the middle of the exp crossfade into "
                    f"{song.title!r}",
                    place=place,
                    help="equal-power keeps the level through a crossfade",
                )
            )
        self.at -= overlap

    def _cross(self, before: Placement, curve: str) -> None:
        """Lay the two ramps of a crossfade over the overlap that has been placed."""
        ramp = Ramp(before.stop - self.placements[-1].first, curve)
        if ramp.length > 0:
            self.placements[-2] = replace(before, cross_out=ramp)
            self.placements[-1] = replace(self.placements[-1], cross_in=ramp)

    def _fill(self, fills: tuple[Fill, ...], outgoing: Song | None) -> None:
        for fill in fills:
            if not isinstance(fill, RoomTone):
                self._silence(fill.length, outgoing)
                continue
            place = self.album.place("sequence", "order")
            length = Samples(self.samples(fill.length, outgoing, place))
            source = self.tone_sources[fill.file]
            first = Samples(self.at)
            self.tones.append(Tone(source=source, first=first, length=length))
            self.at += length

    def _silence(self, length: Time, outgoing: Song | None) -> None:
        self.at += self.samples(length, outgoing, self.album.place("sequence", "gap"))
