"""What several floors' tests share."""

import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import strategies as st

from delivery.program import Flag, Layout, Texts, Track
from delivery.redbook import BYTES_PER_FRAME, ean_check_digit

PARTS = ("title", "performer", "songwriter", "composer", "arranger", "message")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory) -> Iterator[None]:
    """Keep measurements of tests out of the user's cache."""
    home = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSMASTER_CACHE", str(home))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "samples").is_dir():
        pytest.skip("the shared samples are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def layouts() -> Callable[[], st.SearchStrategy[Layout]]:
    """Whole discs: 1 to 99 tracks, hidden audio, pauses, indexes, codes, flags."""
    return _layouts


def _latin1(longest: int) -> st.SearchStrategy[str]:
    letters = st.characters(min_codepoint=0x20, max_codepoint=0xFF, categories=None)
    printable = letters.filter(lambda x: not "\x7f" <= x <= "\x9f")
    return st.text(printable, max_size=longest).map(str.strip)


@st.composite
def _layouts(draw: st.DrawFn) -> Layout:
    count = draw(st.one_of(st.integers(1, 4), st.integers(1, 4), st.integers(5, 99)))
    many = count > 4
    rng = draw(st.randoms(note_method_calls=False)) if not many else None
    rng = rng or random.Random(draw(st.integers(0, 1 << 30)))
    pool = draw(st.lists(_latin1(6 if many else 30), min_size=1, max_size=5))
    parts = PARTS[:2] if many else tuple(draw(st.sets(st.sampled_from(PARTS))))
    tracks, at = [], rng.choice([150, 150, rng.randint(151, 5000)])
    for number in range(1, count + 1):
        pause = None if number == 1 or rng.random() < 0.5 else at
        start = at if pause is None else at + rng.randint(1, 900)
        indexes, at = [], start
        for _ in range(rng.choice([0, 0, 0, 1, 3])):
            at += rng.randint(1, 500)
            indexes.append(at)
        at = max(at + 1, start + 300) + rng.randint(0, 2000)
        tracks.append(
            Track(
                number=number,
                start=start,
                pause=0 if number == 1 else pause,
                indexes=tuple(indexes),
                isrc=rng.choice(["", f"GBXYZ26{number:05}"]),
                flags=_flags(rng),
                texts=Texts(**{part: rng.choice([*pool, ""]) for part in parts}),
            )
        )
    digits = f"{rng.randrange(1, 10**12):012}"
    return Layout(
        tracks=tuple(tracks),
        leadout=at,
        ean=rng.choice(["", digits + ean_check_digit(digits)]),
        catalogue=draw(st.sampled_from(["", "TWR012", "A-1 (2)"])),
        genre=draw(
            st.sampled_from(["", "Rock", "Jazz", "Rock Music (Indie)", "Drone"])
        ),
        texts=Texts(**{part: rng.choice([*pool, ""]) for part in parts}),
    )


def _flags(rng: random.Random) -> frozenset[Flag]:
    flags = {flag for flag in (Flag.PRE, Flag.FOUR_CHANNEL) if rng.random() < 0.2}
    copies = rng.choice([None, None, Flag.DCP, Flag.SCMS])
    return frozenset(flags | ({copies} if copies else set()))


@pytest.fixture(scope="session")
def image() -> Callable[[Path, Layout], Path]:
    """Write a WAV as long as a layout asks for; the file is as good as empty."""
    return _image


def _image(path: Path, layout: Layout) -> Path:
    size = layout.frames * BYTES_PER_FRAME
    head = b"RIFF" + (size + 36).to_bytes(4, "little") + b"WAVEfmt "
    head += struct.pack("<IHHIIHH", 16, 1, 2, 44_100, 176_400, 4, 16)
    with path.open("wb") as file:
        file.write(head + b"data" + size.to_bytes(4, "little"))
        file.truncate(size + 44)  # a hole: no sample is written
    return path
