import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workstation.viewing import automatic_window


def test_black_and_white_lie_exactly_at_the_percentiles() -> None:
    """By hand, C.11.2.1.2.1: black up to c − 0.5 − (w−1)/2 = 1, white above c − 0.5 + (w−1)/2 = 99."""
    window = automatic_window(np.arange(101))

    assert window is not None
    assert window.center - 0.5 - (window.width - 1) / 2 == 1
    assert window.center - 0.5 + (window.width - 1) / 2 == 99


def test_a_few_glaring_pixels_do_not_darken_the_rest() -> None:
    values = np.tile(np.arange(1000), 100)
    values[:50] = 30_000
    window = automatic_window(values)

    assert window is not None
    assert window.width < 1000


def test_fractions_get_a_window_as_narrow_as_they_are() -> None:
    window = automatic_window(np.linspace(0, 0.003, 101, dtype=np.float32))

    assert window is not None
    assert window.function == "LINEAR_EXACT"
    assert window.width == pytest.approx(0.98 * 0.003, rel=1e-3)


def test_a_picture_of_one_value_still_has_a_window() -> None:
    for values in (np.full((4, 4), 7), np.full((4, 4), 7.5), np.zeros((4, 4))):
        assert automatic_window(values) is not None


def test_values_that_cannot_be_shown_have_no_window() -> None:
    assert automatic_window(np.array([])) is None
    assert automatic_window(np.array([np.nan, np.inf])) is None
    assert automatic_window(np.array([-1e308, 1e308])) is None


def test_what_is_not_a_number_is_not_looked_at() -> None:
    values = np.concatenate([np.arange(101.0), [np.nan, -np.inf]])

    assert automatic_window(values) == automatic_window(np.arange(101.0))


@given(arrays(np.int16, st.integers(1, 200)) | arrays(np.float32, st.integers(1, 200)))
def test_a_window_lies_within_the_values(values: np.ndarray[tuple[int], np.dtype[np.int16]]) -> None:
    window = automatic_window(values)
    finite = values[np.isfinite(values)].astype(np.float64)

    if window is not None:
        assert finite.min() <= window.center <= finite.max() + 1
