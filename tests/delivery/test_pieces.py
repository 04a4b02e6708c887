from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from delivery.pieces import pieces, span
from delivery.program import Layout, Texts, Track
from delivery.redbook import STUDIO_RATES, Frames


def layout(starts: list[int], leadout: int) -> Layout:
    return Layout(
        tracks=tuple(
            Track(
                number=number,
                start=Frames(start),
                pause=Frames(0) if number == 1 else None,
                isrc=f"GBXYZ26{number:05}",
                texts=Texts(title=f"Song {number}"),
            )
            for number, start in enumerate(starts, 1)
        ),
        leadout=Frames(leadout),
    )


@given(
    starts=st.lists(st.integers(150, 400_000), min_size=1, max_size=99, unique=True),
    hidden=st.booleans(),
    rate=st.sampled_from(STUDIO_RATES),
)
def test_pieces_end_to_end_are_the_programme(
    starts: list[int], hidden: bool, rate: int
) -> None:
    disc = layout(sorted(starts), 400_300)
    found = pieces(disc, pregap_texts=Texts(title="Overture") if hidden else None)
    assert found[0].start == 150
    assert found[-1].stop == disc.leadout
    assert all(one.stop == other.start for one, other in pairwise(found))
    ends = [span(piece, rate) for piece in found]
    assert ends[0][0] == 0
    assert ends[-1][1] == (400_300 - 150) * rate // 75
    with_own = hidden and disc.tracks[0].start > 150
    assert [piece.number for piece in found] == [
        *([0] if with_own else []),
        *(track.number for track in disc.tracks),
    ]


def test_a_piece_has_the_texts_and_people_of_its_track() -> None:
    people = {0: {"producer": "A"}, 2: {"producer": "B"}}
    found = pieces(
        layout([300, 900], 2_000),
        people=people,
        pregap_texts=Texts(title="Overture"),
        pregap_isrc="GBXYZ2600099",
    )
    assert [piece.texts.title for piece in found] == ["Overture", "Song 1", "Song 2"]
    assert [piece.isrc[-2:] for piece in found] == ["99", "01", "02"]
    assert [dict(piece.credits) for piece in found] == [people[0], {}, people[2]]


def test_without_texts_what_is_before_track_1_belongs_to_it() -> None:
    assert [piece.start for piece in pieces(layout([300, 900], 2_000))] == [150, 900]
