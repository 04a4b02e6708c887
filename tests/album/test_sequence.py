"""The clock: songs to the sample, marks to the frame, nothing lost at a join."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from album import projectfile
from album.sequence import sequence
from album.source import Source
from album.timeline import Timeline, programme_rate
from delivery.findings import Refusal
from delivery.redbook import STUDIO_RATES, samples

HEAD = '[album]\nartist = "A"\ntitle = "T"\n'


def source(seconds: float, rate: int = 48_000, bits: int | None = 24) -> Source:
    return Source(
        path=Path("x.wav"),
        rate=rate,
        channels=2,
        length=round(seconds * rate),
        kind="WAV",
        coding="PCM_24",
        bits=bits,
    )


def placed(
    tmp_path: Path, text: str, lengths: dict[str, float], rate: int = 48_000
) -> Timeline:
    """Place songs of *lengths* seconds as *text* asks; their mixes are empty files."""
    songs = "".join(
        f'[song.{name}]\ntitle = "{name}"\nmix = "{name}.wav"\n'
        for name in lengths
        if f"[song.{name}]" not in text
    )
    for name in lengths:
        (tmp_path / f"{name}.wav").touch()
    path = tmp_path / "album.toml"
    path.write_text(HEAD + text + songs, encoding="utf-8")
    album, _ = projectfile.read(path)
    sources = {name: source(seconds, rate) for name, seconds in lengths.items()}
    timelines, _ = sequence(album, sources, {})
    return timelines[0]


ORDER = '[sequence]\ngap = "{gap}"\nlead = "{lead}"\ntail = "1s"\norder = {order}\n'


def ordered(*items: str, gap: str = "2s", lead: str = "200ms") -> str:
    listed = "[" + ", ".join(f'"{item}"' for item in items) + "]"
    return ORDER.format(gap=gap, lead=lead, order=listed)


def test_first_music_stands_the_lead_after_two_seconds(tmp_path: Path) -> None:
    timeline = placed(tmp_path, ordered("a", "b"), {"a": 10, "b": 10})
    assert timeline.cues[0].start == 150
    assert timeline.cues[0].pause == 0
    assert timeline.placements[0].first == 9_600


def test_a_gap_is_what_is_heard_between_two_songs(tmp_path: Path) -> None:
    timeline = placed(tmp_path, ordered("a", "gap 1.6s", "b"), {"a": 10.001, "b": 5})
    a, b = timeline.placements
    assert b.first - a.stop == round(1.6 * 48_000)


def test_a_mark_is_the_last_frame_before_music_less_lead(tmp_path: Path) -> None:
    timeline = placed(tmp_path, ordered("a", "b"), {"a": 10.0017, "b": 5})
    b = timeline.placements[1]
    mark = timeline.cues[1].start - 150
    ideal = b.first - 9_600
    assert samples(mark, 48_000) <= ideal < samples(mark + 1, 48_000)
    assert timeline.cues[1].slack == ideal - samples(mark, 48_000)


def test_a_segue_adds_and_loses_no_sample_and_has_no_lead(tmp_path: Path) -> None:
    timeline = placed(tmp_path, ordered("a", "segue", "b"), {"a": 10.0017, "b": 5})
    a, b = timeline.placements
    assert a.stop == b.first
    assert timeline.cues[1].start - 150 == b.first * 75 // 48_000


def test_a_crossfade_overlaps_by_its_length(tmp_path: Path) -> None:
    text = ordered("a", "xfade 4s s-curve", "b")
    timeline = placed(tmp_path, text, {"a": 10, "b": 6})
    a, b = timeline.placements
    assert a.stop - b.first == 4 * 48_000
    assert a.cross_out == b.cross_in
    assert b.cross_in is not None
    assert (b.cross_in.length, b.cross_in.curve) == (4 * 48_000, "s-curve")
    assert timeline.cues[1].start - 150 == b.first * 75 // 48_000


def test_a_crossfade_may_be_as_long_as_the_shorter_song(tmp_path: Path) -> None:
    placed(tmp_path, ordered("a", "xfade 6s", "b"), {"a": 10, "b": 6})
    with pytest.raises(Refusal) as refused:
        placed(tmp_path, ordered("a", "xfade 6.001s", "b"), {"a": 10, "b": 6})
    finding = refused.value.findings[0]
    assert finding.rule == "SEQ-XFADE"
    assert finding.limit == 6
    assert finding.place.line is not None


def test_a_hidden_song_lies_inside_the_track_before(tmp_path: Path) -> None:
    text = ordered("a", "gap 40s", "+ghost", "b")
    timeline = placed(tmp_path, text, {"a": 10, "ghost": 5, "b": 6})
    assert [cue.songs for cue in timeline.cues] == [("a", "ghost"), ("b",)]
    assert timeline.placements[1].first - timeline.placements[0].stop == 40 * 48_000


def test_a_song_before_track_1_moves_its_mark(tmp_path: Path) -> None:
    text = ordered("a", gap="3s") + '[deliver.cd]\npregap = "dawn"\n'
    timeline = placed(tmp_path, text, {"a": 10, "dawn": 7})
    assert timeline.hidden_first == "dawn"
    assert timeline.placements[0].first == 0
    assert timeline.placements[1].first == 10 * 48_000
    assert timeline.cues[0].pause == 0
    assert timeline.cues[0].start == 150 + 10 * 75 - 15


def test_gaps_can_be_pressed_as_pauses(tmp_path: Path) -> None:
    text = ordered("a", "b", "segue", "c") + '[deliver.cd]\nindex00 = "gaps"\n'
    timeline = placed(tmp_path, text, {"a": 10.001, "b": 6, "c": 5})
    first, second, third = timeline.cues
    assert first.pause == 0
    assert second.pause is not None
    silence = timeline.placements[0].stop
    frame = second.pause - 150
    assert samples(frame - 1, 48_000) < silence <= samples(frame, 48_000)
    assert second.pause < second.start
    assert third.pause is None


def test_indexes_count_in_the_mix_and_fall_on_the_grid(tmp_path: Path) -> None:
    song = '[song.a]\ntitle = "a"\nmix = "a.wav"\nstart = "1s"\nindex = ["3.009s"]\n'
    timeline = placed(tmp_path, ordered("a") + song, {"a": 10})
    (mark,) = timeline.cues[0].indexes
    position = timeline.placements[0].first + round(2.009 * 48_000)
    assert mark - 150 == position * 75 // 48_000


@pytest.mark.parametrize("index", ['["0.2s"]', '["9.5s"]', '["5s","5.001s"]'])
def test_an_impossible_index_is_refused_at_its_line(tmp_path: Path, index: str) -> None:
    song = (
        '[song.a]\ntitle = "a"\nmix = "a.wav"\nstart = "1s"\nend = "9s"\n'
        f"index = {index}\n"
    )
    with pytest.raises(Refusal) as refused:
        placed(tmp_path, ordered("a") + song, {"a": 10})
    finding = refused.value.findings[0]
    assert finding.rule == "SEQ-INDEX"
    assert finding.place.text is not None
    assert "index" in finding.place.text


def test_a_trim_gets_a_short_fade_unless_it_faces_a_segue(tmp_path: Path) -> None:
    song = '[song.a]\ntitle = "a"\nmix = "a.wav"\nstart = "1s"\nend = "9s"\n'
    timeline = placed(tmp_path, ordered("a", "segue", "b") + song, {"a": 10, "b": 5})
    a = timeline.placements[0]
    assert (a.begin, a.end) == (48_000, 9 * 48_000)
    assert a.fade_in is not None
    assert a.fade_in.length == 240
    assert a.fade_out is None


def test_trims_outside_the_mix_are_refused_together(tmp_path: Path) -> None:
    text = ordered("a", "b") + (
        '[song.a]\ntitle = "a"\nmix = "a.wav"\nend = "11s"\n'
        '[song.b]\ntitle = "b"\nmix = "b.wav"\nstart = "7s"\n'
    )
    with pytest.raises(Refusal) as refused:
        placed(tmp_path, text, {"a": 10, "b": 6})
    assert [each.rule for each in refused.value.findings] == ["SEQ-TRIM", "SEQ-TRIM"]


def test_a_gap_shorter_than_the_lead_keeps_the_music_before_whole(
    tmp_path: Path,
) -> None:
    text = ordered("a", "gap 50ms", "b", lead="200ms")
    timeline = placed(tmp_path, text, {"a": 10, "b": 6})
    ideal = timeline.placements[0].stop
    assert timeline.cues[1].start - 150 == ideal * 75 // 48_000


def test_bars_are_those_of_the_outgoing_song(tmp_path: Path) -> None:
    text = ordered("a", "gap 2 bars", "b") + (
        '[song.a]\ntitle = "a"\nmix = "a.wav"\nbpm = 120\n'
    )
    timeline = placed(tmp_path, text, {"a": 10, "b": 6})
    assert timeline.placements[1].first - timeline.placements[0].stop == 4 * 48_000


def test_the_programme_has_the_rate_of_most_songs() -> None:
    rates = {"a": 44_100, "b": 96_000, "c": 96_000}
    assert programme_rate({k: source(1, v) for k, v in rates.items()}) == 96_000
    assert programme_rate({"a": source(1, 44_100), "b": source(1)}) == 48_000
    assert programme_rate({"a": source(1, 22_050)}) == 44_100
    assert programme_rate({"a": source(1, 32_000)}) == 44_100


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(200_000, 900_000), min_size=2, max_size=6),
    gap=st.integers(0, 5_000),
    lead=st.integers(0, 900),
    rate=st.sampled_from(STUDIO_RATES),
)
def test_marks_rise_and_never_cut_an_attack(
    tmp_path_factory: pytest.TempPathFactory,
    lengths: list[int],
    gap: int,
    lead: int,
    rate: int,
) -> None:
    names = [f"s{number}" for number in range(len(lengths))]
    folder = tmp_path_factory.mktemp("clock")
    text = ordered(*names, gap=f"{gap}ms", lead=f"{lead}ms")
    seconds = {name: count / rate for name, count in zip(names, lengths, strict=True)}
    timeline = placed(folder, text, seconds, rate)
    frame = rate // 75
    for cue, song in zip(timeline.cues, timeline.placements, strict=True):
        mark = samples(cue.start - 150, rate)
        assert mark <= song.first
        assert 0 <= cue.slack < frame
        earliest = song.first - round(Fraction(lead, 1000) * rate) - frame
        assert mark >= earliest
    starts = [cue.start for cue in timeline.cues]
    assert starts == sorted(set(starts))
    assert timeline.length % frame == 0
    assert timeline.length >= timeline.placements[-1].stop
