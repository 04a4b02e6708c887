"""Which files a pattern stands for."""

import pytest

from album.near import matching


@pytest.fixture(params=["plain", "a [1]", "star *"])
def home(request, tmp_path):
    """Return a folder in one whose name may look like a pattern."""
    folder = tmp_path / request.param / "album"
    for name in ("ref [1].wav", "ref 1.wav", "refs/a.wav", "refs/deep [x]/b.wav"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return folder


def found(home, *patterns):
    files = matching([home / each for each in patterns])
    return [file.relative_to(home).as_posix() for file in files]


def test_what_exists_as_it_is_written_is_meant_so(home):
    assert found(home, "ref [1].wav") == ["ref [1].wav"]
    assert found(home, "refs/deep [x]/*.wav") == ["refs/deep [x]/b.wav"]
    (home / "ref [1].wav").unlink()
    assert found(home, "ref [1].wav") == ["ref 1.wav"]


def test_patterns_are_looked_for_in_folders_of_any_name(home):
    assert found(home, "ref*.wav", "*.wav") == ["ref 1.wav", "ref [1].wav"]
    assert found(home, "*/*.wav") == ["refs/a.wav"]
    assert found(home, "refs/../ref ?.wav") == ["refs/../ref 1.wav"]
    assert found(home, "refs", "none/*", "none.wav", "refs/a.wav/*") == []


@pytest.mark.parametrize("pattern", ["refs/**/*.wav", "refs/**", "refs/**/**/*.wav"])
def test_two_stars_are_all_folders_below(home, pattern):
    assert found(home, pattern) == ["refs/a.wav", "refs/deep [x]/b.wav"]


def test_links_lead_to_no_file_twice(home):
    for name in ("self", "again"):
        (home / "refs" / name).symlink_to(".", target_is_directory=True)
    (home / "refs/link.wav").symlink_to("a.wav")
    assert found(home, "refs/**/a.wav", "refs/*/a.wav") == ["refs/a.wav"]
    assert found(home, "refs/*.wav") == ["refs/a.wav"]
    assert found(home, "refs/self/a.wav") == ["refs/self/a.wav"]
    (home / "refs/gone.wav").symlink_to("nowhere")
    assert found(home, "refs/gone.wav") == []


def test_what_is_hidden_is_asked_for_by_name(home):
    (home / "refs/.old").mkdir()
    (home / "refs/.old/c.wav").write_text("")
    (home / "refs/.c.wav").write_text("")
    assert found(home, "refs/**/c.wav", "refs/**/.old/d.wav") == []
    assert found(home, "refs/*.wav", "refs/.*.wav") == ["refs/.c.wav", "refs/a.wav"]
    assert found(home, "refs/.old/*.wav") == ["refs/.old/c.wav"]
