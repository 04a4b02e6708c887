import numpy as np
import pytest

from dsp.shaping import LENGTH, PUBLISHED, Shape, feedback, threshold_db


def response(weights: tuple[float, ...], at: np.ndarray) -> np.ndarray:
    phases = np.exp(-2j * np.pi * np.outer(at, np.arange(1, len(weights) + 1)))
    return np.abs(1 - phases @ np.array(weights)) ** 2


def figures(shape: Shape, rate: int = 44_100) -> tuple[float, float]:
    """Return the noise against flat dither: unweighted, and as heard, in dB."""
    at = np.linspace(0, 0.5, 20_000)
    power = response(feedback(shape, rate), at)
    hertz = at * rate
    heard = (hertz > 40) & (hertz < 20_000)
    weight = 10 ** (-threshold_db(hertz[heard]) / 10)
    weighted = (power[heard] * weight).sum() / weight.sum()
    return 10 * np.log10(power.mean()), 10 * np.log10(weighted)


@pytest.mark.parametrize(
    ("shape", "whole", "heard"),
    [
        ("modified-e", 7.6, -10.7),
        ("lipshitz", 12.2, -9.4),
        ("f-weighted", 18.4, -11.4),
        ("improved-e", 23.1, -12.3),
        ("shaped", 10.4, -14.1),
        ("strong", 16.3, -17.6),
    ],
)
def test_the_figures_of_the_table(shape: Shape, whole: float, heard: float) -> None:
    assert figures(shape) == pytest.approx((whole, heard), abs=0.15)


def test_the_coefficients_are_those_of_the_reference() -> None:
    assert feedback("shaped", 44_100) == (
        *(2.0759, -2.0735, 0.8129, 0.3766, -0.68),
        *(0.1311, 0.2746, -0.2959, 0.0835),
    )


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 88_200, 96_000, 192_000])
def test_noise_is_moved_and_never_only_added(rate: int) -> None:
    # Gerzon and Craven: the mean of the spectrum in dB is 0 for any shaper
    at = (np.arange(200_000) + 0.5) / 400_000
    for shape in ("shaped", "strong"):
        power = response(feedback(shape, rate), at)
        assert np.log(power).mean() == pytest.approx(0.0, abs=0.01)
        assert figures(shape, rate)[1] < 0.0


def test_flat_feeds_nothing_back() -> None:
    assert feedback("flat", 44_100) == (0.0,) * LENGTH


def test_published_shapers_stay_at_their_rate() -> None:
    for shape in PUBLISHED:
        assert len(feedback(shape, 48_000)) == LENGTH
        with pytest.raises(ValueError, match="96000 Hz"):
            feedback(shape, 96_000)


def test_an_unknown_shape_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="flat, shaped"):
        feedback("shibata", 44_100)  # type: ignore[arg-type]
