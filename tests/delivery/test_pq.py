from hypothesis import given
from hypothesis import strategies as st

from delivery.pq import codes
from delivery.program import Layout, Track


def test_codes_are_every_index_in_order_and_the_leadout():
    first = Track(number=1, start=150, pause=0, indexes=(400,), isrc="GBXYZ2600001")
    second = Track(number=2, start=1200, pause=1000)
    listed = codes(Layout(tracks=(first, second), leadout=2000))
    assert [(code.track, code.index, code.time) for code in listed] == [
        ("01", 0, 0), ("01", 1, 150), ("01", 2, 400),
        ("02", 0, 1000), ("02", 1, 1200), ("AA", 1, 2000),
    ]  # fmt: skip
    assert [code.isrc for code in listed] == ["GBXYZ2600001", "", "", "", "", ""]


@given(data=st.data())
def test_times_rise_and_nothing_is_lost(data, layouts):
    layout = data.draw(layouts())
    listed = codes(layout)
    times = [code.time for code in listed]
    assert times == sorted(set(times))
    assert len(listed) == sum(len(track.marks) for track in layout.tracks) + 1
