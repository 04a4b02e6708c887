"""The meter: audio in, in blocks of any size, and a tally out.

Blocks are gathered to spans, whose length depends on the rate alone. All that is
computed is computed on spans, so the blocks leave no trace in the result.

To meter audio in memory, for one, while it is rendered::

    meter = Meter(rate, channels)
    for block in blocks:  # (samples, channels), float64 or float32
        meter.feed(block)
    found = figures(meter.finish())
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.dynamicrange import block_length
from dsp.hearing import SAMPLE, SAMPLE_AT, TRUE, TRUE_AT, Hearing
from dsp.kweighting import ABREAST, TICKS, tick_edges
from dsp.loudness import channel_weights, ticks_in
from dsp.planes import channels_of, lay
from dsp.spectrum import Spectra, Stretch, ThirdOctaves
from dsp.survey import KNOWN, LOUDEST
from dsp.tally import STEPS, Tally
from dsp.thinning import factor

LOWEST_RATE, HIGHEST_RATE = 8_000, 384_000
MOST_CHANNELS = 64

SPAN = 480_000
"""Samples measured at a time, about."""

_Part = tuple[NDArray[np.int64], NDArray[Any], NDArray[Any], NDArray[Any]]


class NotANumberError(ValueError):
    """A sample that is not a number, or infinite, or too large to be audio."""

    def __init__(self, position: int, value: float) -> None:
        """Say where: sample *position* of the stream, which is *value*."""
        super().__init__(f"sample {position} is no audio: {value:g}")
        self.position = position
        self.value = value


def no_audio(block: NDArray[Any]) -> tuple[int, float]:
    """Return place and value of the first sample in *block* that is no audio.

    *block* has the shape (samples, channels) and holds one.
    """
    sound = np.abs(block) < LOUDEST
    at = int(np.flatnonzero(~sound.all(axis=1))[0])
    return at, float(block[at, int(sound[at].argmin())])


class Meter:
    """One stream being measured."""

    def __init__(
        self, rate: int, channels: int, weights: tuple[float, ...] | None = None
    ) -> None:
        """Begin a stream; *weights* are those of BS.1770-5 unless given.

        Raises ValueError for a rate or a number of channels that is not measured.
        """
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise ValueError(
                f"{rate} Hz: rates from {LOWEST_RATE} to {HIGHEST_RATE} Hz are measured"
            )
        if not 1 <= channels <= MOST_CHANNELS:
            raise ValueError(
                f"{channels} channels: from 1 to {MOST_CHANNELS} are measured"
            )
        self._rate = rate
        self._weights = channel_weights(channels) if weights is None else weights
        if len(self._weights) != channels:
            raise ValueError(
                f"{len(self._weights)} weights for {channels} channels: give one each"
            )
        counted = [at for at, weight in enumerate(self._weights) if weight] or [0]
        self._counted = np.array([self._weights[at] for at in counted])
        # as many as are filtered side by side, a whole number of times
        self._ticks_a_span = max(1, SPAN * TICKS // rate // ABREAST) * ABREAST
        span = -(-self._ticks_a_span * rate // TICKS) + 1
        self._pairs = [
            (one, other, ThirdOctaves(rate, 2 * span, factor(rate, TICKS)))
            for one, other in _pairs(counted)
        ]
        history = max(spectrum.history for _, _, spectrum in self._pairs)
        self._kept = max(history, 2 * Hearing.AHEAD)
        tick = rate // TICKS + 1
        self._planes = np.zeros(
            (channels, self._kept + span + tick + 2 * Hearing.AHEAD), np.float32
        )
        self._hearing = Hearing(rate, channels, counted, self._kept, span)
        self._quiet = np.zeros(self._planes.shape[1], np.float32)
        self._ticks = 0  # of the spans that are done
        self._before = 0  # samples of them
        self._span = self._next_span()
        self._fill = 0
        self._energies: list[NDArray[np.float64]] = []
        self._parts: list[_Part] = []

    def feed(self, block: NDArray[Any]) -> None:
        """Hear the next *block*; see ``dsp.planes.lay`` for what it may be.

        Raises NotANumberError for what is no audio, at the latest in ``finish``.
        """
        if channels_of(block) != len(self._planes):
            raise ValueError(
                f"a block of {channels_of(block)} channels in a stream of "
                f"{len(self._planes)}"
            )
        while len(block):
            wanted = self._span + Hearing.AHEAD
            room = block[: wanted - self._fill]
            lay(room, self._planes, self._kept + self._fill)
            self._fill += len(room)
            block = block[len(room) :]
            if self._fill == wanted:
                self._go_on()

    def _go_on(self) -> None:
        """Measure a span and begin the next."""
        self._measure(self._span, last=False)
        kept = self._kept + self._fill - self._span
        self._planes[:, :kept] = self._planes[:, self._span : self._span + kept]
        self._hearing.keep(self._span)
        self._ticks += self._ticks_a_span
        self._before += self._span
        self._fill -= self._span
        self._span = self._next_span()

    def _next_span(self) -> int:
        """Return the samples of the next span; at odd rates they differ by one."""
        ticks = self._ticks, self._ticks + self._ticks_a_span
        begin, end = ((tick * self._rate + TICKS // 2) // TICKS for tick in ticks)
        return end - begin

    def finish(self) -> Tally:
        """Return the tally of all that was heard; the meter is done after that."""
        if self._fill > self._span:
            self._planes[:, self._kept + self._fill :] = 0.0
            self._go_on()
        count = self._fill
        self._planes[:, self._kept + count :] = 0.0
        self._measure(count, last=True)
        spectra = self._spectra(count)
        hearing = self._hearing
        tops = hearing.tops.T.copy()
        return Tally(
            rate=self._rate,
            length=self._before + count,
            weights=self._weights,
            energies=np.concatenate(self._energies),
            sums=hearing.sums,
            sample_peaks=tops[SAMPLE].astype(np.float32),
            sample_peak_at=tops[SAMPLE_AT].astype(np.int64),
            true_peaks=tops[TRUE].astype(np.float32),
            true_peak_at=tops[TRUE_AT],
            clipping=hearing.clipping[:, :KNOWN].copy(),
            bands=spectra.bands,
            bins=spectra.bins,
            slot=self._pairs[0][2].slot,
            **self._steps_and_blocks(self._before + count),
        )

    def _measure(self, count: int, *, last: bool) -> None:
        """Measure the *count* samples of the span."""
        first, before = self._kept, self._before
        ticks = (
            ticks_in(before + count, self._rate) - self._ticks
            if last
            else self._ticks_a_span
        )
        edges = tick_edges(self._rate, self._ticks, ticks) + (first - before)
        begin, end = first, first + count
        cuts = self._cuts(edges, count)
        heard = self._hearing.hear(
            self._planes, edges, cuts, (begin, end), before - first, last=last
        )
        if not heard.peaks.max(initial=0.0) < LOUDEST:
            planes = self._planes[:, first : first + count]
            bad, value = no_audio(planes.T)
            raise NotANumberError(before + bad, value)
        self._energies.append(self._counted @ heard.energies)
        begins = cuts[:-1] + (before - first)
        self._parts.append((begins, heard.squares, heard.products, heard.peaks))
        for one, other, spectrum in self._pairs:
            spectrum.add(*self._stretches(one, other, count))

    def _cuts(self, edges: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """Return where sums begin and end: *edges*, blocks of the DR meter, the end."""
        end, length = self._kept + count, block_length(self._rate)
        block = -(-self._before // length) * length - self._before + self._kept
        more = [*range(block, end, length), end] if block < end else [end]
        if edges[-1] == end and len(more) == 1:
            return edges
        return np.array(sorted({*edges.tolist(), *more}))

    def _spectra(self, count: int) -> Spectra:
        """Return the spectra of all pairs; of more than one, their sum."""
        found = [
            spectrum.finish(*self._stretches(one, other, count))
            for one, other, spectrum in self._pairs
        ]
        bands = np.sum([each.bands for each in found], axis=0)
        return Spectra(bands=bands, bins=np.sum([each.bins for each in found], axis=0))

    def _stretches(
        self, one: int, other: int | None, count: int
    ) -> tuple[Stretch, Stretch]:
        """Return the *count* samples of the span with what was before, and thinned.

        An odd channel is paired with silence.
        """
        first, end = self._before - self._kept, self._before + count
        planes, hearing = self._planes, self._hearing
        right = self._quiet if other is None else planes[other]
        wave = Stretch(planes[one], right, first, end)
        if hearing.thinned == 1:
            return wave, wave
        first = self._before // hearing.thinned - hearing.kept
        end = -(-end // hearing.thinned)
        low = hearing.low_of(one)
        right = self._quiet[: len(low)] if other is None else hearing.low_of(other)
        return wave, Stretch(low, right, first, end)

    def _steps_and_blocks(self, length: int) -> dict[str, Any]:
        """Return what the survey found by the two grids it was taken for."""
        begins, squares, products, peaks = (
            np.concatenate([part[at] for part in self._parts]) for at in range(4)
        )
        out: dict[str, Any] = {}
        steps = np.searchsorted(begins, _steps(self._rate, 0, length))
        blocks = np.searchsorted(begins, np.arange(0, length, block_length(self._rate)))
        out["squares"] = _added(squares, steps)
        out["products"] = _added(products, steps)
        out["step_peaks"] = _topmost(peaks, steps)
        out["block_squares"] = _added(squares, blocks)
        out["block_peaks"] = _topmost(peaks, blocks)
        return out


def _pairs(counted: list[int]) -> list[tuple[int, int | None]]:
    """Return which channels are transformed together: left and right of stereo."""
    firsts, seconds = counted[::2], counted[1::2]
    ends = [*seconds, *([None] * (len(firsts) - len(seconds)))]
    return list(zip(firsts, ends, strict=True))


def _steps(rate: int, begin: int, end: int) -> NDArray[np.int64]:
    """Return the beginnings of the steps from *begin*, itself one, to before *end*."""
    first, last = begin * STEPS // rate, -(-end * STEPS // rate)
    at = (np.arange(first, last + 1) * rate + STEPS // 2) // STEPS
    return at[(at >= begin) & (at < end)]


def _added(values: NDArray[Any], begins: NDArray[np.intp]) -> NDArray[Any]:
    return np.add.reduceat(values, begins, axis=0) if len(begins) else values[:0]


def _topmost(values: NDArray[Any], begins: NDArray[np.intp]) -> NDArray[Any]:
    return np.maximum.reduceat(values, begins, axis=0) if len(begins) else values[:0]
