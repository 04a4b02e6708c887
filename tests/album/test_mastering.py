"""The master: nothing is clipped unsaid, and the way out that is named leads out."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from album.mastering import Master
from album.prepare import prepare
from album.render import Programme, Settings
from delivery.findings import Failure, Finding

RATE = 44_100
HEAD = '[sequence]\norder = ["a", "gap 1s", "b"]\n'
QUIET = '[song.b]\ntitle = "b"\nmix = "mixes/b.wav"\n'
LOUD = '[song.a]\ntitle = "Løud"\nmix = "mixes/a.wav"\n'


def refused(make: Any, path: Path, *targets: str) -> list[Finding]:
    with pytest.raises(Failure) as failure:
        make(path, targets)
    assert not (path.parent / "build").exists()
    found = [each for each in failure.value.findings if each.rule == "LOUD-CLIP"]
    assert found
    return found


@pytest.mark.parametrize("targets", [("cd",), ("streaming",)])
def test_a_float_mix_over_full_scale_is_an_error_with_song_time_and_amount(
    project: Callable[..., Path], make: Any, music: Any, targets: tuple[str, ...]
) -> None:
    loud = music(5.0)
    loud[3 * RATE, 1] = -1.25
    loud[2 * RATE, 0] = 1.1
    song = LOUD + 'start = "1s"\n'
    path = project(HEAD + song + QUIET, {"a": loud, "b": music(4.5)}, subtype="FLOAT")
    (finding,) = refused(make, path, *targets)
    assert finding.severity == "error"
    assert finding.place.song == "a"
    assert finding.place.line is not None
    assert finding.place.at == "0:03.000"
    assert finding.measured == pytest.approx(1.94, abs=0.01)
    assert "'Løud' passes full scale by 1.94 dB" in finding.message


@pytest.mark.parametrize("over", [1.0001, 1.006, 1.25, 3.9])
@pytest.mark.parametrize("gain", [0.0, -0.55, 2.0])
def test_following_the_help_clears_the_error(
    project: Callable[..., Path], make: Any, music: Any, over: float, gain: float
) -> None:
    loud = music(4.5)
    loud[RATE, 1] = over / 10 ** (gain / 20)
    mixes = {"a": loud, "b": music(4.5)}
    song = LOUD + f"gain_db = {gain}\n"
    path = project(HEAD + song + QUIET, mixes, subtype="FLOAT")
    (finding,) = refused(make, path, "cd")
    match = re.search(r"gain_db = (-?\d+\.\d)", finding.help or "")
    assert match
    project(HEAD + LOUD + f"gain_db = {match[1]}\n" + QUIET, {})
    built = make(path, ["cd"])
    (image,) = (built.out / "cd").glob("*.wav")
    peak = int(np.abs(soundfile.read(image, dtype="int16")[0].astype(int)).max())
    assert peak > 32_768 * 0.97


def test_every_song_is_named_once_for_every_target(
    project: Callable[..., Path], make: Any, music: Any
) -> None:
    loud = music(4.5)
    loud[[100, 9_000, 90_000]] = [[1.5, 0], [0, -2.0], [1.2, 1.3]]
    path = project(HEAD + LOUD + QUIET, {"a": loud, "b": loud}, subtype="FLOAT")
    found = refused(make, path)
    places = [(each.place.song, each.message.split()[-1]) for each in found]
    assert sorted(set(places)) == sorted(places)
    assert {song for song, _ in places} == {"a", "b"}
    assert {round(each.measured, 2) for each in found} == {6.02}


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_float_mix_of_exactly_full_scale_passes(
    project: Callable[..., Path], make: Any, music: Any, sign: float
) -> None:
    full = music(4.5)
    full[RATE : RATE + 50] = sign
    mixes = {"a": full, "b": music(4.5)}
    flat = '[deliver.cd]\ndither = "flat"\n[deliver.streaming]\n'
    built = make(project(HEAD + LOUD + QUIET + flat, mixes, subtype="FLOAT"))
    (image,) = (built.out / "cd").glob("*.wav")
    audio = soundfile.read(image, dtype="int16")[0]
    near = audio[8_820 + RATE : 8_820 + RATE + 50].astype(int)
    assert np.abs(near - sign * 32_768).max() <= 2


def test_a_full_scale_16_bit_mix_passes_untouched(
    project: Callable[..., Path], make: Any, music: Any
) -> None:
    full = np.where(music(4.5) > 0, 32_767, -32_768).astype(np.int16)
    path = project(HEAD + LOUD + QUIET, {"b": music(4.5)})
    soundfile.write(path.parent / "mixes" / "a.wav", full, RATE)
    (image,) = (make(path, ["cd"]).out / "cd").glob("*.wav")
    audio = soundfile.read(image, dtype="int16")[0]
    assert np.array_equal(audio[8_820 : 8_820 + len(full)], full)


def test_what_conversion_pushes_over_is_found_at_its_place(
    project: Callable[..., Path], make: Any, music: Any
) -> None:
    # A square at full scale: the filter of the conversion rings over it.
    square = np.sign(np.sin(2 * np.pi * 997 * np.arange(48_000 * 5) / 48_000))
    square[: 48_000 * 2] *= 0.1
    audio = np.column_stack((square, square))
    path = project(
        HEAD + LOUD + QUIET,
        {"a": audio, "b": music(4.5, 48_000)},
        rate=48_000,
        subtype="PCM_24",
    )
    (finding,) = refused(make, path, "cd")
    assert finding.place.song == "a"
    minutes, seconds = (finding.place.at or "").split(":")
    assert 2 <= int(minutes) * 60 + float(seconds) <= 5
    make(path, ["streaming"])


def test_any_stretch_of_a_master_is_that_of_the_whole(
    project: Callable[..., Path], tmp_path: Path, music: Any
) -> None:
    mixes = {"a": music(4.5), "b": music(4.5, seed=2)}
    path = project(HEAD + LOUD + QUIET, mixes, subtype="PCM_24")
    (tmp_path / "staging").mkdir()
    settings = Settings(jobs=2, block=10_000)
    programme = Programme(
        prepare(path).discs[0].timeline, tmp_path / "staging", settings
    )
    whole = np.concatenate(list(Master(programme, settings, RATE, 16).blocks()))
    for start, stop in ((0, 1), (12_345, 90_000), (200_000, programme.length)):
        part = Master(programme, settings, RATE, 16, start=start, stop=stop)
        assert part.length == stop - start
        assert np.array_equal(np.concatenate(list(part.blocks())), whole[start:stop])
    programme.close()


def test_pre_emphasis_is_curve_and_flag_together(
    project: Callable[..., Path], make: Any
) -> None:
    time = np.arange(5 * RATE) / RATE
    tone = 0.05 * np.column_stack([np.sin(2 * np.pi * 10_000 * time)] * 2)
    songs = '[song.a]\ntitle = "a"\nmix = "mixes/a.wav"\n'
    levels = {}
    for asked in ("false", "true"):
        disc = f"[deliver.cd]\npre_emphasis = {asked}\n"
        built = make(project(songs + disc, {"a": tone}), ["cd"])
        (image,) = (built.out / "cd").glob("*.wav")
        (sheet,) = (built.out / "cd").glob("*.cue")
        assert ("FLAGS PRE" in sheet.read_text()) == (asked == "true")
        levels[asked] = soundfile.read(image)[0][RATE : 2 * RATE, 0].std()
    raised = 20 * np.log10(levels["true"] / levels["false"])
    assert raised == pytest.approx(7.60, abs=0.02)


@pytest.mark.parametrize("dither", ["flat", "shaped"])
def test_auto_blank_leaves_digital_silence_alone_inside_songs(
    project: Callable[..., Path], make: Any, music: Any, dither: str
) -> None:
    sound = music(6.0)
    sound[2 * RATE : 4 * RATE] = 0.0
    songs = '[song.a]\ntitle = "a"\nmix = "mixes/a.wav"\ngain_db = -0.3\n'
    noise = {}
    for asked in ("false", "true"):
        disc = f'[deliver.cd]\nauto_blank = {asked}\ndither = "{dither}"\n'
        built = make(project(songs + disc, {"a": sound}), ["cd"])
        (image,) = (built.out / "cd").glob("*.wav")
        made = soundfile.read(image, dtype="int16")[0]
        noise[asked] = made[2 * RATE + RATE // 4 : 4 * RATE - RATE // 4]
        assert made[: 2 * RATE].any()
    assert noise["false"].any()
    assert not noise["true"].any()


@pytest.mark.parametrize("target", ["cd", "streaming"])
@pytest.mark.parametrize("where", ["song", "master"])
def test_a_chain_that_finds_nothing_to_do_leaves_every_bit(
    project: Callable[..., Path], make: Any, music: Any, where: str, target: str
) -> None:
    sound = music(6.0)
    sound[4 * RATE :] *= 0.4 / np.abs(sound).max()
    sound[: 4 * RATE] *= 0.1 / np.abs(sound).max()
    chain = 'chain = ["comp 4:1 threshold {at} knee 0dB", "clip 0dB hard"]\n'
    deliver = '[deliver.cd]\n[deliver.streaming]\nformats = ["wav"]\nbits = 16\n'
    changed = {}
    for at in ("0dB", "-14dB"):
        own, whole = (chain.format(at=at), "")[:: 1 if where == "song" else -1]
        text = (
            f'[song.a]\ntitle = "a"\nmix = "mixes/a.wav"\n{own}[master.main]\n{whole}'
        )
        path = project(text + deliver, {"a": sound}, subtype="PCM_16")
        built = make(path, [target])
        (file,) = (built.out / target).glob("*.wav")
        mix = soundfile.read(path.parent / "mixes/a.wav", dtype="int16")[0].astype(int)
        lead = RATE // 5
        made = soundfile.read(file, dtype="int16")[0][lead : lead + len(mix)]
        changed[at] = (made != mix).any(axis=1)
    assert not changed["0dB"].any()
    # quiet first, then turned down: dithered from there on
    assert not changed["-14dB"][: 3 * RATE].any()
    assert changed["-14dB"][5 * RATE :].mean() > 0.5
