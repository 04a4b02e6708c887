"""The search for a ceiling, on codecs that are formulas."""

from collections.abc import Callable

import pytest

from album.finish import Finish
from album.solving import CLOSE_DB, PASSES, Pass, Search, clean

CODECS: dict[str, Callable[[float], float]] = {
    "clean as it is": lambda lower: -0.3 - lower,
    "adds always as much": lambda lower: 0.8 - lower,
    "adds more as the level falls": lambda lower: 1.2 - 0.7 * lower,
    "clips near full scale": lambda lower: 3.1 - 1.5 * lower,
    "adds by chance": lambda lower: 0.9 - lower + 0.2 * ((lower * 37.0) % 1.0),
}


def searched(codec: Callable[[float], float], finish: Finish) -> list[Search]:
    """Return the passes of a search."""
    passes = [Search(finish)]
    while True:
        last = passes[-1]
        following = None if last.again else last.told(codec(last.lower))
        if following is None:
            return passes
        passes.append(following)


@pytest.mark.parametrize("name", CODECS)
def test_the_pass_that_is_kept_is_clean_and_gives_little_away(name):
    codec = CODECS[name]
    passes = searched(codec, Finish(limiter="loud", ceiling_dbtp=-0.1))
    kept = passes[-1]
    assert len(passes) <= PASSES + 1
    assert codec(kept.lower) <= 0
    made = [Pass(each.lower, codec(each.lower)) for each in passes]
    best = clean(made)
    assert best is not None
    assert best.lower == kept.lower
    assert not kept.lower or best.over > -2 * CLOSE_DB


def test_a_codec_that_is_never_clean_ends_the_search():
    passes = searched(lambda lower: 1.0, Finish(limiter="loud"))
    assert len(passes) == PASSES
    assert not any(each.again for each in passes)


def test_a_limiter_gets_a_lower_ceiling_and_others_a_lower_gain():
    limited = Search(Finish(limiter="loud", ceiling_dbtp=-0.1), lower=1.25)
    assert limited.now.ceiling_dbtp == -1.35
    assert limited.now.gain_db == 0.0
    assert Search(Finish(gain_db=2.0), lower=1.25).now.gain_db == 0.75
