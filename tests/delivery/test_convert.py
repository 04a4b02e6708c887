"""Discs converted from form to form: what comes back is what went in."""

import json
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery import cdtext, ddp
from delivery.cdtext_blocks import ASCII, LATIN1, MS_JIS
from delivery.convert import convert
from delivery.destinations import destination
from delivery.fileset import Folder
from delivery.findings import Failure, Refusal
from delivery.formats import FORMATS
from delivery.program import Flag, Language, Layout, Program, Release, Texts, Track
from delivery.redbook import SAMPLES_PER_FRAME
from delivery.zipset import ZipSet

LATIN = ["Überfahrt", "Ça va", "Año", "Straße", 'A "q" \\ b', "plain", ""]
JAPANESE = ["夜のフェリー", "ガラス", "港 A", "B", ""]


class Noise:
    """A programme of quiet noise, the same for the same seed, made in blocks."""

    rate, bits = 44_100, 16

    def __init__(self, layout, seed=1):
        self.length = layout.frames * SAMPLES_PER_FRAME
        self.seed = seed

    def blocks(self):
        rng = np.random.default_rng(self.seed)
        tile = rng.integers(-9, 9, (5_000_011 % 40_009, 2)).astype("<i2")
        left = self.length
        while left > 0:
            yield tile[:left]
            left -= len(tile)


def set_of(layout, folder, head=None):
    program = Program(
        name="x", layout=layout, release=Release(), pcm=Noise(layout), head=head
    )
    ddp.write(program, folder)
    return folder


def made(source, target, to="", gaps="", **wishes):
    where = destination(target, to, gaps)
    return convert(source, where, lambda *_: lambda _: None, lambda _: None, **wishes)


def read(path, kind):
    return FORMATS[kind].read(Folder(path), "DDPID")


@st.composite
def three_languages(draw, layouts):
    """A disc of any marks and flags, with texts in up to three languages."""
    # longer discs have a test of their own: each form of one takes time
    layout = draw(layouts().filter(lambda one: one.leadout < 30_000))
    rng = random.Random(draw(st.integers(0, 1 << 30)))
    many = len(layout.tracks) > 10
    tongues = []
    for code, charset, pool in (
        (0x08, LATIN1, LATIN),
        (0x69, MS_JIS, JAPANESE),
        (0x09, ASCII, ["Night", "Sea", ""]),
    )[: draw(st.integers(0, 3))]:
        own = [rng.choice(pool)[: 4 if many else 40].strip() for _ in layout.tracks]
        rows = zip(layout.tracks, own, strict=True)
        tongues.append(
            Language(
                code=code,
                charset=charset,
                texts=Texts(title=rng.choice(pool)),
                tracks=tuple((t.number, Texts(title=text)) for t, text in rows if text),
            )
        )
    if tongues and not cdtext.has_text(replace(layout, languages=())):
        layout = replace(layout, texts=Texts(title="Disc"))
    # DCP and SCMS exclude each other; everything else may stand together
    return replace(layout, languages=tuple(tongues))


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_there_and_back_through_every_form(data, layouts, tmp_path_factory):
    layout = data.draw(three_languages(layouts))
    folder = tmp_path_factory.mktemp("round")
    set_of(layout, folder / "one")
    gaps = data.draw(st.sampled_from(["append", "prepend"]))
    coding = data.draw(st.sampled_from(["tracks", "flac"]))
    made(folder / "one", folder / "a.cue")
    made(folder / "a.cue", folder / "b.toc")
    made(folder / "b.toc", folder / "two")
    made(folder / "two", folder / "tracks", coding, gaps)
    made(folder / "tracks", folder / "c.bin")
    made(folder / "c.cue", folder / "three.zip")
    last = made(folder / "three.zip", folder / "four")
    names = sorted(path.name for path in (folder / "one").iterdir())
    assert sorted(path.name for path in (folder / "four").iterdir()) == names
    for name in names:
        first, other = ((folder / n / name).read_bytes() for n in ("one", "four"))
        assert first == other, name
    assert last.losses == ()
    shutil.rmtree(folder)


def test_99_tracks_and_99_indexes_come_back(tmp_path):
    tracks = [
        Track(
            number=n,
            start=150 + 310 * (n - 1),
            pause=0 if n == 1 else 145 + 310 * (n - 1),
            indexes=tuple(153 + at for at in range(98)) if n == 1 else (),
            flags=frozenset(Flag) - {Flag.DCP if n % 2 else Flag.SCMS},
        )
        for n in range(1, 100)
    ]
    own = tuple((n, Texts(title=f"{n}")) for n in range(1, 100))
    tongues = tuple(
        Language(code=code, charset=charset, texts=Texts(title="T"), tracks=own)
        for code, charset in ((0x08, LATIN1), (0x69, MS_JIS), (0x0F, ASCII))
    )
    layout = Layout(tracks=tuple(tracks), leadout=100 * 310, languages=tongues)
    set_of(layout, tmp_path / "one")
    for source, target in (("one", "a.cue"), ("a.cue", "b.toc"), ("b.toc", "two")):
        made(tmp_path / source, tmp_path / target)
    assert read(tmp_path / "two", "ddp").layout == read(tmp_path / "one", "ddp").layout


DISC = Layout(
    tracks=(
        Track(number=1, start=600, pause=0, texts=Texts(title="Café"),
              isrc="GBXYZ2600001"),
        Track(number=2, start=1300, pause=1100, indexes=(1400,),
              flags=frozenset({Flag.DCP})),
        Track(number=3, start=2000, texts=Texts(composer="Ravel")),
    ),
    leadout=2500,
    ean="4006381333931",
    catalogue="NC-001",
    texts=Texts(title="Night Cats"),
)  # fmt: skip


@pytest.fixture
def disc(tmp_path):
    return set_of(DISC, tmp_path / "disc")


@pytest.mark.parametrize("gaps", ["append", "prepend", "leave-out", "image"])
@pytest.mark.parametrize("to", ["tracks", "flac"])
def test_every_way_of_gaps_has_its_sheet(to, gaps, disc, tmp_path):
    done = made(disc, tmp_path / "out", to, gaps)
    sheet = (tmp_path / "out" / "out.cue").read_text("utf-8")
    names = [line.split('"')[1] for line in sheet.splitlines() if "FILE " in line
             and "CDTEXT" not in line]  # fmt: skip
    ending = ".wav" if to == "tracks" else ".flac"
    stems = {
        "append": ["00 Hidden Track", "01 Café", "02", "03"],
        "image": ["out"],
    }.get(gaps, ["01 Café", "02", "03"])
    assert names == [stem + ending for stem in stems]
    assert ("PREGAP" in sheet) == (gaps == "leave-out")
    lost = [one.rule for one in done.losses]
    assert lost == (["GAP-LOSS"] * 2 if gaps == "leave-out" else [])


def test_gaps_of_silence_come_back_from_a_sheet_that_leaves_them_out(tmp_path):
    class Gapped(Noise):
        def blocks(self):
            whole = np.concatenate(list(super().blocks()))
            for track in DISC.tracks:
                begin = max(track.first, 150) - 150
                whole[begin * 588 : (track.start - 150) * 588] = 0
            yield whole

    program = Program(name="x", layout=DISC, release=Release(), pcm=Gapped(DISC))
    ddp.write(program, tmp_path / "one")
    done = made(tmp_path / "one", tmp_path / "t", "tracks", "leave-out", strict=True)
    assert done.losses == ()
    made(tmp_path / "t", tmp_path / "two")
    for name in ("PQDESCR", "IMAGE.DAT", "CDTEXT.BIN"):
        one, two = ((tmp_path / n / name).read_bytes() for n in ("one", "two"))
        assert one == two


def test_a_loss_is_told_before_anything_is_written_and_strict_refuses_it(
    disc, tmp_path
):
    to, said = destination(tmp_path / "t", "tracks", "leave-out"), []

    def tell(findings):
        said.extend(one.rule for one in findings)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["disc"]

    with pytest.raises(Failure) as stopped:
        convert(disc, to, lambda *_: lambda _: None, tell, strict=True)
    assert [one.rule for one in stopped.value.findings].count("GAP-LOSS") == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["disc"]
    convert(disc, to, lambda *_: lambda _: None, tell)
    assert said.count("GAP-LOSS") == 2


def test_what_sounds_in_the_first_two_seconds_stays_in_a_ddp_alone(tmp_path):
    class Head(Noise):
        def __init__(self):
            self.length, self.seed = 150 * 588, 7

    set_of(DISC, tmp_path / "one", Head())
    made(tmp_path / "one", tmp_path / "two")
    one, two = ((tmp_path / n / "IMAGE.DAT").read_bytes() for n in ("one", "two"))
    assert one == two
    done = made(tmp_path / "one", tmp_path / "x.cue")
    assert [one.rule for one in done.losses] == ["HEAD-LOSS"]


def test_nothing_is_overwritten_unasked(disc, tmp_path):
    made(disc, tmp_path / "x.cue")
    before = (tmp_path / "x.wav").stat().st_ino
    with pytest.raises(Refusal, match="there already"):
        made(disc, tmp_path / "x.cue")
    with pytest.raises(Refusal, match="source"):
        made(disc, disc, force=True)
    with pytest.raises(Refusal, match="source"):
        made(tmp_path / "x.cue", tmp_path / "x.bin", force=True)
    with pytest.raises(Refusal, match="source"):
        made(tmp_path / "x.cue", tmp_path / "x.cue", force=True)
    assert (tmp_path / "x.wav").stat().st_ino == before
    made(disc, tmp_path / "x.cue", force=True)
    assert (tmp_path / "x.wav").stat().st_ino != before
    made(disc, tmp_path / "again")
    made(disc, tmp_path / "again", force=True)
    (tmp_path / "again" / "mine.txt").write_text("keep me")
    with pytest.raises(Refusal, match=r"mine\.txt"):
        made(disc, tmp_path / "again", force=True)
    assert (tmp_path / "again" / "mine.txt").read_text() == "keep me"


def test_a_sheet_and_a_toc_of_one_name_share_their_image(disc, tmp_path):
    made(disc, tmp_path / "x.cue")
    before = (tmp_path / "x.wav").stat()
    done = made(tmp_path / "x.cue", tmp_path / "x.toc")
    after = (tmp_path / "x.wav").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert (done.files, after.st_nlink) == (("x.toc",), 1)
    made(tmp_path / "x.toc", tmp_path / "back")
    assert read(tmp_path / "back", "ddp").layout == read(disc, "ddp").layout


def test_a_stale_file_of_packs_goes_with_its_sheet(disc, tmp_path):
    made(disc, tmp_path / "x.cue")
    assert (tmp_path / "x.cdt").exists()
    plain = replace(DISC, catalogue="", tracks=tuple(
        replace(track, texts=Texts()) for track in DISC.tracks))  # fmt: skip
    set_of(plain, tmp_path / "plain")
    made(tmp_path / "plain", tmp_path / "x.cue", force=True)
    assert not (tmp_path / "x.cdt").exists()


@pytest.mark.parametrize(
    ("target", "to", "gaps", "says"),
    [
        ("x.cue", "toc", "", "not of the form"),
        ("x.mp3", "", "", "nothing is written"),
        ("x", "vinyl", "", "no form"),
        ("x", "tracks", "middle", "no way of gaps"),
        ("x.cue", "", "append", "a file for each track"),
    ],
)
def test_a_contradiction_is_refused(target, to, gaps, says):
    with pytest.raises(Refusal, match=says):
        destination(Path(target), to, gaps)


def test_a_zip_is_read_in_place_and_the_same_each_time(disc, tmp_path):
    made(disc, tmp_path / "a.zip")
    made(tmp_path / "a.zip", tmp_path / "b.zip")
    one, two = ((tmp_path / n).read_bytes() for n in ("a.zip", "b.zip"))
    assert one == two
    assert "DDPMS" in ZipSet.opened(tmp_path / "a.zip").names()


def test_a_sheet_of_wrong_audio_is_refused_with_the_way_out(tmp_path):
    import soundfile

    soundfile.write(tmp_path / "x.wav", np.zeros((48_000 * 5, 2)), 48_000, "PCM_24")
    (tmp_path / "x.cue").write_text(
        'FILE "x.wav" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n'
    )
    with pytest.raises(Failure, match="48000 Hz, 24 bit") as stopped:
        made(tmp_path / "x.cue", tmp_path / "y")
    assert any(one.help for one in stopped.value.findings)
    assert not (tmp_path / "y").exists()


def test_audio_that_ends_within_a_frame_is_filled_up_and_told(tmp_path):
    import soundfile

    for number, length in ((1, 588 * 400), (2, 588 * 400 + 17)):
        audio = np.full((length, 2), 5, "int16")
        soundfile.write(tmp_path / f"{number:02}.wav", audio, 44_100)
    done = made(tmp_path, tmp_path.with_name("filled"))
    said = [(one.rule, one.message) for one in done.findings if one.rule == "RB-GRID"]
    assert said == [("RB-GRID", "the audio ends 17 samples into a CD frame; "
                     "silence fills it up")]  # fmt: skip


def test_letters_that_cd_text_lacks_are_told(tmp_path, image):
    track = Track(number=1, start=150, pause=0, texts=Texts(title="Łódź – “x”"))
    layout = Layout(tracks=(track,), leadout=900, texts=Texts(title="Ł"))
    image(tmp_path / "x.wav", layout)
    from delivery import cue

    cue.write(layout, "x", tmp_path / "x.cue")
    done = made(tmp_path / "x.cue", tmp_path / "y")
    assert [one.rule for one in done.losses] == ["TXT-LOSS"] * 2
    assert read(tmp_path / "y", "ddp").layout.tracks[0].texts.title == 'Lódz - "x"'


def test_japanese_texts_of_a_sheet_become_ms_jis(tmp_path, image):
    texts = Texts(title="夜のフェリー", performer="A")
    track = Track(number=1, start=150, pause=0, texts=texts)
    layout = Layout(tracks=(track,), leadout=900, texts=texts)
    image(tmp_path / "x.wav", layout)
    from delivery import cue

    cue.write(layout, "x", tmp_path / "x.cue")
    done = made(tmp_path / "x.cue", tmp_path / "y")
    assert done.losses == ()
    found = read(tmp_path / "y", "ddp")
    assert (found.layout.texts, found.layout.charset) == (texts, MS_JIS)
    made(tmp_path / "y", tmp_path / "z.toc")
    made(tmp_path / "z.toc", tmp_path / "w")
    assert read(tmp_path / "w", "ddp").layout == found.layout


def album(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "album", "convert", *map(str, arguments)],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_the_command_ends_as_the_others_do(disc, tmp_path):
    done = album(disc, tmp_path / "t", "--to", "tracks", "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["ok"], answer["command"]) == (0, True, "convert")
    result = answer["result"]
    assert result["source"]["kind"] == "ddp"
    assert result["destination"]["kind"] == "tracks"
    assert result["losses"] == result["fixes"] == []
    assert result["proof"]["samples"] == DISC.frames * 588
    again = album(disc, tmp_path / "t")
    assert (again.returncode, "OUT-THERE" in again.stderr) == (2, True)
    lost = album(disc, tmp_path / "u", "--gaps", "leave-out", "--strict")
    assert (lost.returncode, "GAP-LOSS" in lost.stderr) == (1, True)
    assert not (tmp_path / "u").exists()
    assert album(tmp_path / "none", tmp_path / "v").returncode == 2


def foreign(*command, folder):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(
        command, cwd=folder, capture_output=True, timeout=60, check=False
    )


GERMAN = Language(
    code=0x08,
    texts=Texts(title="Nachtkatzen"),
    tracks=((1, Texts(title="Kaffee")), (2, Texts(title="Straße"))),
)


@pytest.fixture
def tongues(tmp_path):
    layout = replace(DISC, languages=(GERMAN,))
    return set_of(layout, tmp_path / "tongues")


def test_cdrdao_reads_what_was_converted(tongues, tmp_path):
    made(tongues, tmp_path / "x.toc")
    shown = foreign("cdrdao", "show-toc", "x.toc", folder=tmp_path)
    assert shown.returncode == 0
    assert b"ERROR" not in shown.stderr
    assert b"INDEX  2 00:15:00" not in shown.stderr
    listing = shown.stdout.decode()
    assert "START  00:06:00" in listing
    assert "START  00:15:25" in listing
    tested = foreign("cdrdao", "read-test", "-v", "0", "x.toc", folder=tmp_path)
    assert tested.returncode == 0


@pytest.mark.parametrize("gaps", ["append", "prepend", "leave-out"])
def test_cueprint_reads_every_way_of_gaps(gaps, disc, tmp_path):
    made(disc, tmp_path / "t", "tracks", gaps)
    said = foreign("cueprint", "-d", "%N %T", "-t", "|%n %i", "t.cue",
                   folder=tmp_path / "t")  # fmt: skip
    # of gaps appended it says "too many files" where only some tracks have one
    assert said.returncode == 0
    assert gaps == "append" or said.stderr == b""
    assert b"3 Night Cats|1 GBXYZ2600001|2 |3 " in said.stdout


def test_cd_info_reads_the_packs_of_both_languages(tongues, tmp_path):
    made(tongues, tmp_path / "x.bin")
    said = foreign("cd-info", "--no-header", "--no-device-info", "-c", "x.cue",
                   folder=tmp_path)  # fmt: skip
    assert said.returncode == 0
    for words in ("German", "Nachtkatzen", "Straße", "NC-001"):
        assert words in said.stdout.decode("utf-8", "replace")


def test_metaflac_reads_tags_and_takes_the_sheet(disc, tmp_path):
    made(disc, tmp_path / "t", "flac", "append")
    name = "01 Café.flac"
    said = foreign("metaflac", "--show-tag=TITLE", "--show-tag=ISRC", name,
                   folder=tmp_path / "t")  # fmt: skip
    assert said.stdout.decode() == "TITLE=Café\nISRC=GBXYZ2600001\n"
    made(disc, tmp_path / "x.flac")
    taken = foreign("metaflac", "--import-cuesheet-from=x.cue", "x.flac",
                    folder=tmp_path)  # fmt: skip
    assert (taken.returncode, taken.stderr) == (0, b"")
    assert foreign("flac", "-t", "-s", "x.flac", folder=tmp_path).returncode == 0


def test_pre_emphasis_comes_off_the_tracks_that_have_it(tmp_path):
    rng = np.random.default_rng(5)
    sound = (3000 * rng.standard_normal((3 * 400 * 588, 2))).astype("<i2")
    sound[500 * 588 : 600 * 588] = 0
    tracks = tuple(
        Track(
            number=number,
            start=150 + 400 * (number - 1),
            flags=frozenset({Flag.PRE, Flag.DCP} if number == 2 else {Flag.DCP}),
        )
        for number in (1, 2, 3)
    )
    layout = Layout(tracks=tracks, leadout=150 + 1200)
    pcm = type("Pcm", (), {"rate": 44_100, "bits": 16, "length": len(sound)})()
    pcm.blocks = lambda: iter([sound])
    source = tmp_path / "ddp"
    ddp.write(Program(name="x", layout=layout, release=Release(), pcm=pcm), source)

    done = made(source, tmp_path / "de.cue", de_emphasis=True)
    assert all(track.flags == {Flag.DCP} for track in done.layout.tracks)
    (told,) = [one for one in done.findings if one.rule == "DEEMPHASIS"]
    assert "off track 2, " in told.message
    out = FORMATS["cue"].read(Folder(tmp_path, deep=False), "de.cue").sound
    out = out.read(0, out.length).astype(int)
    edges = 400 * 588, 800 * 588
    for stretch in (slice(0, edges[0]), slice(edges[1], None)):
        assert np.array_equal(out[stretch], sound[stretch])
    assert not out[501 * 588 : 600 * 588].any()
    levels = [
        np.abs(np.fft.rfft(one[410 * 588 : 490 * 588, 0] * np.hanning(80 * 588)))
        for one in (out, sound.astype(int))
    ]
    at = slice(*(int(hertz * 80 * 588 / 44_100) for hertz in (9_800, 10_200)))
    powers = [np.sum(one[at] ** 2) for one in levels]
    assert 10 * np.log10(powers[0] / powers[1]) == pytest.approx(-7.60, abs=0.05)

    again = made(tmp_path / "de.cue", tmp_path / "again.cue", de_emphasis=True)
    (told,) = [one for one in again.findings if one.rule == "DEEMPHASIS"]
    assert "nothing was taken off" in told.message
