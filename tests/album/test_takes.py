"""Takes: chains that run on through marks, and what songs leave of one another."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from album import playing
from album.prepare import prepare
from album.render import Programme, Settings
from album.treatment import Treatment
from tests.album.fakes import Ahead, Centre, Clock, Plus, Smooth, Stage

RATE = 44_100
Floats = NDArray[np.float64]
Make = Callable[..., Path]


def treated(*processors: Any) -> Treatment:
    return Treatment(stages=tuple(Stage(each) for each in processors))


def programme(
    path: Path, tmp_path: Path, treatments: Mapping[str, Treatment], **settings: Any
) -> Floats:
    """Return the music as it is rendered, which every way of doing it makes."""
    timeline = prepare(path).discs[0].timeline
    found = []
    for live in (True, False):
        for jobs, block in ((1, 1 << 17), (2, 5_000)):
            made = Programme(
                timeline,
                tmp_path / "staging",
                Settings(jobs=jobs, block=block),
                treatments=treatments,
                live=live,
            )
            found.append(np.concatenate(list(made.blocks())))
            made.close()
    assert all(np.array_equal(each, found[0]) for each in found[1:])
    last = timeline.placements[-1]
    return found[0][timeline.placements[0].first : last.stop]


def cut(*marks: int, seconds: int = 6, gains: tuple[float, ...] = ()) -> str:
    """Return a project of songs cut from one recording."""
    ends = [*marks, seconds * RATE]
    names = [f"s{number}" for number in range(len(ends))]
    order = '", "segue", "'.join(names)
    text = f'[sequence]\nlead = "0s"\norder = ["{order}"]\n'
    begin = 0
    for number, (name, end) in enumerate(zip(names, ends, strict=True)):
        text += f'[song.{name}]\ntitle = "{name}"\nmix = "mixes/whole.wav"\n'
        text += f'start = "{begin / RATE:.9f}s"\nend = "{end / RATE:.9f}s"\n'
        if gains:
            text += f"gain_db = {gains[number]}\n"
        begin = end
    return text


CHAIN = Smooth(0.9995), Ahead(3_000), Centre()


def test_a_split_and_joined_song_is_the_song_bit_for_bit(
    project: Make, tmp_path: Path, music: Any
) -> None:
    whole = {"whole": music(6.0)}
    path = project(cut(), whole)
    expected = programme(path, tmp_path, {"s0": treated(*CHAIN)})
    project(cut(70_001, 200_002), whole)
    same = {f"s{number}": treated(*CHAIN) for number in range(3)}
    assert np.array_equal(programme(path, tmp_path, same), expected)


def test_so_it_is_at_another_rate_but_for_the_rounding_of_marks(
    project: Make, tmp_path: Path, music: Any
) -> None:
    mixes = {"whole": music(6.0), "x": music(4.2, 48_000), "y": music(4.2, 48_000)}
    rates = {"x": 48_000, "y": 48_000}
    others = "".join(
        f'[song.{name}]\ntitle = "{name}"\nmix = "mixes/{name}.wav"\n' for name in "xyz"
    ).replace("mixes/z", "mixes/y")
    text = cut() + others
    path = project(text.replace('"s0"]', '"s0", "x", "y", "z"]'), mixes, rates=rates)
    expected = programme(path, tmp_path, {"s0": treated(*CHAIN)})[: 6 * 48_000]
    text = cut(70_001, 200_002) + others
    project(text.replace('"s2"]', '"s2", "x", "y", "z"]'), {})
    same = {f"s{number}": treated(*CHAIN) for number in range(3)}
    found = programme(path, tmp_path, same)[: 6 * 48_000]
    assert np.array_equal(found, expected)


def test_other_settings_cross_around_the_mark_and_have_heard_what_was_before(
    project: Make, tmp_path: Path, music: Any
) -> None:
    whole = {"whole": music(6.0)}
    path = project(cut(), whole)
    one = programme(path, tmp_path, {"s0": treated(Smooth(0.999))})
    other = programme(path, tmp_path, {"s0": treated(Smooth(0.9))})
    mark, half = 100_000, 441
    project(cut(mark), whole)
    chains = {"s0": treated(Smooth(0.999)), "s1": treated(Smooth(0.9))}
    found = programme(path, tmp_path, chains)
    assert np.array_equal(found[: mark - half], one[: mark - half])
    assert np.array_equal(found[mark + half :], other[mark + half :])
    crossing = slice(mark - half, mark + half)
    low = np.minimum(one[crossing], other[crossing]) - 1e-12
    high = np.maximum(one[crossing], other[crossing]) + 1e-12
    assert ((found[crossing] >= low) & (found[crossing] <= high)).all()


def test_an_untreated_half_stays_exact_beside_a_treated_one(
    project: Make, tmp_path: Path, music: Any
) -> None:
    sound = music(6.0)
    path = project(cut(100_000), {"whole": sound}, subtype="DOUBLE")
    found = programme(path, tmp_path, {"s1": treated(Plus((0.1, 0.2)))})
    assert np.array_equal(found[:99_559], sound[:99_559])
    assert np.allclose(found[100_441:] - sound[100_441:], (0.1, 0.2))


def test_a_preroll_is_long_but_bounded(
    project: Make, tmp_path: Path, music: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = music(6.0)
    path = project(cut(200_000), {"whole": sound})
    chains = {"s0": treated(), "s1": treated(Smooth(0.999))}
    exact = programme(path, tmp_path, chains)
    monkeypatch.setattr(playing, "PREROLL", 0.4)
    short = programme(path, tmp_path, chains)
    assert np.abs(exact - short).max() < 1e-6
    assert not np.array_equal(exact, short)


def test_stages_know_the_time_of_the_mix(
    project: Make, tmp_path: Path, music: Any
) -> None:
    text = '[song.a]\ntitle = "a"\nmix = "mixes/a.wav"\nstart = "1s"\nfade_in = "0s"\n'
    path = project(text, {"a": music(6.0)}, subtype="DOUBLE")
    sound = music(6.0)[RATE:]
    found = programme(path, tmp_path, {"a": treated(Clock())})
    numbers = np.rint(found - sound)[:, 0]
    assert np.array_equal(numbers, np.arange(RATE, 6 * RATE))


def test_fades_come_after_the_chain_and_gain_last(
    project: Make, tmp_path: Path, music: Any
) -> None:
    text = '[song.a]\ntitle = "a"\nmix = "mixes/a.wav"\nfade_out = "1s"\ngain_db = -6\n'
    path = project(text, {"a": np.zeros((5 * RATE, 2))}, subtype="DOUBLE")
    found = programme(path, tmp_path, {"a": treated(Plus((1.0, 0.5)))})
    level = 10 ** (-6 / 20)
    assert np.allclose(found[: 4 * RATE], (level, level / 2))
    fade = (np.arange(RATE)[::-1] + 0.5) / RATE
    assert np.allclose(found[4 * RATE :, 0], fade * level)


def test_a_chain_hears_nothing_outside_the_trims(
    project: Make, tmp_path: Path, music: Any
) -> None:
    text = '[song.a]\ntitle = "a"\nmix = "mixes/a.wav"\n'
    sound = music(6.0)
    mixes = {"a": sound}
    path = project(text + 'start = "1s"\nend = "5.5s"\n', mixes, subtype="DOUBLE")
    found = programme(path, tmp_path, {"a": treated(*CHAIN)})
    project(
        text + 'fade_in = "5ms"\nfade_out = "5ms"\n',
        {"a": sound[RATE : 5 * RATE + RATE // 2]},
        subtype="DOUBLE",
    )
    assert np.array_equal(found, programme(path, tmp_path, {"a": treated(*CHAIN)}))
