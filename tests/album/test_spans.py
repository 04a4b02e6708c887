import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from album.spans import Source, places_of, scan

TEXT = (
    '''\
title = "a # b" # c
dotted . "key.x" = 'v'
list = [ 1, # one, two
  "two", [3, 4], { deep = true } ]
[a.b]
date = 1979-05-27 07:32:00 # when
long = """
x"" ]
"""
[[song]]
t = "ä"
[[song]]
t = "é\\""; '''.replace("; ", "\n")
    + """\
[song.stems]
v = { file = "x", n = 1.5 }
"""
)


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("title",), '"a # b"'),
        (("dotted", "key.x"), "'v'"),
        (("list", 0), "1"),
        (("list", 1), '"two"'),
        (("list", 2, 1), "4"),
        (("list", 3, "deep"), "true"),
        (("a", "b"), "a.b"),
        (("a", "b", "date"), "1979-05-27 07:32:00"),
        (("a", "b", "long"), '"""\nx"" ]\n"""'),
        (("song", 0, "t"), '"ä"'),
        (("song", 1, "t"), '"é\\""'),
        (("song", 1, "stems", "v", "n"), "1.5"),
    ],
)
def test_every_value_is_found_where_it_stands(keys, value):
    start, stop = scan(TEXT)[keys].value
    assert TEXT[start:stop] == value


def test_places_count_characters_from_one_and_stop_at_the_line():
    places = places_of(Source("x.toml", Path(), TEXT), Path("x.toml"))
    place = places.value("a", "b", "long")
    assert (place.line, place.column, place.width) == (7, 8, 3)
    assert place.text == 'long = """'
    assert places.value("a", "b", "none").line == 5
    assert places.value("none").line is None
    assert places.key("list").column == 1


def test_a_crlf_text_has_its_lines_without_ends():
    source = Source("x.toml", Path(), "a = 1\r\nb = 2\r\n")
    place = places_of(source, Path("x.toml")).value("b")
    assert (place.line, place.column, place.text) == (2, 5, "b = 2")


KEYS = st.text("ab", min_size=1, max_size=2)
SCALARS = st.one_of(st.integers(), st.booleans(), st.text("a\"'#]}\\\n", max_size=5))
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=6)


def written(value):
    match value:
        case bool():
            return str(value).lower()
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return '"' + escaped.replace("\n", "\\n") + '"'
        case list():
            return "[" + ", # ]\n ".join(map(written, value)) + "\n]"
    return str(value)


@settings(max_examples=80)
@given(st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=3), max_size=3))
def test_scanned_values_are_the_parsed_ones(tables):
    text = "".join(
        f"[{name}] # x\n"
        + "".join(f"{key} = {written(v)}\n" for key, v in table.items())
        for name, table in tables.items()
    )
    spots = scan(text)
    for name, table in tomllib.loads(text).items():
        for key, value in table.items():
            start, stop = spots[name, key].value
            assert tomllib.loads(f"v = {text[start:stop]}")["v"] == value
