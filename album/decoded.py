"""What decoders make of lossy files: a row a file, and what is said of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from album.project import Album
from delivery.findings import Finding, warning


@dataclass(frozen=True, kw_only=True)
class DecodedFile:
    """The decode of one song in one form."""

    target: str
    disc: int
    track: int
    song: str
    """Its id."""
    form: str
    """As people write it: AAC 256."""
    true_peak_dbtp: float | None
    seconds: float
    """Where the highest point is, from the file's beginning."""
    overs: int
    limit_dbtp: float
    delivered: bool
    """Whether the file is delivered; else it was made to know what others will make."""

    @property
    def over(self) -> bool:
        """Whether it passes the limit."""
        return self.true_peak_dbtp is not None and self.true_peak_dbtp > self.limit_dbtp

    @property
    def place(self) -> str:
        """Where the highest point is, as people say it."""
        minutes, seconds = divmod(self.seconds, 60)
        return f"{int(minutes)}:{seconds:06.3f}"

    def as_json(self) -> dict[str, Any]:
        """Return the row as data."""
        peak = self.true_peak_dbtp
        return {
            "target": self.target,
            "disc": self.disc,
            "track": self.track,
            "song": self.song,
            "form": self.form,
            "true_peak_dbtp": None if peak is None else round(peak, 3),
            "at_seconds": round(self.seconds, 3),
            "overs": self.overs,
            "limit_dbtp": self.limit_dbtp,
            "delivered": self.delivered,
        }


def over_warnings(album: Album, files: Iterable[DecodedFile]) -> list[Finding]:
    """Return a warning for every file that decodes above its limit."""
    return [_over(album, each) for each in files if each.over]


def _over(album: Album, file: DecodedFile) -> Finding:
    song = album.songs.get(file.song)
    title = song.title if song else file.song
    peak = file.true_peak_dbtp or 0.0
    place = album.place("deliver", file.target)
    help_text = 'ceiling_dbtp = "solve" finds the ceiling at which none does'
    if not file.delivered:
        help_text = (
            f"lower the ceiling of its master by {peak - file.limit_dbtp:.1f} dB"
        )
    return warning(
        "CODEC-OVER" if file.delivered else "CODEC-PREVIEW",
        f"{file.target}: {title!r} as {file.form} decodes to {peak:+.2f} dBTP at "
        f"{file.place}, {file.overs} place{'' if file.overs == 1 else 's'} above "
        f"{file.limit_dbtp:g} dBTP",
        place=replace(place, song=file.song or None, track=file.track, at=file.place),
        measured=round(peak, 3),
        limit=file.limit_dbtp,
        help=help_text,
    )


HEAD = ("target", "form", "song", "true peak", "at", "overs")
RIGHT = (3, 4, 5)


def decoded_rows(
    files: Sequence[DecodedFile], titles: dict[str, str], *, every: bool = False
) -> list[tuple[str, ...]]:
    """Return the table for people: *every* file, or those that are over.

    Of a form of which none is, the highest is shown.
    """
    rows: list[tuple[str, ...]] = []
    for key in dict.fromkeys((each.target, each.form) for each in files):
        mine = [each for each in files if (each.target, each.form) == key]
        shown = [each for each in mine if each.over or every]
        shown = shown or [max(mine, key=lambda each: each.true_peak_dbtp or -999.0)]
        rows += [_row(each, titles) for each in shown]
    return [HEAD, *rows] if rows else []


def _row(file: DecodedFile, titles: dict[str, str]) -> tuple[str, ...]:
    peak = file.true_peak_dbtp
    form = file.form if file.delivered else f"{file.form} (preview)"
    title = titles.get(file.song, file.song)
    height = "silent" if peak is None else f"{peak:+.2f} dBTP"
    return (file.target, form, title, height, file.place, str(file.overs or ""))


def worst(files: Iterable[DecodedFile]) -> DecodedFile | None:
    """Return the file that is furthest above its limit, or least below."""
    heard = [each for each in files if each.true_peak_dbtp is not None]
    if not heard:
        return None
    return max(heard, key=lambda each: (each.true_peak_dbtp or 0.0) - each.limit_dbtp)
