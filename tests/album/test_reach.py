"""Chains that ask for what their mix does not have, told before any render."""

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
