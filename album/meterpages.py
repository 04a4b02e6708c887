"""What `meter` shows: the table, the JSON, and two CSV files.

Absent figures are a dash for people, null in JSON and empty in CSV.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from album.console import table
from album.metering import Group, Measured, Metering
from album.titles import clock
from dsp.figures import Figures, Pooled, Stereo, loudness_series
from dsp.level import rounded
from dsp.thirds import nominal

HEADINGS = (
    "", "length", "LUFS", "range", "max M", "max S", "loud", "dBTP", "peak", "PLR",
    "PSR", "DR", "corr", "mono", "kHz",
)  # fmt: skip
_LEFT = frozenset({0})
_DASH = "-"


def lines(metering: Metering) -> list[str]:
    """Return the table: a line a file, and one for each album of several."""
    rows: list[tuple[str, ...]] = [HEADINGS]
    several = len(metering.groups) > 1
    for group in metering.groups:
        if several:
            name = "files" if group.folder is None else str(group.folder)
            rows.append((name, *[""] * (len(HEADINGS) - 1)))
        rows += [_row(each.stream.path.name, each.figures) for each in group.files]
        if len(group.files) > 1:
            rows.append(_album_row("album", group.pooled))
    if several:
        rows.append(_album_row("all", metering.pooled))
    numbers = [at for at in range(len(HEADINGS)) if at not in _LEFT]
    return table(rows, right=numbers)


def legend() -> str:
    """Return what the columns are, for people who asked for more."""
    return (
        "LUFS integrated; range in LU; max momentary (400 ms), max short-term (3 s); "
        "loud: the loud part; dBTP true peak; peak of the samples in dBFS; PLR, and "
        "the least PSR, in LU; corr: correlation; mono: what folding costs, in dB; "
        "kHz: bandwidth"
    )


def details(measured: Measured) -> list[str]:
    """Return what there is to say of a file beyond its line."""
    found = measured.figures
    peaks, sides = found.peaks, found.stereo
    channels = " ".join(_number(peak) for peak in peaks.true_by_channel)
    out = [
        f"{measured.stream.path.name}: {found.rate} Hz, {found.channels} ch, "
        f"{measured.stream.coding}",
        f"  true peak {channels} dBTP, highest at {_at(peaks.true_at)}; "
        f"sample peak at {_at(peaks.sample_at)}",
        f"  RMS {_number(found.rms)} dBFS, crest {_number(found.crest)} dB, "
        f"DC {' '.join(f'{each:+.5f}' for each in found.dc)}",
    ]
    if sides:
        out.append(
            f"  side {_number(sides.side_to_mid)} dB re mid, below 150 Hz "
            f"{_number(sides.low_side_to_mid)}; balance {_number(sides.balance)} dB "
            f"to the right; lowest correlation {_number(sides.lowest_correlation, 2)}"
        )
    return out


def as_json(metering: Metering) -> dict[str, Any]:
    """Return the result of the JSON contract, with all that is known beside it."""
    return {
        "files": [_file_json(each) for each in metering.files],
        "album": _pooled_json(metering.pooled),
        "albums": [_group_json(group) for group in metering.groups],
    }


def as_csv(metering: Metering) -> str:
    """Return a line a file, with the names of the JSON; spectra are left to JSON."""
    rows = [_flat(_file_json(each)) for each in metering.files]
    return _csv(list(dict.fromkeys(name for row in rows for name in row)), rows)


def series_csv(metering: Metering) -> str:
    """Return momentary and short-term loudness, ten times a second."""
    names = ["path", "seconds", "momentary_lufs", "short_term_lufs"]
    return _csv(names, (row for each in metering.files for row in _series(each)))


def _series(measured: Measured) -> Iterator[dict[str, Any]]:
    path = _path(measured.stream.path)
    for at, momentary, short in zip(*loudness_series(measured.tally), strict=True):
        yield {
            "path": path,
            "seconds": f"{at:.1f}",
            "momentary_lufs": "" if np.isnan(momentary) else f"{momentary:.3f}",
            "short_term_lufs": "" if np.isnan(short) else f"{short:.3f}",
        }


def _row(name: str, found: Figures) -> tuple[str, ...]:
    loud, peaks, sides = found.loudness, found.peaks, found.stereo
    width = found.spectrum.bandwidth
    return (
        f"  {name}",
        clock(found.seconds)[:-2],
        _number(loud.integrated),
        _number(loud.range),
        _number(loud.max_momentary),
        _number(loud.max_short_term),
        _number(found.loud_part),
        _number(peaks.true, 2),
        _number(peaks.sample, 2),
        _number(found.peak_to_loudness),
        _number(found.least_peak_to_short_term),
        _number(found.dynamic_range, 0),
        _number(sides.correlation if sides else None, 2),
        _number(sides.mono_loss if sides else None),
        _number(None if width is None else width / 1000),
    )


def _album_row(name: str, pooled: Pooled) -> tuple[str, ...]:
    loud = pooled.loudness
    return (
        name,
        clock(pooled.seconds)[:-2],
        _number(loud.integrated),
        _number(loud.range),
        _number(loud.max_momentary),
        _number(loud.max_short_term),
        _number(pooled.loud_part),
        _number(pooled.true_peak, 2),
        _number(pooled.sample_peak, 2),
        _number(pooled.peak_to_loudness),
        "",
        _number(pooled.dynamic_range, 0),
        "",
        "",
        "",
    )


def _number(value: float | None, places: int = 1) -> str:
    if value is None:
        return _DASH
    text = f"{value:.{places}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def _at(seconds: float | None) -> str:
    return _DASH if seconds is None else clock(seconds)


def _rounded(value: float | None, places: int = 3) -> float | None:
    return rounded(value, places)


def _file_json(measured: Measured) -> dict[str, Any]:
    found, stream = measured.figures, measured.stream
    loud, peaks = found.loudness, found.peaks
    return {
        "path": _path(stream.path),
        "rate": found.rate,
        "channels": found.channels,
        "seconds": _rounded(found.seconds, 6),
        "integrated_lufs": _rounded(loud.integrated),
        "range_lu": _rounded(loud.range),
        "max_momentary_lufs": _rounded(loud.max_momentary),
        "max_short_term_lufs": _rounded(loud.max_short_term),
        "loud_part_lufs": _rounded(found.loud_part),
        "true_peak_dbtp": _rounded(peaks.true),
        "sample_peak_dbfs": _rounded(peaks.sample),
        "plr_lu": _rounded(found.peak_to_loudness),
        "dr": None if found.dynamic_range is None else round(found.dynamic_range),
        "correlation": _rounded(found.stereo.correlation if found.stereo else None),
        "coding": stream.coding,
        "true_peak_at": _rounded(peaks.true_at, 6),
        "true_peak_by_channel_dbtp": [_rounded(each) for each in peaks.true_by_channel],
        "sample_peak_at": _rounded(peaks.sample_at, 6),
        "clipped_runs": peaks.clipped_runs,
        "clipped_samples": peaks.clipped_samples,
        "longest_clip_samples": peaks.longest_clip,
        "first_clip_at": _rounded(peaks.first_clip_at, 6),
        "psr_lu": _rounded(found.least_peak_to_short_term),
        "dr_db": _rounded(found.dynamic_range),
        "crest_db": _rounded(found.crest),
        "rms_dbfs": _rounded(found.rms),
        "dc": [_rounded(each, 7) for each in found.dc],
        "bandwidth_hz": _rounded(found.spectrum.bandwidth, 0),
        "stereo": _stereo_json(found.stereo) if found.stereo else None,
        "spectrum": {
            "hz": [nominal(each) for each in found.spectrum.centres],
            "level_db": [_rounded(each, 2) for each in found.spectrum.levels],
            "loud_db": [_rounded(each, 2) for each in found.spectrum.loud_levels],
            "mono_loss_db": [_rounded(each, 2) for each in found.spectrum.mono_losses],
        },
    }


def _stereo_json(sides: Stereo) -> dict[str, Any]:
    return {
        "lowest_correlation": _rounded(sides.lowest_correlation),
        "side_to_mid_db": _rounded(sides.side_to_mid),
        "low_side_to_mid_db": _rounded(sides.low_side_to_mid),
        "mono_loss_db": _rounded(sides.mono_loss),
        "balance_db": _rounded(sides.balance),
        "inverted": sides.inverted,
        "delay_seconds": _rounded(sides.delay, 7),
    }


def _pooled_json(pooled: Pooled) -> dict[str, Any]:
    dynamic = pooled.dynamic_range
    return {
        "seconds": _rounded(pooled.seconds, 6),
        "integrated_lufs": _rounded(pooled.loudness.integrated),
        "range_lu": _rounded(pooled.loudness.range),
        "max_momentary_lufs": _rounded(pooled.loudness.max_momentary),
        "max_short_term_lufs": _rounded(pooled.loudness.max_short_term),
        "loud_part_lufs": _rounded(pooled.loud_part),
        "true_peak_dbtp": _rounded(pooled.true_peak),
        "sample_peak_dbfs": _rounded(pooled.sample_peak),
        "plr_lu": _rounded(pooled.peak_to_loudness),
        "dr": None if dynamic is None else round(dynamic),
    }


def _group_json(group: Group) -> dict[str, Any]:
    where = {"path": None if group.folder is None else _path(group.folder)}
    names = [_path(each.stream.path) for each in group.files]
    return {**where, "files": names, **_pooled_json(group.pooled)}


def _path(path: Path) -> str:
    """Return *path* as text; bytes that are no UTF-8 are spelled out."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of plain cells: lists spread, the spectrum left out."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if name == "spectrum":
            continue
        if isinstance(value, Mapping):
            flat |= _flat(value)
        elif isinstance(value, list):
            flat |= {f"{name}_{at}": each for at, each in enumerate(value, 1)}
        elif name != "stereo":
            flat[name] = value
    return flat


def _csv(names: list[str], rows: Any) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
