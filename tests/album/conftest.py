"""Fixtures of the top floor: projects with mixes that are made on the spot."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

Project = Callable[..., Path]


def music(seconds: float, rate: int = 44_100, seed: int = 1) -> NDArray[np.float64]:
    """Return something that never repeats and never clips."""
    count = round(seconds * rate)
    time = np.arange(count) / rate
    noise = np.random.default_rng(seed).standard_normal((count, 2)) * 0.03
    tone = 0.3 * np.sin(2 * np.pi * 220 * seed * time)
    return np.clip(noise + tone[:, np.newaxis], -0.6, 0.6)


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
