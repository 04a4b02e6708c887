import numpy as np
import pytest

from dsp.peakenvelope import (
    COARSE,
    GRID_LEAST,
    GUESS_LEAST,
    PeakEnvelope,
    deciding_filters,
)

PIECE = 8_192


def heights(wave: np.ndarray, ceiling: float = 0.5) -> np.ndarray:
    """Return the height of every sample of a mono wave."""
    audio = np.repeat(wave[:, None], 2, axis=1)
    audio = np.concatenate([audio, np.zeros((PeakEnvelope.delay, 2))])
    envelope = PeakEnvelope(ceiling, PIECE)
    parts = [
        envelope.heights(audio[at : at + PIECE], 1.0).copy()
        for at in range(0, len(audio), PIECE)
    ]
    return np.concatenate(parts)[PeakEnvelope.delay :]


@pytest.mark.parametrize("part", [0.001, 0.05, 0.19, 0.25, 0.33, 0.41, 0.45, 0.465])
def test_a_tone_of_any_phase_is_read_to_a_thousandth(part: float) -> None:
    at = np.arange(6_000)
    for turn in np.linspace(0, np.pi, 9):
        window = np.hanning(len(at))  # so that the tone alone is there
        found = heights(np.sin(2 * np.pi * part * at + turn) * window).max()
        fine = np.linspace(1_500, 4_500, 300_001)
        soft = 0.5 - 0.5 * np.cos(2 * np.pi * fine / 5_999)
        true = np.abs(np.sin(2 * np.pi * part * fine + turn) * soft).max()
        assert 20 * np.log10(found / true) == pytest.approx(0.0, abs=0.0015)


def test_the_guess_never_leaves_out_a_tone() -> None:
    """The grid of halves and its parabola keep what the thresholds count on."""
    places = np.arange(10) + 0.5
    for part in np.linspace(0.01, 0.4535, 150):
        between = 2 * np.cos(2 * np.pi * part * places) @ COARSE
        for turn in np.linspace(-0.5, 0.5, 101):
            steps = np.arange(-3, 4)
            grid = np.cos(2 * np.pi * part * (turn + steps / 2))
            grid *= np.where(steps % 2, between, 1.0)
            best = 0.0
            for low, top, high in zip(grid, grid[1:], grid[2:], strict=False):
                if top >= max(low, high) and top >= GRID_LEAST:
                    bend = 2 * top - low - high
                    best = max(best, top + (low - high) ** 2 / (8 * bend + 1e-12))
            assert best >= GUESS_LEAST


def test_the_coarse_filter_is_exact_for_bass() -> None:
    assert 2 * COARSE.sum() == pytest.approx(1.0, abs=2e-5)


def test_places_on_a_sample_are_the_sample() -> None:
    rows = deciding_filters()
    for row in (0, len(rows) // 2, len(rows) - 1):
        assert np.abs(rows[row]).max() == pytest.approx(1.0, abs=1e-6)
        assert np.abs(rows[row]).sum() == pytest.approx(1.0, abs=1e-5)


def test_both_samples_beside_a_peak_are_raised() -> None:
    wave = np.zeros(4_000)
    at = np.arange(4_000)
    wave = np.sinc(0.8 * (at - 2_000.5)) * np.exp(-(((at - 2_000.5) / 60) ** 2))
    found = heights(wave)
    assert found[2_000] == pytest.approx(1.0, abs=1e-3)
    assert found[2_001] == found[2_000]


def test_the_louder_channel_counts() -> None:
    audio = np.zeros((3_000, 2))
    audio[1_000, 0], audio[2_000, 1] = 0.7, -0.9
    envelope = PeakEnvelope(0.1, PIECE)
    found = envelope.heights(audio, 2.0)
    assert found[1_000 + envelope.delay] == pytest.approx(1.4, abs=1e-5)
    assert found[2_000 + envelope.delay] == pytest.approx(1.8, abs=1e-5)
