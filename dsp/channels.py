"""Work on a part of the stereo image: on mid, side, left or right alone.

Mid and side are half the sum and half the difference of the channels. What a stage
changes about mid is added to both channels, what it changes about side is added to left
and taken from right: the other part stays as it is to the rounding of the sums, and all
of it does bit for bit where nothing is changed. Left alone and right alone leave the
other channel bit for bit.
"""

from collections import deque
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact
from dsp.processor import Lowered, Lowering, Stream

Floats = NDArray[np.float64]

Channel = Literal["stereo", "mid", "side", "left", "right"]
CHANNELS: tuple[str, ...] = get_args(Channel)

_SIGNS = {"mid": 1.0, "side": -1.0}
_COLUMNS = {"left": 0, "right": 1}


def check_channel(channel: str) -> None:
    """Raise ValueError, with a sentence for the user, for what is no channel."""
    if channel not in CHANNELS:
        known = ", ".join(CHANNELS[:-1])
        raise ValueError(f"channel {channel!r} is none of {known} and {CHANNELS[-1]}")


def on(channel: Channel, stream: Stream) -> Stream:
    """Return *stream* at work on *channel* only; for stereo, the stream itself.

    The stream hears the part on both of its channels. One that turns the level down
    still says how far it did.
    """
    if channel == "stereo":
        return stream
    if isinstance(stream, Lowering):
        return _LoweringPart(channel, stream)
    return _Part(channel, stream)


def part_of(channel: Channel, block: Floats) -> Floats:
    """Return what a stage on *channel* hears of *block*: the part, on both channels."""
    out = np.empty(block.shape)
    if channel in _SIGNS:
        _take(np.ascontiguousarray(block), _SIGNS[channel], out)
    elif channel in _COLUMNS:
        out[:] = block[:, _COLUMNS[channel], np.newaxis]
    else:
        out[:] = block
    return out


def put_back(channel: Channel, part: Floats, block: Floats) -> Floats:
    """Return *block* with what a stage made of its *part* in the part's place."""
    if channel in _SIGNS:
        out = np.empty(block.shape)
        sign = _SIGNS[channel]
        _put(np.ascontiguousarray(part), sign, np.ascontiguousarray(block), out)
        return out
    if channel in _COLUMNS:
        out = block.copy()
        out[:, _COLUMNS[channel]] = part[:, _COLUMNS[channel]]
        return out
    return part


class _Part:
    """A stream on one part; the image waits for what the stream holds back."""

    def __init__(self, channel: Channel, stream: Stream) -> None:
        self._channel: Channel = channel
        self._stream = stream
        self._waiting: deque[Floats] = deque()

    def process(self, block: Floats) -> Floats:
        """Take the next *block*; return what is ready of the whole image."""
        if len(block):
            self._waiting.append(block.copy())
        return self._joined(self._stream.process(part_of(self._channel, block)))

    def finish(self) -> Floats:
        """Return the rest."""
        return self._joined(self._stream.finish())

    def _joined(self, part: Floats) -> Floats:
        """Return as much of the image as there is of its part."""
        out = [part[:0]]
        while len(part):
            block = self._waiting.popleft()
            count = min(len(block), len(part))
            if count < len(block):
                self._waiting.appendleft(block[count:])
            out.append(put_back(self._channel, part[:count], block[:count]))
            part = part[count:]
        return out[-1] if len(out) < 3 else np.concatenate(out)


class _LoweringPart(_Part):
    """A stream on one part that says how far it turned that down."""

    @property
    def lowered(self) -> Lowered:
        """Return what was done so far, from the first sample on."""
        assert isinstance(self._stream, Lowering)
        return self._stream.lowered


@exact
def _take(block: Floats, sign: float, out: Floats) -> None:
    for at in range(np.uint64(len(block))):
        part = 0.5 * block[at, 0] + sign * (0.5 * block[at, 1])
        out[at, 0], out[at, 1] = part, part


@exact
def _put(part: Floats, sign: float, block: Floats, out: Floats) -> None:
    for at in range(np.uint64(len(block))):
        left, right = block[at, 0], block[at, 1]
        change = part[at, 0] - (0.5 * left + sign * (0.5 * right))
        out[at, 0], out[at, 1] = left + change, right + sign * change
