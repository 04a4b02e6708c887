"""The chain language: every word both ways, and faults at the words they belong to."""

import dataclasses
import math

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from album.amounts import COUNT, UNITS, Clock, amount_of
from album.bands import Bands
from album.chain import BadStage, read_line, read_table_stage, table_of_stage
from album.making import load
from album.namedvalues import FileName, Names, Parameters
from album.processors import PROCESSORS
from album.values import Choice, Number, Points, Several

EXAMPLES = [line for row in PROCESSORS.values() for line in row.examples]
FILES = ("print.wav", "x.vst3", "refs/a.flac", "it's here.wav", 'a "b".wav')
SLOW = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("album")
    (made / "refs").mkdir()
    for name in FILES:
        (made / name).touch()
    return made


def _faults(line, folder):
    with pytest.raises(BadStage) as bad:
        read_line(line, folder)
    return bad.value.faults


def _outcome(read):
    """Return the faults of what is read, none where there are none."""
    try:
        read()
    except BadStage as bad:
        return bad.faults
    return ()


@pytest.mark.parametrize("line", EXAMPLES)
def test_examples_are_written_as_they_are_read(folder, line):
    assert read_line(line, folder).stage.text == line


@pytest.mark.parametrize("row", PROCESSORS.values(), ids=lambda row: row.kind)
def test_a_row_says_all_that_its_processor_has(folder, row):
    known = {each.name for each in dataclasses.fields(load(row.target))}
    stage = read_line(row.examples[0], folder).stage
    there = {name: getattr(stage.processor, name) for name in known}
    assert set(row.outof(there)) == {part.name for part in row.parts} | (
        {row.chooser} if row.variants else set()
    )


KIND_WORDS = [
    ("eq bell 850 Hz −0.65 dB Q 1.1", "eq bell 850Hz -0.65dB Q1.1"),
    ("eq  bell +.5db q0.7 0.85KHZ on side", "eq bell 850Hz 0.5dB Q0.7 on side"),
    ("eq highpass 12dB/oct 22Hz", "eq highpass 22Hz 12dB/oct"),
    ("eq highshelf 12k 2dB phase minimum", "eq highshelf 12kHz 2dB"),
    ("comp threshold -18 dB 2:1 attack 0.03s", "comp 2:1 threshold -18dB attack 30ms"),
    (
        "comp 2:1 threshold -18dB release 200ms auto",
        "comp 2:1 threshold -18dB release 200ms release auto",
    ),
    ("comp 2:1 threshold -18dB mix 100%", "comp 2:1 threshold -18dB"),
    ("width 105% from 80s to 1:50.0", "width 105% from 1:20 to 1:50"),
    ("mute from 62.3s to 1:02.5", "mute 1:02.3 to 1:02.5"),
    ("mute 75f to 2s", "mute 1s to 2s"),
    ("balance -0.5dB left", "balance 0.5dB right"),
    ("polarity both", "polarity both"),
    ("clip -1dB soft", "clip -1dB"),
    ("ride 2:10 -1.0dB 2:32 0dB over 0.05s", "ride 2:10 -1dB 2:32 0dB"),
    ('insert "print.wav"', "insert 'print.wav'"),
    ('insert "it\'s here.wav" inverted', 'insert "it\'s here.wav" inverted'),
    ("plugin 'x.vst3' a=1.50 b=true c='1'", "plugin 'x.vst3' a=1.5 b=true c='1'"),
    ("dc only vinyl, main name low", "dc name low only vinyl,main"),
    (
        "multiband 3000Hz phase minimum / off / 2:1 threshold -20dB mix 50%",
        "multiband 3kHz phase minimum / off / 2:1 threshold -20dB mix 50%",
    ),
    (
        "multiband 3kHz / off / 2:1 threshold -20dB phase minimum name x",
        "multiband 3kHz phase minimum / off / 2:1 threshold -20dB name x",
    ),
]


@pytest.mark.parametrize(("written", "meant"), KIND_WORDS)
def test_words_are_taken_kindly(folder, written, meant):
    assert read_line(written, folder).stage.text == meant


WRONG = [
    ("", "", "empty", ""),
    ("comq 2:1", "comq", 'called "comq"', '"comp"'),
    ("eq", "eq", "needs its shape", "bell, lowshelf"),
    ("eq bel 850Hz", "bel", 'no shape "bel"', '"bell"'),
    ("eq bell 850 -1dB", "850", "no unit", "write 850Hz"),
    ("eq bell 850Hz -1dB 1.1", "1.1", "no unit", "write Q1.1"),
    ("eq bell 0,8kHz -1dB", "0,8kHz", "comma", '"0.8kHz"'),
    ("eq bell 850Hz -1dB 30ms", "30ms", 'eq bell takes no "30ms"', "Q1.1"),
    ("eq bell 850Hz -1dB 2dB", "2dB", 'what "-1dB" says already', "keep one"),
    ("comp 2:1 threshold -9dB mix 9% mix 9%", "mix 9%", '"mix" is said twice', ""),
    ("mono 120Hz", "120Hz", 'mono takes no "120Hz"', "write below 120Hz"),
    ("eq bell 850Hz", "eq bell", "needs a level such as -0.65dB", "eq bell 850Hz"),
    ("eq bell 0.001Hz 1dB", "0.001Hz", "Hz", ""),
    ("eq bell 850Hz 99dB", "99dB", "dB", ""),
    ("eq highpass 22Hz 2dB", "2dB", "takes no", "12dB/oct"),
    ("eq highpass 22Hz 13dB/oct", "13dB/oct", "13", ""),
    ("eq highpass 22Hz 12.5dB/oct", "12.5dB/oct", "whole", ""),
    ("eq bell 850Hz 1dB phase lineer", "lineer", '"minimum" or "linear"', '"linear"'),
    ("eq bell 850Hz 1dB phase", "phase", "needs", ""),
    ("eq bell 99999999999Hz 1dB", "99999999999Hz", "sense", ""),
    ("comp 2:1 treshold -18dB", "treshold", "takes no", '"threshold"'),
    ("comp 2:1 threshold attack 3ms", "attack", "is not a level such as -18dB", ""),
    ("comp 2:1 threshold -18dB mix 160%", "mix 160%", "between 0 and 100 %", ""),
    ("comp 2:1 threshold -18dB attack 2 bars", "2 bars", "bars", "seconds"),
    ("multiband 1kHz / 2:1 threshold -20dB", "", "1 corner makes 2 bands", ""),
    ("multiband 1kHz / off / 2:1 treshold -9dB", "treshold", "a band", "threshold"),
    ("multiband 1kHz / off / 2:1", "/", 'a band needs "threshold"', ""),
    ("mute 1:50 to 1:20", "", "", ""),
    ("mute 1:75 to 2:00", "1:75", "60 seconds or more", ""),
    ("delay left", "delay", "needs 0.3ms or 12samples", ""),
    ("insert print.wav", "print.wav", "in quotes", "'print.wav'"),
    ("insert 'prnt.wav'", "'prnt.wav'", "no file", '"print.wav"'),
    ("insert 'print.wav", "'print.wav", "not closed", ""),
    ("plugin 'x.vst3' a=1 a=2", "a=2", "twice", ""),
    ("match 50% references 'none/*.flac'", "references 'none/*.flac'", "like", ""),
    ("dc name comp", "name comp", "is a processor", ""),
    ("dc name a b", "b", 'dc takes no "b"', ""),
    ("dc only vinyl,", "vinyl,", "no name", ""),
]


def test_numbers_without_units_are_taken_for_one_thing_each(folder):
    ways = [fault.way_out for fault in _faults("eq bell 850 -0.65", folder)]
    assert ways == ["write 850Hz", "write -0.65dB"]


@pytest.mark.parametrize(("line", "at", "says", "way_out"), WRONG)
def test_a_fault_points_at_its_word(folder, line, at, says, way_out):
    fault = _faults(line, folder)[0]
    assert not at or line[fault.start : fault.stop] == at
    assert says in fault.says
    assert way_out in (fault.way_out or "")


def test_all_faults_of_a_line_are_told_and_none_twice(folder):
    faults = _faults("comp 2:1 treshold -18dB atack 3ms mix 60", folder)
    assert [fault.says.split('"')[1] for fault in faults] == ["treshold", "atack", "60"]


TABLES = [
    ({"ratio": 2}, "", "kind"),
    ({"kind": "comq"}, "kind", "comq"),
    ({"kind": "comp", "ratio": "2:1"}, "", "needs"),
    ({"kind": "comp", "ratio": True, "threshold_db": -1}, "ratio", "number"),
    ({"kind": "comp", "ratio": 2, "treshold_db": -1}, "treshold_db", "takes no"),
    ({"kind": "comp", "ratio": 2, "threshold_db": math.nan}, "threshold_db", "sense"),
    ({"kind": "comp", "ratio": 2, "threshold_db": "9ms"}, "threshold_db", "9ms"),
    ({"kind": "comp", "ratio": 2, "threshold_db": -9, "mix": 60}, "mix", "mix"),
    ({"kind": "eq"}, "", "shape"),
    ({"kind": "eq", "shape": "bel"}, "shape", "bel"),
    ({"kind": "ride", "points": [[1, 2, 3]]}, "points", "pairs"),
    ({"kind": "multiband", "corners_hz": [], "bands": []}, "corners_hz", "list"),
    ({"kind": "insert", "file": "nothing.wav"}, "file", "no file"),
    ({"kind": "insert", "file": 3}, "file", "name of a file"),
    ({"kind": "dc", "only": 3}, "only", "names"),
]


@pytest.mark.parametrize(("table", "key", "says"), TABLES)
def test_a_fault_of_a_table_points_at_its_key(folder, table, key, says):
    with pytest.raises(BadStage) as bad:
        read_table_stage(table, folder)
    fault = bad.value.faults[0]
    assert (fault.key, says in fault.says) == (key, True)


def test_a_table_says_the_same_as_a_line(folder):
    line = read_line("comp 1.5:1 threshold -18dB attack 30ms mix 60%", folder)
    table = {"kind": "comp", "ratio": 1.5, "threshold_db": -18, "attack_ms": "30ms"}
    assert read_table_stage({**table, "mix": 0.6}, folder).stage == line.stage
    off = {"kind": "multiband", "corners_hz": ["1kHz"], "bands": ["off", "off"]}
    meant = read_line("multiband 1kHz / off / off", folder)
    assert read_table_stage(off, folder).stage == meant.stage


@given(unit=st.sampled_from(UNITS), value=st.floats(-1e6, 1e6))
def test_an_amount_reads_as_it_was_written(unit, value):
    value = (abs(value) % 86_400 if isinstance(unit, Clock) else value) + 0.0
    assume(value == 0 or abs(value) > 1e-9)
    amount = amount_of(unit.written(value))
    assert unit.takes(amount)
    assert unit.value(amount) == value


NUMBERS = st.sampled_from([0.8, 0.9, 1.0, 1.1, 1.25])


@st.composite
def _values(draw, value):  # noqa: C901, one case for every kind of value
    """Draw a value that a processor probably takes, as words."""
    match value:
        case Several():
            low = draw(st.floats(50, 200))
            return f"{low!r}Hz {low * draw(st.integers(2, 9))!r}Hz"
        case Number(unit=unit, whole=whole):
            if whole:
                return value.shape
            number = unit.value(amount_of(value.shape))
            if isinstance(unit, Clock):  # of two times one comes after the other
                return unit.written(number + draw(st.floats(0, 0.002)))
            number *= draw(NUMBERS)
            return unit.written(number + draw(st.floats(0, abs(number) / 9)))
        case Choice(choices=choices):
            return draw(st.sampled_from(list(choices)))
        case Points():
            times = draw(
                st.lists(st.floats(0, 300), min_size=1, max_size=4, unique=True)
            )
            return " ".join(f"{at:.3f}s -{draw(NUMBERS)}dB" for at in sorted(times))
        case FileName(pattern=True):
            return "'refs/*.flac'"
        case FileName():
            return draw(st.sampled_from([repr(FILES[0]), f'"{FILES[3]}"', "'x.vst3'"]))
        case Parameters():
            return draw(st.sampled_from(["a=1", "b='x y' c=-0.5", "d=true"]))
        case Bands(row=row):
            band = draw(_lines(row)).partition(" ")[2]
            return f"/ {band} / off / {band}"
        case Names(single=True):
            return "air"
    return "vinyl,main"


@st.composite
def _lines(draw, row):
    """Draw a line of *row*, its parts in any order."""
    variant = draw(st.sampled_from(list(row.variants))) if row.variants else ""
    said = []
    for part in row.parts_of(variant):
        chosen = part.required or part.name in row.one_of[:1] or draw(st.booleans())
        if chosen:
            said.append(f"{part.word} {draw(_values(part.value))}".strip())
    if not any(line.startswith("/") for line in said):
        said = draw(st.permutations(said))
    return " ".join([row.head(variant), *said])


@settings(SLOW, max_examples=30)
@given(st.data())
@pytest.mark.parametrize("row", PROCESSORS.values(), ids=lambda row: row.kind)
def test_every_word_is_read_as_it_was_written(folder, row, data):
    line = data.draw(_lines(row))
    suffix = data.draw(st.sampled_from(["", " name air", " only vinyl,main"]))
    try:
        stage = read_line(line + suffix, folder).stage
    except BadStage:  # out of the processor's range
        assume(False)
    assert read_line(stage.text, folder).stage == stage
    assert read_table_stage(table_of_stage(stage, folder), folder).stage == stage


WORDS = st.sampled_from(
    [word for line in EXAMPLES for word in line.split()]
    + ["only", "name", "1e999dB", "Q", "/", "'", '"', "=", ":", "−", "9" * 60 + "Hz"]
)


@SLOW
@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(WORDS, max_size=9).map(" ".join),
        st.tuples(st.sampled_from(EXAMPLES), st.text(max_size=9)).map("".join),
    )
)
def test_any_text_is_a_stage_or_a_fault(folder, text):
    for fault in _outcome(lambda: read_line(text, folder)):
        assert 0 <= fault.start <= fault.stop <= len(text)
        assert fault.says


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=9),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@SLOW
@given(st.data())
def test_any_table_is_a_stage_or_a_fault(folder, data):
    row = data.draw(st.sampled_from(list(PROCESSORS.values())))
    keys = st.sampled_from(
        [part.name for part in row.parts] + ["name", "only", "shape"]
    )
    table = data.draw(st.dictionaries(keys, SCALARS, max_size=4))
    said = {"kind": row.kind, **table}
    assert all(fault.says for fault in _outcome(lambda: read_table_stage(said, folder)))


@pytest.mark.parametrize("seconds", [-60, -61.5, -5])
def test_a_time_before_the_mix_is_a_fault(folder, seconds):
    said = {"kind": "mute", "from_s": seconds, "to_s": 2}
    (fault,) = _outcome(lambda: read_table_stage(said, folder))
    assert fault.key == "from_s"


def test_a_number_alone_is_a_count():
    assert COUNT.takes(amount_of("8"))
