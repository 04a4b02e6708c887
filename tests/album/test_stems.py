"""Stems: their sum is the mix, and is told where it is not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from album.prepare import prepare
from delivery.findings import Refusal

RATE = 44_100
Make = Callable[..., Any]
HEAD = '[album]\nartist = "A"\ntitle = "T"\n[deliver.cd]\n'


def project(
    folder: Path, stems: dict[str, Any], more: str = "", rate: int = RATE
) -> Path:
    for name, audio in stems.items():
        soundfile.write(folder / f"{name}.wav", audio, rate, subtype="PCM_16")
    lines = "".join(
        f'{name} = {{ file = "{name}.wav" }}\n' for name in stems if name != "mix"
    )
    text = HEAD + '[song.a]\ntitle = "Tide"\n'
    path = folder / "album.toml"
    keys, _, inner = more.partition("|")
    text += keys + "[song.a.stems]\n" + lines + inner
    path.write_text(text, encoding="utf-8")
    return path


def parts(music: Any) -> dict[str, Any]:
    """Return stems of 16 bits whose sum is one of 16 bits."""
    found = {"drums": music(5.0) / 3, "vocal": music(5.0, seed=2) / 3}
    return {name: np.rint(each * 2**15) / 2**15 for name, each in found.items()}


def cd(folder: Path) -> Any:
    (path,) = (folder / "cd").glob("*.wav")
    return soundfile.read(path, dtype="int16")[0]


def test_the_sum_of_stems_arrives_bit_for_bit(
    tmp_path: Path, make: Make, music: Any
) -> None:
    stems = parts(music)
    disc = cd(make(project(tmp_path, stems)).out)
    wanted = np.rint(sum(stems.values()) * 2**15)
    assert np.array_equal(disc[8_820 : 8_820 + len(wanted)], wanted)


@pytest.mark.parametrize(
    "more",
    [
        'check_against = "mix.wav"\n',
        '|check_against = "mix.wav"\n',
        'mix = "mix.wav"\n',
    ],
)
def test_a_sum_that_is_the_mix_leaves_nothing(
    tmp_path: Path, make: Make, music: Any, more: str
) -> None:
    stems = parts(music)
    stems["mix"] = sum(stems.values())
    built = make(project(tmp_path, stems, more))
    (said,) = [each for each in built.findings if each.rule == "STEM-NULL"]
    assert said.severity == "note"
    assert "nothing is left, to the bit" in said.message


def test_a_residual_is_told_with_level_and_place(
    tmp_path: Path, make: Make, music: Any
) -> None:
    stems = parts(music)
    mix = sum(stems.values())
    mix[3 * RATE : 3 * RATE + 4_410] *= 0.5
    built = make(
        project(tmp_path, {**stems, "mix": mix}, 'check_against = "mix.wav"\n')
    )
    (said,) = [each for each in built.findings if each.rule == "STEM-NULL"]
    left = np.square(sum(stems.values()) - mix).sum() / np.square(mix).sum()
    assert said.severity == "warning"
    assert said.measured == pytest.approx(10 * np.log10(left), abs=0.05)
    assert said.place.at is not None
    assert 3.0 <= float(said.place.at.split(":")[1]) <= 3.1


def test_chains_and_gains_of_stems_work_on_them_alone(
    tmp_path: Path, make: Make, music: Any
) -> None:
    stems = parts(music)
    path = project(tmp_path, stems)
    text = path.read_text(encoding="utf-8").replace(
        '"vocal.wav" }', '"vocal.wav", gain_db = -6, chain = ["gain -4dB"] }'
    )
    path.write_text(text + "", encoding="utf-8")
    text = text.replace("[deliver.cd]", '[deliver.cd]\ndither = "flat"')
    path.write_text(text, encoding="utf-8")
    disc = cd(make(path).out)[8_820:][: 5 * RATE] / 2**15
    wanted = stems["drums"] + stems["vocal"] * 10 ** (-10 / 20)
    assert np.abs(disc - wanted).max() <= 2 / 2**15


def test_stems_of_other_lengths_are_refused_with_the_way_out(
    tmp_path: Path, music: Any
) -> None:
    stems = {"drums": music(5.0), "bass": music(5.0), "vocal": music(4.5)}
    with pytest.raises(Refusal) as refusal:
        prepare(project(tmp_path, stems))
    (found,) = refusal.value.findings
    assert found.rule == "STEM-LENGTH"
    assert "vocal.wav is 22,050 samples (0.500 s) shorter" in found.message
    assert found.place.line is not None
    assert "same start to the same end" in (found.help or "")


def test_stems_at_other_rates_are_refused(tmp_path: Path, music: Any) -> None:
    path = project(tmp_path, {"drums": music(5.0), "bass": music(5.0)})
    soundfile.write(tmp_path / "bass.wav", music(5.0, 48_000), 48_000)
    with pytest.raises(Refusal) as refusal:
        prepare(path)
    assert [each.rule for each in refusal.value.findings] == ["STEM-RATE"]


def test_a_mix_of_another_length_cannot_be_compared(
    tmp_path: Path, make: Make, music: Any
) -> None:
    from delivery.findings import Failure

    stems = {**parts(music), "mix": music(4.9)}
    with pytest.raises(Failure) as failure:
        make(project(tmp_path, stems, 'check_against = "mix.wav"\n'))
    rules = {each.rule for each in failure.value.findings if each.severity == "error"}
    assert rules == {"STEM-MIX"}


def test_comparing_without_stems_is_an_error(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "mix.wav", np.zeros((RATE * 5, 2)), RATE)
    path = tmp_path / "album.toml"
    path.write_text(
        HEAD + '[song.a]\ntitle = "T"\nmix = "mix.wav"\ncheck_against = "mix.wav"\n'
    )
    with pytest.raises(Refusal, match="there are none"):
        prepare(path)


def test_a_table_without_stems_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "album.toml"
    path.write_text(HEAD + '[song.a]\ntitle = "T"\n[song.a.stems]\n')
    with pytest.raises(Refusal, match="there are no stems"):
        prepare(path)
