"""From the programme to the integers a target carries: rate, then depth, once each."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from album.ahead import ahead
from album.ceiling import Kept
from album.depth import BLANK_FRAMES, Depth, no_integers
from album.finish import Finish
from album.project import Album
from album.rack import fitted, through
from album.render import Programme, Settings, ordered
from album.scanning import Scan
from album.timeline import Placement, Timeline
from delivery.findings import Finding, error
from delivery.program import Floats, Integers
from delivery.redbook import samples
from dsp import dither
from dsp.dither import Quantized, quantize
from dsp.level import decibels, gain
from dsp.processor import Lowered
from dsp.resample import converted
from dsp.stretches import Stretches, by_window, found, within

NOTHING = Finish()
"""No master: every sample stays as it is."""

RESAMPLER_REACH = 588
"""Samples at 44.1 kHz by which conversion may spread music, beyond any filter of it."""


@dataclass(frozen=True)
class Over:
    """A sample beyond full scale: programme sample and size, full scale 1.0."""

    at: int
    size: float


@dataclass(frozen=True, kw_only=True)
class Mastered:
    """What making a master under a limiter has shown."""

    rate: int
    true_peak_dbtp: float | None
    """Of the integers that were written."""
    true_peak_at: float
    """Sample of the programme."""
    again: int
    """Stretches that were limited again, lower."""
    failed: tuple[Over, ...]
    """Points above the ceiling that no pass has brought below it."""
    lowered: Lowered
    """How far the limiter has turned the level down."""


@dataclass
class Master:
    """A programme, or a stretch of it, as PCM of *rate* and *bits*.

    Iterating fills *overs* with the worst sample beyond full scale of every block:
    nothing is clipped unsaid, the caller refuses to deliver it. The dither is a
    function of the programme's sample and the depth, so every stretch of a master
    that nothing is done to equals the same stretch of the whole.
    """

    programme: Programme
    settings: Settings
    rate: int
    bits: int
    start: int = 0
    stop: int | None = None
    finish: Finish = NOTHING
    overs: list[Over] = field(default_factory=list)
    shown: Mastered | None = None
    """What the limiter did, when all has been made."""

    @property
    def length(self) -> int:
        """Samples per channel at the master's rate."""
        end = self.programme.length if self.stop is None else self.stop
        return (end - self.start) * self.rate // self.programme.rate

    def blocks(self) -> Iterator[Integers]:
        """Yield the master in order."""
        same = self.rate == self.programme.rate
        if same and at_random(self.finish) and not self.programme.live:
            yield from self._direct()
        elif self.start or self.stop is not None:
            raise ValueError("only a whole programme is mastered, as one stream")
        elif self.finish.limited:
            yield from self._limited()
        else:
            yield from self._streamed()

    def _direct(self) -> Iterator[Integers]:
        """Cut the depth of every block by itself, on as many threads as allowed."""
        ranges = self.programme.deeper_than(self.bits)
        perhaps = self.programme.perhaps_deeper(self.bits)
        frame = samples(1, self.rate)

        def dithered(start: int, stop: int) -> Stretches:
            """Return what is dithered, where a chain may have done nothing."""
            first, last = start // frame * frame, -(-stop // frame) * frame
            audio = self.programme.read(first, min(last, self.programme.length))
            odd = by_window(no_integers(audio, self.bits), frame)
            odd &= within(perhaps, first, first + len(audio))
            odd |= within(ranges, first, first + len(audio))
            return found(odd[start - first : stop - first], start, ())

        def cut(start: int, stop: int) -> tuple[int, Quantized]:
            wanted = dithered(start, stop) if perhaps else ranges
            return start, quantize(
                self.programme.read(start, stop),
                self.bits,
                start=start,
                seed=self._seed,
                dithered=wanted,
            )

        end = self.programme.length if self.stop is None else self.stop
        step = self.settings.block
        stretches = [(at, min(at + step, end)) for at in range(self.start, end, step)]
        for _, result in ordered(cut, stretches, self.settings.jobs):
            if result.over is not None:
                self.overs.append(self._over(result.over))
            yield result.samples

    def _streamed(self) -> Iterator[Integers]:
        """Cut the depth of one stream."""
        depth = self._depth()
        level = gain(self.finish.gain_db)
        for block in self._sound():
            ready = block * level if self.finish.gain_db else block
            yield depth.process(ready)
        yield depth.finish()
        self.overs += map(self._over, depth.overs)

    def _limited(self) -> Iterator[Integers]:
        """Limit one stream, and cut its depth."""
        from dsp.limiter import Limiter

        assert self.finish.limiter != "none", "the master has a limiter"
        limiter = Limiter(
            ceiling_dbtp=self.finish.ceiling_dbtp,
            character=self.finish.limiter,
            drive_db=self.finish.gain_db,
        )
        kept = Kept(
            limiter=limiter.open(self.rate),
            depth=self._depth(),
            rate=self.rate,
            ceiling_dbtp=self.finish.ceiling_dbtp,
            jobs=self.settings.jobs,
        )
        yield from kept.blocks(self._sound())
        self.overs += map(self._over, kept.overs)
        self.shown = Mastered(
            rate=self.rate,
            true_peak_dbtp=decibels(kept.highest.height),
            true_peak_at=self._place(kept.highest.at),
            again=kept.again,
            failed=tuple(
                Over(self._place(peak.at), peak.height) for peak in kept.failed
            ),
            lowered=kept.lowered,
        )

    def _sound(self) -> Iterator[Floats]:
        """Yield the programme at the master's rate, through the master's chain."""
        # a live programme is made by a thread of its own already
        jobs = self.settings.jobs - self.programme.live
        stages = fitted(self.finish.behind, self.rate, self._at_rate)
        sound = through(stages, self.rate, self._at_rate())
        if stages or self.rate != self.programme.rate:
            yield from ahead(sound, jobs)
        else:
            yield from sound

    def _at_rate(self) -> Iterator[Floats]:
        if self.rate == self.programme.rate:
            return self.programme.blocks()
        return converted(
            self.programme.blocks(),
            self.programme.rate,
            self.rate,
            self.programme.length,
            self.length,
        )

    @property
    def _seed(self) -> int:
        return self.programme.timeline.number * 256 + self.bits

    def _depth(self) -> Depth:
        """Return what cuts the depth of the whole stream."""
        finish, frame = self.finish, samples(1, self.rate)
        cut = partial(
            Depth,
            self.bits,
            self.rate,
            seed=self._seed,
            shape=finish.dither,
            window=frame,
            # where a limiter works on untouched audio is known when it has worked
            look=finish.limited,
            blank_every=BLANK_FRAMES * frame if finish.auto_blank else 0,
        )
        if self.rate != self.programme.rate or finish.gain_db or finish.emphasis:
            # what a chain still rings is dithered too, for a second
            reach = self.rate if finish.stages else 0
            return cut(dithered=self._spread(self.programme.sounding(), reach))
        deeper = self.programme.deeper_than(self.bits)
        perhaps = self.programme.perhaps_deeper(self.bits)
        if finish.stages:
            perhaps = self._spread(self.programme.sounding(), self.rate)
        return cut(dithered=deeper, perhaps=perhaps)

    def _spread(
        self, ranges: tuple[tuple[int, int], ...], reach: int
    ) -> tuple[tuple[int, int], ...]:
        """Return stretches of the programme at the master's rate, a filter wider."""
        if self.rate != self.programme.rate:
            reach += RESAMPLER_REACH
        spread: list[tuple[int, int]] = []
        for first, last in ranges:
            low = max(0, first * self.rate // self.programme.rate - reach)
            high = -(-last * self.rate // self.programme.rate) + reach
            if spread and low <= spread[-1][1]:
                spread[-1] = (spread[-1][0], high)
            else:
                spread.append((low, high))
        return tuple(spread)

    def _over(self, over: dither.Over) -> Over:
        return Over(self._place(over.position), abs(over.value))

    def _place(self, at: float) -> int:
        """Return a sample of the master as one of the programme."""
        return int(at * self.programme.rate // self.rate)


def at_random(finish: Finish) -> bool:
    """Return whether any stretch of a master can be made by itself."""
    return finish.idle and finish.dither == "flat" and not finish.auto_blank


def expected_overs(timeline: Timeline, scans: Mapping[str, Scan]) -> list[Over]:
    """Return the peaks that the gain alone of a song in *scans* takes too high.

    Fades can only lower a peak, so one that lies in a fade is left to the render.
    """
    found = []
    for placed in timeline.placements:
        if placed.song not in scans:
            continue
        scanned, source = scans[placed.song], placed.source
        size = scanned.peak * gain(placed.gain_db)
        ramps = (placed.fade_in, placed.fade_out, placed.cross_in, placed.cross_out)
        longest = max((ramp.length for ramp in ramps if ramp), default=0)
        longest = longest * max(1, -(-source.rate // timeline.rate))
        first, last = placed.begin + longest, placed.end - longest
        if size > 1 and first <= scanned.peak_at < last:
            offset = (scanned.peak_at - placed.begin) * timeline.rate // source.rate
            found.append(Over(placed.first + offset, size))
    return found


def over_findings(
    album: Album, timeline: Timeline, overs: Iterable[Over]
) -> list[Finding]:
    """Return one error a song for what passes full scale: where, how much, way out."""
    worst: dict[str, tuple[Placement, Over]] = {}
    for over in overs:
        placed = _nearest(timeline.placements, over.at)
        if placed.song not in worst or worst[placed.song][1].size < over.size:
            worst[placed.song] = placed, over
    return [
        _over_finding(album, timeline, placed, over) for placed, over in worst.values()
    ]


def _nearest(placements: Sequence[Placement], at: int) -> Placement:
    """Return the song sounding at *at*; conversion may spread a peak past its song."""
    return min(placements, key=lambda each: max(each.first - at, at - each.stop + 1, 0))


def place_of(timeline: Timeline, at: int) -> tuple[Placement, str]:
    """Return the song that sounds at a sample of the programme, and its mix's time."""
    placed = _nearest(timeline.placements, at)
    seconds = max(0, at - placed.first) / timeline.rate
    minutes, rest = divmod(seconds + placed.begin / placed.source.rate, 60)
    return placed, f"{int(minutes)}:{rest:06.3f}"


def _over_finding(
    album: Album, timeline: Timeline, placed: Placement, over: Over
) -> Finding:
    _, at = place_of(timeline, over.at)
    amount = decibels(over.size) or 0.0
    lower = placed.gain_db - math.ceil(amount * 10 + 0.5) / 10
    return error(
        "LOUD-CLIP",
        f"{album.songs[placed.song].title!r} passes full scale by {amount:.2f} dB "
        f"at {at} of its mix",
        place=replace(album.place("song", placed.song), song=placed.song, at=at),
        measured=round(amount, 2),
        limit=0.0,
        help=f"set gain_db = {lower:.1f} for this song, or lower every song by the "
        "same amount to keep the balance; or let a limiter see to it: [master.main] "
        'limiter = "transparent"',
    )
