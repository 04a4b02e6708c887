"""The tone of a record's songs for people: how far off, how far allowed, the move."""

from collections.abc import Iterator

import numpy as np

from album.balance import tones
from album.balance.record import WOULD, Record, SongPlan
from album.console import table
from album.project import Album
from dsp.allowance import half_width
from dsp.tonality import between, judged

_HELD = {
    ("", True): "",
    ("", False): "",
    ("bound", True): "max_eq_db holds it back",
    ("bound", False): "left alone: more than max_eq_db",
    ("bands", True): "still off",
    ("bands", False): "left alone: no broad bands do it",
}
"""What keeps a song off its target, by what holds it and whether it is moved."""

_HEAD = ("song", *tones.RANGES, "allowed", "move")


def lines(album: Album, record: Record) -> list[str]:
    """Return a row for every song, below what is asked for."""
    rows = [_HEAD]
    for name, song in record.songs.items():
        rows.append((album.songs[name].title, *_figures(song), moved(record, song)))
    columns = range(1, len(tones.RANGES) + 2)
    return [*asked(album, record), "", *table(rows, right=columns)]


def asked(album: Album, record: Record) -> list[str]:
    """Return what is asked for, and what references ask of the whole record."""
    amount, most = record.tone_amount, album.tone.most_db
    said = f"amount {amount:g}, at most ±{most:g} dB, in dB against {_aim(record)}"
    if not amount:
        said = (
            f"left alone; in dB against {_aim(record)}, with the moves of amount "
            f"{WOULD:g} and at most ±{most:g} dB"
        )
    return [said, *_of_all(record)]


def moved(record: Record, song: SongPlan) -> str:
    """Return what is done to a song's tone, or would be, in words."""
    if song.voice.figures.loud_part is None:
        return "has no level"
    whole = record.tonal.whole
    shared = bool(whole and whole.move.bands and song.would.bands == whole.move.bands)
    said = "as the record" if shared else tones.words(song.would)
    why = _HELD[song.would.held, bool(said) and not shared]
    said = f"{said}; {why}" if said and why else said or why or "none"
    return f"kept; it would be {said}" if song.kept else said


def why(album: Album, record: Record, song: SongPlan) -> list[str]:
    """Return why a song's tone is moved as it is, in sentences."""
    if not np.isfinite(song.off).any():
        return []
    off = tones.difference(song.off)
    said = [f"Tone against {_aim(record)}: {off}.", _allowed(record, song)]
    done = tones.words(song.would) or "nothing"
    if song.kept:
        said.append(f"Moved by nothing: {_keeping(album, song)}. It would be {done}.")
    elif not record.tone_amount:
        said.append(f"Moved by nothing: [tone] amount is 0. At {WOULD:g} it would be "
                    f"{done}.")  # fmt: skip
    elif song.move.bands:
        said.append(f"Moved by {done}; makeup {song.move.makeup_db:+z.2f} dB.")
    else:
        stands = "" if song.move.held else ": it does not stand out"
        said.append(f"Moved by nothing{stands}.")
    said += [f"{each[0].upper()}{each[1:]}." for each in _of_all(record)]
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


def _aim(record: Record) -> str:
    """Return what songs are held to."""
    whole = record.tonal.whole
    return "the record" if not whole or not whole.move.bands else "the moved record"


def _of_all(record: Record) -> list[str]:
    """Return what the references ask of the whole record."""
    whole = record.tonal.whole
    if whole is None:
        return []
    done = tones.words(whole.move) or ("left alone" if whole.move.held else "none")
    said = f"the record against its references: {tones.difference(whole.off_db)}"
    allowed = between(whole.allowed_db, *tones.MIDS)
    held = whole.move.held
    still = f"; {whole.move.left_db:.1f} dB stay outside" if held else ""
    return [f"{said}; allowed ±{allowed:.1f} dB in the mids; moved by {done}{still}"]


def _figures(song: SongPlan) -> Iterator[str]:
    """Return how far a song is off in every range, and may be in the mids."""
    known = np.isfinite(song.off).any()
    for mean in tones.ranges(song.off):
        yield f"{mean:+z.1f}" if mean == mean else "–"
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
