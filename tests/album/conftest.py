"""Fixtures of the top floor: projects with mixes that are made on the spot."""

import hashlib
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from album.build import Built, build
from album.prepare import prepare
from album.render import Settings

Project = Callable[..., Path]


def music(seconds: float, rate: int = 44_100, seed: int = 1) -> NDArray[np.float64]:
    """Return something that never repeats and never clips."""
    count = round(seconds * rate)
    time = np.arange(count) / rate
    noise = np.random.default_rng(seed).standard_normal((count, 2)) * 0.03
    tone = 0.3 * np.sin(2 * np.pi * 220 * seed * time)
    return np.clip(noise + tone[:, np.newaxis], -0.6, 0.6)


class Watch:
    """Who watches a build, and says nothing."""

    def __init__(self) -> None:
        self.stop = Event()

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        return lambda steps: None


@pytest.fixture(scope="session", name="music")
def _music() -> Callable[..., NDArray[np.float64]]:
    return music


@pytest.fixture(scope="session")
def watch() -> type[Watch]:
    return Watch


@pytest.fixture(scope="session")
def make() -> Callable[..., Built]:
    """Return what builds an album in this process."""

    def run(
        path: Path,
        targets: Sequence[str] = (),
        out: Path | None = None,
        *,
        jobs: int = 2,
        block: int = 1 << 17,
    ) -> Built:
        settings = Settings(jobs=jobs, block=block)
        out = out or path.parent / "build"
        return build(prepare(path), targets, out, settings, Watch())

    return run


EP = """
[album]
artist = "Élan"
title = "Café Nights"
date = "2026-10-03"
label = "Tideway Records"
catalogue = "TWR012"
ean = "5012345678900"
genre = "Rock"
cover = "cover.png"

[sequence]
gap = "1s"
order = ["one", "two", "segue", "three", "xfade 2s", "four", "gap 1.5s", "+ghost"]

[song.one]
title = "Été"
mix = "mixes/one.wav"
isrc = "GBXYZ2600001"
index = ["2.5s"]
[song.two]
title = "Glass"
mix = "mixes/two.wav"
isrc = "GBXYZ2600002"
[song.three]
title = "Harbour"
mix = "mixes/three.wav"
gain_db = -0.5
[song.four]
title = "Last Boat"
mix = "mixes/four.wav"
isrc = "GBXYZ2600004"
fade_out = "500ms exp"
[song.ghost]
title = "Ghost"
mix = "mixes/ghost.wav"

[deliver.cd]
[deliver.streaming]
"""


def _png() -> bytes:
    """Return a picture of two by two points."""

    def chunk(name: bytes, body: bytes) -> bytes:
        sum_ = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", sum_)

    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" + b"\x40" * 6 + b"\0" + b"\x80" * 6)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    return start + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(scope="session")
def ep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an EP at 48 kHz and 24 bit that uses most of what a project can say."""
    folder = tmp_path_factory.mktemp("ep")
    (folder / "mixes").mkdir()
    names = {"one": 4.5, "two": 4.3, "three": 6.5, "four": 6.2, "ghost": 4.1}
    for seed, (name, seconds) in enumerate(names.items(), 1):
        audio = music(seconds, 48_000, seed)
        soundfile.write(
            folder / "mixes" / f"{name}.wav", audio, 48_000, subtype="PCM_24"
        )
    (folder / "cover.png").write_bytes(_png())
    (folder / "album.toml").write_text(EP, encoding="utf-8")
    return folder / "album.toml"


@pytest.fixture(scope="session")
def delivery(ep: Path, make: Callable[..., Built]) -> Path:
    """Return the EP's delivery, which no test may change."""
    return make(ep, out=ep.parent / "delivery").out


@pytest.fixture(scope="session")
def hashes() -> Callable[[Path], dict[str, str]]:
    """Return what takes the SHA-256 of every file in a folder."""

    def of(folder: Path) -> dict[str, str]:
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(
                path.read_bytes()
            ).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    return of


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return what writes an album.toml and a WAV for every mix that it is given."""

    def write(
        text: str,
        mixes: dict[str, NDArray[np.float64]],
        *,
        rate: int = 44_100,
        subtype: str = "PCM_16",
        rates: dict[str, int] | None = None,
        head: str = '[album]\nartist = "Nora Vale"\ntitle = "Night Ferry EP"\n',
    ) -> Path:
        (tmp_path / "mixes").mkdir(exist_ok=True)
        for name, audio in mixes.items():
            soundfile.write(
                tmp_path / "mixes" / f"{name}.wav",
                audio,
                (rates or {}).get(name, rate),
                subtype=subtype,
            )
        path = tmp_path / "album.toml"
        path.write_text(head + text, encoding="utf-8")
        return path

    return write
