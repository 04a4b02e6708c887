"""What every processor is put through: cuts, silence, and a click to measure it by."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.processor import Stream, run

Audio = NDArray[np.float64]


def through(stream: Stream, audio: Audio, cuts: Sequence[int] = ()) -> Audio:
    """Return *audio* out of *stream*, given in blocks between the *cuts*."""
    blocks = np.split(audio, sorted(min(cut, len(audio)) for cut in cuts))
    before = audio.copy()
    out = list(run(stream, blocks))
    assert np.array_equal(before, audio), "the input was changed"
    whole = np.concatenate(out) if out else np.zeros((0, 2))
    assert whole.shape == audio.shape
    return whole


def response_db(stream: Stream, rate: int, hertz: Audio, seconds: float = 3.0) -> Audio:
    """Return the levels at *hertz* of what becomes of a click in the middle."""
    count = int(seconds * rate)
    click = np.zeros((count, 2))
    click[count // 2] = 1.0
    made = through(stream, click)[:, 0]
    spectrum = np.abs(np.fft.rfft(made))
    levels = 20.0 * np.log10(np.maximum(spectrum, 1e-12))
    return np.interp(hertz, np.fft.rfftfreq(count, 1.0 / rate), levels)


def cut_anywhere(open_: Callable[[], Stream], audio: Audio) -> None:
    """Assert that the blocks leave no trace in the bits."""
    whole = through(open_(), audio)
    rng = np.random.default_rng(7)
    for cuts in ([0, 1, 1, 2], [1023, 1024, 1025], rng.integers(0, len(audio), 40)):
        assert np.array_equal(through(open_(), audio, [int(c) for c in cuts]), whole)
    nothing = np.zeros((0, 2))
    assert through(open_(), nothing).shape == (0, 2)
