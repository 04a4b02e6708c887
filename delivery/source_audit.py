"""The audit of the sound itself: what was done to it before it came onto the disc."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from delivery.findings import Finding, Place, note, warning
from delivery.heard import Part
from delivery.hearing import (
    AUDIBLE,
    FULL,
    SILENT,
    Heard,
    frame_of,
    level,
    named,
    seconds,
    time,
)
from delivery.redbook import (
    FIRST_PAUSE,
    FRAMES_PER_SECOND,
    RATE,
    SAMPLES_PER_FRAME,
)
from dsp.figures import Figures
from dsp.repeats import repeats
from dsp.sectors import ANCHOR
from dsp.sectors import AUDIBLE as AROUND_HOLE

DC_LIMIT = 1e-3
"""Part of full scale, -60 dBFS."""

_SHELF = 9_900.0, 19_600.0
"""Hz between which a spectrum that ends as if cut off is a codec's, or a lower rate's;
what CDs are filtered with lies above."""

_LEVEL_BANDS, _SLOPE_DB = 3, 25.0
"""Third octaves under a cut that have to have sound, and how alike; not of a tone."""

_LEAST_SECONDS = 5.0
_FLAT_TOPS, _NEAR_TOP = 5, 0.95
_EVEN, _VALUES, _STEP = 0.97, 12, 1.9
"""When values leave some out: how evenly, of how many, and how far apart they lie."""

_DEAD = 5 * FRAMES_PER_SECOND
_TOLD = 5
"""Findings of one kind in one track; the rest are counted."""


def clipping(heard: Heard) -> Iterator[Finding]:
    """Count the runs at full scale, and flat tops below it."""
    for part, found in _tracks(heard):
        peaks = found.peaks
        if peaks.clipped_runs:
            word = "place" if peaks.clipped_runs == 1 else "places"
            says = f"{named(part.number)} clips in {peaks.clipped_runs:,} {word}, "
            at = _time(part, peaks.first_clip_at)
            says += f"first at {time(at)}, {peaks.longest_clip} samples at the longest"
            place = _placed(heard, part, at)
            yield warning("SRC-CLIP", says, place=place, measured=peaks.clipped_runs,
                          limit=0)  # fmt: skip
            continue
        tops = heard.detail.tops.get(part.number)
        if tops is None or peaks.sample is None:
            continue
        top = round(10 ** (peaks.sample / 20) * FULL)
        flat = int(tops[round(_NEAR_TOP * top) :].sum())
        if flat >= _FLAT_TOPS:
            says = f"{named(part.number)} was clipped and turned down: {flat:,} tops "
            says += f"are flat, at {level(top)}"
            place = _placed(heard, part, part.first)
            yield warning("SRC-CLIP", says, place=place, measured=flat, limit=0)


def over(heard: Heard) -> Iterator[Finding]:
    """Tell where the wave between the samples is above full scale."""
    high = {
        part.number: (found.peaks.true, _time(part, found.peaks.true_at), part)
        for part, found in _tracks(heard)
        if found.peaks.true is not None and found.peaks.true > 0.0
    }
    if not high:
        return
    peak, at, part = max(high.values(), key=lambda each: each[0] or 0.0)
    some = "" if len(high) == 1 else f", {len(high)} tracks above 0"
    says = f"true peak {peak:+.2f} dBTP in {named(part.number)}{some}"
    place = _placed(heard, part, at)
    way = "players and encoders may clip it; a ceiling of -1 dBTP is safe"
    yield note("LOUD-TP", says, place=place, measured=round(peak or 0.0, 2), limit=0,
               source="ITU-R BS.1770-5 Annex 2", help=way)  # fmt: skip


def offset(heard: Heard) -> Iterator[Finding]:
    """Measure the mean of each channel."""
    for part, found in _tracks(heard):
        worst = max(found.dc, key=abs)
        if abs(worst) > DC_LIMIT:
            says = f"{named(part.number)} has a DC offset of {worst:+.4f} of full scale"
            place = _placed(heard, part, part.first)
            yield warning("SRC-DC", says, place=place, measured=round(worst, 5),
                          limit=DC_LIMIT)  # fmt: skip


def silence(heard: Heard) -> Iterator[Finding]:
    """Look for tracks without a single sample."""
    for part in heard.parts:
        peaks = heard.peaks[part.first : part.stop]
        if part.number and len(peaks) and not peaks.any():
            yield warning("SRC-SILENT", f"{named(part.number)} is digital silence",
                          place=_placed(heard, part, part.first))  # fmt: skip


def channels(heard: Heard) -> Iterator[Finding]:
    """Look for a channel that is missing, and for two that are one."""
    sectors = heard.detail.sectors
    for part in heard.parts:
        peaks = heard.of(part, sectors.peaks)
        if not len(peaks) or peaks.max() < AUDIBLE:
            continue
        place = _placed(heard, part, part.first)
        tops = peaks.max(axis=0)
        for channel, side in enumerate(("left", "right")):
            if tops[channel] <= SILENT:
                says = f"the {side} channel of {named(part.number)} is silent"
                yield warning("SRC-MONO1", says, place=place, measured=level(
                    int(tops[channel])), help="a cable or a bus was missing: go back "
                    "to the mix, or put it on both channels")  # fmt: skip
            elif (dead := _dead(peaks, channel)) is not None:
                first, length = dead
                says = f"the {side} channel of {named(part.number)} is dead for "
                says += seconds(length)
                at = _placed(heard, part, part.first + first)
                yield note("SRC-MONO1", says, place=at, measured=round(
                    length / FRAMES_PER_SECOND, 2))  # fmt: skip
        if tops.min() > SILENT and not heard.of(part, sectors.unlike).any():
            says = f"{named(part.number)} is mono: left and right are the same"
            yield note("SRC-DUALMONO", says, place=place)


def _dead(peaks: NDArray[np.uint16], channel: int) -> tuple[int, int] | None:
    """Return the longest stretch of zeros beside a channel that is heard."""
    dead = (peaks[:, channel] == 0).astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], dead, [0]))))
    best: tuple[int, int] | None = None
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        sounding = peaks[first:last, 1 - channel] >= AUDIBLE
        inside = first > 0 and last < len(peaks)
        if not inside or last - first < _DEAD or sounding.mean() < 0.9:
            continue
        if best is None or last - first > best[1]:
            best = int(first), int(last - first)
    return best


def polarity(heard: Heard) -> Iterator[Finding]:
    """Compare the channels: one upside down, or one late."""
    for part, found in _tracks(heard):
        sides = found.stereo
        place = _placed(heard, part, part.first)
        if sides and sides.inverted:
            says = f"one channel of {named(part.number)} seems to be upside down"
            way = "listen in mono: what cancels is out of phase"
            yield warning("SRC-POLARITY", says, place=place, measured=sides.correlation,
                          help=way)  # fmt: skip
        if sides and sides.delay is not None:
            late = "right" if sides.delay > 0 else "left"
            says = f"the {late} channel of {named(part.number)} seems to be "
            says += f"{abs(sides.delay) * 1000:.2f} ms late"
            yield warning("SRC-CHDELAY", says, place=place, measured=sides.delay)


def lossy(heard: Heard) -> Iterator[Finding]:
    """Look for a spectrum that ends as if cut off, as codecs leave it."""
    low, high = _SHELF
    for part, found in _tracks(heard):
        width = found.spectrum.bandwidth
        if width is None or not low <= width <= high:
            continue
        if found.seconds < _LEAST_SECONDS or not _broad(found, width):
            continue
        says = f"{named(part.number)} ends at {width / 1000:.1f} kHz as if cut off: "
        says += "it looks like a lossy source or a lower rate"
        yield warning(
            "SRC-LOSSY",
            says,
            place=_placed(heard, part, part.first),
            measured=round(width),
            limit=round(high),
            help="ask whether an MP3, an AAC or a stream was used in its making",
        )


def _broad(found: Figures, width: float) -> bool:
    """Return whether there is music below *width*, and not a tone alone."""
    spectrum = found.spectrum
    below = [
        -200.0 if power is None else power
        for centre, power in zip(spectrum.centres, spectrum.levels, strict=True)
        if centre < width / 1.2
    ][-_LEVEL_BANDS:]
    if len(below) < _LEVEL_BANDS or min(below) < -110.0:
        return False
    return max(below) - min(below) <= _SLOPE_DB


def depth(heard: Heard) -> Iterator[Finding]:
    """Look at which of the 16 bits are used."""
    for part in heard.parts:
        used = int(np.bitwise_or.reduce(heard.of(part, heard.detail.sectors.used)))
        grain = heard.detail.grains.get(part.number)
        if not used or grain is None or grain.count < _VALUES:
            continue
        step = float(used & -used)
        if step == 1.0 and grain.step >= _STEP and grain.even >= _EVEN:
            step = grain.step
        if step < _STEP:
            continue
        bits = 16 - round(float(np.log2(step)))
        yield warning(
            "SRC-BITS",
            f"{named(part.number)} uses {bits} of 16 bits: its values lie "
            f"{step:.3g} apart",
            place=_placed(heard, part, part.first),
            measured=bits,
            limit=16,
            help="a source of fewer bits, or one turned up without dither: ask for "
            "the mix in 24 bits",
        )


def holes(heard: Heard) -> Iterator[Finding]:
    """Look for drop-outs: digital zero inside music."""
    found = heard.detail.sectors.holes
    told: dict[int, int] = {}
    ends = [-1, -1]
    for start, length, channel, edge in zip(
        found.starts.tolist(), found.lengths.tolist(), found.channels.tolist(),
        found.edges.tolist(), strict=True,
    ):  # fmt: skip
        frame = frame_of(heard, start)
        both = start < ends[1 - channel]
        ends[channel] = start + length
        if both or frame < FIRST_PAUSE:
            continue
        before = heard.peaks[max(0, frame_of(heard, start - 1) - 1) : frame + 1]
        place = heard.place(frame)
        grain = heard.detail.grains.get(place.track or 0)
        if before.max() < AROUND_HOLE or (grain and edge <= 2 * grain.step):
            continue
        number = place.track or 0
        told[number] = told.get(number, 0) + 1
        if told[number] <= _TOLD:
            says = f"the sound of {named(number)} drops out for {length} samples "
            says += f"({length * 1000 / RATE:.1f} ms) at {place.at}"
            way = "transfer it again, or have the place repaired"
            yield warning("SRC-DROPOUT", says, place=place, measured=length, limit=0,
                          help=way)  # fmt: skip
    for number, count in told.items():
        if count > _TOLD:
            says = f"{count - _TOLD} more drop-outs in {named(number)}"
            place = Place(track=number or None)
            yield warning("SRC-DROPOUT", says, place=place, measured=count, limit=0)


def copies(heard: Heard) -> Iterator[Finding]:
    """Look for a second of sound that is there twice, sample for sample."""
    found = repeats(*heard.detail.sectors.anchors, RATE, ANCHOR)
    tracks: dict[int, int] = {}
    for one in found:
        place = heard.place(frame_of(heard, one.start))
        first = heard.place(frame_of(heard, one.first))
        number = place.track or 0
        tracks[number] = tracks.get(number, 0) + 1
        if tracks[number] > _TOLD:
            continue
        span = one.length / RATE
        says = f"{span:.1f} s at {place.at} are those at {first.at} again"
        if first.track != place.track:
            says += f", of {named(first.track or 0)}"
        says += ", sample for sample"
        way = "music that is looped repeats so; a copy that went wrong does too"
        yield warning("SRC-REPEAT", says, place=place, measured=round(span, 2),
                      limit=1, help=way)  # fmt: skip
    for number, count in tracks.items():
        if count > _TOLD:
            says = (
                f"{count - _TOLD} more repeats in {named(number)}: it is made of loops"
            )
            yield note("SRC-REPEAT", says, place=Place(track=number or None),
                       measured=count)  # fmt: skip


def _tracks(heard: Heard) -> Iterator[tuple[Part, Figures]]:
    for part in heard.parts:
        if (found := heard.tracks.get(part.number)) is not None:
            yield part, found


def _time(part: Part, at: float | None) -> int:
    """Return the frame at *at* seconds of a part."""
    return part.first + int((at or 0.0) * RATE) // SAMPLES_PER_FRAME


def _placed(heard: Heard, part: Part, frame: int) -> Place:
    """Return a place in *part*: its file, its number, its time."""
    place = heard.place(frame)
    return Place(file=place.file, track=part.number or None, at=time(frame))
