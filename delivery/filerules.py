"""Files against what a receiver takes: its row of dated facts, and what is sent to it.

What can be told before any sound is made comes from ``of_form`` and ``of_length``; the
rest from the file itself, once it has been read back.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from delivery.coding.table import Form
from delivery.findings import Finding, Place, Severity, error, warning
from delivery.receivers import Taking
from delivery.replaygain import FileLevel, together
from delivery.tagging import Policy
from dsp.level import decibels

SILENT_DB = -66.0
"""K-weighted level of 10 ms below which nobody hears anything: below any dither."""

LOUD_LUFS = -14.0
"""Above which services that name two peaks advise the lower one."""

_MEGA = 1_000_000
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One receiver, and how grave it is where a file is not as it asks."""

    row: Taking
    asked: bool
    """Whether the project names it: what it refuses is an error then."""
    place: Place

    def told(
        self, rule: str, says: str, measured: Any, limit: Any, way_out: str
    ) -> Finding:
        """Return what is to be said."""
        made: Callable[..., Finding] = error if self.asked else warning
        return made(
            rule,
            f"{says} ({self.row.title})",
            place=self.place,
            measured=measured,
            limit=limit,
            source=f"{self.row.source}, read {self.row.read}",
            help=way_out,
        )

    def takes(self, form: Form) -> bool:
        """Return whether files of *form* are of a kind that it takes."""
        kept = form.coding.lossless or form.coding.name == "mp3"
        return kept and form.coding.suffix in self.row.formats


def of_form(
    check: Check, form: Form, rate: int, bits: int, policy: Policy
) -> Iterator[Finding]:
    """Yield what the receiver does not take in all files of *form*."""
    row, title = check.row, form.title
    highest = row.highest_rate or rate
    if not row.lowest_rate <= rate <= highest:
        wanted = highest if rate > highest else row.lowest_rate
        yield check.told(
            "FILE-RATE",
            f"{title} files have {rate} Hz",
            rate,
            f"{row.lowest_rate} to {highest} Hz",
            f"write rate = {wanted}, or send it elsewhere",
        )
    if form.coding.lossless and bits not in row.bits:
        wanted = max(row.bits)
        yield check.told(
            "FILE-RATE",
            f"{title} files have {bits} bits",
            bits,
            " or ".join(map(str, row.bits)),
            f"write bits = {wanted}",
        )
    tags = getattr(row, "tags", "any")
    refused = tags == "none" or (tags == "none-in-wav" and form.coding.name == "wav")
    if refused and policy != "none":
        yield check.told(
            "FILE-CHUNK",
            f"{title} files carry tags, which are refused",
            policy,
            "none",
            'write tags = "none"',
        )


def of_length(check: Check, title: str, seconds: float) -> Iterator[Finding]:
    """Yield that the song *title* is shorter than the receiver takes."""
    shortest = getattr(check.row, "shortest_s", None)
    if shortest and seconds < shortest:
        told = check.told(
            "FILE-SHORT",
            f"{title!r} lasts {seconds:.1f} s, less than {shortest:g} s",
            round(seconds, 2),
            shortest,
            "join it to its neighbour, or ask whether it is taken",
        )
        yield told if check.asked else _noted(told)


def of_channels(check: Check, title: str) -> Iterator[Finding]:
    """Yield that the mono song *title* goes to one who wants stereo."""
    stereo = getattr(check.row, "stereo", False) or not getattr(check.row, "mono", True)
    if stereo:
        yield _noted(
            check.told(
                "FILE-MONO",
                f"{title!r} is mono: its files have the same on both sides",
                "mono",
                "stereo",
                "ask whether two equal channels are taken as stereo",
            )
        )


def of_file(check: Check, path: Path, level: FileLevel) -> Iterator[Finding]:
    """Yield what the receiver does not take in one file that was measured."""
    row, name = check.row, path.name
    yield from _named(check, name)
    largest = getattr(row, "largest_mb", None)
    size = path.stat().st_size / _MEGA
    if largest and size > largest:
        yield check.told(
            "FILE-SIZE",
            f"{name!r} has {size:.0f} MB, more than {largest:g}",
            round(size, 1),
            largest,
            "send FLAC, or a lower rate",
        )
    yield from _silent(check, name, level)
    yield from _high(check, name, level)


def _named(check: Check, name: str) -> Iterator[Finding]:
    asked = getattr(check.row, "names", "any")
    if asked == "plain":
        bad = sorted({letter for letter in name if letter not in _PLAIN})
    elif asked == "ascii":
        bad = sorted({letter for letter in name if not letter.isascii()})
    else:
        return
    if bad:
        letters = "letters, digits, - and _" if asked == "plain" else "ASCII"
        shown = "".join(bad[:8]).replace(" ", "␠")
        told = check.told(
            "FILE-NAME",
            f"the file name {name!r} has {shown}, beside {letters}",
            shown,
            letters,
            'write naming = "{ean}_{track:02}", or another of plain letters',
        )
        yield told if check.asked else _noted(told)


def _silent(check: Check, name: str, level: FileLevel) -> Iterator[Finding]:
    longest = getattr(check.row, "silence_s", None)
    if not longest:
        return
    for end, seconds in zip(("begins", "ends"), silences(level), strict=True):
        if seconds > longest:
            yield check.told(
                "FILE-SILENCE",
                f"{name!r} {end} with {seconds:.1f} s of silence, more than "
                f"{longest:g} s",
                round(seconds, 2),
                longest,
                "trim the mix, or move the gap between the songs",
            )


def _high(check: Check, name: str, level: FileLevel) -> Iterator[Finding]:
    """Yield that a file peaks above what is advised; above a limit it is refused."""
    row = check.row
    peak = decibels(level.true_peak)
    if peak is None:
        return
    limit = getattr(row, "peak_dbfs", None)
    if limit is not None and peak > limit:
        text = f"{name!r} peaks at {peak:.2f} dBTP, above {limit:g}"
        way = f"write ceiling_dbtp = {limit:g}"
        yield check.told("FILE-PEAK", text, round(peak, 2), limit, way)
        return
    advice, loud = getattr(row, "peak_dbtp", None), getattr(row, "loud_peak_dbtp", None)
    found = together([level])
    if loud is not None and found and found.integrated > LOUD_LUFS:
        advice = loud
    if advice is not None and peak > advice + 0.05:
        text = f"{name!r} peaks at {peak:.2f} dBTP; {advice:g} is advised"
        way = f"write ceiling_dbtp = {advice:g}, or leave it: it is taken"
        yield _noted(check.told("FILE-PEAK", text, round(peak, 2), advice, way))


def _noted(finding: Finding) -> Finding:
    """Return *finding* as a note: nobody refuses a file for it."""
    return replace(finding, severity=Severity.NOTE)


def silences(level: FileLevel) -> tuple[float, float]:
    """Return the seconds of silence at the beginning and at the end of a file."""
    limit = 10.0 ** (SILENT_DB / 10.0) * level.rate / 100
    heard = np.flatnonzero(level.energies > limit)
    if not len(heard):
        whole = len(level.energies) / 100
        return whole, whole
    return int(heard[0]) / 100, (len(level.energies) - 1 - int(heard[-1])) / 100
