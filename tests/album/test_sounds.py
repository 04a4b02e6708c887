"""Sounds: fades, crossfades and loops against their formulas, sample by sample."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from album.prepare import prepare
from album.render import Programme, Settings
from dsp.fades import rise

RATE = 44_100


def order(*items: str, **keys: str) -> str:
    listed = ", ".join(f'"{item}"' for item in items)
    written = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    return f"[sequence]\n{written}order = [{listed}]\n"


def song(name: str, *lines: str) -> str:
    head = f'[song.{name}]\ntitle = "{name}"\nmix = "mixes/{name}.wav"\n'
    return head + "".join(f"{line}\n" for line in lines)


def programme(path: Path, tmp_path: Path, **settings: int) -> Programme:
    staging = tmp_path / f"staging-{len(list(tmp_path.iterdir()))}"
    staging.mkdir()
    chosen = Settings(**{"jobs": 2, "block": 1 << 17, **settings})
    return Programme(prepare(path).discs[0].timeline, staging, chosen)


@pytest.mark.parametrize("curve", ["equal-power", "linear", "s-curve", "exp"])
def test_a_crossfade_is_the_sum_of_two_curves(
    project: Callable[..., Path], tmp_path: Path, music: Any, curve: str
) -> None:
    a, b = music(6.0), music(5.0, seed=2)
    text = order("a", f"xfade 2s {curve}", "b", lead="0s") + song("a") + song("b")
    path = project(text, {"a": a, "b": b}, subtype="DOUBLE")
    made = programme(path, tmp_path)
    got = made.read(0, made.length)
    made.close()
    count, join = 2 * RATE, 4 * RATE
    gains = rise(curve, (np.arange(count) + 0.5) / count)[:, np.newaxis]
    assert np.array_equal(got[:join], a[:join])
    expected = a[join:] * gains[::-1] + b[:count] * gains
    assert np.allclose(got[join : join + count], expected, atol=1e-15, rtol=0)
    assert np.array_equal(got[join + count : join + len(b)], b[count:])
    if curve == "equal-power":
        assert np.allclose(gains**2 + gains[::-1] ** 2, 1.0)


@pytest.mark.parametrize("curve", ["linear", "exp", "s-curve", "equal-power"])
def test_fades_are_their_formula_inside_the_trims(
    project: Callable[..., Path], tmp_path: Path, music: Any, curve: str
) -> None:
    text = order("a", lead="0s") + song(
        "a", 'start = "500ms"', 'end = "5.5s"', 'fade_in = "20ms"',
        f'fade_out = "1.5s {curve}"', "gain_db = -6",
    )  # fmt: skip
    mix = music(6.0)
    made = programme(project(text, {"a": mix}, subtype="DOUBLE"), tmp_path)
    got = made.read(0, 5 * RATE)
    made.close()
    gains = np.ones(5 * RATE)
    gains[:882] = (np.arange(882) + 0.5) / 882
    tail = round(1.5 * RATE)
    gains[-tail:] = rise(curve, ((np.arange(tail) + 0.5) / tail)[::-1])
    expected = mix[22_050:242_550] * gains[:, np.newaxis] * 10 ** (-6 / 20)
    assert np.allclose(got, expected, atol=1e-15, rtol=0)


def test_a_loop_of_room_tone_has_no_jump(
    project: Callable[..., Path], tmp_path: Path, music: Any
) -> None:
    time = np.arange(40_000) / RATE
    room = 0.1 * np.sin(2 * np.pi * 50 * time)[:, np.newaxis].repeat(2, axis=1)
    text = order("a", "roomtone 4s", "b", roomtone="mixes/room.wav")
    text += song("a") + song("b")
    mixes = {"a": music(4.1), "b": music(4.1), "room": room}
    made = programme(project(text, mixes, subtype="DOUBLE"), tmp_path)
    (tone,) = made.timeline.tones
    assert tone.length == 4 * RATE
    got = made.read(tone.first, tone.first + tone.length)
    made.close()
    assert np.abs(got).max() <= 0.1 * np.sqrt(2) + 1e-9
    steps = np.abs(np.diff(got, axis=0)).max()
    assert steps < 2 * 0.1 * 2 * np.pi * 50 / RATE
    levels = np.abs(got[4_410:-4_410]).reshape(-1, 4_410, 2).max(axis=1)
    assert levels.min() > 0.05
    assert np.abs(got[[0, -1]]).max() < 1e-3
