import json
import re
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from album.fades import Fade
from album.project import Album, Crossfade, Segue
from album.projectfile import read, schema
from album.times import parse
from delivery.findings import Refusal

HEAD = '[album]\nartist = "A"\ntitle = "T"\n'
SONG = '[[song]]\ntitle = "Glass"\nmix = "a.wav"\n'
ORDERED = """\
[song.glass]
title = "Glass"
mix = "a.wav"
[song.low-tide]
title = "Low Tide"
mix = "b.wav"
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("a.wav", "b.wav", "room.wav", "cover.jpg"):
        (tmp_path / name).touch()
    return tmp_path


def album_of(folder, text):
    path = folder / "album.toml"
    path.write_bytes(text.encode())
    return read(path)


def faults_of(folder, text):
    with pytest.raises(Refusal) as refusal:
        album_of(folder, text)
    return refusal.value.findings


def test_the_smallest_useful_file(folder):
    album, findings = album_of(folder, HEAD + SONG)
    assert findings == ()
    song = album.songs["glass"]
    assert (song.title, song.artist, song.mix) == ("Glass", "A", folder / "a.wav")
    assert [entry.song for entry in album.discs[0].entries] == ["glass"]
    assert album.sequence.gap == parse("2s")
    assert album.sequence.lead.seconds == Fraction(1, 5)
    assert album.deliver.cd is not None
    assert [each.name for each in album.deliver.files["streaming"].forms] == [
        "flac",
        "mp3 320",
    ]
    assert album.files == (folder / "album.toml",)


DESIGN = """\
#:schema ./album.schema.json
[album]
artist = "Nora Vale"
title = "Night Ferry EP"
date = "2026-10-03"                # or year = 2026
label = "Tideway Records"
catalogue = "TWR012"
ean = "5012345678900"
p_line = "2026 Tideway Records"
c_line = "2026 Nora Vale"
genre = "Rock"
cover = "art/cover-3000.jpg"
credits = { producer = "I. Marsh", mastered_by = "A. Lindqvist" }

[sequence]
gap  = "2s"
lead = "200ms"
tail = "2s"
order = [
  "low-tide",
  "glass",           "gap 1.6s",
  "harbour",         "segue",                     # not one sample lost or added
  "harbour-reprise", "xfade 6s equal-power",
  "last-boat",       "gap 40s", "+ghost",         # "+": hidden
]

[loudness]
method = "loud-part"
target_lufs = -11.0
amount = 0.8
ceiling_dbtp = -1.0

[tone]
amount = 0.35
max_eq_db = 1.5
references = ["refs/*.flac"]

[chain]
glue = ["eq highpass 22Hz 12dB/oct", "comp 1.5:1 threshold -18dB mix 60%"]

[song.glass]
title = "Glass"
mix = "mixes/Glass v2.wav"
isrc = "GBXYZ2600002"
start = "0.412s"
end = "4:01.250"
fade_in = "20ms"
fade_out = "9s exp"
gain_db = -0.5
loudness_offset_lu = -1.0
tone = "keep"
index = ["2:41.000"]
chain = ["@glue", "eq bell 850Hz -0.65dB Q1.1", "deess 6.8kHz 2dB"]

[song.harbour]
title = "Harbour"
[song.harbour.stems]
music = { file = "stems/harbour_music.wav" }
vocal = { file = "stems/harbour_vox.wav", gain_db = 0.7, chain = ["deess 7kHz 3dB"] }

[master.main]
limiter = "transparent"
chain = []

[master.vinyl]
target_lufs = -18.0
limiter = "none"
mono_below_hz = 150

[deliver.cd]
plant = "generic"
pregap = "overture"
index00 = "never"
[deliver.streaming]
[deliver.vinyl]
master = "vinyl"
sides.A = ["low-tide", "glass"]
"""
OTHERS = ("low-tide", "harbour-reprise", "last-boat", "ghost", "overture")


@pytest.fixture
def design(folder):
    text = DESIGN
    for name in ("Glass v2", *OTHERS):
        path = folder / f"mixes/{name}.wav"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    for name in ("music", "vox"):
        path = folder / f"stems/harbour_{name}.wav"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (folder / "art").mkdir()
    (folder / "art/cover-3000.jpg").touch()
    for name in OTHERS:
        text += f'[song.{name}]\ntitle = "{name}"\nmix = "mixes/{name}.wav"\n'
    return folder, text


def test_the_long_example_is_read_whole(design):
    folder, text = design
    album, findings = album_of(folder, text)
    assert findings == ()
    glass = album.songs["glass"]
    assert glass.fade_out == Fade(parse("9s"), "exp")
    assert glass.fade_in == Fade(parse("20ms"), "linear")
    assert glass.index == (parse("2:41"),)
    assert (glass.start, glass.end) == (parse("412ms"), parse("4:01.250"))
    assert album.meta.credits["producer"] == "I. Marsh"
    assert album.meta.cover == folder / "art/cover-3000.jpg"
    entries = album.discs[0].entries
    assert entries[3].join == Segue()
    assert entries[4].join == Crossfade(parse("6s"), "equal-power")
    assert [entry.hidden for entry in entries] == [False] * 5 + [True]
    assert album.deliver.cd.pregap == "overture"
    assert album.place("order", "glass").text.startswith('  "glass"')
    assert album.place("order", "glass").column == 3
    assert album.place("song", "glass", "isrc").column == 8
    assert album.master["vinyl"].limiter == "none"
    assert album.deliver.files["vinyl"].sides == {"A": ("low-tide", "glass")}
    assert len(album.chain["glue"]) == 2
    assert [stage.text for stage in glass.chain] == [
        "eq highpass 22Hz 12dB/oct",
        "comp 1.5:1 threshold -18dB mix 60%",
        "eq bell 850Hz -0.65dB Q1.1",
        "deess 6.8kHz 2dB",
    ]
    assert album.songs["harbour"].stems["vocal"].chain[0].kind == "deess"


BROKEN = [
    ('[album]\nartist = "A"\ntitel = "T"\n', "KEY-UNKNOWN", 3, 1, "titel", '"title"'),
    ('[album]\nartist = "A"\n', "KEY-MISSING", 1, 2, "album", "title"),
    ('[album]\nartist = ""\ntitle = "T"\n', "KEY-MISSING", 2, 10, '""', None),
    (HEAD + "ean = 501234567890\n", "TYPE", 4, 7, "501234567890", "quotes"),
    (HEAD + 'ean = "50123"\n', "EAN-LEN", 4, 7, '"50123"', None),
    (HEAD + 'ean = "5012345678901"\n', "EAN-CHECK", 4, 7, '"5012345678901"', "8900"),
    (HEAD + 'date = "2026-13"\n', "VALUE", 4, 8, '"2026-13"', None),
    (HEAD + 'date = "2026"\nyear = 2026\n', "VALUE", 5, 1, "year", "keep one"),
    (HEAD + 'cover = "covr.jpg"\n', "FILE-MISSING", 4, 9, '"covr.jpg"', "cover.jpg"),
    (HEAD + 'label = "a\\u0007"\n', "VALUE", 4, 9, '"a\\u0007"', None),
    (HEAD + "[sequence]\ngap   = 2000\n", "UNIT", 5, 9, "2000", '"2s" or "2000ms"'),
    (HEAD + "[sequence]\ngap = true\n", "TYPE", 5, 7, "true", None),
    (HEAD + "[sequence]\nlead = '1 bar'\n", "UNIT", 5, 8, "'1 bar'", None),
    (HEAD + "[sequence]\ntail = -0.5\n", "UNIT", 5, 8, "-0.5", "zero or more"),
    (HEAD + '[sequence]\norder = "glass"\n', "TYPE", 5, 9, '"glass"', None),
    (HEAD + "[sequence]\norder = [ 3 ]\n", "TYPE", 5, 11, "3", None),
    (HEAD + "[sequnce]\n", "KEY-UNKNOWN", 4, 2, "sequnce", '"sequence"'),
    (HEAD + "[sequence]\nroomtone = 'x'\n", "FILE-MISSING", 5, 12, "'x'", None),
    (HEAD + "[deliver]\n", "VALUE", 4, 2, "deliver", "remove"),
    (HEAD + "[deliver.steam]\n", "TARGET-KIND", 4, 2, "deliver.steam", "streaming"),
    (HEAD + "[deliver.x]\ntype = 'mp4'\n", "TARGET-KIND", 5, 8, "'mp4'", "mp3"),
    (HEAD + "[deliver.mp3]\nquality = 'V11'\n", "VALUE", 5, 11, "'V11'", None),
    (HEAD + "[deliver.mp3]\nnaming = '{mix}'\n", "VALUE", 5, 10, "'{mix}'", None),
    (HEAD + "[deliver.x.y]\nA = 1\n", "TARGET-KIND", 4, 2, "deliver.x.y", None),
    (HEAD + "[deliver.cd]\npregap = 'x'\n", "SEQ-UNKNOWN", 5, 10, "'x'", "glass"),
    (HEAD + "[deliver.cd]\nindex00 = 'gap'\n", "VALUE", 5, 11, "'gap'", None),
    (HEAD + "[deliver.cd.text]\nfalback = 1\n", "KEY-UNKNOWN", 5, 1, "falback", None),
    (
        HEAD + "[deliver.streaming]\nformats = ['aax']\n",
        "VALUE", 5, 12, "'aax'", None,
    ),
    (HEAD + "[chain]\nglue = ['eqq 3dB']\n", "CHAIN", 5, 10, "eqq", '"eq"'),
    (HEAD + "[chain]\nglue = ['dc', '@gleu']\n", "CHAIN", 5, 17, "gleu", '"glue"'),
    (HEAD + "[chain]\nglue = [{ ratio = 2 }]\n", "CHAIN", 5, 9, "{ ratio = 2 }", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rule", "line", "column", "caret", "way_out"), BROKEN)
def test_an_error_points_at_its_cause(folder, text, rule, line, column, caret, way_out):
    (fault, *others) = faults_of(folder, text + SONG)
    others = [other for other in others if other.rule != "KEY-MISSING"]
    if fault.rule == "KEY-MISSING" and rule != "KEY-MISSING":
        fault = others.pop(0)
    assert others == []
    place = fault.place
    assert (fault.rule, place.line, place.column) == (rule, line, column)
    assert place.text[place.column - 1 :][: place.width] == caret
    assert way_out is None or way_out in fault.help
    assert place.file == str(folder / "album.toml")


IN_A_SONG = [
    ("gpa = 1", "KEY-UNKNOWN", 1, "gpa", None),
    ("id = 'x'", "KEY-UNKNOWN", 1, "id", None),
    ("start = 00:03:41", "UNIT", 9, "00:03:41", '"3:41"'),
    ("start = '3s'\nend = '2s'", "VALUE", 7, "'2s'", None),
    ("end = '4 beats'", "UNIT", 7, "'4 beats'", "bpm"),
    ("fade_out = '9s expo'", "UNIT", 12, "'9s expo'", "exp"),
    ("gain_db = 61", "VALUE", 11, "61", None),
    ("gain_db = nan", "VALUE", 11, "nan", None),
    ("gain_db = '3'", "TYPE", 11, "'3'", None),
    ("isrc = 'GBXYZ26O0002'", "ISRC-FORMAT", 8, "'GBXYZ26O0002'", "GBXYZ2600002"),
    ("index = ['2s', '1s']", "VALUE", 16, "'1s'", None),
    ("beats_per_bar = 3.5", "TYPE", 17, "3.5", None),
    ("credits = { x = 1 }", "TYPE", 17, "1", None),
    ("chain = 'eq'", "TYPE", 9, "'eq'", None),
]


@pytest.mark.parametrize(("text", "rule", "column", "caret", "way_out"), IN_A_SONG)
def test_an_error_in_a_song_names_it(folder, text, rule, column, caret, way_out):
    faults = faults_of(folder, HEAD + SONG + text + "\n")
    fault = faults[-1]
    place = fault.place
    assert (fault.rule, place.column, place.song) == (rule, column, "glass")
    assert place.text[place.column - 1 :][: place.width] == caret
    assert way_out is None or way_out in fault.help


@pytest.mark.parametrize(
    ("text", "line", "column", "way_out"),
    [
        ("a = ", 1, 3, None),
        ("[album]\ngap = 2s\n", 2, 8, '"2s"'),
        ("[album]\nstart = 3:41\n", 2, 10, '"3:41"'),
        ('[album]\nx = "open\n', 2, 10, None),
        ("[album]\n[album]\n", 2, 7, None),
        ("x = [1,\n", 1, 7, None),
    ],
)
def test_a_syntax_error_has_its_place(folder, text, line, column, way_out):
    (fault,) = faults_of(folder, text)
    assert (fault.rule, fault.place.line, fault.place.column) == ("TOML", line, column)
    assert way_out is None or way_out in fault.help


def test_bytes_that_are_no_text_have_their_place(folder):
    path = folder / "album.toml"
    path.write_bytes(b'[album]\nartist = "\xc3\xa4\xff"\n')
    with pytest.raises(Refusal) as refusal:
        read(path)
    (fault,) = refusal.value.findings
    assert (fault.place.line, fault.place.column) == (2, 12)


def test_a_file_that_is_too_large_or_deep_or_missing_is_refused(folder):
    assert "1 MiB" in faults_of(folder, "#" * (1 << 20) + "\n")[0].message
    deep = "a = " + "[" * 60 + "]" * 60
    assert "nested" in faults_of(folder, deep)[0].message
    assert "members" in faults_of(folder, f"a = [{'1,' * 2001}]")[0].message
    assert "nested" in faults_of(folder, "a" + ".a" * 3000 + " = 1")[0].message
    assert "nested" in faults_of(folder, "a = " + "[" * 5000 + "]" * 5000)[0].message
    assert faults_of(folder, f"a = {'9' * 5000}")[0].rule == "TOML"
    for name in ("none.toml", "."):
        with pytest.raises(Refusal) as refusal:
            read(folder / name)
        assert refusal.value.findings[0].rule == "FILE-MISSING"


def test_all_errors_of_a_file_are_told_in_one_run(folder):
    faults = faults_of(
        folder,
        '[album]\nartist = 1\n[sequence]\ngap = 2000\norder = ["glas", "low-tide"]\n'
        '[song.glass]\ntitle = 2\nmix = "c.wav"\n'
        '[song.low-tide]\ntitle = "L"\nmix = "b.wav"\nisrc = "X"\n',
    )
    assert [fault.rule for fault in faults if fault.severity == "error"] == [
        "KEY-MISSING", "TYPE", "UNIT", "SEQ-UNKNOWN", "TYPE", "FILE-MISSING",
        "ISRC-FORMAT",
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["9" * 400, "0x" + "f" * 5000, "-" + "9" * 400])
def test_a_number_of_any_length_is_refused_where_it_stands(folder, number):
    keys = (
        "ean",
        "start",
        "fade_in",
        "gain_db",
        "bpm",
        "beats_per_bar",
        "isrc",
        "index",
    )
    for key in keys:
        song = SONG if key != "ean" else ""
        faults = faults_of(folder, HEAD + song + f"{key} = {number}\n")
        assert faults[-1].place.line == HEAD.count("\n") + song.count("\n") + 1, key


def test_a_missing_mix_lists_near_names(folder):
    (folder / "Glass v2.wav").touch()
    text = HEAD + '[[song]]\ntitle = "Glass"\nmix = "Glass v1.wav"\n'
    (fault,) = faults_of(folder, text)
    assert fault.help == 'did you mean "Glass v2.wav"?'
    (fault,) = faults_of(folder, text.replace("Glass v1.wav", "mixes\\\\a.wav"))
    assert '"/"' in fault.help


def test_codes_are_made_plain(folder):
    album, _ = album_of(
        folder,
        HEAD + 'ean = "0 12345-67890 5"\n' + SONG + 'isrc = "ISRC gb-xyz-26-00002"\n',
    )
    assert album.meta.ean == "0012345678905"
    assert album.songs["glass"].isrc == "GBXYZ2600002"


def test_an_isrc_belongs_to_one_song(folder):
    code = 'isrc = "GBXYZ2600002"\n'
    (fault,) = faults_of(folder, HEAD + SONG + code + SONG + code)
    assert (fault.rule, fault.place.line, fault.place.song) == (
        "ISRC-DUP",
        11,
        "glass-2",
    )


def test_years_and_dates_are_dates(folder):
    assert album_of(folder, HEAD + "year = 2026\n" + SONG)[0].meta.date == "2026"
    album, _ = album_of(folder, HEAD + "date = 2026-10-03\n" + SONG)
    assert album.meta.date == "2026-10-03"


def test_ids_are_made_from_titles(folder):
    titles = ["Łódka", "Don't", "Gap", "Łódka", "歌"]
    songs = [f'[[song]]\ntitle = "{title}"\nmix = "a.wav"\n' for title in titles]
    album, _ = album_of(folder, HEAD + "".join(songs))
    assert list(album.songs) == ["lodka", "dont", "gap-2", "lodka-2", "song-5"]


def test_an_id_is_no_word_of_the_order(folder):
    (fault,) = faults_of(folder, HEAD + '[song.gap]\ntitle = "G"\nmix = "a.wav"\n')
    assert (fault.rule, fault.place.line, fault.place.column) == ("VALUE", 4, 2)


def test_orders_point_inside_their_items(folder):
    text = HEAD + '[sequence]\norder = [\n  "glass", "gap 1.6 s s",\n  "+lw-tide"]\n'
    time, song, unused = faults_of(folder, text + ORDERED)
    assert (time.rule, time.place.line, time.place.column) == ("UNIT", 6, 17)
    assert (song.rule, song.place.line, song.place.column) == ("SEQ-UNKNOWN", 7, 5)
    assert song.help == 'did you mean "low-tide"?'
    assert (unused.rule, unused.severity) == ("SEQ-UNUSED", "warning")


def test_a_base_lies_below_the_file_that_extends_it(folder):
    (folder / "label").mkdir()
    (folder / "label/room.wav").touch()
    base = folder / "label/base.toml"
    base.write_text(
        '[album]\nlabel = "L"\ngenre = "G"\n[sequence]\nroomtone = "room.wav"\n'
        "gap = 2000\n"
    )
    text = 'extends = "label/base.toml"\n' + HEAD + 'genre = "H"\n' + SONG
    (fault,) = faults_of(folder, text)
    assert fault.place.file == str(base)
    assert fault.place.line == 6
    album, _ = album_of(folder, text + '[sequence]\ngap = "1s"\n')
    assert (album.meta.label, album.meta.genre) == ("L", "H")
    assert album.sequence.roomtone == folder / "label/room.wav"
    assert album.sequence.gap == parse("1s")
    assert album.files == (folder / "album.toml", base)


def test_a_file_cannot_extend_itself_or_what_is_not_there(folder):
    (fault,) = faults_of(folder, 'extends = ["album.toml"]\n')
    assert (fault.rule, fault.place.line, fault.place.column) == ("VALUE", 1, 12)
    (fault,) = faults_of(folder, 'extends = "albun.toml"\n')
    assert (fault.rule, fault.help) == ("FILE-MISSING", 'did you mean "album.toml"?')


def test_a_byte_order_mark_and_crlf_are_accepted(folder):
    album, _ = album_of(folder, "\ufeff" + (HEAD + SONG).replace("\n", "\r\n"))
    assert album.place("song", "glass", "mix").text == 'mix = "a.wav"'


def test_the_schema_describes_every_key():
    described = schema()
    assert described["$schema"].endswith("2020-12/schema")
    song = described["$defs"]["Song"]
    assert "id" not in song["properties"]
    for definition in described["$defs"].values():
        for key, value in definition.get("properties", {}).items():
            assert value["title"] == key
            assert value.get("description"), key
    text = json.dumps(described)
    assert "null" not in text
    assert set(re.findall(r"#/\$defs/(\w+)", text)) <= set(described["$defs"])


FRAGMENTS = """\
[sequence]
order = ["glass", "gap 2s"]
order = 1
gap = 3
gap = 'x'
[deliver]
[deliver.cd]
deliver = 2
pregap = 'glass'
[chain]
chain = [1]
song = 3
album = 1
[[album]]
[[master]]
[master.main]
[song.glass.stems]
extends = 'album.toml'
isrc = 'X'
mix = 3
loudness = []
x = {
"""
LINES = st.sampled_from((HEAD + SONG + ORDERED + FRAGMENTS).splitlines())


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.one_of(
        st.binary(max_size=80),
        st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")),
        st.lists(LINES, max_size=14).map(lambda lines: "\n".join(lines).encode()),
    )
)
def test_any_bytes_give_an_album_or_a_refusal(folder, content):
    path = folder / "album.toml"
    path.write_bytes(content)
    try:
        album, _ = read(path)
    except Refusal:
        return
    assert isinstance(album, Album)


@pytest.mark.parametrize(
    ("key", "item"),
    [("gap", "gap 1.5s"), ("crossfade", "xfade 2s"), ("segue", "segue")],
)
def test_what_lies_between_songs_is_pointed_to_its_place(folder, key, item):
    text = f'[[song]]\ntitle = "One"\nmix = "a.wav"\n{key} = "2s"\n'
    [finding] = faults_of(folder, f'[album]\nartist = "A"\ntitle = "T"\n{text}')
    assert finding.rule == "KEY-UNKNOWN"
    assert f'"one", "{item}", "two"' in (finding.help or "")


@pytest.mark.parametrize(
    ("table", "most"),
    [("amount = 0.3", 3.0), ("amount = 0.8", 3.6), ("amount = 1", 4.5),
     ("amount = 1\nmax_eq_db = 1", 1.0), ("", 3.0)],
)  # fmt: skip
def test_a_small_amount_of_tone_is_bounded_more(folder, table, most):
    text = f'[tone]\n{table}\n[[song]]\ntitle = "One"\nmix = "a.wav"\n'
    album, _ = album_of(folder, f'[album]\nartist = "A"\ntitle = "T"\n{text}')
    assert album.tone.most_db == pytest.approx(most)
