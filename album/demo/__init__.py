"""The demo album: a short EP that the program composes, with its project file.

Nothing is stored but code: five songs and a hidden one are synthesised at 48 kHz and
24 bits, the same samples on every run and machine. Importing this costs nothing;
numpy and the instruments are loaded when something is composed.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from album.demo.albumfile import ALBUM

if TYPE_CHECKING:
    from album.demo.desk import Mix

__all__ = ["compose"]


def compose(folder: Path, progress: Callable[[str], None]) -> Path:
    """Write the EP's mixes, cover and project file into *folder*; return the file.

    The project file comes last, so a folder that has one is complete. One that is
    there already is kept as it is: somebody may have worked on it.
    """
    import soundfile

    from album.demo.cover import cover
    from album.demo.tones import RATE

    mixes, art = folder / "mixes", folder / "art"
    for place in (mixes, art):
        place.mkdir(parents=True, exist_ok=True)
    for name, mix in _songs(progress):
        soundfile.write(mixes / name, mix, RATE, subtype="PCM_24", format="WAV")
    progress("drawing the cover")
    (art / "cover.png").write_bytes(cover())
    project = folder / "album.toml"
    if not project.exists():
        project.write_text(ALBUM, encoding="utf-8", newline="\n")
    return project


def _songs(progress: Callable[[str], None]) -> Iterator[tuple[str, "Mix"]]:
    """Yield the file name and the mix of each song, composed one at a time."""
    from album.demo import songs
    from album.demo.glass import glass
    from album.demo.harbour import harbour

    progress("composing Low Tide")
    yield "Low Tide v3.wav", songs.low_tide()
    progress("composing Glass")
    yield "Glass v2.wav", glass()
    progress("composing Harbour and its reprise")
    first, second = harbour()
    yield "Harbour v5 part 1.wav", first
    yield "Harbour v5 part 2.wav", second
    progress("composing Last Boat")
    yield "Last Boat v1.wav", songs.last_boat()
    progress("composing Wheelhouse Radio")
    yield "Wheelhouse Radio v1.wav", songs.wheelhouse_radio()
