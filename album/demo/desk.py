"""The demo's mixing desk: strips into buses, an echo, a room, and a soft bus stage.

A desk holds one song. Sound arrays are ``(2, samples)``; everything is added, never
replaced, so a note may ring as far as the song is long.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from album.demo.instruments import pad, riser
from album.demo.room import echo, room
from album.demo.score import Clock, Hand, Note
from album.demo.tones import (
    RATE,
    Sound,
    halving,
    highpass,
    level,
    lowpass,
    seconds,
    soften,
)

Mix = NDArray[np.int32]
"""A finished mix, ``(samples, 2)``, 24 bits on the left of the word."""


@dataclass(frozen=True)
class Strip:
    """One channel of the desk: level in dB, pan from -1 to 1, and what it sends.

    *ducks* puts it on the bus that gives way to the bass drum.
    """

    level: float = 0.0
    pan: float = 0.0
    room: float = 0.0
    echo: float = 0.0
    ducks: bool = True


class Desk:
    """The buses of one song, filled strip by strip and mixed down once."""

    def __init__(self, clock: Clock, length: float, seed: int) -> None:
        """Lay out *length* seconds of silence; *seed* is the players' unevenness."""
        self.clock = clock
        self.hand = Hand(seed)
        self.length = round(length * RATE)
        self._free, self._ducked, self._room, self._echo = (
            np.zeros((2, self.length)) for _ in range(4)
        )
        self._kicks: list[int] = []

    def put(self, sound: Sound, at: int, strip: Strip, force: float = 1.0) -> None:
        """Add *sound* from sample *at* on, placed and sent as *strip* says."""
        at = max(at, 0)
        stereo = np.stack((sound, sound)) if sound.ndim == 1 else sound
        end = min(at + stereo.shape[1], self.length)
        if end <= at:
            return
        sides = np.sqrt(np.array([[1.0 - strip.pan], [1.0 + strip.pan]]))
        placed = stereo[:, : end - at] * (sides * (level(strip.level) * force))
        (self._ducked if strip.ducks else self._free)[:, at:end] += placed
        if strip.room:
            self._room[:, at:end] += strip.room * placed
        if strip.echo:
            self._echo[:, at:end] += strip.echo * placed

    def play(
        self,
        voice: Callable[[int, float, float], Sound],
        notes: Iterable[Note],
        strip: Strip,
        *,
        loose: float = 0.004,
        strum: float = 0.0,
    ) -> None:
        """Play *notes* on *voice*, each a little off by *loose* seconds at most.

        *strum* seconds lie between the keys of a chord.
        """
        step = self.clock.bar / self.clock.steps
        for note in notes:
            force = note.force * (1.0 + self.hand.waver(0.08))
            at = self.clock.time(note.step) + self.hand.waver(loose)
            for place, number in enumerate(note.keys):
                sound = voice(number, note.steps * step, force)
                self.put(sound, round((at + place * strum) * RATE), strip)

    def drum(
        self,
        takes: Sequence[Sound],
        notes: Iterable[Note],
        strip: Strip,
        *,
        loose: float = 0.003,
    ) -> None:
        """Strike the *takes* in turn at *notes*, on the bus that never gives way."""
        free = replace(strip, ducks=False)
        for turn, note in enumerate(notes):
            at = self.clock.sample(note.step) + round(self.hand.waver(loose) * RATE)
            force = note.force * (1.0 + self.hand.waver(0.1))
            self.put(takes[turn % len(takes)], at, free, force)

    def kick(self, sound: Sound, notes: Iterable[Note], strip: Strip) -> None:
        """Strike the bass drum, dead on the clock; the band gives way there."""
        for note in notes:
            at = self.clock.sample(note.step)
            self._kicks.append(at)
            self.put(sound, at, replace(strip, ducks=False), note.force)

    def lay(
        self, notes: Sequence[Note], strip: Strip, *, bright: float, slow: float
    ) -> None:
        """Lay chords as pads that overlap; the last one dies away slowly."""
        step = self.clock.bar / self.clock.steps
        for note in notes:
            release = 3.0 if note is notes[-1] else 1.2 * slow
            sound = pad(note.keys, note.steps * step, bright, slow, release)
            self.put(sound, self.clock.sample(note.step), strip)

    def lead_in(self, step: float, length: float, seed: int, strip: Strip) -> None:
        """Let a noise of *length* seconds rise and stop dead at *step*."""
        self.put(
            riser(length, seed), self.clock.sample(step) - round(length * RATE), strip
        )

    def mixdown(
        self,
        *,
        peak: float,
        drive: float,
        duck: float = 0.0,
        beat: float = 0.0,
        decay: float = 1.8,
        radio: bool = False,
    ) -> Mix:
        """Return the song at *peak* dBFS.

        *drive* in dB pushes the soft bus stage, *duck* is the depth by which the band
        gives way, *beat* the steps of the echo, *decay* the room's reverberation time,
        *radio* a small loudspeaker: one channel, without lows and highs.
        """
        band, dry, sent, late = self._ducked, self._free, self._room, self._echo
        # The desk is done with its buses: each is let go as soon as it has been heard.
        del self._ducked, self._free, self._room, self._echo
        late = echo(late, round(self.clock.time(beat or 3) * RATE))
        band += late
        late *= 0.3
        sent += late
        del late
        band += room(sent, decay)
        del sent
        if duck:
            band *= self._dips(duck)
        band += dry
        del dry
        bus = _small(band) if radio else _voiced(highpass(highpass(band, 22.0), 22.0))
        return _printed(soften(bus, level(drive)), peak)

    def _dips(self, depth: float) -> Sound:
        """Return the gain of the band: down at each bass drum, back in 150 ms."""
        gain = np.ones(self.length)
        dip = 1.0 - depth * halving(seconds(0.6) / 0.055)
        for at in self._kicks:
            end = min(at + len(dip), self.length)
            gain[at:end] = np.minimum(gain[at:end], dip[: end - at])
        return lowpass(gain, 120.0)


def _voiced(bus: Sound) -> Sound:
    """Return the bus with its lows gathered to the middle, as for a lacquer."""
    side = 0.5 * (bus[0] - bus[1])
    narrow = side - 0.8 * lowpass(lowpass(side, 130.0), 130.0)
    middle = 0.5 * (bus[0] + bus[1])
    return np.stack((middle + narrow, middle - narrow))


def _small(bus: Sound) -> Sound:
    """Return the bus as a wheelhouse's radio plays it, almost in the middle."""
    middle = 0.5 * (bus[0] + bus[1])
    thin = lowpass(lowpass(highpass(highpass(middle, 320.0), 320.0), 2600.0), 3400.0)
    return np.stack((thin, thin)) + 0.1 * highpass(bus, 900.0)


def _printed(hot: Sound, peak: float) -> Mix:
    """Return *hot* scaled to *peak* dBFS, without DC, its ends led to zero."""
    edge = np.arange(240, dtype=np.float64) / 240
    hot = highpass(hot, 8.0)
    hot[:, :240] *= edge
    hot[:, -2400:] *= np.arange(2400, 0, -1, dtype=np.float64) / 2400 - 1 / 2400
    scale = level(peak) * 2.0**23 / float(np.max(np.abs(hot)))
    words = np.rint(hot * scale).astype(np.int32)
    # The mean is taken of whole numbers, whose sum does not depend on its order.
    words -= np.rint(
        words.sum(axis=1, keepdims=True, dtype=np.int64) / hot.shape[1]
    ).astype(np.int32)
    return np.ascontiguousarray((words << 8).T)
