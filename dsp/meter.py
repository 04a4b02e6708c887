"""The meter: audio in, in blocks of any size, and a tally out.

Blocks are gathered to chunks whose length depends on rate and channels alone. All that
is computed is computed on chunks, so the blocks leave no trace in the result.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.dynamicrange import block_length
from dsp.kweighting import EARLY, STRETCH, TICKS, Weighting, stretches
from dsp.loudness import channel_weights, ticks_in
from dsp.planes import channels_of, lay
from dsp.spectrum import Spectra, ThirdOctaves
from dsp.survey import count_clipped, no_clipping, survey
from dsp.tally import STEPS, Tally
from dsp.truepeak import REACH, find_peak

LOWEST_RATE, HIGHEST_RATE = 8_000, 384_000
MOST_CHANNELS = 64

_Part = tuple[NDArray[np.int64], NDArray[Any], NDArray[Any], NDArray[Any]]


class NotANumberError(ValueError):
    """A sample that is not a number, or infinite."""

    def __init__(self, position: int) -> None:
        """Say where: sample *position* of the stream."""
        super().__init__(f"sample {position} is not a number")
        self.position = position


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
        self._weighting = Weighting(rate, counted)
        self._counted = np.array([self._weights[at] for at in counted])
        self._pairs = [
            (one, other, ThirdOctaves(rate)) for one, other in _pairs(counted, channels)
        ]
        self._chunk = STRETCH * rate * stretches(len(counted))
        self._kept = max(rate * EARLY // TICKS + 1, self._pairs[0][2].history, rate)
        self._planes = np.zeros((channels, self._kept + self._chunk), np.float32)
        self._fill = 0
        self._before = 0  # samples of the chunks that are done
        self._energies: list[NDArray[np.float64]] = []
        self._parts: list[_Part] = []
        self._sums = np.zeros(channels)
        self._sample_peaks = np.zeros(channels, np.float32)
        self._sample_peak_at = np.full(channels, -1)
        self._true_peaks = [(np.float32(0.0), -1.0)] * channels
        self._clipping = no_clipping(channels)

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
            room = block[: self._chunk - self._fill]
            lay(room, self._planes, self._kept + self._fill)
            self._fill += len(room)
            block = block[len(room) :]
            if self._fill == self._chunk:
                self._measure(self._chunk, last=False)
                keep = slice(self._chunk, self._chunk + self._kept)
                self._planes[:, : self._kept] = self._planes[:, keep]
                self._before += self._chunk
                self._fill = 0

    def finish(self) -> Tally:
        """Return the tally of all that was heard; the meter is done after that."""
        count = self._fill
        self._planes[:, self._kept + count :] = 0.0
        self._measure(count, last=True)
        spectra = self._spectra(count)
        return Tally(
            rate=self._rate,
            length=self._before + count,
            weights=self._weights,
            energies=np.concatenate(self._energies),
            sums=self._sums,
            sample_peaks=self._sample_peaks,
            sample_peak_at=self._sample_peak_at,
            true_peaks=np.array([peak for peak, _ in self._true_peaks], np.float32),
            true_peak_at=np.array([at for _, at in self._true_peaks]),
            clipping=self._clipping[:, :-1].copy(),
            bands=spectra.bands,
            bins=spectra.bins,
            slot=self._pairs[0][2].slot,
            **self._steps_and_blocks(self._before + count),
        )

    def _measure(self, count: int, *, last: bool) -> None:
        """Measure the *count* samples of the chunk."""
        planes, first = self._planes, self._kept
        self._survey(count)
        ticks = ticks_in(count, self._rate)
        found = self._weighting.energies(planes, first, ticks)
        self._energies.append((found * self._counted).sum(axis=1))
        # of the end of a chunk the wave is known when the next has come
        begin = first - REACH if self._before else first
        end = first + count if last else first + count - REACH
        if last:
            planes = np.pad(planes[:, : first + count], ((0, 0), (0, 2 * REACH)))
        offset = self._before - first
        for channel, (peak, at) in enumerate(self._true_peaks):
            top, place = find_peak(planes[channel], begin, end, peak, at - offset)
            self._true_peaks[channel] = np.float32(top), float(place) + offset
        if not last:
            for one, other, spectrum in self._pairs:
                left, right = self._planes[one], self._other(other)
                spectrum.add(left, right, offset, self._before + count)

    def _survey(self, count: int) -> None:
        """Take sums and peaks of everything between the lines of all grids."""
        lines = _cuts(self._rate, self._before, self._before + count)
        cuts = lines - self._before + self._kept
        shape = len(cuts) - 1, len(self._planes)
        sums, squares, products = np.zeros(shape), np.zeros(shape), np.zeros(shape[0])
        peaks = np.zeros(shape, np.float32)
        survey(self._planes, cuts, sums, squares, products, peaks)
        if not np.isfinite(peaks).all():
            heard = self._planes[:, self._kept : self._kept + count]
            bad = int(np.flatnonzero(~np.isfinite(heard).all(axis=0))[0])
            raise NotANumberError(self._before + bad)
        offset = self._before - self._kept
        count_clipped(self._planes, cuts, peaks, offset, self._clipping)
        self._sums += sums.sum(axis=0)
        self._parts.append((lines[:-1], squares, products, peaks))
        for channel, plane in enumerate(self._planes):
            part = int(peaks[:, channel].argmax()) if len(peaks) else 0
            if len(peaks) and peaks[part, channel] > self._sample_peaks[channel]:
                self._sample_peaks[channel] = peaks[part, channel]
                at = int(np.abs(plane[cuts[part] : cuts[part + 1]]).argmax())
                self._sample_peak_at[channel] = int(lines[part]) + at

    def _spectra(self, count: int) -> Spectra:
        """Return the spectra of all pairs; of more than one, their sum."""
        offset, end = self._before - self._kept, self._before + count
        found = [
            spectrum.finish(self._planes[one], self._other(other), offset, end)
            for one, other, spectrum in self._pairs
        ]
        bands = np.sum([each.bands for each in found], axis=0)
        return Spectra(bands=bands, bins=np.sum([each.bins for each in found], axis=0))

    def _other(self, channel: int | None) -> NDArray[np.float32]:
        """Return the second plane of a pair; an odd channel is paired with silence."""
        if channel is not None:
            plane: NDArray[np.float32] = self._planes[channel]
            return plane
        return np.zeros(self._planes.shape[1], np.float32)

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


def _pairs(counted: list[int], channels: int) -> list[tuple[int, int | None]]:
    """Return which channels are transformed together: left and right of stereo."""
    firsts, seconds = counted[::2], counted[1::2]
    ends = [*seconds, *([None] * (len(firsts) - len(seconds)))]
    return list(zip(firsts, ends, strict=True))


def _steps(rate: int, begin: int, end: int) -> NDArray[np.int64]:
    """Return the beginnings of the steps from *begin*, itself one, to before *end*."""
    first, last = begin * STEPS // rate, -(-end * STEPS // rate)
    at = (np.arange(first, last + 1) * rate + STEPS // 2) // STEPS
    return at[(at >= begin) & (at < end)]


def _cuts(rate: int, begin: int, end: int) -> NDArray[np.int64]:
    """Return all lines from *begin* to *end*: of steps, of DR blocks, and both ends."""
    block = block_length(rate)
    blocks = np.arange(-(-begin // block) * block, end, block)
    ends = np.array([begin, end])
    return np.unique(np.concatenate((_steps(rate, begin, end), blocks, ends)))


def _added(values: NDArray[Any], begins: NDArray[np.intp]) -> NDArray[Any]:
    return np.add.reduceat(values, begins, axis=0) if len(begins) else values[:0]


def _topmost(values: NDArray[Any], begins: NDArray[np.intp]) -> NDArray[Any]:
    return np.maximum.reduceat(values, begins, axis=0) if len(begins) else values[:0]
