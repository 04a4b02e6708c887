"""Levels that files tell players: those of loudgain, of songs and of the album."""

import shutil
import subprocess
from typing import Any

import numpy as np
import pytest
import soundfile

from delivery import tags

SONGS = "".join(
    f'[song.{name}]\ntitle = "{name}"\nmix = "mixes/{name}.wav"\n' for name in "abc"
)


def song(seconds: float, seed: int, rate: int = 44_100) -> Any:
    """Return notes that swell, with a little noise."""
    at = np.arange(round(seconds * rate))[:, None] / rate
    tones = sum(np.sin(2 * np.pi * 110 * seed * k * at) / k for k in (1, 2, 5, 9))
    noise = np.random.default_rng(seed).standard_normal((len(at), 2))
    swell = 1 + 0.5 * np.sin(2 * np.pi * 0.4 * at + seed)
    return 0.12 * seed * tones * swell + 0.01 * noise


def mixes() -> dict[str, Any]:
    return {"a": song(5.0, 1), "b": song(6.5, 2), "c": song(4.5, 3)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, make: Any) -> Any:
    """Return a build of an album in every coding that tells levels."""
    folder = tmp_path_factory.mktemp("levels")
    (folder / "mixes").mkdir()
    for name, audio in mixes().items():
        soundfile.write(folder / f"mixes/{name}.wav", audio, 44_100, "PCM_24")
    text = '[album]\nartist = "A"\ntitle = "T"\n' + SONGS
    text += '[deliver.all]\ntags = "full"\nformats = ["wav", "flac", "alac", "aiff",'
    text += ' "mp3 V0", "aac 192", "opus 128", "vorbis q6"]\n'
    (folder / "album.toml").write_text(text, encoding="utf-8")
    return make(folder / "album.toml")


def test_the_levels_in_the_tags_are_those_of_loudgain(built: Any) -> None:
    if not shutil.which("loudgain"):
        pytest.skip("loudgain is not installed")
    sets = [("", each) for each in ("wav", "flac", "aiff", "mp3", "ogg", "opus")]
    sets += [("alac", "m4a"), ("aac-192", "m4a")]
    for place, suffix in sets:
        paths = sorted((built.out / "all" / place).glob(f"*.{suffix}"))
        run = subprocess.run(
            ["loudgain", "-q", "-a", "-O", "-s", "s", *paths],
            capture_output=True,
            check=True,
            text=True,
        )
        head, *lines = (line.split("\t") for line in run.stdout.splitlines())
        *songs, album = (dict(zip(head, line, strict=True)) for line in lines)
        for path, song in zip(paths, songs, strict=True):
            levels = tags.read_tags(path).levels
            for word, row in (("TRACK", song), ("ALBUM", album)):
                theirs = float(row["Gain"].removesuffix(" dB"))
                if suffix == "opus":
                    ours = int(levels[f"R128_{word}_GAIN"]) / 256
                else:
                    gain = levels[f"REPLAYGAIN_{word}_GAIN"]
                    ours = float(gain.removesuffix(" dB"))
                    peak = float(levels[f"REPLAYGAIN_{word}_PEAK"])
                    # where it is over, loudgain clips what it decodes
                    if peak < 1.0:
                        assert peak == pytest.approx(float(row["True_Peak"]), rel=0.03)
                assert ours == pytest.approx(theirs, abs=0.011)
            assert ("ITUNNORM" in levels) == (suffix in ("mp3", "m4a"))


def test_levels_are_left_out_where_they_are_not_wanted(project: Any, make: Any) -> None:
    text = SONGS + "[deliver.one]\nformats = ['flac']\nreplaygain = false\n"
    text += "[deliver.two]\nformats = ['flac', 'opus']\ntags = 'minimal'\n"
    made = make(project(text, mixes(), rate=44_100, subtype="PCM_24"))
    paths = [*made.out.glob("one/*"), *made.out.glob("two/*")]
    assert len(paths) == 9
    assert not any(tags.read_tags(path).levels for path in paths)


def test_the_discs_of_an_album_are_one_album_to_players(
    project: Any, make: Any
) -> None:
    text = '[sequence]\norder = ["a", "disc 2", "b", "c"]\n' + SONGS
    text += "[deliver.mp3]\n"
    sounds = mixes()
    sounds["b"] *= 0.3
    made = make(project(text, sounds, rate=44_100, subtype="PCM_24"))
    told = [
        tags.read_tags(path).levels for path in sorted(made.out.glob("mp3/*/*.mp3"))
    ]
    assert len(told) == 3
    assert len({each["REPLAYGAIN_ALBUM_GAIN"] for each in told}) == 1
    assert len({each["REPLAYGAIN_TRACK_GAIN"] for each in told}) == 3
