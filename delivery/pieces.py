"""Pieces: the programme cut at the track marks, as streaming files have it."""

from collections.abc import Mapping

from delivery.program import Layout, Piece, Texts
from delivery.redbook import FIRST_PAUSE, samples


def pieces(
    layout: Layout,
    *,
    people: Mapping[int, Mapping[str, str]] | None = None,
    pregap_texts: Texts | None = None,
    pregap_isrc: str = "",
) -> tuple[Piece, ...]:
    """Return the pieces of *layout*, cut at INDEX 01, from 00:02:00 to the lead-out.

    *people* are the credits by track number. What lies before track 1 is a piece of
    its own, with number 0, where *pregap_texts* are given; else track 1 begins there.
    """
    people = people or {}
    hidden = pregap_texts is not None and layout.tracks[0].start > FIRST_PAUSE
    out = []
    if hidden and pregap_texts is not None:
        out.append(
            Piece(
                number=0,
                start=FIRST_PAUSE,
                stop=layout.tracks[0].start,
                isrc=pregap_isrc,
                texts=pregap_texts,
                credits=people.get(0, {}),
            )
        )
    for place, (track, end) in enumerate(
        zip(layout.tracks, layout.ends(), strict=True)
    ):
        out.append(
            Piece(
                number=track.number,
                start=track.start if place or hidden else FIRST_PAUSE,
                stop=end,
                isrc=track.isrc,
                texts=track.texts,
                credits=people.get(track.number, {}),
            )
        )
    return tuple(out)


def span(piece: Piece, rate: int) -> tuple[int, int]:
    """Return where *piece* begins and ends in the programme, in samples of *rate*."""
    return (
        samples(piece.start - FIRST_PAUSE, rate),
        samples(piece.stop - FIRST_PAUSE, rate),
    )
