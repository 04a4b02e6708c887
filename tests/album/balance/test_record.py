"""A record from mixes to masters: planted differences, measured where they end."""

import json
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import soundfile

from album.balance import hearing, pages, tonepage, tones
from album.balance.balancing import Balancing
from album.balance.figures import record_json, song_json
from album.balance.said import findings, foreseen
from album.prepare import prepare
from delivery.findings import Failure, Refusal
from dsp.eq import Eq
from dsp.figures import figures
from dsp.meter import Meter
from dsp.processor import run as played
from dsp.tonality import BANDS, distance, judged
from dsp.tonemove import Move

RATE = 44_100


def run(band, audio, rate):
    return np.concatenate(list(played(band.open(rate), [audio])))


def song(seed: int, seconds: float = 18.0, rate: int = RATE):
    """Return something with verses, louder choruses and beats, darker than noise."""
    random = np.random.default_rng(seed)
    count = round(seconds * rate)
    time = np.arange(count) / rate
    white = random.standard_normal((count, 2))
    dark = run(Eq(shape="tilt", frequency_hz=1000, gain_db=-18), white, rate)
    chorus = np.where((time > seconds / 3) & (time < 5 * seconds / 6), 1.0, 0.35)
    beat = 0.4 + np.exp(-((time * (1.6 + seed / 20)) % 1.0) * 5)
    return 0.04 * dark * (chorus * beat)[:, np.newaxis]


def gained(audio, gain_db):
    return audio * 10 ** (gain_db / 20)


@dataclass
class Studio:
    """A folder in which albums are made."""

    folder: Path
    songs: dict = field(default_factory=dict)

    def album(self, songs, top="", each=None, rate=RATE):
        each = each or {}
        text = f'[album]\nartist = "A"\ntitle = "B"\n[sequence]\ngap = "1s"\n{top}\n'
        for name, audio in songs.items():
            path = self.folder / f"{name}.wav"
            soundfile.write(path, audio, rate, subtype="PCM_24")
            text += f'[[song]]\ntitle = "{name}"\nmix = "{name}.wav"\n'
            text += each.get(name, "") + "\n"
        (self.folder / "album.toml").write_text(text, encoding="utf-8")
        return self.folder / "album.toml"

    def record(self, *args, target="cd", **more):
        return records(self.album(*args, **more)).records[target]


def records(path):
    prepared = prepare(path)
    balancing = Balancing(
        album=prepared.album,
        timelines=[disc.timeline for disc in prepared.discs],
        jobs=2,
        stage=lambda name, total: lambda steps: None,
        stop=Event(),
    )
    return balancing.records(prepared.targets)


@pytest.fixture
def studio(tmp_path):
    return Studio(tmp_path)


@pytest.fixture(scope="module")
def songs():
    return {f"song-{seed}": song(seed) for seed in range(1, 6)}


PLANTED = dict(
    zip([f"song-{at}" for at in range(1, 6)], (9, -9, 4, 0, -5), strict=True)
)


@pytest.fixture(scope="module")
def releveled(songs):
    return {name: gained(songs[name], gain) for name, gain in PLANTED.items()}


def measured(path):
    audio, rate = soundfile.read(path, always_2d=True)
    meter = Meter(rate, 2)
    meter.feed(audio)
    return figures(meter.finish())


def delivered(out):
    """Return what the report says of the songs of the disc."""
    report = json.loads((out / "report" / "qc.json").read_text(encoding="utf-8"))
    return {each["id"]: each for each in report["loudness"] if each["target"] == "cd"}


ONLY_CD = "[deliver.cd]\n"


@pytest.mark.slow
def test_amount_1_makes_loud_parts_meet_in_what_is_delivered(studio, releveled, make):
    path = studio.album(releveled, f"[loudness]\namount = 1\n{ONLY_CD}")
    found = delivered(make(path).out)
    parts = [each["measured"]["loud_part_lufs"] for each in found.values()]
    assert max(parts) - min(parts) <= 0.3
    for each in found.values():
        for key in ("integrated_lufs", "loud_part_lufs", "true_peak_dbtp"):
            assert each["measured"][key] == pytest.approx(
                each["expected"][key], abs=0.1
            )


@pytest.mark.parametrize("amount", [1.0, 0.8, 0.5, 0.0])
def test_the_rest_of_what_was_planted_is_left(studio, songs, releveled, amount):
    top = f"[loudness]\namount = {amount}"
    own = studio.record(songs, top).songs
    moved = studio.record(releveled, top).songs
    for (one, first), (other, second) in pairwise(PLANTED.items()):
        came = first - second
        ends = moved[one].after.loud_part - moved[other].after.loud_part
        natural = own[one].after.loud_part - own[other].after.loud_part
        assert (ends - natural) / came == pytest.approx(1 - amount, abs=0.03)


@pytest.mark.slow
def test_faulty_songs_move_no_other(studio, releveled):
    top = "[loudness]\namount = 0.8\n[tone]\namount = 1\nmax_eq_db = 4"
    own = studio.record(releveled, top)
    clipped = np.clip(gained(song(9), 45), -1, 1 - 2**-23)
    faulty = {
        "clipped": clipped,
        "lowered": 0.9 * clipped,
        "short": song(10, 3.0),
        "silent": np.zeros((12 * RATE, 2)),
        "noise": np.random.default_rng(1).standard_normal((15 * RATE, 2)) * 0.2,
    }
    found = studio.record({**faulty, **releveled}, top)
    for name in releveled:
        before, after = own.songs[name], found.songs[name]
        assert after.gain_db == pytest.approx(before.gain_db, abs=0.02)
        assert after.move == before.move
    for name in faulty:
        assert found.songs[name].voice.unsound
    assert found.songs["silent"].gain_db == 0.0


def test_an_offset_is_kept_and_a_song_s_own_gain(studio, releveled):
    each = {"song-2": "loudness_offset_lu = -3.0", "song-4": "gain_db = 1.5"}
    found = studio.record(releveled, "[loudness]\namount = 1", each).songs
    level = found["song-1"].after.loud_part
    assert found["song-2"].after.loud_part == pytest.approx(level - 3, abs=0.02)
    assert found["song-4"].after.loud_part == pytest.approx(level + 1.5, abs=0.02)


def test_without_a_table_nothing_is_moved(studio, releveled):
    found = studio.record(releveled, "", {"song-3": "gain_db = -2.0"})
    assert found.method == "none"
    assert found.gains == {
        name: -2.0 if name == "song-3" else 0.0 for name in releveled
    }


@pytest.mark.slow
def test_without_a_limiter_the_record_stays_below_the_ceiling(studio, releveled, make):
    top = f"[loudness]\namount = 0.8\ntarget_lufs = -6\nceiling_dbtp = -2\n{ONLY_CD}"
    path = studio.album(releveled, top)
    built = make(path)
    record = built.records["cd"]
    assert record.balance.lowered > 3
    assert "LOUD-LOWERED" in [each.rule for each in built.findings]
    image = next((built.out / "cd").glob("*.wav"))
    assert measured(image).peaks.true == pytest.approx(-2.0, abs=0.05)
    free = studio.record(releveled, "[loudness]\namount = 0.8").songs
    apart = [free[name].gain_db - record.gains[name] for name in releveled]
    assert np.ptp(apart) <= 0.02


@pytest.mark.slow
def test_a_limiter_holds_the_ceiling_and_what_was_expected_comes(
    studio, releveled, make
):
    top = f"""[loudness]
amount = 1
target_lufs = -20
[master.main]
limiter = "transparent"
{ONLY_CD}"""
    found = delivered(make(studio.album(releveled, top)).out)
    for each in found.values():
        assert each["measured"]["true_peak_dbtp"] <= -1 + 0.05
        assert each["measured"]["loud_part_lufs"] == pytest.approx(-20, abs=0.1)
        expected = each["expected"]["integrated_lufs"]
        assert each["measured"]["integrated_lufs"] == pytest.approx(expected, abs=0.1)


@pytest.mark.slow
def test_what_is_squashed_is_named(studio, songs, make):
    quiet = {"quiet": gained(song(7), -6), **songs}
    top = f"""[loudness]
amount = 1
target_lufs = -7
[master.main]
limiter = "transparent"
{ONLY_CD}"""
    rules = [each.rule for each in make(studio.album(quiet, top)).findings]
    assert "LOUD-SQUASH" in rules


def test_a_quiet_song_that_is_raised_is_named(studio, songs):
    quiet = {**songs, "ballad": gained(song(8), -14)}
    path = studio.album(quiet, "[loudness]\namount = 1")
    said = findings(prepare(path).album, [records(path).records["cd"]])
    assert [each.place.song for each in said if each.rule == "LOUD-RAISE"] == ["ballad"]


@pytest.mark.slow
def test_a_target_without_a_method_is_said_to_move_nothing(studio, songs):
    top = '[loudness]\nmethod = "none"\ntarget_lufs = -14'
    path = studio.album({"song-1": songs["song-1"]}, top)
    found = findings(prepare(path).album, [records(path).records["cd"]])
    assert "LOUD-UNUSED" in [each.rule for each in found]


def test_masters_have_targets_of_their_own(studio, releveled, make):
    top = """[loudness]
amount = 1
target_lufs = -20
[master.main]
limiter = "transparent"
[master.soft]
target_lufs = -26
[deliver.cd]
[deliver.streaming]
master = "soft"
formats = ["flac"]
"""
    built = make(studio.album(releveled, top))
    report = json.loads((built.out / "report" / "qc.json").read_text("utf-8"))
    for each in report["loudness"]:
        aim = {"cd": -20, "streaming": -26}[each["target"]]
        assert each["measured"]["loud_part_lufs"] == pytest.approx(aim, abs=0.1)


TILTS = {
    "song-1": Eq(shape="tilt", frequency_hz=1000, gain_db=3),
    "song-2": Eq(shape="lowshelf", frequency_hz=200, gain_db=3),
    "song-3": Eq(shape="highshelf", frequency_hz=4000, gain_db=-3),
}


def tilted(songs):
    return {
        name: run(TILTS[name], audio, RATE) if name in TILTS else audio
        for name, audio in songs.items()
    }


def spectrum(audio):
    from dsp.ltas import heard_levels

    levels = heard_levels(RATE, [audio])[2:30]
    return levels - levels.mean()


@pytest.fixture(scope="module")
def alike():
    """Return seven songs that differ in nothing an equaliser could mend."""
    return {f"song-{seed}": song(seed) for seed in range(1, 8)}


TONE = "[loudness]\namount = 1\n[tone]\namount = 1\nmax_eq_db = 4\n" + ONLY_CD


@pytest.mark.slow
def test_most_of_planted_tones_is_taken_back_and_not_twice(
    studio, alike, make, tmp_path
):
    planted = tilted(alike)
    built = make(studio.album(planted, TONE))
    record = built.records["cd"]
    image, _ = soundfile.read(next((built.out / "cd").glob("*.wav")))
    timeline = prepare(studio.folder / "album.toml").discs[0].timeline
    rendered = {
        each.song: image[each.first : each.stop] for each in timeline.placements
    }
    for name, audio in alike.items():
        curve = record.songs[name].move.curve_db
        assert np.abs(curve).max() <= 4.05
        if name in TILTS:
            own = spectrum(audio)
            before = np.sqrt(np.mean(np.square(spectrum(planted[name]) - own)))
            after = np.sqrt(np.mean(np.square(spectrum(rendered[name]) - own)))
            assert after <= 0.25 * before
        else:
            assert np.abs(curve).max() <= 0.3
    for name, row in delivered(built.out).items():
        song = record.songs[name]
        known = judged() & np.isfinite(song.off)
        meant = song.off + distance(song.move.curve_db, np.zeros(BANDS))
        came = np.array([*row["tone_delivered_db"].values()], dtype=float)
        assert came[known] == pytest.approx(meant[known], abs=0.1)
        assert row["tone_words"] == tones.words(song.move)
    page = (built.out / "report" / "report.html").read_text(encoding="utf-8")
    assert page.count("<polyline") == 2 * len(alike)
    assert "song-1 → song-2" in page
    (tmp_path / "second").mkdir()
    second = Studio(tmp_path / "second").record(rendered, TONE)
    for each in second.songs.values():
        assert abs(each.gain_db) <= 0.1
        assert np.abs(each.move.curve_db).max() <= 0.2


def test_a_song_whose_tone_is_kept_is_measured_and_not_moved(studio, alike):
    found = studio.record(tilted(alike), TONE, {"song-1": 'tone = "keep"'}).songs
    assert found["song-1"].move.bands == ()
    assert found["song-1"].would.bands
    assert found["song-2"].move.bands


def test_a_tone_that_is_off_is_shown_and_not_moved(studio, alike):
    found = studio.record(tilted(alike), "[tone]\nmax_eq_db = 4").songs
    assert not any(each.move.bands for each in found.values())
    assert found["song-2"].would.bands


@pytest.mark.slow
def test_references_are_the_target_of_the_tone(studio, alike):
    bright = Eq(shape="highshelf", frequency_hz=4000, gain_db=3)
    (studio.folder / "refs").mkdir()
    for name in ("song-6", "song-7"):
        audio = gained(run(bright, alike[name], RATE), -7)
        soundfile.write(studio.folder / "refs" / f"{name}.flac", audio, RATE)
    top = '[tone]\namount = 1\nmax_eq_db = 4\nreferences = ["refs/*.flac"]'
    found = studio.record(alike, top)
    assert [each.path.name for each in found.references] == [
        "song-6.flac",
        "song-7.flac",
    ]
    for each in found.songs.values():
        assert each.move.curve_db[-8:].mean() > 1.0


def test_a_reference_that_is_not_there_is_refused_at_its_place(studio, alike):
    path = studio.album(alike, '[tone]\nreferences = ["song-1.wav", "refs/*.flac"]')
    with pytest.raises(Refusal) as refused:
        records(path)
    [found] = refused.value.findings
    assert found.rule == "TONE-REFERENCE"
    assert found.place.line == 7


def test_a_reference_that_is_no_audio_is_refused(studio, alike):
    (studio.folder / "noise.wav").write_bytes(b"RIFF and nothing more")
    path = studio.album(alike, '[tone]\nreferences = ["noise.wav"]')
    with pytest.raises(Refusal, match="noise"):
        records(path)


@pytest.mark.slow
def test_a_second_look_measures_nothing(studio, alike, monkeypatch):
    each = {"song-1": 'chain = ["eq bell 1kHz 2dB"]\nfade_out = "2s"'}
    first = studio.record(alike, TONE, each)

    def heard(*_):
        raise AssertionError("it was measured again")

    monkeypatch.setattr(hearing, "heard", heard)
    monkeypatch.setattr(Meter, "feed", heard)
    again = records(studio.folder / "album.toml").records["cd"]
    assert again.gains == first.gains
    assert [each.move for each in again.songs.values()] == [
        each.move for each in first.songs.values()
    ]


def test_another_chain_is_measured_anew(studio, songs):
    top = "[loudness]\namount = 1"
    before = studio.record(songs, top, {"song-1": 'chain = ["gain 1dB"]'}).songs
    after = studio.record(songs, top, {"song-1": 'chain = ["gain -5dB"]'}).songs
    risen = after["song-1"].gain_db - before["song-1"].gain_db
    assert risen == pytest.approx(6, abs=0.1)


def running(studio, parts, others, top, two=""):
    """Return an album of one recording, cut into "one" and "two", and of *others*."""
    soundfile.write(studio.folder / "live.wav", np.concatenate(parts), RATE, "PCM_24")
    cut = len(parts[0]) / RATE
    order = ["one", "segue", "two"]
    text = f"""[song.one]
title = "One"
mix = "live.wav"
end = "{cut}s"
fade_out = "0s"
[song.two]
title = "Two"
mix = "live.wav"
start = "{cut}s"
fade_in = "0s"
{two}
"""
    for name, audio in others.items():
        soundfile.write(studio.folder / f"{name}.wav", audio, RATE, "PCM_24")
        order += ["gap 2s", name]
        text += f'[song.{name}]\ntitle = "{name}"\nmix = "{name}.wav"\n'
    path = studio.folder / "album.toml"
    head = f'[album]\nartist = "A"\ntitle = "B"\n{top}\n'
    path.write_text(f"{head}[sequence]\norder = {json.dumps(order)}\n{text}")
    return path


def test_a_recording_that_runs_on_keeps_one_gain(studio, songs):
    parts = [gained(songs["song-1"], -6), songs["song-2"]]
    others = {"three": gained(songs["song-3"], 8)}
    path = running(studio, parts, others, "[loudness]\namount = 1")
    record = records(path).records["cd"]
    gains = record.gains
    assert gains["one"] == gains["two"]
    # two recordings: their median lies between them, however many songs one is cut into
    assert gains["one"] == pytest.approx(-gains["three"], abs=0.02)
    off = {name: each.off for name, each in record.songs.items()}
    assert off["one"] == pytest.approx(off["two"])
    known = np.isfinite(off["one"] + off["three"])
    assert off["one"][known] == pytest.approx(-off["three"][known], abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["", 'tone = "keep"'])
def test_a_recording_that_runs_on_is_moved_as_one_or_left_as_one(studio, alike, kept):
    dull = Eq(shape="highshelf", frequency_hz=4000, gain_db=-3)
    names = [f"song-{at}" for at in range(1, 8)]
    parts = [run(dull, alike[name], RATE) for name in names[:2]]
    others = {name: alike[name] for name in names[2:]}
    path = running(studio, parts, others, "[tone]\namount = 1\nmax_eq_db = 4", kept)
    record = records(path).records["cd"]
    one, two = record.songs["one"], record.songs["two"]
    assert one.would == two.would
    assert one.would.curve_db[-8:].mean() > 1.5
    assert one.move == two.move == (Move() if kept else one.would)
    assert one.kept == two.kept == bool(kept)
    said = " ".join(tonepage.why(prepare(path).album, record, one))
    assert ('it runs on with a song whose tone is "keep"' in said) == bool(kept)


@pytest.mark.parametrize("rate", ["", "rate = 48000", "rate = 44100"])
def test_a_target_of_another_rate_keeps_a_reserve(studio, songs, rate):
    top = f"[loudness]\ntarget_lufs = -5\n[deliver.streaming]\n{rate}"
    one = {"song-1": songs["song-1"]}
    record = studio.record(one, top, target="streaming")
    reserve = 0.105 if "48000" in rate else 0.005
    expected = record.ceiling - reserve
    assert record.songs["song-1"].after.true_peak == pytest.approx(expected, abs=0.006)


def test_a_peak_at_full_scale_is_no_silence(studio, songs):
    top = """[loudness]
target_lufs = -3
[master.main]
limiter = "transparent"
ceiling_dbtp = 0
"""
    record = studio.record(songs, top + ONLY_CD)
    assert record.album.true_peak == 0.0
    assert record.album.integrated is not None


def test_the_record_is_what_its_songs_are_held_to(studio, songs):
    jingles = {f"jingle-{at}": gained(song(at, 6.0), -25) for at in (7, 8, 9)}
    path = studio.album({**songs, **jingles}, "[loudness]\namount = 1")
    record = records(path).records["cd"]
    parts = [record.songs[name].after.loud_part for name in songs]
    assert record.album.loud_part == pytest.approx(np.median(parts))
    assert record.balance.judges == tuple(songs)


def test_a_song_without_a_level_has_none_of_its_own(studio, songs):
    path = studio.album({"none": np.zeros((RATE * 12, 2)), **songs}, "[loudness]")
    record = records(path).records["cd"]
    [line] = [
        each
        for each in pages.song_lines(prepare(path).album, record, "none")
        if each.startswith("its own level")
    ]
    assert line.split()[3] == "none"


def test_what_is_too_quiet_to_count_is_expected_as_its_gain_makes_it(studio):
    quiet = {"quiet": gained(song(1), -60)}
    found = studio.record(quiet, "", {"quiet": "gain_db = 40"}).songs["quiet"]
    assert found.voice.figures.loudness.integrated is None
    meter = Meter(RATE, 2)
    meter.feed(gained(soundfile.read(studio.folder / "quiet.wav")[0], 40))
    came = figures(meter.finish())
    assert found.after.integrated == pytest.approx(came.loudness.integrated, abs=0.01)
    assert found.after.loud_part == pytest.approx(came.loud_part, abs=0.01)
    assert found.after.true_peak == pytest.approx(came.peaks.true, abs=0.01)


@pytest.mark.slow
def test_what_references_ask_is_told_though_the_first_song_is_silent(studio, alike):
    bright = Eq(shape="highshelf", frequency_hz=4000, gain_db=3)
    (studio.folder / "refs").mkdir()
    for name in ("song-6", "song-7"):
        audio = run(bright, alike[name], RATE)
        soundfile.write(studio.folder / "refs" / f"{name}.flac", audio, RATE)
    top = '[tone]\namount = 1\nmax_eq_db = 4\nreferences = ["refs/*.flac"]'
    mixes = {"none": np.zeros((RATE * 12, 2)), **alike}
    path = studio.album(mixes, top)
    record = records(path).records["cd"]
    asked = " ".join(tonepage.asked(prepare(path).album, record))
    assert tones.words(record.tonal.whole.move) in asked
    assert record.tonal.whole.move.bands
    told = record_json([record])["balance"][0]["tone_common"]
    assert [each["gain_db"] for each in told] == [
        each.gain_db for each in record.tonal.whole.move.bands
    ]
    row = next(each for each in tonepage.lines(prepare(path).album, record)
               if each.startswith("song-1 "))  # fmt: skip
    assert row.endswith("as the record")
    beside = song_json(record, "song-1")["tone_references_db"]
    assert beside["8000"] < -1.5


@pytest.mark.slow
def test_targets_of_other_masters_have_pictures_of_their_own(studio, alike, make):
    top = """[loudness]
[tone]
amount = 1
[master.dark]
chain = ["eq highshelf 4kHz -6dB"]
[deliver.cd]
[deliver.streaming]
formats = ["flac"]
[deliver.dim]
formats = ["flac"]
master = "dark"
"""
    three = {name: alike[name] for name in list(alike)[:3]}
    built = make(studio.album(tilted(three), top))
    page = (built.out / "report" / "report.html").read_text(encoding="utf-8")
    assert "Tone: cd, streaming" in page
    assert "Tone: dim" in page
    assert page.count("<polyline") == 2 * 2 * len(three)


def test_a_step_inside_of_a_recording_is_named(studio, songs):
    parts = [songs["song-1"], songs["song-2"]]
    others = {"three": songs["song-3"]}
    top = "[loudness]\namount = 1"
    quiet = "loudness_offset_lu = -2"
    path = running(studio, parts, others, top, quiet)
    said = findings(prepare(path).album, [records(path).records["cd"]])
    [step] = [each for each in said if each.rule == "LOUD-STEP"]
    assert step.measured == pytest.approx(-2.0)
    assert step.place.song == "two"
    path = running(studio, parts, others, top)
    said = findings(prepare(path).album, [records(path).records["cd"]])
    assert "LOUD-STEP" not in [each.rule for each in said]


def test_limiting_that_will_be_heard_is_foreseen(studio, songs):
    top = "[loudness]\n[master.main]\nlimiter = 'transparent'\ntarget_lufs = {}\n"
    for target, warned in ((-3, True), (-20, False)):
        path = studio.album(songs, top.format(target) + ONLY_CD)
        record = records(path).records["cd"]
        said = foreseen(prepare(path).album, [record])
        assert bool(said) == warned
        assert all(each.rule == "LOUD-SQUASH" for each in said)
        assert all(each.measured > each.limit for each in said)


@pytest.mark.parametrize("rate", [8000, 22_050, 32_000, 44_100])
def test_a_mix_of_a_lower_rate_stands_beside_references(studio, songs, rate):
    (studio.folder / "refs").mkdir()
    soundfile.write(studio.folder / "refs" / "one.wav", songs["song-5"], RATE)
    path = studio.album(songs, '[tone]\namount = 1\nreferences = ["refs/*.wav"]')
    low = song(9, rate=rate)
    soundfile.write(studio.folder / "song-2.wav", low, rate, subtype="PCM_24")
    found = records(path).records["cd"].songs
    known = np.isfinite(found["song-2"].off)
    assert known[:20].any()
    assert (found["song-2"].off[known] != 0.0).any()


def test_references_that_say_nothing_are_left_out_and_named(studio, songs):
    (studio.folder / "refs").mkdir()
    for name, audio in (
        ("good", songs["song-5"]),
        ("short", songs["song-4"][: RATE * 4]),
        ("clipped", np.clip(60 * songs["song-4"], -1, 1)),
    ):
        soundfile.write(studio.folder / "refs" / f"{name}.wav", audio, RATE, "PCM_24")
    path = studio.album(songs, '[tone]\namount = 1\nreferences = ["refs/*.wav"]')
    record = records(path).records["cd"]
    assert {each.path.stem for each in record.references if each.judge} == {"good"}
    said = findings(prepare(path).album, [record])
    named = [each.message for each in said if each.rule == "TONE-OUTLIER"]
    assert len(named) == 2
    (studio.folder / "album.toml").write_text(
        path.read_text().replace("refs/*.wav", "refs/good.wav")
    )
    alone = records(path).records["cd"].tonal
    assert alone.references == pytest.approx(record.tonal.references, nan_ok=True)


def test_a_reference_without_samples_is_refused(studio, songs):
    soundfile.write(studio.folder / "none.wav", np.zeros((0, 2)), RATE)
    path = studio.album(songs, '[tone]\nreferences = ["none.wav"]')
    with pytest.raises(Refusal, match="no samples"):
        records(path)


def test_a_folder_of_references_is_named_with_the_way_out(studio, songs):
    (studio.folder / "refs").mkdir()
    path = studio.album(songs, '[tone]\nreferences = ["refs/"]')
    with pytest.raises(Refusal, match="is a folder") as refused:
        records(path)
    assert '"refs/*"' in refused.value.findings[0].help


def test_a_join_that_jumps_is_named(studio, songs):
    ending = np.concatenate([songs["song-1"], gained(song(2, 26.0), -14)])
    path = studio.album({"soft-end": ending, "loud": songs["song-3"]}, "[loudness]")
    record = records(path).records["cd"]
    assert record.joins[0].step == pytest.approx(14, abs=4)
    said = findings(prepare(path).album, [record])
    assert "SEQ-JOINLEVEL" in [each.rule for each in said]


def test_a_fade_at_the_end_is_no_jump(studio, songs):
    each = {"song-1": 'fade_out = "8s"'}
    two = {name: songs[name] for name in ("song-1", "song-2")}
    record = studio.record(two, "[loudness]\namount = 1", each)
    assert abs(record.joins[0].step) < 5


@pytest.mark.slow
def test_a_build_is_as_planned_whatever_the_threads(studio, releveled, make, hashes):
    top = f"[loudness]\n[tone]\namount = 0.5\n{ONLY_CD}"
    path = studio.album(tilted(releveled), top)
    one = make(path, out=studio.folder / "one", jobs=1, block=1 << 14)
    two = make(path, out=studio.folder / "two", jobs=3)
    assert hashes(one.out / "cd") == hashes(two.out / "cd")


def test_a_silent_mix_stops_a_build_and_no_plan(studio, songs, make):
    path = studio.album({**songs, "silent": np.zeros((RATE * 12, 2))}, "[loudness]")
    found = records(path).records["cd"]
    assert found.songs["silent"].after.integrated is None
    assert found.songs["song-1"].after.integrated is not None
    with pytest.raises(Failure):
        make(path)


def test_what_was_too_quiet_to_count_is_expected_to_count_behind_its_gain(studio):
    quiet = song(1, 30.0)
    # seconds that lie below -70 LUFS as they come, and above it behind the gain
    quiet[: len(quiet) // 2] *= 10 ** (-9 / 20)
    quiet = gained(quiet, -38)
    found = studio.record({"quiet": quiet}, "[loudness]\ntarget_lufs = -20").songs
    meter = Meter(RATE, 2)
    meter.feed(gained(quiet, found["quiet"].gain_db))
    told = found["quiet"].after
    measured = figures(meter.finish())
    assert told.integrated == pytest.approx(measured.loudness.integrated, abs=0.01)
    assert told.range == pytest.approx(measured.loudness.range, abs=0.05)
