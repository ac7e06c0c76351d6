import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.geometry import GeometryError, aspect, slice_affine, to_patient, to_pixel

AXIAL = (1, 0, 0, 0, 1, 0)


def test_the_affine_is_equation_c_7_6_2_1_1_of_the_standard() -> None:
    """By hand: Δi is the spacing between columns (the second value), along the row's direction."""
    affine = slice_affine((-100, -50, 7), (0, 1, 0, 0, 0, -1), (2.0, 0.5))

    assert affine.tolist() == [
        [0, 0, -1, -100],
        [0.5, 0, 0, -50],
        [0, -2, 0, 7],
        [0, 0, 0, 1],
    ]


def test_the_first_pixel_lies_at_the_image_position() -> None:
    affine = slice_affine((-100, -50, 7), AXIAL, (2.0, 0.5))

    assert to_patient(affine, (0, 0, 0)).tolist() == [-100, -50, 7]
    assert to_patient(affine, (10, 10, 0)).tolist() == [-95, -30, 7]


def test_a_place_off_the_slice_has_its_distance_as_k() -> None:
    affine = slice_affine((0, 0, 7), AXIAL, (2.0, 0.5))

    assert to_pixel(affine, (5, 4, 10)).tolist() == [10, 2, 3]


def test_coarse_cosines_do_not_change_the_size_of_a_pixel() -> None:
    """0.71 is √½ to two decimals, 0.4 % too long: 2 mm over 512 columns of 1 mm."""
    affine = slice_affine((0, 0, 0), (0.71, 0.71, 0, 0, 0, -1), (2.0, 0.5))

    assert np.linalg.norm(affine[:3, 0]) == pytest.approx(0.5, abs=1e-12)


@given(
    angles=st.tuples(*[st.floats(-math.pi, math.pi)] * 3),
    spacing=st.tuples(*[st.floats(0.05, 20)] * 2),
    pixels=st.lists(st.tuples(*[st.floats(-4096, 4096)] * 3), min_size=1, max_size=4),
)
def test_there_and_back_returns_the_pixel(
    angles: tuple[float, ...], spacing: tuple[float, float], pixels: list[tuple[float, ...]]
) -> None:
    affine = slice_affine((3, -200, 1000), _turned(*angles), spacing)

    assert to_pixel(affine, to_patient(affine, pixels)) == pytest.approx(np.array(pixels), abs=1e-7)


@pytest.mark.parametrize("spacing", [(0, 1), (1, -1), (math.nan, 1), (1, math.inf), (1,)])
def test_a_spacing_that_is_no_distance_is_refused(spacing: tuple[float, ...]) -> None:
    with pytest.raises(GeometryError, match="above 0 mm"):
        slice_affine((0, 0, 0), AXIAL, spacing)


@pytest.mark.parametrize("position", [(0, 0), (0, 0, math.nan), (0, 0, -math.inf)])
def test_a_position_that_is_no_place_is_refused(position: tuple[float, ...]) -> None:
    with pytest.raises(GeometryError, match="position"):
        slice_affine(position, AXIAL, (1, 1))


def test_pixels_twice_as_tall_as_wide_have_aspect_two() -> None:
    """PS3.3 10.7.1.3: the first value is the spacing between rows, that is, vertical."""
    assert aspect((1.0, 0.5)) == 2


def _turned(a: float, b: float, c: float) -> list[float]:
    """Row and column of the rotation by three Euler angles."""
    turn_a = np.array([[math.cos(a), -math.sin(a), 0], [math.sin(a), math.cos(a), 0], [0, 0, 1]])
    turn_b = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    turn_c = np.array([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    turned = turn_a @ turn_b @ turn_c
    return [*turned[:, 0], *turned[:, 1]]
