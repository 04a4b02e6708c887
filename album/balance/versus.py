"""Songs and references side by side, each at the same loudness."""

from typing import Any

from album.balance import tones
from album.balance.hearing import Voice
from album.balance.joins import regions
from album.balance.record import Record
from album.project import Album
from dsp.level import rounded
from dsp.tonality import Floats, distance, tone

HEAD = (
    "", "loud part", "range", "PLR", "low", "mid", "high", "width", "bass width"
)  # fmt: skip
"""Levels of low, mid and high are against the record's own tone."""


def rows(album: Album, record: Record) -> list[tuple[str, ...]]:
    """Return a row for every song, the record, and every reference."""
    own = record.tonal.own
    found = [
        (album.songs[name].title, song.voice) for name, song in record.songs.items()
    ]
    found += [(each.path.name, each.voice) for each in record.references]
    return [(name, *_cells(voice, own)) for name, voice in found]


def _cells(voice: Voice, own: Floats) -> tuple[str, ...]:
    figures = voice.figures
    if figures.loud_part is None:
        return ("–",) * 8
    sides = figures.stereo
    values = (
        figures.loud_part,
        figures.loudness.range,
        figures.peak_to_loudness,
        *regions(distance(tone(voice.levels), own)),
        sides.side_to_mid if sides else None,
        sides.low_side_to_mid if sides else None,
    )
    signed = range(3, 6)
    return tuple(
        "–" if value is None else f"{value:+z.1f}" if at in signed else f"{value:z.1f}"
        for at, value in enumerate(values)
    )


def as_json(record: Record) -> list[dict[str, Any]]:
    """Return the references as data, with their distance to the record's tone."""
    own = record.tonal.own
    found = []
    for each in record.references:
        figures, sides = each.voice.figures, each.voice.figures.stereo
        off = distance(tone(each.voice.levels), own)
        found.append(
            {
                "path": str(each.path),
                "integrated_lufs": rounded(figures.loudness.integrated, 2),
                "loud_part_lufs": rounded(figures.loud_part, 2),
                "range_lu": rounded(figures.loudness.range, 2),
                "true_peak_dbtp": rounded(figures.peaks.true, 2),
                "plr_lu": rounded(figures.peak_to_loudness, 2),
                "width_db": rounded(sides.side_to_mid if sides else None, 2),
                "bass_width_db": rounded(sides.low_side_to_mid if sides else None, 2),
                "tone_off_db": tones.third_octaves(off),
            }
        )
    return found
