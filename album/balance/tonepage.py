"""The tone of a record's songs for people: how far off, how far allowed, the move."""

from collections.abc import Iterator

import numpy as np

from album.balance import tones
from album.balance.record import WOULD, Record, SongPlan
from album.console import table
from album.project import Album
from dsp.allowance import half_width
from dsp.tonality import between, judged

_HEAD = ("song", *tones.RANGES, "allowed", "move")


def lines(album: Album, record: Record) -> list[str]:
    """Return a row for every song, below what is asked for."""
    rows = [_HEAD]
    for name, song in record.songs.items():
        rows.append((album.songs[name].title, *_figures(song), moved(song)))
    columns = range(1, len(tones.RANGES) + 2)
    return [*asked(album, record), "", *table(rows, right=columns)]


def asked(album: Album, record: Record) -> list[str]:
    """Return what is asked for, and what references ask of the whole record."""
    amount, most = record.tone_amount, album.tone.most_db
    said = f"amount {amount:g}, at most ±{most:g} dB, in dB against {record.tone_by}"
    if not amount:
        said = (
            f"left alone; in dB against {record.tone_by}, with the moves of amount "
            f"{WOULD:g} and at most ±{most:g} dB"
        )
    if not record.references:
        return [said]
    return [said, f"the record as a whole: {_of_all(record)}"]


def moved(song: SongPlan) -> str:
    """Return what is done to a song's tone, or would be, in words."""
    if song.voice.figures.loud_part is None:
        return "has no level"
    said = tones.words(song.would) or "none"
    held = {"": "", "bound": "; max_eq_db holds it back", "bands": "; still off"}[
        song.would.held
    ]
    return f"kept; it would be {said}{held}" if song.kept else said + held


def why(album: Album, record: Record, song: SongPlan) -> list[str]:
    """Return why a song's tone is moved as it is, in sentences."""
    if not np.isfinite(song.off).any():
        return []
    off = tones.difference(song.off)
    said = [f"Tone against {record.tone_by}: {off}.", _allowed(record, song)]
    done = tones.words(song.would) or "nothing"
    if song.kept:
        said.append(f"Moved by nothing: {_keeping(album, song)}. It would be {done}.")
    elif not record.tone_amount:
        said.append(f"Moved by nothing: [tone] amount is 0. At {WOULD:g} it would be "
                    f"{done}.")  # fmt: skip
    elif song.move.bands:
        said.append(f"Moved by {done}; makeup {song.move.makeup_db + 0.0:+.2f} dB.")
    else:
        stands = "" if song.move.held else ": it does not stand out"
        said.append(f"Moved by nothing{stands}.")
    if record.references:
        said.append(f"The record as a whole: {_of_all(record)}.")
    if song.would.held:
        still = "After that it" if song.would.bands else "It is left alone: it"
        bound = f"move of at most {album.tone.most_db:g} dB (max_eq_db)"
        none = {"bound": f"no {bound} brings", "bands": "no broad bands bring"}
        said.append(
            f"{still} lies {song.would.left_db:.1f} dB outside of what is allowed, and "
            f"{none[song.would.held]} it in."
        )
    return said


def _keeping(album: Album, song: SongPlan) -> str:
    if album.songs[song.song].tone == "keep":
        return 'tone = "keep"'
    return 'it runs on with a song whose tone is "keep"'


def _of_all(record: Record) -> str:
    """Return what the references ask of the whole record."""
    common = record.tone_common
    said = tones.words(common) or ("left alone" if common.held else "none")
    if not common.held:
        return said
    return f"{said}; {common.left_db:.1f} dB stay outside of what is allowed"


def _figures(song: SongPlan) -> Iterator[str]:
    """Return how far a song is off in every range, and may be in the mids."""
    known = np.isfinite(song.off).any()
    for mean in tones.ranges(song.off):
        yield f"{mean:+.1f}" if mean == mean else "–"
    yield f"±{_mids(song):.1f}" if known else "–"


def _allowed(record: Record, song: SongPlan) -> str:
    asked = half_width(record.tone_amount or WOULD)
    low, top = (float(song.allowed[judged()][at]) for at in (0, -1))
    return (
        f"It may be off by {_mids(song):.1f} dB in the mids, {low:.1f} dB at the low "
        f"end and {top:.1f} dB at the top: {asked:.2f} dB for the "
        "amount, the rest since its details differ."
    )


def _mids(song: SongPlan) -> float:
    return between(song.allowed, *tones.MIDS)
