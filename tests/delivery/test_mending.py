"""Faults of a source that have one right answer, and those that have none."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from delivery import ddp
from delivery.convert import convert
from delivery.destinations import destination
from delivery.findings import Failure
from delivery.packs import Pack, checksum
from delivery.program import Layout, Program, Release, Texts, Track

DISC = Layout(
    tracks=(
        Track(number=1, start=150, pause=0, isrc="GBXYZ2600001",
              texts=Texts(title="Low Tide")),
        Track(number=2, start=700, pause=600, isrc="GBXYZ2600002",
              texts=Texts(title="Glass")),
    ),
    leadout=1100,
    ean="0036000241457",
    texts=Texts(title="Night Ferry"),
)  # fmt: skip


class Tone:
    rate, bits, length = 44_100, 16, DISC.frames * 588

    def blocks(self):
        yield np.tile(np.arange(-294, 294, dtype="<i2")[:, None], (DISC.frames, 2))


def spoilt(name, change):
    """Change one file of a set; its checksums are those of what it is then."""

    def spoil(folder):
        path = folder / name
        path.write_bytes(change(path.read_bytes()))
        names = ["DDPID", "DDPMS", "PQDESCR", "CDTEXT.BIN", "IMAGE.DAT"]
        sums = {n: hashlib.md5((folder / n).read_bytes()).hexdigest() for n in names}
        lines = "".join(f"{digest} *{n}\n" for n, digest in sums.items())
        (folder / "CHECKSUM.MD5").write_text(lines)

    return spoil


def put(at, new):
    return lambda old: old[:at] + new + old[at + len(new) :]


def repacked(change):
    def all_packs(old):
        packs = [old[at : at + 18] for at in range(0, len(old) // 18 * 18, 18)]
        return b"".join(change(place, one) for place, one in enumerate(packs))

    return all_packs


def summed(head):
    return head + checksum(head).to_bytes(2, "big")


def renumbered(place, one):
    return summed(one[:2] + bytes((one[2] + (place > 1),)) + one[3:16])


FIXED = {
    "no checksum file": (
        lambda folder: (folder / "CHECKSUM.MD5").unlink(), "FIX-SUM"),
    "length of the PQ file": (
        spoilt("DDPMS", put(128 + 14, b"00000999")), "FIX-LENGTH"),
    "length of the image, too short": (
        spoilt("DDPMS", put(256 + 14, b"00001000")), "FIX-LENGTH"),
    "length of the image, too long": (
        spoilt("DDPMS", put(256 + 14, b"00001200")), "FIX-LENGTH"),
    "length of the map in DDPID": (
        spoilt("DDPID", put(29, b"abcdefgh")), "FIX-FIELD"),
    "width of a name": (spoilt("DDPMS", put(71, b"012")), "FIX-FIELD"),
    "one lead-out": (
        lambda folder: (
            spoilt("PQDESCR", lambda old: old[:-64])(folder),
            spoilt("DDPMS", put(128 + 14, b"00000384"))(folder),
        ), "FIX-LEADOUT"),
    "small letters": (
        spoilt("PQDESCR", put(64 + 20, b"gbxyz2600001")), "FIX-ISRC"),
    "twelve digits": (
        lambda folder: (
            spoilt("PQDESCR", put(32, b"036000241457 "))(folder),
            spoilt("DDPID", put(8, b"036000241457 "))(folder),
        ), "FIX-EAN"),
    "no first pause": (
        lambda folder: (
            spoilt("PQDESCR", lambda old: old[:64] + old[128:128 + 20]
                   + b"GBXYZ2600001" + old[160:])(folder),
            spoilt("DDPMS", put(128 + 14, b"00000384"))(folder),
        ), "FIX-PAUSE"),
    "a byte behind the packs": (
        lambda folder: (
            spoilt("CDTEXT.BIN", lambda old: old + b"\0")(folder),
            spoilt("DDPMS", put(14, b"00000181"))(folder),
        ), "FIX-TEXT"),
    "no checksums in packs": (
        spoilt("CDTEXT.BIN", repacked(lambda _, one: one[:16] + b"\0\0")), "FIX-TEXT"),
    "numbers of packs": (spoilt("CDTEXT.BIN", repacked(renumbered)), "FIX-TEXT"),
}  # fmt: skip


@pytest.fixture
def disc(tmp_path):
    program = Program(name="x", layout=DISC, release=Release(), pcm=Tone())
    ddp.write(program, tmp_path / "good")
    ddp.write(program, tmp_path / "set")
    return tmp_path / "set"


def made(source, target, **wishes):
    where = destination(target)
    return convert(source, where, lambda *_: lambda _: None, lambda _: None, **wishes)


@pytest.mark.parametrize("fault", FIXED)
def test_what_has_one_right_answer_is_put_right_and_logged(fault, disc, tmp_path):
    spoil, rule = FIXED[fault]
    spoil(disc)
    done = made(disc, tmp_path / "new", fix=True, strict=True)
    assert rule in {one.rule for one in done.fixes}
    for path in (tmp_path / "good").iterdir():
        assert (tmp_path / "new" / path.name).read_bytes() == path.read_bytes()
    log = (tmp_path / "new.log").read_text("utf-8").splitlines()
    assert [line.partition(":")[0] for line in log] == [one.rule for one in done.fixes]


@pytest.mark.parametrize("fault", ["length of the PQ file", "no checksums in packs"])
def test_without_fix_a_fault_stays_a_finding_and_strict_refuses_it(
    fault, disc, tmp_path
):
    FIXED[fault][0](disc)
    done = made(disc, tmp_path / "new")
    assert any(one.severity == "error" for one in done.findings)
    assert (done.fixes, (tmp_path / "new.log").exists()) == ((), False)
    with pytest.raises(Failure):
        made(disc, tmp_path / "newer", strict=True)
    assert not (tmp_path / "newer").exists()


UNFIXED = {
    "damaged audio": lambda folder: (folder / "IMAGE.DAT").write_bytes(
        put(400_000, b"\1\2\3")((folder / "IMAGE.DAT").read_bytes())),
    "one damaged pack": spoilt("CDTEXT.BIN", put(6, b"!")),
    "a lost pack": lambda folder: (
        spoilt("CDTEXT.BIN", lambda old: old[:18] + old[36:])(folder),
        spoilt("DDPMS", put(14, b"00000162"))(folder),
    ),
    "a check digit": lambda folder: (
        spoilt("PQDESCR", put(32, b"0036000241458"))(folder),
        spoilt("DDPID", put(8, b"0036000241458"))(folder),
    ),
    "two EANs": spoilt("DDPID", put(8, b"4006381333931")),
}  # fmt: skip


@pytest.mark.parametrize("fault", UNFIXED)
def test_what_has_no_one_answer_stays_an_error(fault, disc, tmp_path):
    UNFIXED[fault](disc)
    done = made(disc, tmp_path / "new", fix=True)
    assert any(one.severity == "error" for one in done.findings)
    with pytest.raises(Failure):
        made(disc, tmp_path / "newer", fix=True, strict=True)


@pytest.mark.parametrize(
    "change",
    [
        put(4 * 64 + 12, b"01"),  # track 2's INDEX 01 before its pause
        put(2 * 64 + 12, b"09"),  # track 1's INDEX 01 behind track 2
        put(2 * 64 + 4, b"03"),  # no track 1
    ],
)
def test_marks_are_never_guessed(change, disc, tmp_path):
    spoilt("PQDESCR", change)(disc)
    with pytest.raises(Failure):
        made(disc, tmp_path / "new", fix=True)
    assert not (tmp_path / "new").exists()


def test_a_sheet_with_a_upc_and_an_empty_pause(tmp_path):
    import soundfile

    soundfile.write(tmp_path / "x.wav", np.zeros((588 * 900, 2), "int16"), 44_100)
    (tmp_path / "x.cue").write_text(
        'CATALOG 036000241457\nFILE "x.wav" WAVE\n'
        "  TRACK 01 AUDIO\n    ISRC gb-xyz-26-00001\n    INDEX 01 00:00:00\n"
        "  TRACK 02 AUDIO\n    INDEX 00 00:06:00\n    INDEX 01 00:06:00\n"
    )
    done = made(tmp_path / "x.cue", tmp_path / "y", fix=True)
    assert {one.rule for one in done.fixes} == {"FIX-EAN", "FIX-ISRC", "FIX-PAUSE"}
    assert done.layout.ean == "0036000241457"
    assert not [one for one in done.findings if one.severity == "error"]
    done = made(tmp_path / "x.cue", tmp_path / "z")
    assert {one.rule for one in done.losses} == {"CODE-LOSS"}


def test_a_pack_is_as_long_as_the_faults_here_take_it_to_be(disc):
    assert (disc / "CDTEXT.BIN").stat().st_size == 180
    assert len(Pack(0x80, 0, 0, 0, b"x" * 12).packed()) == 18
    assert Path(disc / "PQDESCR").stat().st_size == 7 * 64
