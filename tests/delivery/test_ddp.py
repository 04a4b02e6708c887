import hashlib
import re
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery import ddp, ddp_read
from delivery.ddp_records import Identity, MapPacket, PQPacket
from delivery.findings import Refusal, Severity
from delivery.image import read_image
from delivery.program import Flag, Layout, Program, Release, Texts, Track

SETS = {
    "cue2ddp_005_isrc_upc": Layout(
        tracks=(Track(number=1, start=150, pause=0, isrc="USABC1234567"),),
        leadout=900,
        ean="0123456789012",
    ),
    "cue2ddp_025_cdtext_flags": Layout(
        tracks=(
            Track(
                number=1, start=150, pause=0, indexes=(525,), isrc="USABC1111111",
                flags=frozenset({Flag.PRE}), texts=Texts(title="One"),
            ),
            Track(
                number=2, start=900, pause=750, texts=Texts(title="Two"),
                flags=frozenset({Flag.DCP, Flag.FOUR_CHANNEL}),
            ),
        ),
        leadout=1650,
        ean="0123456789012",
        texts=Texts(title="Disc"),
    ),
}  # fmt: skip


class Pattern:
    """The pattern of cue2ddp's published sets: sample i is i, low word left."""

    rate, bits = 44_100, 16

    def __init__(self, length):
        self.length = length

    def blocks(self):
        for start in range(0, self.length, 100_000):
            at = np.arange(start, min(start + 100_000, self.length), dtype="<u4")
            yield at.view("<i2").reshape(-1, 2)


class Silence(Pattern):
    def blocks(self):
        yield np.zeros((self.length, 2), np.int32)


def program(layout, pcm=Pattern):
    audio = pcm(layout.frames * 588)
    return Program(name="x", layout=layout, release=Release(), pcm=audio)


@pytest.fixture
def written(tmp_path):
    ddp.write(program(SETS["cue2ddp_025_cdtext_flags"]), tmp_path)
    return tmp_path


def rules(reading):
    return [found.rule for found in reading.findings]


def sums(path):
    lines = path.read_text("ascii").splitlines()
    return {line[34:]: line[:32] for line in lines}


@pytest.mark.parametrize("name", SETS)
def test_the_records_of_cue2ddp_byte_for_byte(name, shared):
    folder, layout = shared / "samples/ddp" / name, SETS[name]
    pq = b"".join(one.pack(" ") for one in ddp.pq_packets(layout))
    assert pq == (folder / "SD").read_bytes()
    identity = Identity(ean=layout.ean)
    assert identity.pack(" ") == (folder / "DDPID").read_bytes()
    texts = folder / "CDTEXT.BIN"
    packets = [
        MapPacket(stream="S0", length=len(pq), subcode="PQ DESCR", name="SD"),
        MapPacket(
            stream="D0", length=layout.leadout, mode="DA", storage="7", scrambled="1",
            pause=150, name="IMAGE.DAT",
        ),
    ]  # fmt: skip
    if texts.exists():
        size = texts.stat().st_size
        packets.insert(0, ddp.map_packets(layout, pq_bytes=0, text_bytes=size)[0])
    packed = b"".join(one.pack(" ") for one in packets)
    assert packed == (folder / "DDPMS").read_bytes()


@pytest.mark.parametrize("name", SETS)
def test_the_image_of_cue2ddp_has_the_md5_that_it_wrote(name, shared, tmp_path):
    layout = SETS[name]
    ddp.write(program(layout), tmp_path)
    expected = sums(shared / "samples/ddp" / name / "CHECKSUM.MD5")
    assert sums(tmp_path / "CHECKSUM.MD5")["IMAGE.DAT"] == expected["IMAGE.DAT"]
    image = (tmp_path / "IMAGE.DAT").read_bytes()
    assert hashlib.md5(image).hexdigest() == expected["IMAGE.DAT"]


@pytest.mark.parametrize("name", SETS)
def test_the_sets_of_cue2ddp_are_read_without_a_finding(name, shared, tmp_path):
    folder, layout = tmp_path / "set", SETS[name]
    shutil.copytree(shared / "samples/ddp" / name, folder)
    ddp.write(program(layout), tmp_path / "ours")
    shutil.copy(tmp_path / "ours" / "IMAGE.DAT", folder)
    reading = ddp_read.read(folder)
    assert reading.findings == ()
    assert reading.layout == layout
    assert reading.checksums == sums(folder / "CHECKSUM.MD5")


def test_the_writers_profile(written):
    packed = (written / "DDPMS").read_bytes()
    texts, pq, audio = (packed[at : at + 128] for at in (0, 128, 256))
    size = f"{(written / 'CDTEXT.BIN').stat().st_size:08}".encode("ascii")
    assert texts[:38] == b"VVVMS0" + b" " * 8 + size + b" " * 8 + b"CDTEXT  "
    assert texts[55:57] + texts[71:91] == b"00017CDTEXT.BIN       "
    assert pq[14:38] == b"00000512" + b" " * 8 + b"PQ DESCR"
    assert audio[14:50] == b"0000165000000000        DA70     150"
    order = (written / "CHECKSUM.MD5").read_text("ascii").splitlines()
    assert [line[33:] for line in order] == [
        "*DDPID", "*DDPMS", "*CDTEXT.BIN", "*PQDESCR", "*IMAGE.DAT"
    ]  # fmt: skip
    assert (written / "DDPID").read_bytes()[:38] == b"DDP 2.000123456789012" + b" " * 17


def test_serial_copy_management_is_an_s():
    track = Track(number=1, start=150, pause=0, flags=frozenset({Flag.SCMS, Flag.PRE}))
    packets = ddp.pq_packets(Layout(tracks=(track,), leadout=900))
    assert [one.control for one in packets] == ["01", "1S", "1S", "01", "01"]


def test_the_reading_tells_where_the_audio_is(written):
    reading = ddp_read.read(written)
    assert (reading.kind, reading.name) == ("ddp", "DDPID")
    (stretch,) = reading.sound.stretches
    assert (stretch.name, stretch.offset) == ("IMAGE.DAT", 150 * 2352)
    assert (reading.head.length, reading.sound.length) == (150 * 588, 1500 * 588)
    assert reading.sound.read(0, 3).tolist() == [[0, 0], [1, 0], [2, 0]]
    assert reading.sound.read(70_000, 1).tolist() == [[70_000 - 65_536, 1]]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_written_reads_back(data, layouts, tmp_path_factory):
    layout = data.draw(layouts())
    folder = tmp_path_factory.mktemp("set")
    described = ddp.records(layout)
    for name, packed in described.items():
        (folder / name).write_bytes(packed)
    with (folder / "IMAGE.DAT").open("wb") as image:
        image.truncate(layout.leadout * 2352)
    reading = ddp_read.read(folder, check_image=False)
    assert reading.layout == layout
    # a text such as "Ã©" is Latin-1, and looks like something else
    assert set(rules(reading)) - {"TXT-LATIN1"} == {"DDP-NOSUM"}
    assert reading.sound.length == layout.frames * 588
    shutil.rmtree(folder)


def test_progress_counts_every_sample(tmp_path):
    layout, seen = SETS["cue2ddp_025_cdtext_flags"], []
    ddp.write(program(layout), tmp_path, seen.append)
    assert sum(seen) == layout.frames * 588


def test_wider_integers_are_written_and_overflow_is_refused(tmp_path):
    layout = SETS["cue2ddp_005_isrc_upc"]
    ddp.write(program(layout, Silence), tmp_path)
    assert not any((tmp_path / "IMAGE.DAT").read_bytes())

    class Loud(Silence):
        def blocks(self):
            yield np.full((self.length, 2), 1 << 15)

    with pytest.raises(ValueError, match="do not fit 16 bit"):
        ddp.write(program(layout, Loud), tmp_path)


def test_a_programme_of_another_length_is_refused_before_writing(tmp_path):
    layout = SETS["cue2ddp_005_isrc_upc"]
    wrong = Program(name="x", layout=layout, release=Release(), pcm=Pattern(588))
    with pytest.raises(Refusal) as refusal:
        ddp.write(wrong, tmp_path)
    assert refusal.value.findings[0].rule == "DDP-LEN"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("change", [{"ean": "5" * 14}, {"texts": Texts(title="Ł")}])
def test_what_the_format_cannot_hold_is_refused(change, tmp_path):
    layout = Layout(tracks=SETS["cue2ddp_005_isrc_upc"].tracks, leadout=900, **change)
    with pytest.raises(Refusal):
        ddp.write(program(layout), tmp_path)


def test_a_changed_image_is_found(written):
    with (written / "IMAGE.DAT").open("r+b") as image:
        image.seek(-1, 2)
        image.write(b"\x55")
    (found,) = ddp_read.read(written).findings
    assert (found.rule, found.severity) == ("DDP-CRC", Severity.ERROR)
    reading = ddp_read.read(written, check_image=False)
    assert reading.findings == ()
    image = read_image(reading, lambda _: None)
    assert [each.rule for each in image.confirm(reading.claims)] == ["DDP-CRC"]


def test_a_short_image_is_found(written):
    with (written / "IMAGE.DAT").open("r+b") as image:
        image.truncate(1000 * 2352)
    reading = ddp_read.read(written, check_image=False)
    assert rules(reading) == ["DDP-LEN"]
    assert reading.sound.length == 850 * 588


def test_a_set_without_checksums_or_texts(written):
    (written / "CHECKSUM.MD5").unlink()
    assert rules(ddp_read.read(written)) == ["DDP-NOSUM"]


def rewrite_pq(folder, change):
    path = folder / "PQDESCR"
    packed = path.read_bytes()
    packets = [packed[at : at + 64] for at in range(0, len(packed), 64)]
    path.write_bytes(b"".join(change(packets)))
    (folder / "CHECKSUM.MD5").unlink()
    size = f"{path.stat().st_size:08}".encode("ascii")
    mapped = bytearray((folder / "DDPMS").read_bytes())
    mapped[128 + 14 : 128 + 22] = size
    (folder / "DDPMS").write_bytes(mapped)
    reading = ddp_read.read(folder)
    return reading, [rule for rule in rules(reading) if rule != "DDP-NOSUM"]


def test_one_leadout_is_enough(written):
    reading, found = rewrite_pq(written, lambda packets: packets[:-1])
    assert found == []
    assert reading.layout == SETS["cue2ddp_025_cdtext_flags"]


def test_a_missing_leadout_is_found_and_the_image_tells_the_end(written):
    reading, found = rewrite_pq(written, lambda packets: packets[:-2])
    assert found == ["DDP-PQ"]
    assert reading.layout.leadout == 1650


def test_an_ean_only_in_ddpid_is_a_warning(written):
    reading, found = rewrite_pq(written, lambda packets: packets[1:])
    assert found == ["DDP-PQ"]
    assert reading.layout.ean == "0123456789012"


def test_isrcs_on_index_01_and_eans_anywhere_are_read(written):
    def other(packets):
        moved = [PQPacket.unpack(one) for one in packets]
        isrc, ean = moved[1].isrc, moved[0].ean
        for place, one in enumerate(moved):
            kept = {**vars(one), "isrc": isrc if place in (1, 2) else "", "ean": ean}
            moved[place] = PQPacket(**kept)
        return [one.pack() for one in moved]

    reading, found = rewrite_pq(written, other)
    assert found == []
    assert reading.layout == SETS["cue2ddp_025_cdtext_flags"]


def test_marks_that_go_back_and_damaged_packets_are_found(written):
    def swap(packets):
        packets[2], packets[3] = packets[3], packets[2]
        return packets

    assert "DDP-PQ" in rewrite_pq(written, swap)[1]


def test_the_order_of_the_map_and_the_case_of_names_do_not_matter(written):
    packed = (written / "DDPMS").read_bytes()
    (written / "DDPMS").write_bytes(packed[256:] + packed[128:256] + packed[:128])
    (written / "PQDESCR").rename(written / "pqdescr")
    (written / "CHECKSUM.MD5").unlink()
    reading = ddp_read.read(written)
    assert rules(reading) == ["DDP-NOSUM"]
    assert reading.layout == SETS["cue2ddp_025_cdtext_flags"]


@pytest.mark.parametrize(
    "name", ["../DDPID", "/etc/passwd", "..", "a\\b", "C:x", "missing", "sub"]
)
def test_names_that_leave_the_folder_are_refused(name, written):
    (written / "sub").mkdir()
    packed = bytearray((written / "DDPMS").read_bytes())
    packed[256 + 74 : 256 + 91] = name.encode("ascii").ljust(17)
    (written / "DDPMS").write_bytes(packed)
    reading = ddp_read.read(written)
    assert not reading.whole
    (found, *_) = [one for one in reading.findings if one.rule == "DDP-STRUCT"]
    assert re.search("names the file|has no", found.message)
    assert (found.place.file, found.place.packet) == ("DDPMS", 3)


def test_a_sound_before_two_seconds_is_told(written):
    with (written / "IMAGE.DAT").open("r+b") as image:
        image.seek(2352)
        image.write(b"\x01")
    reading = ddp_read.read(written, check_image=False)
    assert rules(reading) == ["RB-START"]


def test_a_folder_that_is_no_set_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(Refusal):
            ddp_read.read(folder)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_damage_is_a_reading_or_a_refusal(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("damaged")
    described = ddp.records(SETS["cue2ddp_025_cdtext_flags"])
    described["CHECKSUM.MD5"] = b"0" * 32 + b" *DDPID\n"
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(sorted(described)))
        packed = bytearray(described[name])
        at = data.draw(st.integers(0, len(packed)))
        long = data.draw(st.integers(0, 40))
        digits = st.lists(st.sampled_from(b" 0123456789AVS\0"), max_size=40).map(bytes)
        packed[at : at + long] = data.draw(st.binary(max_size=40) | digits)
        described[name] = bytes(packed)
    for name, packed in described.items():
        (folder / name).write_bytes(packed)
    (folder / "IMAGE.DAT").write_bytes(bytes(data.draw(st.integers(0, 5000))))
    try:
        reading = ddp_read.read(folder)
    except Refusal as refusal:
        described = refusal.findings
    else:
        described = reading.findings
        assert reading.sound.length >= 0
    shutil.rmtree(folder)
    assert described
