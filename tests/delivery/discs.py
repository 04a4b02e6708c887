"""Discs with sound, made in memory: a DDP of tracks that a test lays out."""

import numpy as np

from delivery import ddp
from delivery.fileset import Fileset, from_bytes
from delivery.program import Layout, Track
from delivery.redbook import Frames

RATE = 44_100
FRAME = 588


def music(seconds: float, seed: int = 1, level: float = 0.25) -> np.ndarray:
    """Return something like music: chords with attacks, hall and hiss; no two alike."""
    rng = np.random.default_rng(seed)
    count = int(seconds * RATE)
    at = np.arange(count) / RATE
    wave = np.zeros((count, 2))
    for start in np.arange(0, seconds, 0.37):
        root = 110 * 2 ** (rng.integers(0, 24) / 12)
        local = np.clip(at - start, 0, None)
        shape = np.where(at >= start, np.exp(-1.5 * local) * (1 - np.exp(-800 * local)),
                         0)  # fmt: skip
        for part in range(1, 9):
            tone = np.sin(2 * np.pi * root * part * local * (1 + 1e-4 * rng.normal()))
            wave += (shape * tone / part)[:, None] * (0.5 + rng.random(2) / 2)
    wave += 0.02 * rng.normal(size=wave.shape)
    wave *= level / np.abs(wave).max() * 2
    return np.round(wave * 32767).clip(-32767, 32767).astype("<i2")


def fade(sound: np.ndarray, before: float = 0.005, after: float = 0.5) -> np.ndarray:
    """Return *sound* faded in and out, as songs begin and end."""
    gain = np.ones(len(sound))
    first, last = int(before * RATE), int(after * RATE)
    gain[:first] *= np.linspace(0, 1, first)
    gain[len(gain) - last :] *= np.linspace(1, 0, last)
    return np.round(sound * gain[:, None]).astype("<i2")


def silence(seconds: float) -> np.ndarray:
    return np.zeros((int(seconds * RATE), 2), "<i2")


def whole(sound: np.ndarray) -> np.ndarray:
    """Return *sound* with silence up to a whole frame."""
    return np.concatenate((sound, np.zeros((-len(sound) % FRAME, 2), "<i2")))


def layout(starts: list[int], length: int, **pauses: int) -> Layout:
    """Return a disc with INDEX 01 at *starts* and *length* samples from 00:02:00."""
    tracks = tuple(
        Track(
            number=number,
            start=Frames(start),
            pause=Frames(0 if number == 1 else pauses[f"p{number}"])
            if number == 1 or f"p{number}" in pauses
            else None,
        )
        for number, start in enumerate(starts, 1)
    )
    return Layout(tracks=tracks, leadout=Frames(150 + length // FRAME))


def disc(disc_layout: Layout, sound: np.ndarray, head: bytes | None = None) -> Fileset:
    """Return the DDP of *sound*, which begins at 00:02:00."""
    before = bytes(150 * 2352) if head is None else head
    files = {**ddp.records(disc_layout), "IMAGE.DAT": before + sound.tobytes()}
    return from_bytes(files)
