"""Sibilance: where the band of an "s" stands out of the sound, and for a short while.

Two ratios decide, so that level plays no part: the band against all that is heard of
the voice, and the band against what of it lasts. What lasts is the opening of its level
over time, the highest level that is held for a whole `LASTING`; a steady cymbal is
its own background, and a burst has none. Source: ``formats/dsp.md`` §1.7.
"""

import numpy as np

from dsp.butterworth import highpass, lowpass
from dsp.kernels import exact
from dsp.processor import Floats

LASTING = 400
"""Steps of about 1 ms that a sound has to last to be no burst."""

KNEE_DB = 3.0
"""Above the threshold to the whole reduction."""

_STANDS_OUT_DB = 4.0, 8.0
"""Above what lasts: where reduction begins, and where it is whole."""

_VOICE_HZ = 500.0  # what lies below says nothing about an "s"
_BAND = 1.5  # from the centre to both ends of the band
_SHORT, _LONG = 5, 15  # steps in a mean
_AHEAD = 3  # steps that reduction begins early
_PAST = LASTING - 1 + _LONG // 2
_FUTURE = _AHEAD + LASTING - 1 + _LONG // 2
_QUIET = 1e-12  # mean square, -120 dB, below which nothing is heard
_AT_ONCE = 512  # steps worth deciding together
_CHUNK = 2048
_TINY = 1e-25  # keeps what decays from becoming denormal
_END_DB = 0.05  # below 0 dB: where a release would end


def step(rate: int) -> int:
    """Return the samples in a step, about 1 ms."""
    return max(1, round(rate / 1000))


class Detector:
    """The reduction that each step of a sound asks for."""

    def __init__(
        self,
        rate: int,
        frequency_hz: float,
        *,
        threshold_db: float,
        most_db: float,
        release_ms: float,
    ) -> None:
        """Listen around *frequency_hz* at *rate* Hz.

        Reduction begins where the band comes within *threshold_db* of the voice.
        """
        self._hop = step(rate)
        top = frequency_hz * _BAND
        through = np.array([1.0, 0.0, 0.0, 0.0, 0.0])
        self._taps = np.stack(
            (
                highpass(rate, frequency_hz / _BAND),
                lowpass(rate, top) if top < 0.45 * rate else through,
                highpass(rate, min(_VOICE_HZ, 0.1 * rate)),
            )
        )
        self._state = np.zeros(15)
        self._threshold = threshold_db
        self._most = most_db
        self._keep = np.exp(-1000.0 * self._hop / (rate * release_ms))
        self._last = np.zeros(1)
        self._seen = 0  # steps, from the first on
        self._decided = 0
        # mean squares of band and voice from `_decided - _PAST` on
        self._steps = np.zeros((2, _PAST))

    def take(self, block: Floats) -> Floats:
        """Take the next *block*; return the reductions in dB of the steps decided."""
        fresh = np.empty((2, len(block) // self._hop + 1))
        count = _mean_squares(block, self._taps, self._hop, self._state, fresh)
        self._steps = np.concatenate((self._steps, fresh[:, :count]), axis=1)
        self._seen += count
        if self._seen - self._decided < _FUTURE + _AT_ONCE:
            return np.zeros(0)
        return self._decide()

    def finish(self) -> Floats:
        """Return the reductions of all steps that are left, the last one cut short."""
        if filled := int(self._state[14]):
            rest = self.take(np.zeros((self._hop - filled, 2)))
        else:
            rest = np.zeros(0)
        self._steps = np.concatenate((self._steps, np.zeros((2, _FUTURE))), axis=1)
        return np.concatenate((rest, self._decide()))

    def _decide(self) -> Floats:
        """Return the reductions of all steps of which enough is known."""
        band, voice = self._steps
        long = _decibels(_sums(band, _LONG) / _LONG)
        lasting = _least(long, LASTING)
        begins = self._decided + 1 - LASTING + np.arange(len(lasting))
        lasting[(begins < 0) | (begins > self._seen - LASTING)] = -np.inf
        lasting = -_least(-lasting, LASTING)
        count = len(lasting)
        out_of_lasting = long[LASTING - 1 :][:count] - lasting
        middle = slice(_PAST - _SHORT // 2, _PAST - _SHORT // 2 + count)
        short = _sums(voice, _SHORT)[middle] / _SHORT
        out_of_voice = _decibels(_sums(band, _SHORT)[middle] / _SHORT)
        out_of_voice -= _decibels(short)
        low, high = _STANDS_OUT_DB
        share = np.minimum(
            (out_of_voice - self._threshold) / KNEE_DB,
            (out_of_lasting - low) / (high - low),
        )
        beyond = self._decided + np.arange(count) >= self._seen
        share[(short <= _QUIET) | beyond] = 0.0
        share = np.clip(share, 0.0, 1.0)
        share = share * share * (3.0 - 2.0 * share)
        wanted = -_least(-share, _AHEAD + 1) * self._most
        reductions = np.empty(len(wanted))
        _release(wanted, self._keep, self._last, reductions)
        self._decided += len(wanted)
        self._steps = self._steps[:, len(wanted) :]
        return reductions


def _sums(values: Floats, count: int) -> Floats:
    """Return the sums of each *count* values in a row, added in the same order."""
    length = len(values) + 1 - count
    out = values[:length].copy()
    for at in range(1, count):
        out += values[at : at + length]
    return out


def _least(values: Floats, count: int) -> Floats:
    """Return the least of each *count* values in a row."""
    out, width = values, 1
    while 2 * width <= count:
        out, width = np.minimum(out[:-width], out[width:]), 2 * width
    rest = count - width
    return np.minimum(out[:-rest], out[rest:]) if rest else out


def _decibels(powers: Floats) -> Floats:
    levels: Floats = 10.0 * np.log10(powers + 1e-20)
    return levels


@exact
def _mean_squares(
    block: Floats, taps: Floats, hop: int, state: Floats, out: Floats
) -> int:
    """Write the mean squares of band and voice of all steps completed; return how many.

    *state* is that of three filters on both channels, then the sums and the number of
    samples of the step begun.
    """
    filters = state[:12]
    band, voice, filled = state[12], state[13], int(state[14])
    count = 0
    squares = np.empty((2, _CHUNK))
    for at in range(0, len(block), _CHUNK):
        part = block[at : at + _CHUNK]
        _squares(part, taps, filters, squares)
        for i in range(len(part)):
            band += squares[0, i]
            voice += squares[1, i]
            filled += 1
            if filled == hop:
                out[0, count] = band / hop
                out[1, count] = voice / hop
                band, voice, filled = 0.0, 0.0, 0
                count += 1
    state[12], state[13], state[14] = band, voice, filled
    return count


@exact
def _squares(block: Floats, taps: Floats, state: Floats, out: Floats) -> None:
    """Write the squares of both channels, summed, in the band and of the voice."""
    high, low, voice = taps[0], taps[1], taps[2]
    h0, h1, h2, h3, h4 = high[0], high[1], high[2], high[3], high[4]
    l0, l1, l2, l3, l4 = low[0], low[1], low[2], low[3], low[4]
    v0, v1, v2, v3, v4 = voice[0], voice[1], voice[2], voice[3], voice[4]
    a, b, c, d = state[0], state[1], state[2], state[3]
    e, f, g, h = state[4], state[5], state[6], state[7]
    p, q, r, s = state[8], state[9], state[10], state[11]
    for i in range(len(block)):
        x = block[i, 0]
        y = block[i, 1]
        left = h0 * x + a
        right = h0 * y + b
        a = (h1 * x + c) - h3 * left
        b = (h1 * y + d) - h3 * right
        c = (h2 * x + _TINY) - h4 * left
        d = (h2 * y + _TINY) - h4 * right
        lower = l0 * left + e
        other = l0 * right + f
        e = (l1 * left + g) - l3 * lower
        f = (l1 * right + h) - l3 * other
        g = (l2 * left + _TINY) - l4 * lower
        h = (l2 * right + _TINY) - l4 * other
        out[0, i] = lower * lower + (other * other + _TINY)
        left = v0 * x + p
        right = v0 * y + q
        p = (v1 * x + r) - v3 * left
        q = (v1 * y + s) - v3 * right
        r = (v2 * x + _TINY) - v4 * left
        s = (v2 * y + _TINY) - v4 * right
        out[1, i] = left * left + (right * right + _TINY)
    state[0], state[1], state[2], state[3] = a, b, c, d
    state[4], state[5], state[6], state[7] = e, f, g, h
    state[8], state[9], state[10], state[11] = p, q, r, s


@exact
def _release(wanted: Floats, keep: float, last: Floats, out: Floats) -> None:
    """Let go of each reduction slowly, down to exactly none."""
    held = last[0]
    for i in range(len(wanted)):
        held = keep * held - (1.0 - keep) * _END_DB
        held = held if held > wanted[i] else wanted[i]
        out[i] = held
    last[0] = held
