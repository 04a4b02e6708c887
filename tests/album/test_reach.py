"""Chains that ask for what their mix does not have, told before any render."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

from album.prepare import prepare
from delivery.findings import Finding, Refusal

Ask = Callable[..., list[Finding]]


@pytest.fixture
def ask(tmp_path: Path, music: Callable[..., object]) -> Ask:
    def run(line: str, stem: str = "gain 1dB") -> list[Finding]:
        soundfile.write(tmp_path / "mix.wav", music(3.0), 44_100, "PCM_24")
        project = tmp_path / "album.toml"
        project.write_text(
            '[album]\nartist = "A"\ntitle = "B"\n'
            '[song.one]\ntitle = "One"\n'
            f'chain = ["{line}"]\n'
            "[song.one.stems]\n"
            f'all = {{ file = "mix.wav", chain = ["{stem}"] }}\n',
            encoding="utf-8",
        )
        said = prepare(project).findings
        return [each for each in said if each.rule.startswith("CHAIN")]

    return run


@pytest.mark.parametrize(
    "line",
    [
        "mute 0:03 to 0:04",
        "ride 0:01 -1dB 0:05 0dB",
        "repair 3.5s to 3.51s",
        "width 120% from 5s",
        "denoise 6dB from 4s to 5s",
    ],
)
def test_a_stage_that_begins_after_its_mix_has_ended_is_told(
    ask: Ask, line: str
) -> None:
    (said,) = ask(line)
    assert (said.rule, said.limit, said.place.line) == ("CHAIN-TIME", 3.0, 6)
    assert "0:03.000" in said.message


@pytest.mark.parametrize(
    "line",
    [
        "mute 0:02.9 to 0:04",
        "ride 0:01 -1dB 0:02 0dB",
        "width 120%",
        "width 120% to 9s",
    ],
)
def test_a_stage_that_begins_in_its_mix_may_end_after_it(ask: Ask, line: str) -> None:
    assert ask(line) == []


@pytest.mark.parametrize(
    "chains", [("eq bell 25kHz 1dB",), ("dc", "eq bell 25kHz 1dB")]
)
def test_a_frequency_that_the_mix_cannot_carry_is_an_error_at_its_line(
    ask: Ask, chains: tuple[str, ...]
) -> None:
    with pytest.raises(Refusal) as refusal:
        ask(*chains)
    (said,) = refusal.value.findings
    assert (said.rule, said.place.line) == (
        "CHAIN",
        5 + len(chains) + (len(chains) > 1),
    )
    assert "25000 Hz" in said.message


def test_a_stage_that_is_idle_asks_for_nothing(ask: Ask) -> None:
    assert ask("eq bell 25kHz 0dB") == []


def of_targets(tmp_path: Path, sound: object, tables: str) -> list[Finding]:
    soundfile.write(tmp_path / "mix.wav", sound, 44_100, "PCM_24")
    project = tmp_path / "album.toml"
    head = '[album]\nartist = "A"\ntitle = "B"\n'
    song = '[song.one]\ntitle = "One"\nmix = "mix.wav"\n'
    project.write_text(head + song + tables, encoding="utf-8")
    try:
        return list(prepare(project).findings)
    except Refusal as refusal:
        return list(refusal.findings)


LOWPASS = '[master.main]\nchain = ["gain 1dB", "eq lowpass 30kHz{only}"]\n'
TARGETS = "[deliver.cd]\n[deliver.streaming]\n[deliver.hires]\nrate = 96000\n"


def test_a_master_that_its_target_cannot_carry_is_told_at_the_stage(
    tmp_path: Path, music: Callable[..., object]
) -> None:
    chain = LOWPASS.format(only="")
    (said,) = of_targets(tmp_path, music(5.0), chain + TARGETS)
    assert (said.rule, said.severity, said.place.line) == ("CHAIN", "error", 8)
    assert "for cd, streaming: frequency 30000 Hz is too high" in said.message
    chain = LOWPASS.format(only=" only hires")
    said_of = of_targets(tmp_path, music(5.0), chain + TARGETS)
    assert not [each for each in said_of if each.rule == "CHAIN"]


def test_what_measures_for_a_master_hears_it_at_the_rate_of_the_programme(
    tmp_path: Path, music: Callable[..., object]
) -> None:
    chain = LOWPASS.format(only="") + "target_lufs = -14\n"
    hires = "[deliver.hires]\nrate = 96000\n"
    (said,) = of_targets(tmp_path, music(5.0), chain + hires)
    assert "measuring for hires" in said.message


def test_a_published_shaper_far_from_its_rate_is_told_at_its_word(
    tmp_path: Path, music: Callable[..., object]
) -> None:
    hires = '[deliver.hires]\nrate = 96000\nbits = 16\ndither = "lipshitz"\n'
    (said,) = of_targets(tmp_path, music(5.0), hires)
    assert (said.severity, said.place.line) == ("error", 10)
    assert 'hires: dither "lipshitz" was made for 44.1 kHz' in said.message


def test_a_missing_library_is_told_before_anything_is_made(
    tmp_path: Path, music: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("album.plugin.find_spec", lambda _: None)
    monkeypatch.delitem(sys.modules, "pedalboard", raising=False)
    (tmp_path / "x.vst3").mkdir()
    chain = "[master.main]\nchain = [\"plugin 'x.vst3'\"]\n[deliver.cd]\n"
    (said,) = of_targets(tmp_path, music(5.0), chain)
    assert (said.rule, said.severity, said.place.line) == ("CHAIN", "error", 8)
    assert "pip install pedalboard" in said.message
