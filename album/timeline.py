"""Where everything lies, exactly: songs to the sample, marks to the frame.

The programme's sample 0 is the disc's 00:02:00. Seconds end here; what follows counts
in samples of the programme's rate and in frames (see ``docs/explanation/time.md``).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from album.source import Source
from delivery.redbook import FIRST_PAUSE, STUDIO_RATES, Frames, Samples, samples


@dataclass(frozen=True)
class Ramp:
    """A fade of *length* samples along *curve*."""

    length: int
    curve: str


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A song on the timeline.

    *begin* and *end* are samples of the source at its own rate, as are the fades;
    *first* and *length* are samples of the programme, as are the crossfades.
    """

    song: str
    source: Source
    begin: int
    end: int
    first: Samples
    length: Samples
    gain_db: float
    fade_in: Ramp | None = None
    fade_out: Ramp | None = None
    cross_in: Ramp | None = None
    cross_out: Ramp | None = None

    @property
    def stop(self) -> Samples:
        """The programme sample after the song's last."""
        return Samples(self.first + self.length)

    def runs_on(self, before: "Placement") -> bool:
        """Return whether it is the recording of the song *before*, going on."""
        cut = (before.source, before.end, before.stop)
        faded = (before.fade_out, before.cross_out, self.fade_in, self.cross_in)
        return cut == (self.source, self.begin, self.first) and not any(faded)


@dataclass(frozen=True, kw_only=True)
class Tone:
    """A stretch of the programme that is filled with a loop of room tone."""

    source: Source
    first: Samples
    length: Samples


@dataclass(frozen=True, kw_only=True)
class Cue:
    """One track's marks, before it has texts: absolute frames.

    *slack* is the remainder of the grid: the samples between the mark and the place
    it stands for, always less than a frame and never after it.
    """

    songs: tuple[str, ...]
    start: Frames
    pause: Frames | None
    indexes: tuple[Frames, ...]
    slack: int
    spacing: str
    """What stands between the track before and this one, in words."""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """One disc, placed."""

    number: int
    rate: int
    placements: tuple[Placement, ...]
    tones: tuple[Tone, ...]
    cues: tuple[Cue, ...]
    hidden_first: str | None
    """The song before track 1, if there is one."""
    leadout: Frames

    @property
    def length(self) -> Samples:
        """The programme's length in samples of its rate."""
        return samples(self.leadout - FIRST_PAUSE, self.rate)

    def at_frame(self, frame: int) -> Samples:
        """Return the programme sample at absolute *frame*."""
        return samples(frame - FIRST_PAUSE, self.rate)


def programme_rate(sources: Mapping[str, Source]) -> int:
    """Return the rate of most songs; the higher of two equals.

    A rate that no CD frame divides, or below 44.1 kHz, gives way to the next of
    ``STUDIO_RATES`` above it.
    """
    counted = Counter(source.rate for source in sources.values())
    rate = max(counted, key=lambda each: (counted[each], each))
    return next((each for each in STUDIO_RATES if each >= rate), STUDIO_RATES[-1])
