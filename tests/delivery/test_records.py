import contextlib
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.ddp_records import Identity, MapPacket, PQPacket
from delivery.records import Record, RecordError, number, text

RECORDS = (Identity, MapPacket, PQPacket)


@pytest.mark.parametrize("record", RECORDS)
def test_a_default_record_has_its_size_and_reads_back(record):
    packed = record().pack()
    assert len(packed) == record.SIZE
    assert record.unpack(packed) == record()


def test_a_pq_packet_stands_where_the_table_says():
    packet = PQPacket(
        track="02", index=1, minutes=74, seconds=5, frames=9, control="21",
        isrc="GBXYZ2600002", ean="5012345678900",
    )  # fmt: skip
    head = b"VVVS0201  74050921  "
    assert packet.pack() == head + b"GBXYZ26000025012345678900".ljust(44)


@pytest.mark.parametrize("padding", ["0", " "])
@given(values=st.tuples(*[st.none() | st.integers(0, 99_999_999)] * 2))
def test_numbers_read_back_in_both_dialects(padding, values):
    length, start = values
    packet = MapPacket(stream="D0", length=length, start=start, name="IMAGE.DAT")
    assert MapPacket.unpack(packet.pack(padding)) == packet


def test_the_dialect_is_the_padding_of_numbers():
    packet = MapPacket(length=512, pause=150)
    assert packet.pack()[14:22] == b"00000512"
    assert packet.pack(" ")[14:22] == b"     512"
    assert packet.pack()[46:50] == packet.pack(" ")[46:50] == b" 150"


def test_a_value_too_long_is_refused_by_name():
    with pytest.raises(RecordError, match=r"PQPacket\.isrc: 'GBAYE06014988' has 13"):
        PQPacket(isrc="GBAYE06014988").pack()
    with pytest.raises(RecordError, match=r"MapPacket\.length: 123456789 does not"):
        MapPacket(length=123_456_789).pack()


def test_letters_outside_ascii_are_refused():
    with pytest.raises(RecordError, match=r"Identity\.master: 'é' has 'é'"):
        Identity(master="é").pack()


def test_bad_bytes_are_named_with_their_place():
    packed = bytearray(PQPacket().pack())
    packed[10:12] = b"xx"
    with pytest.raises(RecordError, match=r"PQPacket\.minutes at byte 10: b'xx'"):
        PQPacket.unpack(bytes(packed))


def test_a_wrong_sum_of_widths_is_refused():
    @dataclass(frozen=True, kw_only=True)
    class Short(Record):
        SIZE = 10
        word: str = text(4)
        count: int | None = number(5)

    with pytest.raises(RecordError, match="Short has 9 bytes, not 10"):
        Short().pack()


@pytest.mark.parametrize("record", RECORDS)
@given(st.data())
def test_any_bytes_are_a_record_or_a_record_error(record, data):
    packed = data.draw(st.binary(min_size=record.SIZE - 1, max_size=record.SIZE + 1))
    with contextlib.suppress(RecordError):
        assert len(record.unpack(packed).pack()) == record.SIZE


@pytest.mark.parametrize("record", RECORDS)
@given(st.data())
def test_any_printable_bytes_read_and_write_the_same_values(record, data):
    digits = st.sampled_from(b" 0123456789")
    packed = bytes(
        data.draw(st.lists(digits, min_size=record.SIZE, max_size=record.SIZE))
    )
    try:
        value = record.unpack(packed)
    except RecordError:
        return
    assert record.unpack(value.pack()) == value
