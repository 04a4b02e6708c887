import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from delivery import cdtext, cdtext_read
from delivery.findings import any_error
from delivery.packs import checksum
from delivery.program import Layout, Texts, Track

# formats/redbook.md §3.10, made by libburn and read by cdrskin and libcdio
NIGHT_CATS = bytes.fromhex("""
80000000 4e69676874204361747300 44 ef71
80010101 61776e00436166e9204e6f69 9407
80020208 720000000000000000000000 c595
81000300 44756f0044756f0009000000 40b0
86000400 4e432d303031000000000000 d96d
87000500 0017496e6469650000000000 bf09
8e000600 343030363338313333333933 dbc1
8e00070c 310055535243313736303738 a26d
8e01080a 333900474241594530303030 191e
8e020909 333531000000000000000000 5da2
8f000a00 000102000301000000000101 c6fa
8f010b00 0000000000000403 0c000000 e1e1
8f020c00 000000000900000000000000 8c8a
""")


def track(number, title, performer="", isrc=""):
    texts = Texts(title=title, performer=performer)
    start = 150 + 1000 * (number - 1)
    pause = 0 if number == 1 else None
    return Track(number=number, start=start, pause=pause, isrc=isrc, texts=texts)


def night_cats():
    return Layout(
        tracks=(
            track(1, "Dawn", "Duo", "USRC17607839"),
            track(2, "Café Noir", "Duo", "GBAYE0000351"),
        ),
        leadout=3000,
        ean="4006381333931",
        catalogue="NC-001",
        genre="Rock Music (Indie)",
        texts=Texts(title="Night Cats", performer="Duo"),
    )


def test_the_worked_example_byte_for_byte():
    assert cdtext.pack(night_cats()) == NIGHT_CATS


def test_the_worked_example_reads_back():
    read = cdtext_read.unpack(NIGHT_CATS)
    assert read.findings == ()
    assert read.texts == Texts(title="Night Cats", performer="Duo")
    assert read.tracks[2] == Texts(title="Café Noir", performer="Duo")
    assert (read.genre, read.catalogue) == ("Rock Music (Indie)", "NC-001")
    assert read.ean == "4006381333931"
    assert read.isrcs == {1: "USRC17607839", 2: "GBAYE0000351"}


def test_cue2ddp_wrote_the_same_for_three_tracks(shared):
    expected = (shared / "samples/ddp/cue2ddp_golden_CDTEXT.BIN").read_bytes()
    names = ("One", "Two", "Three")
    layout = Layout(
        tracks=tuple(track(n, f"Track {x}", "Artist") for n, x in enumerate(names, 1)),
        leadout=9000,
        texts=Texts(title="Disc", performer="Artist"),
    )
    assert cdtext.pack(layout, repeats=False) == expected
    read = cdtext_read.unpack(expected)
    assert read.findings == ()
    assert read.texts == layout.texts
    assert [read.tracks[t.number] for t in layout.tracks] == [
        t.texts for t in layout.tracks
    ]


def test_cue2ddp_wrote_the_same_for_set_025(shared):
    folder = shared / "samples/ddp/cue2ddp_025_cdtext_flags"
    layout = Layout(
        tracks=(track(1, "One"), track(2, "Two")),
        leadout=9000,
        texts=Texts(title="Disc"),
    )
    assert cdtext.pack(layout) == (folder / "CDTEXT.BIN").read_bytes()


@pytest.mark.parametrize(
    ("pack", "crc"),
    [
        ("8f002a00010103000605040507060102", 0x4865),
        ("8f012b0000000000000006032c000000", 0xC020),
        ("8f022c00000000000900000000000000", 0x1145),
        ("88002300010e003f0212000000000000", 0x1200),
        ("880d2700351819390319000000000000", 0xEAAF),
        ("8901280001040000000002293002343a", 0xF30C),
    ],
)
def test_checksums_of_published_packs(pack, crc):
    assert checksum(bytes.fromhex(pack)) == crc


def test_the_position_of_a_long_text_stops_at_fifteen():
    layout = Layout(tracks=(track(1, "x" * 60),), leadout=900)
    packed = cdtext.pack(layout)
    assert [packed[at + 3] for at in range(0, 6 * 18, 18)] == [0, 11, 15, 15, 15, 15]


def test_a_disc_without_text_has_no_packs():
    layout = Layout(tracks=(track(1, "", isrc="GBXYZ2600001"),), leadout=900)
    assert cdtext.pack(layout) == b""


def test_a_repeat_is_a_tab_only_where_no_text_is_missing():
    full = (track(1, "One", "Duo"), track(2, "Two", "Duo"), track(3, "Two", "Duo"))
    for performer, repeats in (("Trio", 3), ("", 1)):
        named = Texts(title="Disc", performer=performer)
        packed = cdtext.pack(Layout(tracks=full, leadout=9000, texts=named))
        payloads = (packed[at + 4 : at + 16] for at in range(0, len(packed) - 54, 18))
        assert b"".join(payloads).count(b"\t\0") == repeats


def test_too_many_packs_and_foreign_letters_are_refused():
    many = tuple(track(n, f"{n:03}" * 12) for n in range(1, 100))
    with pytest.raises(ValueError, match="packs"):
        cdtext.pack(Layout(tracks=many, leadout=200_000))
    with pytest.raises(ValueError, match="latin-1"):
        cdtext.pack(Layout(tracks=(track(1, "Łódź"),), leadout=900))


@given(data=st.data())
def test_texts_read_back_as_written(data, layouts):
    layout = data.draw(layouts())
    packed = cdtext.pack(layout)
    assert len(packed) % 18 == 0
    if not packed:
        return
    read = cdtext_read.unpack(packed)
    # a text such as "Ã©" is Latin-1, and looks like something else
    assert {one.rule for one in read.findings} <= {"TXT-LATIN1"}
    assert (read.texts, read.genre) == (layout.texts, layout.genre)
    assert (read.ean, read.catalogue) == (layout.ean, layout.catalogue)
    for each in layout.tracks:
        assert read.tracks.get(each.number, Texts()) == each.texts
        assert read.isrcs.get(each.number, "") == each.isrc
    assert cdtext.text_packs(layout) == len(packed) // 18 - 3


@given(st.binary(max_size=200))
@example(NIGHT_CATS[:-7])
@example(b"\x80\x00\x00\x00" + b"\t\0" * 6 + b"\0\0")
def test_any_bytes_are_read(packed):
    cdtext_read.unpack(packed)


@given(st.integers(0, len(NIGHT_CATS) - 1), st.integers(1, 255))
def test_one_wrong_byte_is_found(at, change):
    damaged = bytearray(NIGHT_CATS)
    damaged[at] ^= change
    read = cdtext_read.unpack(bytes(damaged))
    assert any(found.rule == "TXT-CRC" for found in read.findings)


@given(st.integers(0, 12))
def test_a_lost_pack_is_found_and_costs_only_its_own_strings(lost):
    packed = NIGHT_CATS[: lost * 18] + NIGHT_CATS[lost * 18 + 18 :]
    read = cdtext_read.unpack(packed)
    assert any_error(read.findings)
    assert read.catalogue == ("" if lost == 4 else "NC-001")
    assert read.texts.performer == ("" if lost == 3 else "Duo")


def test_what_other_writers_add_is_told_and_read():
    sony = cdtext_read.unpack(NIGHT_CATS + b"\0")
    header = cdtext_read.unpack(b"\x00\xec\x00\x00" + NIGHT_CATS)
    assert [found.rule for found in sony.findings] == ["TXT-SIZE"]
    assert [found.rule for found in header.findings] == ["TXT-SIZE"]
    assert sony.texts == header.texts == Texts(title="Night Cats", performer="Duo")
