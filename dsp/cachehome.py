"""Where a user keeps what can be made again."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

NOWHERE = Path(os.devnull) / "glassmaster"
"""A folder that cannot be: nothing is found in it, and nothing kept."""


def cache_home() -> Path:
    """Return XDG_CACHE_HOME, or the cache in the user's home.

    A user without a home has a folder below the system's temporary one, if nobody else
    can write to it: code is kept there, too. Otherwise it is ``NOWHERE``.
    """
    chosen = os.environ.get("XDG_CACHE_HOME")
    try:
        return Path(chosen).expanduser() if chosen else Path.home() / ".cache"
    except RuntimeError:
        return _temporary()


def _temporary() -> Path:
    try:
        above = Path(tempfile.gettempdir())
        user = os.getuid()
        place = above / f"glassmaster-{user}"
        with suppress(FileExistsError):
            place.mkdir(mode=0o700)
        about, around = place.lstat(), above.stat()
    except (OSError, AttributeError):  # no users by number
        return NOWHERE
    ours = stat.S_ISDIR(about.st_mode) and about.st_uid == user
    # in a folder that all may write to, only the sticky bit keeps others from ours
    kept = around.st_mode & stat.S_ISVTX or not around.st_mode & 0o022
    return place if ours and kept and not about.st_mode & 0o077 else NOWHERE
