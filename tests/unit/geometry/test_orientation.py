import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.geometry import (
    EdgeLetters,
    GeometryError,
    display_axes,
    edge_letters,
    edge_letters_of_codes,
    normal,
    orientation_letters,
    plane_name,
)

AXIAL = (1, 0, 0, 0, 1, 0)
CORONAL = (1, 0, 0, 0, 0, -1)
SAGITTAL = (0, 1, 0, 0, 0, -1)


@pytest.mark.parametrize(
    ("orientation", "upward"),
    [(AXIAL, (0, 0, 1)), (CORONAL, (0, 1, 0)), (SAGITTAL, (-1, 0, 0))],
)
def test_the_normal_is_row_times_column_by_the_right_hand_rule(
    orientation: tuple[int, ...], upward: tuple[int, ...]
) -> None:
    """By hand: x × y = z, x × (−z) = y, y × (−z) = −x."""
    assert normal(orientation).tolist() == list(upward)


@pytest.mark.parametrize(
    ("direction", "letters"),
    [
        ((1, 0, 0), "L"),
        ((-1, 0, 0), "R"),
        ((0, 1, 0), "P"),
        ((0, -1, 0), "A"),
        ((0, 0, 1), "S"),
        ((0, 0, -1), "I"),
        ((-0.9, -0.43, 0), "RA"),
        ((0.3, 0.2, -0.93), "ILP"),
        ((5, 0, 0), "L"),
        ((0.05, 0, 0.04), "LS"),
    ],
)
def test_letters_are_those_of_patient_space(direction: tuple[float, ...], letters: str) -> None:
    """PS3.3 C.7.6.2.1.1: x increases to the left hand side, y to the posterior, z to the head."""
    assert orientation_letters(direction) == letters


def test_a_lean_of_less_than_ten_degrees_gets_no_second_letter() -> None:
    lean = [math.radians(degrees) for degrees in (9.5, 10.5)]

    assert [orientation_letters((math.cos(a), math.sin(a), 0)) for a in lean] == ["L", "LP"]


@pytest.mark.parametrize(
    ("orientation", "letters"),
    [
        (AXIAL, EdgeLetters(left="R", right="L", top="A", bottom="P")),
        (CORONAL, EdgeLetters(left="R", right="L", top="S", bottom="I")),
        (SAGITTAL, EdgeLetters(left="A", right="P", top="S", bottom="I")),
    ],
)
def test_the_three_planes_show_the_letters_that_every_reader_expects(
    orientation: tuple[int, ...], letters: EdgeLetters
) -> None:
    """The patient's right at the reader's left; sagittal with the face to the left."""
    assert edge_letters(orientation) == letters


@pytest.mark.parametrize(
    ("rotation", "flip", "letters"),
    [
        (0, False, "RLAP"),
        (1, False, "PARL"),  # clockwise: what was on top (A) is now right
        (2, False, "LRPA"),
        (3, False, "APLR"),
        (0, True, "LRAP"),
        (1, True, "PALR"),  # mirrored (L at the left), then turned: the left goes up
        (2, True, "RLPA"),
        (3, True, "APRL"),
    ],
)
def test_letters_follow_every_turn_and_flip(rotation: int, *, flip: bool, letters: str) -> None:
    """By hand, turning a sheet of paper with R at the left, L right, A on top, P below."""
    assert edge_letters(AXIAL, rotation=rotation, flip=flip) == EdgeLetters(*list(letters))


def test_a_radiograph_shows_the_letters_of_its_patient_orientation() -> None:
    """A PA chest, rows to the patient's left and columns to the feet: R at the left, head on top."""
    assert edge_letters_of_codes(("L", "F")) == EdgeLetters(left="R", right="L", top="S", bottom="I")


def test_a_mammogram_keeps_the_letters_of_oblique_codes() -> None:
    """MLO of the right breast: rows to the front, columns to foot and right."""
    assert edge_letters_of_codes(("P", "FR")) == EdgeLetters(left="A", right="P", top="SL", bottom="IR")


@pytest.mark.parametrize("codes", [(), ("L",), ("", ""), ("CR", "V")])
def test_an_unknown_side_has_no_letter(codes: tuple[str, ...]) -> None:
    """CR and V are a quadruped's (PS3.3 C.7.6.1.1.1): better nothing than the wrong letter."""
    letters = edge_letters_of_codes(codes)

    assert letters.top == letters.bottom == ""
    assert letters.right == ("L" if codes == ("L",) else "")


@pytest.mark.parametrize(
    ("orientation", "name"),
    [
        (AXIAL, "axial"),
        (CORONAL, "coronal"),
        (SAGITTAL, "sagittal"),
        ((1, 0, 0, 0, 0.9, -0.436), "axial"),
        ((0.707, 0.707, 0, 0, 0, -1), "oblique"),
    ],
)
def test_planes_are_named_after_the_axis_that_they_cut(orientation: tuple[float, ...], name: str) -> None:
    assert plane_name(orientation) == name


@pytest.mark.parametrize(
    ("orientation", "complaint"),
    [
        ((0, 0, 0, 0, 0, 0), "lengths 0 and 0"),
        ((1, 0, 0, 1, 0, 0), "0.0° to each other"),
        ((1, 0, 0, 0, 2, 0), "lengths 1 and 2"),
        ((1, 0, 0, 0.1, 0.995, 0), "84.3°"),
        ((1, 0, 0, 0, math.nan, 0), "not six numbers"),
        ((1, 0, 0), "not six numbers"),
    ],
)
def test_cosines_that_cannot_be_are_refused(orientation: tuple[float, ...], complaint: str) -> None:
    with pytest.raises(GeometryError, match=complaint):
        normal(orientation)


def test_cosines_of_two_decimals_are_still_cosines() -> None:
    assert normal((0.71, 0.71, 0, 0, 0, -1)) == pytest.approx([-0.7071, 0.7071, 0], abs=1e-4)


@pytest.mark.parametrize("orientation", [(0.71, 0.71, 0, 0, 0, -1), (1, 0, 0, 0.009, 1, 0)])
def test_a_normal_is_one_long_however_coarse_the_cosines(orientation: tuple[float, ...]) -> None:
    assert np.linalg.norm(normal(orientation)) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("direction", [(0, 0, 0), (math.nan, 0, 1), (math.inf, 0, 0), (1, 0)])
def test_no_direction_has_no_letters(direction: tuple[float, ...]) -> None:
    with pytest.raises(GeometryError):
        orientation_letters(direction)


@given(rotation=st.integers(-8, 8), flip=st.booleans())
def test_a_turned_screen_is_never_skewed(rotation: int, *, flip: bool) -> None:
    matrix = display_axes(rotation, flip)

    assert (matrix @ matrix.T == np.eye(2)).all()
    assert round(float(np.linalg.det(matrix))) == (-1 if flip else 1)
