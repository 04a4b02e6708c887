"""Plug-ins: a stand-in for the library shows all refusals; a real one runs if there."""

import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from album.plugin import CHUNK, Plugin

RATE = 8000


class Effect:
    """A plug-in that delays by its latency, which the library takes back."""

    is_effect = True

    def __init__(self, latency=0, gain=1.0, noise=0.0, extra=0, lost=0, drop=0):
        self.__dict__["parameters"] = {"drive_db": SimpleNamespace(), "mode": None}
        self.reported_latency_samples = latency
        self.gain, self.noise, self.extra, self.lost = gain, noise, extra, lost
        self._held = np.zeros((2, 0), np.float32)
        self._tail = np.zeros((2, extra), np.float32)
        self._drop, self.sizes = latency + drop, []

    def __setattr__(self, name, value):
        if name == "mode" and value not in ("Soft", "Hard"):
            raise ValueError(f"{value!r} not in list.\nKnown are Soft and Hard.")
        object.__setattr__(self, name, value)

    def process(self, planes, rate, buffer_size, reset):
        assert planes.dtype == np.float32
        assert planes.shape == (2, CHUNK)
        assert not reset
        self._held = np.concatenate((self._held, planes), axis=1)
        ready = max(0, self._held.shape[1] - self._drop - self.lost)
        out, self._held = self._held[:, :ready], self._held[:, ready:]
        joined = np.concatenate((self._tail, out), axis=1)
        out, self._tail = joined[:, : out.shape[1]], joined[:, out.shape[1] :]
        gain = self.gain * 10 ** (getattr(self, "drive_db", 0.0) / 20)
        return out * np.float32(gain) + np.float32(self.noise)


@pytest.fixture
def loads(monkeypatch):
    """Put a stand-in in the place of the library; return what says what it loads."""

    def install(make):
        library = ModuleType("pedalboard")
        library.load_plugin = lambda path: make()
        monkeypatch.setitem(sys.modules, "pedalboard", library)

    return install


def _music(seconds=4):
    return 0.1 * np.random.default_rng(1).normal(size=(int(seconds * RATE), 2))


def _learned(music, **settings):
    plugin = Plugin(file=Path("x.vst3"), **settings)
    return plugin.learned(RATE, lambda: iter([music]))


def _played(processor, music, size):
    stream = processor.open(RATE)
    cuts = range(0, len(music), size)
    parts = [stream.process(music[at : at + size]) for at in cuts]
    return np.concatenate([*parts, stream.finish()])


@pytest.mark.parametrize("size", [100, CHUNK, 30_000])
def test_latency_is_taken_back_and_lengths_agree(loads, size):
    loads(lambda: Effect(latency=777, gain=0.5))
    music = _music()
    processor = _learned(music)
    assert "777 samples" in processor.remarks[0]
    assert len(processor.remarks) == 1
    expected = music.astype(np.float32) * np.float32(0.5)
    assert np.array_equal(_played(processor, music, size), expected)


def test_parameters_are_set(loads):
    loads(Effect)
    music = _music()
    processor = _learned(music, parameters=(("drive_db", -6.0), ("mode", "Soft")))
    out = _played(processor, music, 5000)
    assert np.allclose(out, music * 10 ** (-6 / 20), atol=1e-6)


def test_a_delay_that_is_not_reported_is_told(loads):
    loads(lambda: Effect(extra=45))
    assert "+45 samples off" in _learned(_music()).remarks[0]


def test_a_plug_in_that_does_as_it_likes_is_told(loads):
    gains = iter(np.linspace(0.5, 1.0, 99))
    loads(lambda: Effect(gain=next(gains)))
    assert "same twice" in _learned(_music()).remarks[0]


def test_an_empty_sound_stays_empty(loads):
    loads(Effect)
    empty = np.zeros((0, 2))
    assert _played(_learned(empty), empty, 100).shape == (0, 2)


REFUSED = [
    ({"noise": 0.01}, (), r"out of silence, -40 dBFS"),
    ({"noise": np.nan}, (), "no number"),
    ({"noise": 1e30}, (), "too large to be audio"),
    ({"gain": 0.0}, (), "gives back silence"),
    ({"lost": 10**7}, (), "less than it was given"),
    ({}, (("drive", 3.0),), r'"drive".*"drive_db"'),
    ({}, (("mode", "Sft"),), r"mode=Sft: 'Sft' not in list"),
]


@pytest.mark.parametrize(("effect", "parameters", "says"), REFUSED)
def test_what_cannot_be_used_is_refused(loads, effect, parameters, says):
    loads(lambda: Effect(**effect))
    with pytest.raises(ValueError, match=says):
        _learned(_music(), parameters=parameters)


def test_an_instrument_is_refused(loads):
    loads(lambda: SimpleNamespace(is_effect=False, parameters={}))
    with pytest.raises(ValueError, match="instrument"):
        _learned(_music())


def test_a_file_that_cannot_be_loaded_is_refused(loads):
    def fail():
        raise ImportError("Unable to load plugin x.vst3: not for this system.\nMore.")

    loads(fail)
    with pytest.raises(ValueError, match=r"not for this system. More$"):
        _learned(_music())


def test_without_the_library_the_way_to_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pedalboard", None)
    with pytest.raises(ValueError, match=r"glassmaster\[plugins\]"):
        _learned(_music())


def test_the_library_takes_latency_back_piece_by_piece(monkeypatch):
    """What is built on: its own plug-in with a latency, in place of one of a file."""
    pedalboard = pytest.importorskip("pedalboard", reason="pedalboard is not installed")

    def load(path):
        effect = pedalboard.Resample(44_100)
        return SimpleNamespace(parameters={}, process=effect.process)

    monkeypatch.setattr(pedalboard, "load_plugin", load)
    rate = 44_100
    time = np.arange(6 * rate) / rate
    sweep = 0.1 * np.sin(2 * np.pi * (200 + 100 * time) * time)
    music = np.stack((sweep, -sweep), axis=1)
    processor = Plugin(file=Path("x.vst3")).learned(rate, lambda: iter([music]))
    stream = processor.open(rate)
    out = np.concatenate([stream.process(music), stream.finish()])
    assert out.shape == music.shape
    assert np.abs(out - music)[1000:-1000].max() < 1e-4


def _real():
    folders = (
        Path.home() / ".vst3",
        Path("/usr/lib/vst3"),
        Path("/usr/local/lib/vst3"),
    )
    named = os.environ.get("GLASSMASTER_TEST_VST3")
    found = sorted(path for folder in folders for path in folder.glob("*.vst3"))
    return Path(named) if named else next(iter(found), None)


def test_a_real_plug_in_runs():
    pytest.importorskip("pedalboard", reason="pedalboard is not installed")
    path = _real()
    if path is None:
        pytest.skip("no VST3 is installed; GLASSMASTER_TEST_VST3 may name one")
    rate, music = 44_100, np.tile(_music(4), (3, 1))
    processor = Plugin(file=path).learned(rate, lambda: iter([music]))
    stream = processor.open(rate)
    out = np.concatenate([stream.process(music), stream.finish()])
    assert out.shape == music.shape
    assert np.isfinite(out).all()
