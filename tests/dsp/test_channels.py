"""Mid, side, left and right alone: the rest stays as it is."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from dsp.channels import check_channel, on
from dsp.processor import Lowered, Lowering
from tests.dsp.streaming import cut_anywhere, through

_NOISE = np.random.default_rng(2).standard_normal((5000, 2))


@dataclass
class Scaled:
    """Turns the level by *gain*, and holds *late* samples back."""

    gain: float
    late: int = 0
    kept: list = field(default_factory=list)

    def process(self, block):
        self.kept = [np.concatenate([*self.kept, block * self.gain])]
        ready = max(0, len(self.kept[0]) - self.late)
        out, self.kept = self.kept[0][:ready], [self.kept[0][ready:]]
        return out

    def finish(self):
        return self.kept[0] if self.kept else np.zeros((0, 2))


class Turned(Scaled):
    lowered = Lowered(hop=10, deepest=np.array([-3.0], np.float32))


@pytest.mark.parametrize("late", [0, 700])
@pytest.mark.parametrize("channel", ["mid", "side", "left", "right"])
def test_nothing_changed_is_bit_for_bit(channel, late):
    made = through(on(channel, Scaled(1.0, late)), _NOISE, [100, 101, 2000])
    assert np.array_equal(made, _NOISE)


@pytest.mark.parametrize("late", [0, 700])
def test_the_other_channel_stays_bit_for_bit(late):
    made = through(on("left", Scaled(0.3, late)), _NOISE, [900])
    assert np.array_equal(made[:, 1], _NOISE[:, 1])
    assert np.array_equal(made[:, 0], _NOISE[:, 0] * 0.3)
    made = through(on("right", Scaled(0.3, late)), _NOISE, [900])
    assert np.array_equal(made[:, 0], _NOISE[:, 0])
    assert np.array_equal(made[:, 1], _NOISE[:, 1] * 0.3)


@pytest.mark.parametrize(("channel", "sign"), [("mid", 1.0), ("side", -1.0)])
def test_mid_and_side_are_worked_on_alone(channel, sign):
    made = through(on(channel, Scaled(0.25)), _NOISE)
    part, other = (made[:, 0] + s * made[:, 1] for s in (sign, -sign))
    given_part, given_other = (_NOISE[:, 0] + s * _NOISE[:, 1] for s in (sign, -sign))
    assert np.abs(part - 0.25 * given_part).max() < 1e-15 * 8
    assert np.abs(other - given_other).max() < 1e-15 * 8


def test_mono_has_no_side():
    mono = np.repeat(_NOISE[:, :1], 2, axis=1)
    assert np.array_equal(through(on("side", Scaled(5.0)), mono), mono)
    made = through(on("mid", Scaled(0.7)), mono)
    assert not (made[:, 0] - made[:, 1]).any()


def test_blocks_leave_no_trace():
    for channel in ("mid", "right"):
        cut_anywhere(lambda channel=channel: on(channel, Scaled(0.7, 1100)), _NOISE)


def test_what_turns_down_says_so_from_inside():
    plain, turned = on("mid", Scaled(0.5)), on("mid", Turned(0.5))
    assert not isinstance(plain, Lowering)
    assert isinstance(turned, Lowering)
    assert turned.lowered.hop == 10


def test_stereo_is_the_stream_itself():
    stream = Scaled(1.0)
    assert on("stereo", stream) is stream
    with pytest.raises(ValueError, match="'rear' is none of stereo, mid"):
        check_channel("rear")
