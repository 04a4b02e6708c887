"""DDP sets as other vendors write them, built from our records, have no error."""

import hashlib
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from delivery import cdtext, cdtext_read, ddp, ddp_read
from delivery.ddp_records import Identity, PQPacket
from delivery.fileset import Folder, from_bytes
from delivery.findings import Severity
from delivery.packs import checksum
from delivery.places import in_folder
from delivery.program import Flag, Layout, Texts, Track
from delivery.verify import verify

DISC = Layout(
    tracks=(
        Track(number=1, start=150, pause=0, indexes=(400,), isrc="GBXYZ2600001",
              texts=Texts(title="One")),
        Track(number=2, start=900, pause=750, isrc="GBXYZ2600002",
              flags=frozenset({Flag.PRE}), texts=Texts(title="Two")),
    ),
    leadout=2100,
    ean="0012345678905",
    texts=Texts(title="Disc"),
)  # fmt: skip
TEXTS = cdtext.pack(DISC)
IMAGE = bytes(DISC.leadout * 2352)


def pq(change=lambda place, packet: packet, padding="0"):
    packets = [change(place, one) for place, one in enumerate(ddp.pq_packets(DISC))]
    return b"".join(one.pack(padding) for one in packets if one is not None)


def maps(*packets, padding="0"):
    return b"".join(one.pack(padding) for one in packets)


def streams(pq_bytes, texts=TEXTS, **audio):
    text, table, image = ddp.map_packets(
        DISC, pq_bytes=len(pq_bytes), text_bytes=len(texts)
    )
    return text, table, replace(image, **audio)


def cue2ddp():
    table = pq(padding=" ")
    text, two, image = streams(table, start=None, scrambled="1")
    two = replace(two, name="SD")
    return {
        "DDPID": Identity(ean=DISC.ean).pack(" "),
        "DDPMS": maps(text, two, image, padding=" "),
        "SD": table, "CDTEXT.BIN": TEXTS, "IMAGE.DAT": IMAGE,
    }  # fmt: skip


def sonoris():
    table, texts = pq(), TEXTS + b"\0"
    text, two, image = streams(table, texts)
    return {
        "DDPID": Identity(ean=DISC.ean, user_text=" 05Hello").pack(),
        "DDPMS": maps(text, two, image),
        "PQDESCR": table, "CDTEXT.BIN": texts, "IMAGE.DAT": IMAGE,
    }  # fmt: skip


def hofa():
    def everywhere(_, packet):
        return replace(packet, ean=DISC.ean[1:])

    table = pq(everywhere)
    text, two, image = streams(table)
    return {
        "DDPID": Identity(ean=DISC.ean[1:]).pack(),
        "DDPMS": maps(replace(text, track=""), two, image),
        "PQDESCR": table, "CDTEXT.BIN": TEXTS, "IMAGE.DAT": IMAGE,
    }  # fmt: skip


def gist():
    isrcs = {number: f"GBXYZ26{number:05}" for number in (1, 2)}

    def both(place, packet):
        code = isrcs.get(int(packet.track)) if packet.track.isdigit() else None
        return (
            replace(packet, hours="00", isrc=code or "")
            if packet.index < 2
            else (replace(packet, hours="00"))
        )

    table = pq(both)
    text, two, image = streams(table, storage="0")
    two = replace(two, name="PQ_DESCR")
    return {
        "ddpid": Identity(ean=DISC.ean).pack(),
        "ddpms": maps(image, two, text),
        "pq_descr": table, "cdtext.bin": TEXTS, "Image.dat": IMAGE,
    }  # fmt: skip


def first_version():
    table = pq()[:-64]
    text, two, image = streams(table)
    packed = Identity(ean=DISC.ean, version="DDP 1.01", kind="").pack()
    padded = maps(text, two, image).replace(b" " * 15, b"\0" * 15)
    return {
        "DDPID": packed, "DDPMS": padded + bytes(128),
        "PQDESCR": table, "CDTEXT.BIN": TEXTS, "IMAGE.DAT": IMAGE,
    }  # fmt: skip


def late_start():
    table = pq()
    text, two, image = streams(table, start=150, length=DISC.leadout - 150)
    return {
        "DDPID": Identity(ean=DISC.ean).pack(),
        "DDPMS": maps(text, two, image),
        "PQDESCR": table, "CDTEXT.BIN": TEXTS, "IMAGE.DAT": IMAGE[150 * 2352 :],
    }  # fmt: skip


def track_files():
    table = pq()
    text, two, image = streams(table)
    parts = [
        replace(image, name="TRACK01.DAT", length=750, start=None),
        replace(image, name="TRACK02.DAT", length=1350, start=None, pause=150),
    ]
    return {
        "DDPID": Identity(ean=DISC.ean).pack(),
        "DDPMS": maps(text, two, *parts),
        "PQDESCR": table, "CDTEXT.BIN": TEXTS,
        "TRACK01.DAT": IMAGE[: 750 * 2352], "TRACK02.DAT": IMAGE[750 * 2352 :],
    }  # fmt: skip


DIALECTS = [cue2ddp, sonoris, hofa, gist, first_version, late_start, track_files]


def errors(findings):
    return [one.message for one in findings if one.severity is Severity.ERROR]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_set_of_another_vendor_has_no_error(dialect):
    reading = ddp_read.read(from_bytes(dialect()))
    assert errors(reading.findings) == []
    assert reading.layout == DISC
    assert reading.whole
    assert reading.sound.length == DISC.frames * 588


MD5 = {n: hashlib.md5(p).hexdigest() for n, p in cue2ddp().items()}
SUMS = [
    ("MD5-Checksum.md5", "{md5} *{name}\n"),
    ("MD5_CHECKSUM.MD5", "{md5}  {name}\r\n"),
    ("checksums.txt", "MD5 ({name}) = {md5}\n"),
    ("checksum.txt", "; GEAR\r\n{name}={crc}\r\n"),
    ("CHECKSUM.TXT", "{name}={CRC}\n"),
    ("disc.sfv", "{name} {crc}\n"),
    ("SHA1SUMS", "{sha1}  ./{name}\n"),
    ("checksum.sha256", "{sha256} *set\\{name}\n"),
    ("Checksum.chk", '"{name}" : {md5}\n'),
]


@pytest.mark.parametrize(("listing", "line"), SUMS)
def test_checksum_files_of_every_dialect(listing, line):
    import zlib

    files = cue2ddp()
    lines = "[Checksum]\nVersion=1.01\n# a remark\n"
    for name, packed in files.items():
        crc = f"{zlib.crc32(packed):08x}"
        lines += line.format(
            name=name, crc=crc, CRC=crc.upper(), md5=hashlib.md5(packed).hexdigest(),
            sha1=hashlib.sha1(packed).hexdigest(),
            sha256=hashlib.sha256(packed).hexdigest(),
        )  # fmt: skip
    files[listing] = lines.encode()
    assert ddp_read.read(from_bytes(files)).findings == ()
    files["SD"] = files["SD"][:-1] + b"x"
    said = ddp_read.read(from_bytes(files)).findings
    assert ("DDP-CRC", "SD") in [(one.rule, one.place.file) for one in said]


def test_a_second_session_of_data_is_told_and_left_alone():
    data = [
        PQPacket(track="03", index=1, minutes=3, seconds=0, frames=0, control="41"),
        PQPacket(track="AA", index=1, minutes=4, seconds=0, frames=0, control="41"),
    ]
    table = pq() + b"".join(one.pack() for one in data)
    text, two, image = streams(table)
    more = replace(
        image, name="DATA.DAT", mode="10", length=4500, new="S", start=None, pause=None
    )
    files = {
        "DDPID": Identity(ean=DISC.ean, book="O").pack(),
        "DDPMS": maps(text, two, image, more),
        "PQDESCR": table, "CDTEXT.BIN": TEXTS, "IMAGE.DAT": IMAGE,
        "DATA.DAT": b"secret",
    }  # fmt: skip
    reading = ddp_read.read(from_bytes(files))
    assert errors(reading.findings) == []
    assert [one.rule for one in reading.findings].count("DISC-DATA") == 2
    assert reading.layout == DISC


def test_two_languages_with_japanese_are_read():
    packed = bytearray()
    title, name = "Disc\0A\0B\0", "湿った水".encode("cp932") + b"\0\0"
    wide = name + "熱波".encode("cp932") + b"\0\0" + "水".encode("cp932") + b"\0\0"
    sizes = [(title.encode().ljust(12, b"\0"), 0, 0, 9), (wide, 1, 0x80, 0x69)]
    ends = [3, 4]
    for text, block, charset, _ in sizes:
        chunks = [text[at : at + 12].ljust(12, b"\0") for at in range(0, len(text), 12)]
        record = bytes([charset, 1, 2, 0, len(chunks)]).ljust(19, b"\0") + b"\3"
        record += bytes(ends).ljust(8, b"\0") + bytes([9, 0x69]).ljust(8, b"\0")
        rows = [(0x80, 0, 0, chunks[0])]
        if len(chunks) > 1:
            rows.append((0x80, 1, 1, chunks[1]))
        rows += [
            (0x8F, part, 0, record[part * 12 : part * 12 + 12]) for part in range(3)
        ]
        for sequence, (kind, track, position, payload) in enumerate(rows):
            double = 0x80 if block and kind != 0x8F else 0
            pack = bytes([kind, track, sequence, double | block << 4 | position])
            pack += payload
            packed += pack + checksum(pack).to_bytes(2, "big")
    found = cdtext_read.unpack(bytes(packed))
    assert [one.message for one in found.findings] == []
    (other,) = found.languages
    assert (other.code, other.charset, other.texts.title) == (0x69, 0x80, "湿った水")
    assert [texts.title for _, texts in other.tracks] == ["熱波", "水"]
    assert found.texts.title == "Disc"


def judged(path, **options):
    return verify(path, 1, lambda name, total: lambda steps: None, **options)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_is_read_like_its_folder(method, tmp_path: Path):
    for name, packed in sonoris().items():
        (tmp_path / "set" / "x").mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / "x" / name).write_bytes(packed)
    with zipfile.ZipFile(tmp_path / "set.zip", "w", method) as archive:
        for path in (tmp_path / "set").rglob("*.*"):
            archive.write(path, path.relative_to(tmp_path).as_posix())
        for name in ("DDPID", "DDPMS", "PQDESCR"):
            archive.write(tmp_path / "set/x" / name, f"set/x/{name}")
        archive.writestr("__MACOSX/set/x/._DDPID", "x")
    zipped, plain = judged(tmp_path / "set.zip"), judged(tmp_path / "set" / "x")
    one, other = zipped.as_json(), plain.as_json()
    assert (one.pop("container"), other.pop("container")) == ("zip", "folder")
    assert one == other
    assert zipped.findings[-1].rule == plain.findings[-1].rule
    shutil.rmtree(tmp_path / "set")


def test_without_audio_no_sample_is_read(tmp_path):
    for name, packed in cue2ddp().items():
        (tmp_path / name).write_bytes(packed)
    verdict = judged(tmp_path, audio=False)
    assert verdict.ok
    assert verdict.as_json()["audio"] is None
    assert "crc32" not in verdict.as_json()["fingerprints"]["ctdb"]
    assert in_folder(Folder(tmp_path))["ddp"].kind == "ddp"
