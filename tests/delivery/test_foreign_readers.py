"""What tools by other people read in our sheets; a tool that is absent is skipped."""

import re
import shutil
import subprocess

import pytest

from delivery import cdtext, cue, toc
from delivery.program import Flag, Layout, Texts, Track
from delivery.redbook import msf


def track(number, start, title, **parts):
    pause = parts.pop("pause", 0 if number == 1 else None)
    texts = Texts(title=title, performer="Duo & Co", composer="I. Marsh")
    return Track(number=number, start=start, pause=pause, texts=texts, **parts)


DISC = Layout(
    tracks=(
        track(1, 600, 'A "quoted" tide', isrc="GBXYZ2600001"),
        track(2, 1300, "Café \\ noir", pause=1000, isrc="GBXYZ2600002",
              flags=frozenset({Flag.DCP, Flag.PRE})),
        track(3, 2000, "Straße", isrc="GBXYZ2600003"),
    ),
    leadout=2500,
    ean="4006381333931",
    catalogue="NC-001",
    genre="Rock",
    texts=Texts(title="Night Cats", performer="Duo & Co"),
)  # fmt: skip
INDEXED = Layout(
    tracks=(track(1, 150, "One", indexes=(300, 475)), track(2, 900, "Two", pause=700)),
    leadout=1500,
)


def run(*command, folder):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(
        command, cwd=folder, capture_output=True, timeout=60, check=False
    )


def spoken(done):
    """What a tool said beside its result, without cdrdao's greeting."""
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    return [line for line in lines if line and not line.startswith("Cdrdao version")]


@pytest.fixture
def written(tmp_path, image):
    for name, layout in (("disc", DISC), ("indexed", INDEXED)):
        image(tmp_path / f"{name}.wav", layout)
        cue.write(layout, name, tmp_path / f"{name}.cue")
        toc.write(layout, name, tmp_path / f"{name}.toc")
    return tmp_path


@pytest.mark.parametrize(("name", "layout"), [("disc", DISC), ("indexed", INDEXED)])
def test_cdrdao_reads_the_toc_without_a_word(name, layout, written):
    measured = run("cdrdao", "toc-info", f"{name}.toc", folder=written)
    shown = run("cdrdao", "show-toc", f"{name}.toc", folder=written)
    for done in (measured, shown):
        assert (done.returncode, spoken(done)) == (0, [])
    assert f"{layout.frames} blocks".encode() in measured.stdout
    listing = shown.stdout.decode("ascii")
    starts = re.findall(r"START +(\S+?)\(", listing)
    indexes = re.findall(r"INDEX +\d+ (\S+?)\(", listing)
    assert starts == [msf(one.start - 150) for one in layout.tracks]
    assert indexes == [msf(at - 150) for one in layout.tracks for at in one.indexes]
    codes = "".join(re.findall(r"ISRC (.*)", listing)).replace(" ", "")
    assert codes == "".join(one.isrc for one in layout.tracks)
    assert listing.count("NO PRE-EMPHASIS") + listing.count("COPY NOT") == 2 * sum(
        not one.flags for one in layout.tracks
    )


def test_cdrdao_reads_every_sample_of_the_toc(written):
    done = run("cdrdao", "read-test", "-v", "0", "disc.toc", folder=written)
    assert (done.returncode, spoken(done)) == (0, [])


def test_cdrdao_reads_the_cue_sheet_without_a_word(written):
    # not the indexed one: cdrdao takes an INDEX 02 of a sheet for a relative time
    shown = run("cdrdao", "show-toc", "disc.cue", folder=written)
    assert (shown.returncode, spoken(shown)) == (0, [])
    starts = re.findall(r"START +(\S+?)\(", shown.stdout.decode("ascii"))
    assert starts == [msf(one.start - 150) for one in DISC.tracks]


@pytest.mark.parametrize(("name", "layout"), [("disc", DISC), ("indexed", INDEXED)])
def test_metaflac_takes_the_cue_sheet_and_gives_it_back(name, layout, written):
    run("flac", "--silent", f"{name}.wav", folder=written)
    sheet, flac = f"--import-cuesheet-from={name}.cue", f"{name}.flac"
    done = run("metaflac", sheet, flac, folder=written)
    assert (done.returncode, done.stderr) == (0, b"")
    back = run("metaflac", "--export-cuesheet-to=-", flac, folder=written)
    exported = back.stdout.decode("ascii")
    expected = cue.sheet(layout, name)
    for pattern in (r"INDEX \d\d \S+", r"ISRC \S+", r"CATALOG \S+"):
        assert re.findall(pattern, exported) == re.findall(pattern, expected)


def test_cueprint_reads_the_texts(written):
    done = run(
        "cueprint", "-t", "%t|%p|%i\n", "-d", "%T|%N\n", "disc.cue", folder=written
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("utf-8").splitlines() == [
        "Night Cats|3",
        "A 'quoted' tide|Duo & Co|GBXYZ2600001",
        "Café / noir|Duo & Co|GBXYZ2600002",
        "Straße|Duo & Co|GBXYZ2600003",
    ]


def test_libcdio_reads_our_packs(written):
    (written / "disc.cdt").write_bytes(cdtext.pack(DISC))
    sheet = (written / "disc.cue").read_text("utf-8")
    bare = re.sub(r"(?m)^ *(TITLE|PERFORMER|REM) .*\n", "", sheet)
    bare = bare.replace('"disc.wav" WAVE', '"disc.bin" BINARY')
    (written / "packs.cue").write_text(f'CDTEXTFILE "disc.cdt"\n{bare}', "ascii")
    with (written / "packs.bin").open("wb") as raw:
        raw.truncate(DISC.frames * 2352)
    quiet = ("--no-header", "--no-device-info")
    done = run("cd-info", *quiet, "-c", "packs.cue", folder=written)
    assert done.returncode == 0
    listing = done.stdout.decode("utf-8", "replace")
    for text in ("Night Cats", 'A "quoted" tide', "Café \\ noir", "Straße", "I. Marsh"):
        assert text in listing
    for each in DISC.tracks:
        assert each.isrc in listing


def test_sox_reads_the_image_as_long_as_the_disc(written):
    done = run("soxi", "-s", "disc.wav", folder=written)
    assert int(done.stdout) == DISC.frames * 588
