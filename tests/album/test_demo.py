"""The demo album: the same samples everywhere, clean mixes, a project without fault."""

import hashlib
import struct
import subprocess
import sys
import tomllib
import zlib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from album import projectfile
from album.demo import compose, tones
from album.demo.albumfile import ALBUM
from album.demo.cover import SIZE, cover
from album.demo.room import room
from album.demo.score import Clock, line, strokes
from album.demo.songs import wheelhouse_radio
from delivery.redbook import ean_fault, isrc_fault

MIXES = [song["mix"] for song in tomllib.loads(ALBUM)["song"].values()]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    said = []
    folder = tmp_path_factory.mktemp("demo") / "new" / "folder"
    project = compose(folder, said.append)
    assert project == folder / "album.toml"
    assert len(said) == len(set(said)) == 6
    return folder


def test_importing_the_demo_loads_no_numpy():
    code = "import sys, album.demo; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_song_has_the_samples_it_has_on_every_machine():
    samples = wheelhouse_radio().astype("<i4").tobytes()
    assert hashlib.sha256(samples).hexdigest() == (
        "db12ff58136ceb3784b6992aebb55bac3b1bb4ed6dc10e0a754c22d8c5db93a0"
    )


def test_sine_and_halving_are_those_of_the_textbook():
    turns = np.linspace(-3, 3, 10_001)
    assert np.abs(tones.sine(turns) - np.sin(2 * np.pi * turns)).max() < 1e-7
    assert np.allclose(tones.halving(turns * 8), 0.5 ** (turns * 8), rtol=1e-8)
    assert tones.pitch(tones.key("A3")) == pytest.approx(220.0)
    assert tones.key("Bb4") == tones.key("A#4") == 70
    assert tones.level(-20.0) == pytest.approx(0.1)


@pytest.mark.parametrize("count", [1, 63, 64, 65, 5000])
def test_lowpass_is_the_recursion_it_stands_for(count):
    sound = tones.noise(1, 2 * count).reshape(2, count)
    keep = np.exp(-2 * np.pi * 300 / tones.RATE)
    state, expected = np.zeros(2), np.empty_like(sound)
    for place in range(count):
        state = keep * state + (1 - keep) * sound[:, place]
        expected[:, place] = state
    assert np.allclose(tones.lowpass(sound, 300.0), expected, atol=1e-8)


def test_the_room_falls_by_sixty_decibels_in_its_time():
    click = np.zeros((2, 3 * tones.RATE))
    click[:, 0] = 1.0
    energy = (room(click, 2.0) ** 2).sum(axis=0)[::-1].cumsum()[::-1]
    fall = 10 * np.log10(energy[2 * tones.RATE] / energy[0])
    assert -68 < fall < -52


def test_a_bar_that_is_not_full_is_an_error():
    assert [note.step for note in line("C4:8 -:4 E4+G4!:4 |", start=1)] == [16, 28]
    with pytest.raises(ValueError, match="bar 0 has 15 of 16 steps"):
        line("C4:8 D4:7 | E4:16 |")


def test_patterns_repeat_and_swing_delays_every_second_step():
    assert [note.step for note in strokes("X..o", 1, 1, bar=8)] == [8, 11, 12, 15]
    clock = Clock(1.6, swing=0.5)
    assert clock.time(2) == pytest.approx(0.2)
    assert clock.time(3) == pytest.approx(0.35)


def test_the_cover_is_a_small_square_png():
    picture = cover()
    assert len(picture) < 300_000
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", picture[16:24]) == (SIZE, SIZE)
    length = int.from_bytes(picture[33:37], "big")
    rows = zlib.decompress(picture[41 : 41 + length])
    assert len(rows) == SIZE * (1 + 3 * SIZE)
    assert zlib.crc32(picture[37 : 41 + length]) == int.from_bytes(
        picture[41 + length : 45 + length], "big"
    )


def test_the_codes_of_the_project_are_valid_and_unlike():
    project = tomllib.loads(ALBUM)
    assert ean_fault(project["album"]["ean"]) is None
    codes = [song["isrc"] for song in project["song"].values()]
    assert [isrc_fault(code) for code in codes] == [None] * len(codes)
    assert len(set(codes)) == len(codes) == 6


@pytest.mark.slow
def test_the_project_is_read_without_a_finding(demo):
    album, findings = projectfile.read(demo / "album.toml")
    assert findings == ()
    assert album.meta.title == "Night Ferry EP"
    assert sorted(path.name for path in (demo / "mixes").iterdir()) == sorted(
        Path(mix).name for mix in MIXES
    )


@pytest.mark.slow
@pytest.mark.parametrize("mix", MIXES)
def test_a_mix_is_24_bit_has_headroom_and_no_dc(demo, mix):
    stated = soundfile.info(demo / mix)
    assert (stated.samplerate, stated.channels) == (48_000, 2)
    assert stated.subtype == "PCM_24"
    assert 15 <= stated.duration <= 30
    sound, _ = soundfile.read(demo / mix)
    peak = 20 * np.log10(np.abs(sound).max())
    assert -6.1 <= peak <= -1.0
    assert np.abs(sound.mean(axis=0)).max() < 1e-4
    assert np.corrcoef(sound.T)[0, 1] > 0.4


@pytest.mark.slow
@pytest.mark.parametrize("mix", MIXES)
def test_a_mix_begins_and_ends_at_zero_except_at_the_segue(demo, mix):
    sound, _ = soundfile.read(demo / mix)
    if "part 2" not in mix:
        assert np.abs(sound[0]).max() < 1e-5
    if "part 1" not in mix:
        assert np.abs(sound[-1]).max() < 1e-5


@pytest.mark.slow
def test_the_segue_is_a_cut_through_sounding_music(demo):
    first, _ = soundfile.read(demo / "mixes" / "Harbour v5 part 1.wav")
    second, _ = soundfile.read(demo / "mixes" / "Harbour v5 part 2.wav")
    assert np.abs(first[-480:]).max() > 0.05
    assert np.abs(second[:480]).max() > 0.05
    joined = np.concatenate((first[-480:], second[:480]))
    steps = np.abs(np.diff(joined, axis=0)).max(axis=1)
    assert steps[479] <= np.median(steps) * 6


@pytest.mark.slow
def test_the_ballad_is_the_quietest_of_the_numbered_songs(demo):
    power = {}
    for mix in MIXES[:-1]:
        sound, _ = soundfile.read(demo / mix)
        power[mix] = float((sound**2).mean())
    assert min(power, key=power.__getitem__) == "mixes/Last Boat v1.wav"


@pytest.mark.slow
def test_composing_again_keeps_a_project_that_was_worked_on(demo):
    project = demo / "album.toml"
    assert project.read_text(encoding="utf-8") == ALBUM
    project.write_text(ALBUM + "\n# mine\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in demo.rglob("*.*") if path.is_file()}
    compose(demo, lambda said: None)
    assert {path: path.read_bytes() for path in before} == before
