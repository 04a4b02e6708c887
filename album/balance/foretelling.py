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
from dsp.tally import Tally
from dsp.tonemove import Move
from dsp.truepeak import REACH, find_peak

ROUND = 24
"""Steps of 100 ms that are heard at first; each round hears twice as many."""

FEW = 48
"""Steps that are heard where a limiter will hold the peaks anyway."""

WARM = 20
"""A part of a second that is heard before: whatever the bands still knew of has died
away by 130 dB."""


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
        rate = placed.source.rate
        rack = Rack(fitted(song.treatment.stages, rate, _nothing), rate)
        opened = reader(placed.source)
        try:
            while at < len(ranked):
                steps = ranked[at : at + count]
                steps = steps[likely[steps] > best.max()]
                if not len(steps):
                    break
                for begin, end in stretches(steps, rate):
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
    """Raise *best* to the true peaks of a song between its samples *heard*.

    *rack* may come from elsewhere in the song: that is over before they begin.
    """
    (begin, end), length = heard, placed.end - placed.begin
    first = begin - placed.source.rate // WARM
    early, late = max(0, first), min(length, end + REACH)
    if first < early:
        rack.process(np.zeros((early - first, 2)))
    done = rack.process(opened.read(placed.begin + early, placed.begin + late))
    apply_ramp(done, early, placed.fade_in, length, opening=True)
    apply_ramp(done, early, placed.fade_out, length, opening=False)
    # silence stands before a song's first sample and after its last
    ahead, behind = begin - REACH, min(end, length) + REACH
    planes = np.zeros((2, behind - ahead), np.float32)
    inside = max(0, ahead)
    planes[:, inside - ahead : late - ahead] = done[inside - early : late - early].T
    for channel, plane in enumerate(planes):
        stop = len(plane) - REACH
        best[channel], _ = find_peak(plane, REACH, stop, best[channel], -1.0)


def _nothing() -> Iterator[Floats]:
    return iter(())


def _fits(song: Sung, voice: Voice, move: Move) -> bool:
    """Return whether *song* is played as it lies in its files, and can be foretold."""
    plain = song.treatment.idle and not song.placed.source.lossy
    return plain and foretellable(voice.tally, move.bands, move.makeup_db)
