"""Figures of loudness and peaks, by the names of the JSON contract."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dsp.figures import Figures, Pooled


def of_track(found: "Figures") -> dict[str, Any]:
    """Return the figures of one track."""
    sides = found.stereo
    return {
        "integrated_lufs": _rounded(found.loudness.integrated),
        "range_lu": _rounded(found.loudness.range),
        "max_momentary_lufs": _rounded(found.loudness.max_momentary),
        "max_short_term_lufs": _rounded(found.loudness.max_short_term),
        "true_peak_dbtp": _rounded(found.peaks.true),
        "sample_peak_dbfs": _rounded(found.peaks.sample),
        "plr_lu": _rounded(found.peak_to_loudness),
        "correlation": _rounded(sides.correlation if sides else None, 3),
        "dc": [round(each, 6) for each in found.dc],
        "clipped_runs": found.peaks.clipped_runs,
        "bandwidth_hz": _rounded(found.spectrum.bandwidth, 0),
    }


def of_disc(found: "Pooled") -> dict[str, Any]:
    """Return the figures of all tracks together."""
    return {
        "integrated_lufs": _rounded(found.loudness.integrated),
        "range_lu": _rounded(found.loudness.range),
        "true_peak_dbtp": _rounded(found.true_peak),
    }


def _rounded(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(value, digits)
