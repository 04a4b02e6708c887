"""From the programme to the integers a target carries: rate, then depth, once each."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from album.project import Album
from album.render import Programme, Settings, ordered
from album.source import Scan
from album.timeline import Placement, Timeline
from delivery.findings import Finding, error
from delivery.program import Floats, Integers
from dsp.dither import Quantized, quantize
from dsp.level import decibels, gain
from dsp.resample import converted

RESAMPLER_REACH = 588
"""Samples at 44.1 kHz by which conversion may spread music, beyond any filter of it."""


@dataclass(frozen=True)
class Over:
    """A sample beyond full scale: programme sample and size, full scale 1.0."""

    at: int
    size: float


@dataclass
class Master:
    """A programme, or a stretch of it, as PCM of *rate* and *bits*.

    Iterating fills *overs* with the worst sample beyond full scale of every block:
    nothing is clipped unsaid, the caller refuses to deliver it. The dither is a
    function of the programme's sample and the depth, so every stretch of a master
    equals the same stretch of the whole.
    """

    programme: Programme
    settings: Settings
    rate: int
    bits: int
    start: int = 0
    stop: int | None = None
    overs: list[Over] = field(default_factory=list)

    @property
    def length(self) -> int:
        """Samples per channel at the master's rate."""
        end = self.programme.length if self.stop is None else self.stop
        return (end - self.start) * self.rate // self.programme.rate

    def blocks(self) -> Iterator[Integers]:
        """Yield the master in order."""
        if self.rate == self.programme.rate:
            yield from self._direct()
        else:
            yield from self._converted()

    def _direct(self) -> Iterator[Integers]:
        """Cut the depth of every block by itself, on as many threads as allowed."""
        ranges = self.programme.deeper_than(self.bits)

        def cut(start: int, stop: int) -> tuple[int, Quantized]:
            audio = self.programme.read(start, stop)
            return start, self._quantize(audio, start, ranges)

        end = self.programme.length if self.stop is None else self.stop
        step = self.settings.block
        stretches = [(at, min(at + step, end)) for at in range(self.start, end, step)]
        for start, result in ordered(cut, stretches, self.settings.jobs):
            yield self._checked(result, start)

    def _converted(self) -> Iterator[Integers]:
        """Convert the rate of the programme as one stream, then cut the depth."""
        if self.start or self.stop is not None:
            raise ValueError("only a whole programme changes its rate, as one stream")
        ranges = self._spread(self.programme.deeper_than(0))
        at = 0
        for block in converted(
            self.programme.blocks(),
            self.programme.rate,
            self.rate,
            self.programme.length,
            self.length,
        ):
            yield self._checked(self._quantize(block, at, ranges), at)
            at += len(block)

    def _quantize(
        self, audio: Floats, start: int, ranges: tuple[tuple[int, int], ...]
    ) -> Quantized:
        seed = self.programme.timeline.number * 256 + self.bits
        return quantize(audio, self.bits, start=start, seed=seed, dithered=ranges)

    def _spread(
        self, ranges: tuple[tuple[int, int], ...]
    ) -> tuple[tuple[int, int], ...]:
        """Return stretches of the programme at the master's rate, a filter wider."""
        spread: list[tuple[int, int]] = []
        for first, last in ranges:
            low = max(0, first * self.rate // self.programme.rate - RESAMPLER_REACH)
            high = -(-last * self.rate // self.programme.rate) + RESAMPLER_REACH
            if spread and low <= spread[-1][1]:
                spread[-1] = (spread[-1][0], high)
            else:
                spread.append((low, high))
        return tuple(spread)

    def _checked(self, result: Quantized, start: int) -> Integers:
        if result.over is not None:
            at = result.over.position * self.programme.rate // self.rate
            self.overs.append(Over(at, abs(result.over.value)))
        return result.samples


def expected_overs(timeline: Timeline, scans: Mapping[str, Scan]) -> list[Over]:
    """Return the peaks that a song's gain alone takes beyond full scale.

    Fades can only lower a peak, so one that lies in a fade is left to the render.
    """
    found = []
    for placed in timeline.placements:
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
        _over_finding(album, timeline.rate, placed, over)
        for placed, over in worst.values()
    ]


def _nearest(placements: Sequence[Placement], at: int) -> Placement:
    """Return the song sounding at *at*; conversion may spread a peak past its song."""
    return min(placements, key=lambda each: max(each.first - at, at - each.stop + 1, 0))


def _over_finding(album: Album, rate: int, placed: Placement, over: Over) -> Finding:
    seconds = max(0, over.at - placed.first) / rate + placed.begin / placed.source.rate
    minutes, rest = divmod(seconds, 60)
    at = f"{int(minutes)}:{rest:06.3f}"
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
        "same amount to keep the balance",
    )
