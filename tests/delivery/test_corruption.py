"""Random corruption of sets, sheets and zips: findings, and nothing else, come out."""

import io
import random
import resource
import shutil
import time
import zipfile

import pytest

from delivery import cue, ddp, toc
from delivery.findings import Refusal
from delivery.program import Layout, Release, Texts, Track
from delivery.verify import verify

ROUNDS = 400
DISC = Layout(
    tracks=(
        Track(number=1, start=150, pause=0, texts=Texts(title="One")),
        Track(number=2, start=700, pause=600, indexes=(800,), isrc="GBXYZ2600001"),
    ),
    leadout=1200,
    ean="5012345678900",
    texts=Texts(title="Disc"),
)


def corrupted(packed, chance):
    out = bytearray(packed)
    for _ in range(chance.randint(1, 6)):
        at, kind = chance.randrange(len(out) + 1), chance.randrange(6)
        if kind == 0 and out:
            out[at % len(out)] = chance.randrange(256)
        elif kind == 1:
            del out[at : at + chance.randrange(40)]
        elif kind == 2:
            letters = chance.choices(b'0123456789 AVSD:"{}\0\n', k=chance.randrange(30))
            out[at:at] = bytes(letters)
        elif kind == 3:
            start = chance.randrange(len(out) + 1)
            out[at:at] = out[start : start + chance.randrange(80)]
        elif kind == 4:
            out[at : at + 8] = b"99999999"
        elif chance.random() < 0.3:
            del out[at:]
    return bytes(out)


@pytest.fixture(scope="module")
def originals():
    folder = {**ddp.records(DISC), "IMAGE.DAT": bytes(DISC.leadout * 2352)}
    sums = "".join(f"{'0' * 32} *{name}\n" for name in folder)
    sheet = cue.sheet(DISC, "x", Release()).encode()
    return (
        {**folder, "CHECKSUM.MD5": sums.encode()},
        sheet,
        toc.sheet(DISC, "x").encode(),
    )


def damaged(path, originals, chance):
    """Write one damaged delivery into *path*; return what to verify."""
    files, sheet, contents = originals
    kind = chance.randrange(4)
    if kind == 0:
        (path / "x.cue").write_bytes(corrupted(sheet, chance))
        return path / "x.cue"
    if kind == 1:
        (path / "x.toc").write_bytes(corrupted(contents, chance))
        return path / "x.toc"
    hurt = chance.sample(sorted(files), chance.randint(1, 3))
    broken = {n: corrupted(p, chance) if n in hurt else p for n, p in files.items()}
    if kind == 2:
        for name, packed in broken.items():
            (path / name).write_bytes(packed)
        return path
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", chance.choice([0, 8]), compresslevel=1) as archive:
        for name, packed in broken.items():
            archive.writestr(f"disc/{name}", packed)
    packed = bytearray(held.getvalue())
    for _ in range(chance.randrange(4)):
        packed[-chance.randrange(1, min(len(packed), 700))] = chance.randrange(256)
    (path / "x.zip").write_bytes(packed)
    return path / "x.zip"


@pytest.mark.slow
def test_corruption_gives_findings_in_bounded_time_and_memory(originals, tmp_path):
    chance = random.Random(20_261_003)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = damaged(folder, originals, chance)
        started = time.process_time()
        try:
            listen = number % 4 == 0
            said = verify(path, 1, lambda *_: lambda _: None, audio=listen).findings
        except Refusal as refusal:
            said = refusal.findings
        assert time.process_time() - started < 5
        assert all(one.place.file for one in said), said
        shutil.rmtree(folder)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 250_000  # KiB
