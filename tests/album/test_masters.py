"""Masters: a ceiling that is kept, joins without a seam, the same bytes always."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from album import ceiling, mastering
from delivery.findings import Failure, Refusal
from dsp.limiter import Limiter
from dsp.truepeak import REACH, find_peak

RATE = 44_100
Floats = NDArray[np.float64]
Make = Callable[..., Any]
HEAD = """
[sequence]
lead = "0s"
gap = "500ms"
order = ["a", "segue", "b", "c"]
"""
SONGS = "".join(
    f'[song.{name}]\ntitle = "{name}"\nmix = "mixes/{name}.wav"\n' for name in "abc"
)


def loud(seconds: float, rate: int = RATE, seed: int = 1, level: float = 1.4) -> Floats:
    """Return bursts of noise and tone that pass full scale."""
    time = np.arange(round(seconds * rate)) / rate
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((len(time), 2)) * 0.2
    tone = np.sin(2 * np.pi * 97.3 * seed * time)
    swell = 0.3 + 0.7 * (np.sin(2 * np.pi * 0.7 * time) > 0)
    return np.asarray(
        level * swell[:, np.newaxis] * (noise + 0.5 * tone[:, np.newaxis])
    )


def mixes(rate: int = RATE) -> dict[str, Floats]:
    return {name: loud(4.2 + n / 3, rate, n + 1) for n, name in enumerate("abc")}


def cd(folder: Path) -> Any:
    (path,) = (folder / "cd").glob("*.wav")
    return soundfile.read(path, dtype="int16")[0]


def flacs(folder: Path) -> Any:
    paths = sorted((folder / "streaming").glob("*.flac"))
    return np.concatenate(
        [soundfile.read(path, dtype="int32")[0] >> 8 for path in paths]
    )


def true_peak_db(audio: Floats) -> float:
    padded = np.pad(audio.astype(np.float32), ((3 * REACH, 3 * REACH), (0, 0)))
    peaks = [
        find_peak(
            np.ascontiguousarray(plane),
            REACH,
            len(plane) - 2 * REACH,
            np.float32(0),
            0.0,
        )[0]
        for plane in padded.T
    ]
    return float(20 * np.log10(max(peaks)))


@pytest.mark.parametrize("limiter", ["transparent", "balanced", "loud"])
def test_the_ceiling_is_kept_in_every_target(
    project: Make, make: Make, limiter: str
) -> None:
    text = f'[master.main]\nlimiter = "{limiter}"\nceiling_dbtp = -1.5\n'
    path = project(HEAD + SONGS + text, mixes(48_000), rate=48_000, subtype="FLOAT")
    built = make(path)
    assert -1.6 < true_peak_db(cd(built.out) / 2**15) <= -1.49
    assert -1.6 < true_peak_db(flacs(built.out) / 2**23) <= -1.49
    told = json.loads((built.out / "report" / "qc.json").read_text())["masters"]
    assert [each["target"] for each in told] == ["cd", "streaming"]
    for each in told:
        assert each["true_peak_dbtp"] <= -1.49
        assert [song["id"] for song in each["songs"]] == ["a", "b", "c"]
        assert all(song["deepest_db"] < -1 for song in each["songs"])


def test_a_limiter_with_nothing_to_do_changes_no_bit(
    project: Make, make: Make, music: Any
) -> None:
    quiet = {name: music(4.2, seed=n) for n, name in enumerate("abc", 1)}
    path = project(HEAD + SONGS, quiet)
    plain = make(path, ["cd"], out=path.parent / "plain").out
    project(HEAD + SONGS + '[master.main]\nlimiter = "loud"\n', {})
    assert np.array_equal(cd(make(path, ["cd"]).out), cd(plain))


def test_only_where_it_works_a_limiter_changes_a_16_bit_mix(
    project: Make, make: Make, music: Any
) -> None:
    quiet = {name: music(4.2, seed=n) for n, name in enumerate("abc", 1)}
    quiet["b"][2 * RATE : 2 * RATE + 50] = 0.99
    path = project(HEAD + SONGS, quiet)
    plain = cd(make(path, ["cd"], out=path.parent / "plain").out)
    text = '[master.main]\nlimiter = "loud"\nceiling_dbtp = -3.0\n'
    project(HEAD + SONGS + text, {})
    changed = np.flatnonzero((cd(make(path, ["cd"]).out) != plain).any(axis=1))
    peak = round(4.2 * RATE) + 2 * RATE
    assert len(changed)
    assert changed[0] > peak - RATE // 4
    assert changed[-1] < peak + 3 * RATE


def test_streaming_files_laid_end_to_end_are_one_render(
    project: Make, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[master.main]\nlimiter = "loud"\n[deliver.streaming]\nformats = ["flac"]\n'
    path = project(HEAD + SONGS + text, mixes(), subtype="FLOAT")
    rendered: list[Any] = []
    original = mastering.Master.blocks

    def listening(master: Any) -> Any:
        for block in original(master):
            rendered.append(block)
            yield block

    monkeypatch.setattr(mastering.Master, "blocks", listening)
    found = flacs(make(path).out)
    assert np.array_equal(found, np.concatenate(rendered))


@pytest.mark.parametrize("jobs", [1, 2, 4])
@pytest.mark.parametrize("block", [1_000, 1 << 18])
def test_neither_block_nor_jobs_change_a_byte(
    project: Make, make: Make, hashes: Any, jobs: int, block: int
) -> None:
    chain = 'chain = ["eq bell 1kHz 2dB Q1", "comp 2:1 threshold -20dB", "dc"]\n'
    text = '[master.main]\nlimiter = "transparent"\ntarget_lufs = -12\n' + chain
    path = project(
        HEAD + SONGS.replace('title = "b"\n', 'title = "b"\n' + chain) + text,
        mixes(48_000),
        rate=48_000,
        subtype="FLOAT",
    )
    one = make(path, out=path.parent / "one", jobs=1, block=1 << 17).out
    other = make(path, out=path.parent / "other", jobs=jobs, block=block).out
    assert hashes(one) == hashes(other)
    # alone, a target is made while its songs are; the bytes are the same
    alone = make(path, ["cd"], out=path.parent / "alone", jobs=jobs, block=block).out
    assert np.array_equal(cd(alone), cd(one))


def test_a_target_is_met_with_one_gain_before_the_limiter(
    project: Make, make: Make, music: Any
) -> None:
    quiet = {name: music(4.2, seed=n) for n, name in enumerate("abc", 1)}
    text = "[master.main]\ntarget_lufs = -20\n"
    path = project(HEAD + SONGS, quiet, subtype="DOUBLE")
    plain = flacs(make(path, ["streaming"], out=path.parent / "plain").out)
    project(HEAD + SONGS + text, {})
    built = make(path, ["streaming"])
    found = flacs(built.out)
    (told,) = built.masters
    assert told.gain_db == pytest.approx(-20 - told.integrated_lufs, abs=1e-3)
    ratio = 10 ** (told.gain_db / 20)
    assert np.abs(found - plain * ratio).max() <= 3


def test_masters_are_named_by_their_targets(project: Make, make: Make) -> None:
    text = (
        '[master.main]\nlimiter = "loud"\n[master.open]\n'
        'limiter = "transparent"\nceiling_dbtp = -6.0\n'
        '[deliver.cd]\n[deliver.streaming]\nmaster = "open"\nformats = ["flac"]\n'
    )
    path = project(HEAD + SONGS + text, mixes(), subtype="FLOAT")
    built = make(path)
    assert {each.target: each.master for each in built.masters} == {
        "cd": "main",
        "streaming": "open",
    }
    assert true_peak_db(flacs(built.out) / 2**23) <= -5.99
    project(HEAD + SONGS + text.replace('"open"\nformats', '"opne"\nformats'), {})
    with pytest.raises(Refusal, match=r"no \[master.opne\]") as refusal:
        make(path)
    assert refusal.value.findings[0].help == 'did you mean "open"?'


def test_stages_for_one_target_leave_the_other_as_it_is(
    project: Make, make: Make, music: Any
) -> None:
    quiet = {name: music(4.2, seed=n) for n, name in enumerate("abc", 1)}
    path = project(HEAD + SONGS, quiet)
    plain = make(path, out=path.parent / "plain").out
    only = SONGS.replace(
        'title = "b"\n', 'title = "b"\nchain = ["eq bell 1kHz -6dB only streaming"]\n'
    )
    project(HEAD + only, {})
    built = make(path).out
    assert np.array_equal(cd(built), cd(plain))
    assert not np.array_equal(flacs(built), flacs(plain))


class _Leaking:
    """A limiter that lets a little through, until it is told to be stricter."""

    def __init__(self, stream: Any, more: float) -> None:
        self._stream, self._more = stream, more

    def process(self, block: Floats) -> Floats:
        return np.asarray(self._stream.process(block)) * self._more

    def finish(self) -> Floats:
        return np.asarray(self._stream.finish()) * self._more

    def snapshot(self) -> Any:
        return _Leaking(self._stream.snapshot(), self._more)

    def stricter(self, first: int, last: int, lower_db: float) -> None:
        self._stream.stricter(first, last, lower_db)

    @property
    def lowered(self) -> Any:
        return self._stream.lowered


def leaking(monkeypatch: pytest.MonkeyPatch, more_db: float) -> None:
    original = Limiter.open
    more = 10 ** (more_db / 20)
    monkeypatch.setattr(
        Limiter,
        "open",
        lambda *given, **named: _Leaking(original(*given, **named), more),
    )


def test_seconds_that_pass_the_ceiling_are_taken_again(
    project: Make, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaking(monkeypatch, 0.05)
    text = '[master.main]\nlimiter = "transparent"\n[deliver.cd]\n'
    path = project(HEAD + SONGS + text, mixes(), subtype="FLOAT")
    built = make(path)
    assert true_peak_db(cd(built.out) / 2**15) <= -0.99
    assert built.masters[0].again > 0
    assert "LIMIT-AGAIN" in {each.rule for each in built.findings}


def test_what_is_taken_again_depends_on_neither_block_nor_jobs(
    project: Make, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaking(monkeypatch, 0.05)
    text = '[master.main]\nlimiter = "transparent"\n[deliver.cd]\n'
    path = project(HEAD + SONGS + text, mixes(), subtype="FLOAT")
    ways = [(1, 1 << 17), (2, 1 << 17), (2, 9_999)]
    built = [
        make(path, out=path.parent / f"{jobs}-{block}", jobs=jobs, block=block)
        for jobs, block in ways
    ]
    assert len({each.masters[0].again for each in built}) == 1
    assert len({cd(each.out).tobytes() for each in built}) == 1


def test_what_no_pass_brings_down_fails_the_build(
    project: Make, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Leaking, "stricter", lambda *given: None)
    leaking(monkeypatch, 0.05)
    text = '[master.main]\nlimiter = "transparent"\n[deliver.cd]\n'
    path = project(HEAD + SONGS + text, mixes(), subtype="FLOAT")
    with pytest.raises(Failure) as failure:
        make(path)
    (finding,) = [each for each in failure.value.findings if each.rule == "LIMIT-OVER"]
    assert -0.99 < finding.measured < -0.8
    assert finding.place.song in {"a", "b", "c"}
    assert not (path.parent / "build").exists()


def test_without_a_limiter_full_scale_is_an_error_that_names_the_way_out(
    project: Make, make: Make
) -> None:
    path = project(
        HEAD + SONGS + "[master.main]\n[deliver.cd]\n", mixes(), subtype="FLOAT"
    )
    with pytest.raises(Failure) as failure:
        make(path)
    found = failure.value.findings[0]
    assert found.rule == "LOUD-CLIP"
    assert 'limiter = "transparent"' in (found.help or "")


def test_mono_bass_has_no_sides(project: Make, make: Make) -> None:
    time = np.arange(5 * RATE) / RATE
    bass = 0.3 * np.sin(2 * np.pi * 40 * time)
    sound = np.column_stack((bass, -bass))
    text = '[song.a]\ntitle = "a"\nmix = "mixes/a.wav"\n'
    text += "[master.main]\nmono_below_hz = 150\n[deliver.cd]\n"
    path = project(text, {"a": sound}, subtype="PCM_24")
    built = make(path)
    audio = cd(built.out)[RATE : 3 * RATE] / 2**15
    assert np.abs(audio).max() < 0.3 * 0.01
    assert built.masters[0].chain == ("mono below 150Hz 24dB/oct",)


def test_a_watch_finds_what_the_meter_finds() -> None:
    sound = loud(3.0, level=0.8)
    watch = ceiling.PeakWatch(2, 0.9)
    peaks = [
        peak
        for at in range(0, len(sound), 777)
        for peak in watch.feed(sound[at : at + 777])
    ]
    peaks += watch.finish()
    assert 20 * np.log10(watch.highest.height) == pytest.approx(
        true_peak_db(sound), abs=1e-4
    )
    assert max(peak.height for peak in peaks) == watch.highest.height
    assert replace(watch.highest) in peaks
