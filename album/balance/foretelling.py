"""Songs whose tone is moved, known before they are heard again.

Loudness and spectrum are foretold from the measurement that is there. Only the peaks
are heard, in those tenths of a second that may hold the highest one; a few percent of
the song.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from album.balance.hearing import Sung, Voice, voice
from album.rack import Rack, fitted
from album.ramps import apply_ramp
from album.stems import AnyReader, reader
from album.tallies import keep, recall
from album.timeline import Placement
from album.treatment import Treatments
from delivery.program import Floats
from dsp.foretold import foretellable, foretold, peaked, stretches
from dsp.tally import STEPS, Tally
from dsp.tonality import Move
from dsp.truepeak import REACH, find_peak

ROUND = 24
"""Steps of 100 ms that are heard at first; each round hears twice as many."""

FEW = 48
"""Steps that are heard where a limiter will hold the peaks anyway."""


@dataclass(frozen=True)
class Foretelling:
    """Songs that are to be known with their tones moved."""

    jobs: int
    limited: bool
    """Whether a limiter holds the peaks of whatever is made from them."""

    def voices(
        self,
        songs: Mapping[str, Sung],
        treated: Treatments,
        voices: Mapping[str, Voice],
        moves: Mapping[str, Move],
    ) -> dict[str, Voice]:
        """Return those of *songs* that can be foretold behind their *moves*.

        *songs* and *voices* are without the moves, *treated* with them.
        """
        known = [
            name
            for name, move in moves.items()
            if name in voices and _fits(songs[name], voices[name], move)
        ]

        def one(name: str) -> Voice:
            song = Sung(songs[name].placed, treated[name])
            return voice(self._tally(song, voices[name], moves[name]))

        with ThreadPoolExecutor(self.jobs) as threads:
            return dict(zip(known, threads.map(one, known), strict=True))

    def _tally(self, song: Sung, before: Voice, move: Move) -> Tally:
        word = "foretold, limited" if self.limited else "foretold"
        key = song.key(word)
        if key and (known := recall(key)):
            return known
        told = foretold(before.tally, move.bands, move.makeup_db)
        likely = peaked(before.tally, move.bands, move.makeup_db)
        tally = replace(told, true_peaks=self._peaks(song, likely))
        if key and key == song.key(word):  # nothing was written to meanwhile
            keep(key, tally)
        return tally

    def _peaks(self, song: Sung, likely: Floats) -> NDArray[np.float32]:
        """Return the true peaks of both channels, of the steps that may hold them."""
        ranked = np.argsort(-likely, kind="stable")
        if self.limited:
            ranked = ranked[:FEW]
        best = np.zeros(2, np.float32)
        placed, at, count = song.placed, 0, ROUND
        stages = fitted(song.treatment.stages, placed.source.rate, _nothing)
        opened = reader(placed.source)
        try:
            while at < len(ranked):
                steps = ranked[at : at + count]
                steps = steps[likely[steps] > best.max()]
                if not len(steps):
                    break
                for begin, end in stretches(steps, placed.source.rate):
                    rack = Rack(stages, placed.source.rate)
                    _hear(opened, placed, rack, (begin, end), best)
                at, count = at + count, 2 * count
        finally:
            opened.close()
        return best


def _hear(
    opened: AnyReader,
    placed: Placement,
    rack: Rack,
    heard: tuple[int, int],
    best: NDArray[np.float32],
) -> None:
    """Raise *best* to the true peaks of a song between its samples *heard*."""
    (begin, end), length = heard, placed.end - placed.begin
    early = max(0, begin - placed.source.rate // STEPS - REACH)
    late = min(length, end + REACH)
    block = opened.read(placed.begin + early, placed.begin + late)
    done = np.concatenate((rack.process(block), rack.finish()))
    apply_ramp(done, early, placed.fade_in, length, opening=True)
    apply_ramp(done, early, placed.fade_out, length, opening=False)
    # silence stands before a song's first sample and after its last
    first, last = begin - REACH - early, min(end, length) + REACH - early
    head, tail = max(0, -first), max(0, last - len(done))
    planes = np.pad(done[max(0, first) : last].T, ((0, 0), (head, tail)))
    for channel, plane in enumerate(planes.astype(np.float32)):
        stop = len(plane) - REACH
        best[channel], _ = find_peak(plane, REACH, stop, best[channel], -1.0)


def _nothing() -> Iterator[Floats]:
    return iter(())


def _fits(song: Sung, voice: Voice, move: Move) -> bool:
    """Return whether *song* is played as it lies in its files, and can be foretold."""
    plain = song.treatment.idle and not song.placed.source.lossy
    return plain and foretellable(voice.tally, move.bands, move.makeup_db)
