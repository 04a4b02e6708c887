"""Where what can be made again is kept, by users with a home and without."""

import sys
import tempfile
from pathlib import Path

import pytest

from dsp.cachehome import NOWHERE, cache_home

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="homes differ there")


@pytest.fixture
def above(tmp_path, monkeypatch):
    """Return the temporary folder of a user without a home."""

    def none():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", none)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tmp_path.chmod(0o1777)
    return tmp_path


def test_the_environment_goes_before_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_home() == tmp_path
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_home() == Path.home() / ".cache"


def test_who_has_no_home_has_a_folder_of_his_own(above):
    place = cache_home()
    assert place.parent == above
    assert place.stat().st_mode & 0o777 == 0o700
    assert cache_home() == place


@pytest.mark.parametrize("other", ["open", "link", "file", "no sticky bit", "gone"])
def test_nothing_is_kept_where_others_can_write(above, other, monkeypatch):
    place = cache_home()
    if other == "open":
        place.chmod(0o770)
    elif other == "no sticky bit":
        above.chmod(0o777)
    elif other == "gone":
        monkeypatch.setattr(tempfile, "tempdir", str(above / "none"))
    else:
        place.rmdir()
        (above / "mine").mkdir(mode=0o700)
        place.symlink_to("mine") if other == "link" else place.write_text("")
    assert cache_home() == NOWHERE
    with pytest.raises(OSError, match="Not a directory"):
        NOWHERE.mkdir(parents=True)
