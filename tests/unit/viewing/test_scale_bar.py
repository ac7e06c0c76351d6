import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.viewing import scale_bar


@pytest.mark.parametrize(
    ("mm_per_pixel", "longest", "text", "pixels"),
    [
        (0.5, 200, "100 mm", 200),
        (0.5, 199, "50 mm", 100),
        (0.1, 150, "10 mm", 100),
        (0.001, 300, "0.2 mm", 200),
        (1.0, 999, "500 mm", 500),
    ],
)
def test_a_bar_is_the_longest_round_length_with_room(
    mm_per_pixel: float, longest: float, text: str, pixels: float
) -> None:
    """By hand."""
    bar = scale_bar(mm_per_pixel, longest)

    assert bar is not None
    assert bar.text() == text
    assert bar.pixels == pytest.approx(pixels)


@pytest.mark.parametrize("mm_per_pixel", [None, 0.0, math.nan, math.inf, -1.0])
def test_without_a_size_there_is_no_bar(mm_per_pixel: float | None) -> None:
    assert scale_bar(mm_per_pixel, 200) is None


@given(mm_per_pixel=st.floats(1e-6, 1e3), longest=st.floats(1, 5000))
def test_a_bar_takes_up_two_fifths_of_its_room_at_least(mm_per_pixel: float, longest: float) -> None:
    """Between 2 and 5 the steps are farthest apart."""
    bar = scale_bar(mm_per_pixel, longest)

    assert bar is not None
    assert 0.4 * longest * (1 - 1e-9) <= bar.pixels <= longest * (1 + 1e-9)
    assert f"{bar.mm:.0e}"[0] in "125"
