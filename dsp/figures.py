"""The figures of a measurement, worked out from its tally.

Levels are in dB re full scale, LUFS or LU; None is said of what silence or too short a
piece does not have. RMS and spectra are re a full-scale sine (AES17).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp import stereo
from dsp.bandwidth import bandwidth
from dsp.dynamicrange import (
    block_length,
    crest,
    dynamic_range,
    least_peak_to_short_term,
)
from dsp.kweighting import TICKS
from dsp.lanefft import LEFT, REAL, RIGHT
from dsp.level import decibels
from dsp.loudness import (
    HOP,
    MOMENTARY,
    OFFSET,
    SHORT_TERM,
    Loudness,
    lufs,
    measured,
    windows,
)
from dsp.loudpart import loud_part, typical
from dsp.survey import FIRST, LONGEST, RUNS, SAMPLES
from dsp.tally import STEPS, Tally
from dsp.thirds import centres

Floats = NDArray[np.float64]

LOUD_SPAN = 3.0
"""LU under the loud part, down to which a passage is a loud one."""

LOW_END = 150.0
"""Hz up to which the width of the bass is taken; vinyl wants it mono below."""


@dataclass(frozen=True, kw_only=True)
class Peaks:
    """The highest points, of all channels and of each."""

    true: float | None
    true_at: float | None
    """In seconds."""
    true_by_channel: tuple[float | None, ...]
    sample: float | None
    sample_at: float | None
    clipped_runs: int
    clipped_samples: int
    longest_clip: int
    first_clip_at: float | None


@dataclass(frozen=True, kw_only=True)
class Stereo:
    """What two channels have to do with each other."""

    correlation: float | None
    lowest_correlation: float | None
    """Of any 400 ms that are not quiet."""
    side_to_mid: float | None
    low_side_to_mid: float | None
    """Below ``LOW_END``."""
    mono_loss: float | None
    balance: float | None
    inverted: bool
    """Whether right looks like left upside down."""
    delay: float | None
    """Seconds by which right seems to come after left, None where it does not."""


@dataclass(frozen=True, kw_only=True)
class Spectrum:
    """Third-octave levels; None where there is nothing."""

    centres: tuple[float, ...]
    levels: tuple[float | None, ...]
    loud_levels: tuple[float | None, ...]
    """Of loud passages only; empty where none are told apart."""
    mono_losses: tuple[float | None, ...]
    """Of stereo; else empty."""
    bandwidth: float | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All there is to say of one stream."""

    seconds: float
    rate: int
    channels: int
    loudness: Loudness
    loud_part: float | None
    peaks: Peaks
    peak_to_loudness: float | None
    """True peak over integrated loudness: PLR."""
    least_peak_to_short_term: float | None
    """The least of any 3 s, by sample peaks: PSR."""
    dynamic_range: float | None
    crest: float | None
    rms: float | None
    dc: tuple[float, ...]
    """Mean of each channel, full scale 1.0."""
    stereo: Stereo | None
    spectrum: Spectrum


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """The figures of several streams together."""

    loudness: Loudness
    loud_part: float | None
    """Of a typical song: the median."""
    true_peak: float | None
    sample_peak: float | None
    peak_to_loudness: float | None
    dynamic_range: float | None
    seconds: float


def figures(tally: Tally) -> Figures:
    """Return the figures of one stream."""
    loudness = measured([tally.energies], [tally.rate])
    loud = loud_part(tally.energies, tally.rate)
    peaks = _peaks(tally)
    squares = tally.squares.sum(axis=0)
    return Figures(
        seconds=tally.seconds,
        rate=tally.rate,
        channels=tally.channels,
        loudness=loudness,
        loud_part=loud,
        peaks=peaks,
        peak_to_loudness=_above(peaks.true, loudness.integrated),
        least_peak_to_short_term=_least_psr(tally),
        dynamic_range=_dynamic_range(tally),
        crest=crest(
            float(tally.sample_peaks.max()),
            float(squares.sum()),
            tally.length * tally.channels,
        ),
        rms=_power(float(squares.sum()), tally.length * tally.channels),
        dc=tuple(float(each) for each in tally.sums / max(1, tally.length)),
        stereo=_stereo(tally) if tally.channels == 2 else None,
        spectrum=_spectrum(tally, loud),
    )


def pool(tallies: Sequence[Tally]) -> Pooled:
    """Return the figures of *tallies* as one album; never an average of averages."""
    pieces = [tally.energies for tally in tallies]
    rates = [tally.rate for tally in tallies]
    loudness = measured(pieces, rates)
    true = [_top(tally.true_peaks) for tally in tallies]
    sample = [_top(tally.sample_peaks) for tally in tallies]
    ranges = [_dynamic_range(tally) for tally in tallies]
    known = [round(each) for each in ranges if each is not None]
    peak = max((each for each in true if each is not None), default=None)
    return Pooled(
        loudness=loudness,
        loud_part=typical(pieces, rates),
        true_peak=peak,
        sample_peak=max((each for each in sample if each is not None), default=None),
        peak_to_loudness=_above(peak, loudness.integrated),
        # as the TT meter has an album's: the mean of its tracks'
        dynamic_range=sum(known) / len(known) if known else None,
        seconds=sum(tally.seconds for tally in tallies),
    )


def loudness_series(tally: Tally) -> tuple[Floats, Floats, Floats]:
    """Return times in seconds, momentary and short-term LUFS, ten times a second.

    A time is that of a window's end; NaN stands for what has no level.
    """
    momentary = windows(tally.energies, tally.rate, MOMENTARY)
    short = windows(tally.energies, tally.rate, SHORT_TERM)
    times = (np.arange(len(momentary)) * HOP + MOMENTARY) / TICKS
    lead = np.full(len(momentary) - len(short), np.nan)
    return times, _levels(momentary), np.concatenate((lead, _levels(short)))


def _levels(powers: Floats) -> Floats:
    heard = np.where(powers > 0, powers, np.nan)
    return np.asarray(OFFSET + 10.0 * np.log10(heard))


def _above(level: float | None, base: float | None) -> float | None:
    return None if level is None or base is None else level - base


def _power(energy: float, count: int) -> float | None:
    """Return a mean square re that of a full-scale sine."""
    return 10.0 * math.log10(2.0 * energy / count) if energy > 0 and count else None


def _top(peaks: NDArray[np.float32]) -> float | None:
    return decibels(float(peaks.max()))


def _peaks(tally: Tally) -> Peaks:
    true, sample = int(tally.true_peaks.argmax()), int(tally.sample_peaks.argmax())
    true_level, sample_level = _top(tally.true_peaks), _top(tally.sample_peaks)
    clips = tally.clipping
    firsts = [int(at) for at in clips[:, FIRST] if at >= 0]
    return Peaks(
        true=true_level,
        true_at=None
        if true_level is None
        else float(tally.true_peak_at[true]) / tally.rate,
        true_by_channel=tuple(decibels(float(peak)) for peak in tally.true_peaks),
        sample=sample_level,
        sample_at=None
        if sample_level is None
        else int(tally.sample_peak_at[sample]) / tally.rate,
        clipped_runs=int(clips[:, RUNS].sum()),
        clipped_samples=int(clips[:, SAMPLES].sum()),
        longest_clip=int(clips[:, LONGEST].max()),
        first_clip_at=min(firsts) / tally.rate if firsts else None,
    )


def _least_psr(tally: Tally) -> float | None:
    short = windows(tally.energies, tally.rate, SHORT_TERM)
    peaks = tally.step_peaks.max(axis=1)
    return least_peak_to_short_term(peaks, short, SHORT_TERM // HOP)


def _dynamic_range(tally: Tally) -> float | None:
    block = block_length(tally.rate)
    begins = np.arange(len(tally.block_squares)) * block
    lengths = np.minimum(block, tally.length - begins).astype(np.float64)
    return dynamic_range(tally.block_squares, tally.block_peaks, lengths)


def _stereo(tally: Tally) -> Stereo:
    left, right = (float(each) for each in tally.squares.sum(axis=0))
    product = float(tally.products.sum())
    over_time = stereo.correlation_series(
        tally.squares, tally.products, tally.rate / STEPS
    )
    heard = over_time[~np.isnan(over_time)]
    whole = tally.bands.sum(axis=0)
    low = whole[:, centres(tally.rate) < LOW_END].sum(axis=1)
    fit = stereo.offset(tally.bins, _spacing(tally))
    suspect = fit is not None and abs(fit.likeness) >= stereo.SUSPECT
    late = fit.samples if fit is not None and suspect else 0
    return Stereo(
        correlation=stereo.correlation(left, right, product),
        lowest_correlation=float(heard.min()) if len(heard) else None,
        side_to_mid=stereo.side_to_mid(left, right, product),
        low_side_to_mid=stereo.side_to_mid(low[LEFT], low[RIGHT], low[REAL]),
        mono_loss=stereo.mono_loss(left, right, product),
        balance=stereo.balance(left, right),
        inverted=bool(suspect and fit is not None and fit.likeness < 0),
        delay=late / tally.rate if late else None,
    )


def _spacing(tally: Tally) -> float:
    return float(tally.rate / 2 / (tally.bins.shape[1] - 1))


def _spectrum(tally: Tally, loud_part: float | None) -> Spectrum:
    middles = centres(tally.rate)
    whole = tally.bands.sum(axis=0)
    counted = sum(1 for weight in tally.weights if weight) or 1
    loud = _loud_slots(tally, loud_part)
    heard = sum(_slot_length(tally, slot) for slot in loud)
    picked = tally.bands[loud].sum(axis=0)
    powers = tally.bins[LEFT] + tally.bins[RIGHT]
    losses = (
        tuple(stereo.mono_loss(*(float(each) for each in band)) for band in
              whole[[LEFT, RIGHT, REAL]].T)
        if tally.channels == 2
        else ()
    )  # fmt: skip
    return Spectrum(
        centres=tuple(float(each) for each in middles),
        levels=_band_levels(whole, tally.length * counted),
        loud_levels=_band_levels(picked, heard * counted) if loud else (),
        mono_losses=losses,
        bandwidth=bandwidth(powers / max(1, tally.length), _spacing(tally)),
    )


def _band_levels(bands: Floats, count: int) -> tuple[float | None, ...]:
    energies = bands[LEFT] + bands[RIGHT]
    # what is left of nothing by rounding is nothing
    floor = stereo.NOTHING * float(energies.max(initial=0.0))
    return tuple(
        _power(float(energy), count) if energy > floor else None for energy in energies
    )


def _slot_length(tally: Tally, slot: int) -> int:
    return min(tally.slot, tally.length - slot * tally.slot)


def _loud_slots(tally: Tally, loud_part: float | None) -> list[int]:
    """Return the slots whose loudness is near the loud part, of short audio none."""
    if loud_part is None:
        return []
    levels: list[float] = []
    for slot in range(len(tally.bands)):
        ends = [at * tally.slot * TICKS // tally.rate for at in (slot, slot + 1)]
        energies = tally.energies[slice(*ends)]
        mean = float(energies.mean()) * TICKS / tally.rate if len(energies) else 0.0
        level = lufs(mean)
        levels.append(-math.inf if level is None else level)
    gate = min(loud_part - LOUD_SPAN, max(levels))
    return [slot for slot, level in enumerate(levels) if level >= gate]
