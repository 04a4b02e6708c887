"""Zips that no honest tool makes are refused before a byte of them is read."""

import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery.fileset import hashed, whole
from delivery.findings import Refusal
from delivery.zipset import ZipSet


def made(path: Path, *members, method=zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(Refusal) as refusal:
        ZipSet.opened(path)
    (finding, *_) = refusal.value.findings
    assert finding.place.file
    return finding.rule


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/passwd", "C:\\x", "a\\b", "a\nb"]
)
def test_names_that_lead_out_are_refused(name, tmp_path):
    assert refused(made(tmp_path / "x.zip", (name, "x"))) == "ZIP-UNSAFE"


def test_links_and_twins_and_methods_are_refused(tmp_path):
    link = zipfile.ZipInfo("DDPID")
    link.external_attr = 0o120777 << 16
    assert refused(made(tmp_path / "a.zip", (link, "/etc/passwd"))) == "ZIP-UNSAFE"
    with pytest.warns(UserWarning, match="Duplicate"):
        twins = made(tmp_path / "b.zip", ("x", "1"), ("x", "2"))
    assert refused(twins) == "ZIP-UNSAFE"
    packed = made(tmp_path / "c.zip", ("x", "1"), method=zipfile.ZIP_LZMA)
    assert refused(packed) == "ZIP-UNSAFE"


def test_sizes_that_lie_are_refused(tmp_path):
    path = made(tmp_path / "x.zip", ("IMAGE.DAT", bytes(1000)))
    packed = bytearray(path.read_bytes())
    at = packed.rfind(b"PK\1\2")
    struct.pack_into("<I", packed, at + 24, 0xFFFFFFF0)
    path.write_bytes(packed)
    assert refused(path) == "ZIP-UNSAFE"


def test_members_that_overlap_are_refused(tmp_path):
    path = made(tmp_path / "x.zip", ("a", bytes(100_000)), ("b", bytes(100_000)))
    packed = bytearray(path.read_bytes())
    struct.pack_into("<I", packed, packed.rfind(b"PK\1\2") + 42, 0)
    path.write_bytes(packed)
    assert refused(path) == "ZIP-UNSAFE"


def test_a_directory_of_absurd_size_is_refused(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 60_000, 60_000, 1, 0, 0))
    assert refused(path) == "ZIP-UNSAFE"
    path.write_bytes(b"PK\3\4 and no more")
    assert refused(path) == "ZIP-BROKEN"


def test_a_damaged_member_is_a_refusal(tmp_path):
    path = made(tmp_path / "x.zip", ("DDPID", b"x" * 500), method=zipfile.ZIP_STORED)
    packed = path.read_bytes().replace(b"xxxx", b"xyxx", 1)
    path.write_bytes(packed)
    files = ZipSet.opened(path)
    for look in (
        lambda: whole(files, "DDPID"),
        lambda: hashed(files, "DDPID", ["md5"]),
    ):
        with pytest.raises(Refusal, match="CRC"):
            look()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_damage_of_a_zip_is_a_refusal_or_a_set(data, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.zip"
    packed = bytearray(made(path, ("a", b"a" * 99), ("b/c", b"b" * 99)).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(
            st.integers(0, 255)
        )
    path.write_bytes(packed)
    try:
        files = ZipSet.opened(path)
        sizes = [len(whole(files, name)) for name in files.names()]
    except Refusal as refusal:
        sizes = [len(refusal.findings)]
    assert all(size <= 10_000 for size in sizes)
