"""What receivers take: each rule with its source and its way out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from delivery import filerules, receivers
from delivery.coding.table import form
from delivery.filerules import Check
from delivery.findings import Finding, Place, Refusal, Severity
from delivery.replaygain import FileLevel

FLAC, WAV, MP3 = form("flac"), form("wav"), form("mp3 320")


def check(name: str, *, asked: bool = True, **changed: object) -> Check:
    [row] = receivers.taking([name])
    return Check(row=replace(row, **changed), asked=asked, place=Place())


def level(*decibels: float, peak: float = 0.5) -> FileLevel:
    """Return a file of seconds at these levels."""
    powers = np.repeat(10 ** (np.array(decibels) / 10), 100) * 441
    return FileLevel(rate=44_100, energies=powers, true_peak=peak)


def rules(found: object) -> list[tuple[str, Severity]]:
    listed: list[Finding] = list(found)  # type: ignore[call-overload]
    for each in listed:
        assert each.source
        assert "read 20" in each.source
        assert each.help
        assert each.limit is not None
        assert each.measured is not None
    return [(each.rule, each.severity) for each in listed]


@pytest.mark.parametrize(
    ("name", "sort", "rate", "bits", "policy", "found"),
    [
        ("generic", FLAC, 96_000, 24, "full", []),
        ("generic", WAV, 44_100, 24, "none", []),
        ("generic", WAV, 44_100, 24, "full", ["FILE-CHUNK"]),
        ("symphonic", WAV, 44_100, 24, "minimal", ["FILE-CHUNK"]),
        ("the-source", WAV, 192_000, 24, "none", ["FILE-RATE"]),
        ("cd-baby", WAV, 48_000, 24, "none", ["FILE-RATE", "FILE-RATE"]),
        ("cd-baby", WAV, 44_100, 16, "none", []),
        ("spotify", FLAC, 44_100, 24, "full", []),
        ("apple-digital-masters", WAV, 96_000, 16, "none", ["FILE-RATE"]),
    ],
)
def test_forms(
    name: str, sort: object, rate: int, bits: int, policy: str, found: list[str]
) -> None:
    told = list(filerules.of_form(check(name), sort, rate, bits, policy))
    assert rules(told) == [(rule, Severity.ERROR) for rule in found]
    mild = filerules.of_form(check(name, asked=False), sort, rate, bits, policy)
    assert rules(mild) == [(rule, Severity.WARNING) for rule in found]


def test_which_forms_are_taken() -> None:
    assert check("generic").takes(FLAC)
    assert not check("generic").takes(MP3)
    assert check("audiomack").takes(MP3)
    assert check("apple-music").takes(form("alac"))
    assert not check("apple-music").takes(form("aac 256"))


def test_lengths_and_channels() -> None:
    assert rules(filerules.of_length(check("generic"), "x", 29.9)) == [
        ("FILE-SHORT", Severity.ERROR)
    ]
    assert not rules(filerules.of_length(check("generic"), "x", 30.0))
    assert not rules(filerules.of_length(check("spotify"), "x", 3.0))
    assert rules(filerules.of_channels(check("spotify"), "x")) == [
        ("FILE-MONO", Severity.NOTE)
    ]
    assert not rules(filerules.of_channels(check("bandcamp"), "x"))


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        ([-20] * 20, 0),
        ([-90] * 6 + [-20] * 9, 1),
        ([-90] * 6 + [-20] * 9 + [-90] * 7, 2),
        ([-90] * 4 + [-20] * 9 + [-90] * 30 + [-20], 0),
        ([-90] * 20, 2),
    ],
)
def test_silence_at_the_ends(tmp_path: Path, seconds: list[int], found: int) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(b"")
    told = filerules.of_file(check("generic"), path, level(*seconds))
    assert rules(told) == [("FILE-SILENCE", Severity.ERROR)] * found


def test_names_and_sizes(tmp_path: Path) -> None:
    sound = level(*[-20] * 5)
    path = tmp_path / "01 Été.wav"
    path.write_bytes(bytes(2_000_000))
    assert rules(filerules.of_file(check("generic"), path, sound)) == [
        ("FILE-NAME", Severity.ERROR)
    ]
    assert rules(filerules.of_file(check("generic", asked=False), path, sound)) == [
        ("FILE-NAME", Severity.NOTE)
    ]
    plain = path.rename(tmp_path / "01 a.wav")
    assert not rules(filerules.of_file(check("generic"), plain, sound))
    assert rules(filerules.of_file(check("cd-baby"), plain, sound)) == [
        ("FILE-NAME", Severity.ERROR)
    ]
    large = check("generic", largest_mb=1.5)
    assert rules(filerules.of_file(large, plain, sound)) == [
        ("FILE-SIZE", Severity.ERROR)
    ]


def test_peaks_are_limits_for_some_and_advice_for_others(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(b"")
    quiet, loud = level(*[-20] * 5, peak=0.85), level(*[-9] * 5, peak=0.85)
    spotify = check("spotify")
    assert not rules(filerules.of_file(spotify, path, quiet))
    [told] = filerules.of_file(spotify, path, loud)
    assert (told.rule, told.severity, told.limit) == ("FILE-PEAK", Severity.NOTE, -2.0)
    hot = level(*[-20] * 5, peak=0.99)
    assert rules(filerules.of_file(check("dmb", names="any"), path, hot)) == [
        ("FILE-PEAK", Severity.ERROR)
    ]


def test_an_unknown_receiver_is_refused_with_a_near_name() -> None:
    with pytest.raises(Refusal) as refusal:
        receivers.taking(["spotfy"])
    assert refusal.value.findings[0].help == "did you mean 'spotify'?"
