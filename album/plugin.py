"""`plugin 'x.vst3'`: a plug-in as a stage, through the optional library pedalboard.

Nothing of it is imported before a chain names a plug-in. A plug-in is tried before it
is used: on silence, and on the beginning of the song, twice.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from album.near import suggestion
from album.scanning import no_audio_because
from delivery.program import Floats
from dsp.alignment import Aligner
from dsp.level import decibels
from dsp.meter import no_audio
from dsp.processor import Processor, Stream, run
from dsp.survey import LOUDEST

CHUNK = 8192
"""Samples that a plug-in gets at a time, whatever the blocks are."""

TRIAL_S = 10
"""Seconds of the song on which a plug-in is tried."""

_NOT_INSTALLED = (
    "plug-ins need the library pedalboard, which is not installed: uv tool install "
    '"glassmaster[plugins]", or pip install pedalboard'
)

PATIENCE_S = 30
"""Seconds of silence after which a plug-in should have given back all it was given."""

QUIET = 10 ** (-90 / 20)
"""What may come of silence: less than an analog input has."""

CLEAR = 12.0
"""How far the peak of a response stands out where the delay is beyond doubt."""

LATE_S = 0.0002
"""From where on a delay is none of a filter."""

Setting = str | float | bool
Hear = Callable[[], Iterator[Floats]]


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A plug-in's file and its own *parameters*, by their names."""

    file: Path
    parameters: tuple[tuple[str, Setting], ...] = ()

    @property
    def idle(self) -> bool:
        """Nobody but the plug-in knows; it always runs."""
        return False

    @property
    def lacking(self) -> str:
        """What is missing to run it at all, as a sentence; empty if nothing is."""
        loaded = sys.modules.get("pedalboard") is not None
        return "" if loaded or find_spec("pedalboard") else _NOT_INSTALLED

    def learned(self, rate: int, sound: Hear, *, start: int = 0) -> Processor:
        """Return the plug-in, tried. Raises ValueError where it cannot be used."""
        latency = _latency(_loaded(self))
        _check_silence(self, rate)
        trial = _beginning(sound(), TRIAL_S * rate)
        heard, again = _through(self, rate, trial), _through(self, rate, trial)
        if trial.any() and not heard.any():
            raise ValueError(f"{self.file.name} gives back silence: is it registered?")
        remarks = []
        if latency:
            remarks.append(f"its latency of {latency} samples is taken back")
        late = _late(trial, heard, rate)
        if abs(late) > LATE_S * rate:
            remarks.append(
                f"what comes out lies {late:+d} samples off, which {self.file.name} "
                "does not report: set it by `delay`, or print it and use `insert`"
            )
        if not np.array_equal(heard, again):
            remarks.append(
                "it does not do the same twice: the bytes of a build will differ"
            )
        return Tried(plugin=self, remarks=tuple(remarks))


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A plug-in that may be used, and what its trial has shown."""

    plugin: Plugin
    remarks: tuple[str, ...] = ()

    @property
    def idle(self) -> bool:
        """It always runs."""
        return False

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin with the plug-in as it is after loading."""
        return _Playing(self.plugin, rate)


class _Playing:
    """A plug-in at work, in chunks counted from the first sample."""

    def __init__(self, plugin: Plugin, rate: int) -> None:
        self._name, self._rate = plugin.file.name, rate
        self._effect = _loaded(plugin)
        self._waiting: Floats = np.zeros((0, 2))
        self._given = self._taken = 0

    def process(self, block: Floats) -> Floats:
        self._given += len(block)
        gathered = np.concatenate((self._waiting, block))
        whole = len(gathered) // CHUNK * CHUNK
        self._waiting = gathered[whole:].copy()
        parts = [
            self._chunk(gathered[at : at + CHUNK]) for at in range(0, whole, CHUNK)
        ]
        return self._counted(parts)

    def finish(self) -> Floats:
        parts = []
        if len(self._waiting):
            padded = np.zeros((CHUNK, 2))
            padded[: len(self._waiting)] = self._waiting
            parts.append(self._chunk(padded))
        held = self._given - self._taken - sum(map(len, parts))
        for _ in range(PATIENCE_S * self._rate // CHUNK):
            if held <= 0:
                break
            parts.append(self._chunk(np.zeros((CHUNK, 2))))
            held -= len(parts[-1])
        if held > 0:
            raise ValueError(
                f"{self._name} gives back {held} samples less than it was given: print "
                "it and use `insert`"
            )
        return self._counted(parts)

    def _counted(self, parts: list[Floats]) -> Floats:
        """Return *parts* as one, no longer than what was given."""
        out = np.concatenate([np.zeros((0, 2)), *parts])[: self._given - self._taken]
        self._taken += len(out)
        return out

    def _chunk(self, audio: Floats) -> Floats:
        planes: NDArray[np.float32] = np.ascontiguousarray(audio.T, np.float32)
        out = np.asarray(
            self._effect.process(planes, self._rate, buffer_size=CHUNK, reset=False)
        )
        if out.ndim != 2 or out.shape[0] != 2:
            raise ValueError(f"{self._name} does not give back stereo")
        if not (np.abs(out) < LOUDEST).all():
            why = no_audio_because(no_audio(out.T)[1])
            raise ValueError(f"{self._name} gives back a sample that is {why}")
        return np.ascontiguousarray(out.T, np.float64)


def _loaded(plugin: Plugin) -> Any:
    """Return the plug-in with its parameters set. Raises ValueError."""
    name = plugin.file.name
    try:
        library = import_module("pedalboard")
    except ImportError:
        raise ValueError(_NOT_INSTALLED) from None
    try:
        effect = library.load_plugin(str(plugin.file))
    except (ImportError, ValueError, RuntimeError) as fault:
        raise ValueError(f"{name} cannot be loaded: {_reasons(fault)}") from fault
    if not getattr(effect, "is_effect", True):
        raise ValueError(f"{name} is an instrument, no effect")
    known = set(effect.parameters)
    for parameter, value in plugin.parameters:
        if parameter not in known:
            way_out = suggestion(parameter, known, "its parameters are")
            raise ValueError(
                f'{name} has no parameter "{parameter}"'
                + (f": {way_out}" * bool(way_out))
            )
        try:
            setattr(effect, parameter, value)
        except (AttributeError, TypeError, ValueError) as fault:
            raise ValueError(
                f"{name} does not take {parameter}={value}: {_first_line(fault)}"
            ) from fault
    return effect


def _through(plugin: Plugin, rate: int, sound: Floats) -> Floats:
    """Return *sound* as a plug-in that was just loaded makes it."""
    return np.concatenate([sound[:0], *run(_Playing(plugin, rate), [sound])])


def _reasons(fault: Exception) -> str:
    """Return all that a *fault* says, on one line of bounded length."""
    words = " ".join(str(fault).split()).rstrip(".")
    return words[:300] + " …" * (len(words) > 300)


def _first_line(fault: Exception) -> str:
    lines = str(fault).strip().splitlines() or [type(fault).__name__]
    return lines[0].rstrip(".")


def _latency(effect: Any) -> int:
    return int(getattr(effect, "reported_latency_samples", 0))


def _check_silence(plugin: Plugin, rate: int) -> None:
    """Raise ValueError where sound comes of silence."""
    out = _through(plugin, rate, np.zeros((2 * rate, 2)))
    peak = float(np.abs(out).max(initial=0.0))
    if peak > QUIET:
        raise ValueError(
            f"{plugin.file.name} makes sound out of silence, {decibels(peak):.0f} "
            "dBFS: switch off its noise, or register it if it is a trial version"
        )


def _beginning(blocks: Iterator[Floats], length: int) -> Floats:
    """Return *length* samples of *blocks* from the first sound on, or all there are."""
    parts: list[Floats] = []
    count = 0
    for block in blocks:
        if not count and not block.any():
            continue
        parts.append(block)
        count += len(block)
        if count >= length:
            break
    return np.concatenate([np.zeros((0, 2)), *parts])[:length]


def _late(before: Floats, after: Floats, rate: int) -> int:
    """Return by how many samples *after* is late; 0 where that cannot be told."""
    aligner = Aligner(rate, rate)
    length = min(len(before), aligner.stretch)
    other = np.pad(after, ((rate, rate), (0, 0)))[: length + 2 * rate]
    found = aligner.add(before[:length], other) if length else None
    return found.samples if found and found.clarity >= CLEAR else 0
